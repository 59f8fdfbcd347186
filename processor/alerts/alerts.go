// Package alerts tells people what is wrong, by mail and by webhook: each alarm
// once, again when it lasts, and once more when it is over.
//
// It does not know what is wrong; it is given all alarms there are after each
// run. What a channel was told stands in the database, so that a restart tells
// nothing twice. Only when the process dies between the sending and the note of
// it is an event sent again, with the same id, by which a repeat is recognised.
//
// A channel that cannot be reached stops nothing: it is tried again in a later
// run, at growing distances, and whoever looks is told ([Alerts.Unsent]).
package alerts

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations creates the tables of this package.
func Migrations() (fs.FS, error) { return fs.Sub(migrations, "migrations") }

// An Alarm is something that a person should know of, as it is now. Code,
// Merchant and Subject say which one it is: as long as they are the same it is
// the same alarm. It holds no names, addresses or bank data of debtors.
type Alarm struct {
	Code     string    `json:"code"`
	Merchant string    `json:"merchant"` // "" for the whole exchange
	Subject  string    `json:"subject"`  // what it is about, such as a file or a feed; may be ""
	Text     string    `json:"text"`     // one line for people
	Since    time.Time `json:"since"`
}

// Kinds of events.
const (
	Firing   = "firing"   // there is a new alarm
	Again    = "again"    // it lasts
	Resolved = "resolved" // it is over
)

// An Event is what a channel is told.
type Event struct {
	ID   string `json:"id"` // the same when it is sent again
	Kind string `json:"event"`
	Alarm
}

// A Channel brings events to people.
type Channel interface {
	// Name tells the channel from others, for ever; it holds no secret.
	Name() string
	// Send returns nil only when all events arrived, and gives up when ctx ends.
	Send(ctx context.Context, at time.Time, events []Event) error
}

// Alerts keeps in mind what was told to whom.
type Alerts struct {
	db     *database.DB
	repeat time.Duration
}

// New returns the alerts of a database. An alarm that lasts is told again after
// repeat; 0: never.
func New(db *database.DB, repeat time.Duration) *Alerts { return &Alerts{db: db, repeat: repeat} }

const (
	// packet is how many events one message carries at most.
	packet = 100
	// patience is how long one message may take.
	patience = 45 * time.Second
)

// Tell tells all channels what is new at a time. all are the alarms that there
// are; when known is false some may be missing, and none is said to be over. The
// error names the channels that failed; all others were told.
func (a *Alerts) Tell(ctx context.Context, at time.Time, all []Alarm, known bool, channels []Channel) error {
	if err := a.forget(ctx, channels); err != nil {
		return err
	}
	// Beside each other: whoever is slow holds up nobody.
	whys, errs := make([]error, len(channels)), make([]error, len(channels))
	var telling sync.WaitGroup
	for i, c := range channels {
		telling.Go(func() { whys[i], errs[i] = a.tell(ctx, c, at, all, known) })
	}
	telling.Wait()
	var failed []string
	for i, why := range whys {
		if why != nil {
			failed = append(failed, fmt.Sprintf("%s: %v", channels[i].Name(), why))
		}
	}
	if len(failed) > 0 {
		errs = append(errs, fmt.Errorf("alarms were not sent, and are tried again in a later run: %s", strings.Join(failed, "; ")))
	}
	return errors.Join(errs...)
}

// tell tells one channel. why is what the channel failed of; err is an error of
// the database.
func (a *Alerts) tell(ctx context.Context, c Channel, at time.Time, all []Alarm, known bool) (why, err error) {
	events, err := a.news(ctx, c.Name(), at, all, known)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	if rests, err := a.rests(ctx, c.Name(), at); rests || err != nil {
		return nil, err
	}
	for len(events) > 0 {
		part := events[:min(packet, len(events))]
		if why := Try(ctx, c, at, part...); why != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err() // we stop; that is not the channel's fault
			}
			return why, a.failed(ctx, c.Name(), at, why)
		}
		if err := a.told(ctx, c.Name(), at, part); err != nil {
			return nil, err
		}
		events = events[len(part):]
	}
	return nil, nil
}

// Try sends events by a channel, and gives up in less than a minute.
func Try(ctx context.Context, c Channel, at time.Time, events ...Event) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return c.Send(ctx, at, events)
}

// eventOf gives an event its id. times is how often the alarm was told before.
func eventOf(kind string, times int64, a Alarm) Event {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d %s %d", a.Merchant, a.Code, a.Subject, a.Since.Unix(), kind, times))
	return Event{ID: hex.EncodeToString(sum[:12]), Kind: kind, Alarm: a}
}

const (
	firstPause   = time.Minute
	longestPause = 6 * time.Hour
)

// pause is how long a channel rests after failed tries.
func pause(tries int64) time.Duration {
	const doublings = 10 // until it is longer than the longest
	return min(longestPause, firstPause<<min(max(tries-1, 0), doublings))
}
