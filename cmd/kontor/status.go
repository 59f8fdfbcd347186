package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// statusCommand tells how things stand.
func (p *program) statusCommand() *cobra.Command {
	var asOf, since string
	var check bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Tell how things stand: last run, what waits, what is due, what needs a person",
		Long: `Tell for each merchant when the last run was and what is due next, how many rows
are parked, how much money waits in suspense, which files are held, which match
no feed and which could not be delivered, and why, and which decisions of the
last 14 days the provider refused. Lines that begin with ! need a person. Base
rates that are about to end are told 60 days ahead. The alarms at the end are
those that go out by mail and webhook; the configuration says under alerts from
when on something is one.

With --check it prints nothing but the alarms, one a line, for a monitoring
system: it ends with 0 when there is none, and with 1 when there are some or when
they cannot be found out.
` + touchlessHelp,
		Example: "  kontor status\n  kontor status --merchant acme --json\n  kontor status --check",
		Args:    arguments(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.status(c.Context(), asOf, since, check) },
	}
	c.Flags().BoolVar(&check, "check", false, "print the alarms, one a line, and fail when there is one")
	c.Flags().StringVar(&asOf, "as-of", "", "tell what is due after `T`, and which base rates end then (default: now)")
	c.Flags().StringVar(&since, "since", "", "count documents and manual steps from this `DAY` on, such as 2026-10-01 (default: the last 90 days)")
	return exits(c, exitDone, exitFailed, exitUsage)
}

// A standing is how things stand.
type standing struct {
	At        time.Time          `json:"at"`
	Rates     rateStanding       `json:"base_rates"`
	Merchants []merchantStanding `json:"merchants"`
	Bank      *inboxStanding     `json:"bank,omitempty"` // none with role: merchant
	Alarms    []alarm            `json:"alarms"`
}

type rateStanding struct {
	KnownUntil schedules.Date `json:"known_until"` // the last day that can be computed
	Warning    string         `json:"warning,omitempty"`
}

// An inboxStanding is what waits of the files of a merchant or of the bank.
type inboxStanding struct {
	LastRun     *time.Time     `json:"last_run"`
	OpenRun     *time.Time     `json:"open_run"` // that is going on, or was cut off
	FilesUnread int64          `json:"files_unread"`
	FilesHeld   []fileView     `json:"files_held"`
	Ignored     []string       `json:"files_ignored"` // names in the inbox that match no feed; at most 20
	Outbox      []waitingFile  `json:"outbox"`
	ParkedRows  int64          `json:"parked_rows"`
	ParkedSince schedules.Date `json:"parked_since"`
}

type merchantStanding struct {
	Merchant string `json:"merchant"`
	inboxStanding
	RecordsWaiting  int64                  `json:"records_waiting"` // for the next batch
	CommandsWaiting []purchase.Command     `json:"commands_waiting"`
	CommandsRefused []batch.RefusedCommand `json:"commands_refused"` // in the last days, see refusedDays
	BatchOpen       int64                  `json:"batch_open"`       // without receipt; 0: none
	Suspense        money.Amount           `json:"suspense_cents"`
	SuspenseCount   int                    `json:"suspense_payments"`
	HandOver        *processor.HandOver    `json:"hand_over,omitempty"` // with the other side; none with role: both
	Next            []dueJob               `json:"next"`
	Touchless       touchless              `json:"touchless"`
}

// A waitingFile is a file that is to be delivered.
type waitingFile struct {
	File  string `json:"file"` // target:folder/name
	Tries int64  `json:"tries"`
	Error string `json:"error"`
}

func (p *program) status(ctx context.Context, asOf, since string, check bool) error {
	return p.look(ctx, func(c *Config, x *exchange) error {
		ids, err := c.chosen(p.merchant)
		if err != nil {
			return err
		}
		s := standing{}
		if s.At, err = x.moment(ctx, p, asOf); err != nil {
			return err
		}
		if check {
			return p.checkAlarms(ctx, x, s.At)
		}
		if s.Rates, err = x.rates(schedules.DateOf(s.At)); err != nil {
			return err
		}
		from, err := sinceDay(since, s.At)
		if err != nil {
			return err
		}
		for _, id := range ids {
			m, err := x.standing(ctx, id, s.At)
			if err != nil {
				return err
			}
			if m.Touchless, err = x.touchless(ctx, id, from); err != nil {
				return err
			}
			s.Merchants = append(s.Merchants, m)
		}
		if s.Bank, err = x.bankStanding(ctx); err != nil {
			return err
		}
		if s.Alarms, err = x.chosenAlarms(ctx, p.merchant, s.At); err != nil {
			return err
		}
		if p.json {
			return p.printJSON(s)
		}
		return p.printStatus(s)
	})
}

// refusedDays is for how long a decision that the provider refused is told.
const refusedDays = 14

// moment is the time at which things stand: now, or the last run when it is
// later, unless another one is asked for.
func (x *exchange) moment(ctx context.Context, p *program, asOf string) (time.Time, error) {
	if asOf != "" {
		return p.instant(asOf, x.config.ZoneOf(""))
	}
	return x.latest(ctx, p, purchase.Provider)
}

// warnDays is how long before their end base rates are warned of.
const warnDays = 60

// rates tells until when default interest can be computed.
func (x *exchange) rates(today schedules.Date) (r rateStanding, err error) {
	known, err := x.config.Rates()
	if err != nil || len(known) == 0 {
		return r, err
	}
	r.KnownUntil = known[len(known)-1].From.AddMonths(6) - 1
	if left := r.KnownUntil - today; left < warnDays {
		r.Warning = fmt.Sprintf("base rates are known until %s, in %s; later notices are held. Add the rate from %s: base_rates in the configuration",
			r.KnownUntil, count(max(0, int64(left)), "day", "days"), r.KnownUntil+1)
	}
	return r, nil
}

func (x *exchange) inbox(ctx context.Context, owner string) (s inboxStanding, err error) {
	last, err := x.engine.LastRun(ctx, owner)
	if err != nil {
		return s, err
	}
	if !last.IsZero() {
		last = last.In(x.config.ZoneOf(owner))
		s.LastRun = &last
	}
	open, err := x.engine.OpenRun(ctx, owner)
	if err != nil {
		return s, err
	}
	if !open.IsZero() {
		open = open.In(x.config.ZoneOf(owner))
		s.OpenRun = &open
	}
	backlog, err := x.intake.Backlog(ctx, owner)
	if err != nil {
		return s, err
	}
	s.FilesUnread, s.ParkedRows, s.ParkedSince = backlog.Unread, backlog.Parked, backlog.Since
	s.FilesHeld, s.Ignored = views(backlog.Held), append([]string{}, backlog.Ignored...)
	waiting, err := x.outbox.List(ctx, owner, outbox.Filter{Waiting: true})
	s.Outbox = []waitingFile{}
	for _, e := range waiting {
		s.Outbox = append(s.Outbox, waitingFile{e.File.String(), e.Tries, e.Error})
	}
	return s, err
}

func views(infos []intake.FileInfo) []fileView {
	all := make([]fileView, len(infos))
	for i, info := range infos {
		all[i] = viewOf(info)
	}
	return all
}

func (x *exchange) standing(ctx context.Context, id string, at time.Time) (m merchantStanding, err error) {
	m = merchantStanding{Merchant: id, CommandsWaiting: []purchase.Command{}, CommandsRefused: []batch.RefusedCommand{}}
	if m.inboxStanding, err = x.inbox(ctx, id); err != nil {
		return m, err
	}
	if m.RecordsWaiting, err = x.batches.Waiting(ctx, id); err != nil {
		return m, err
	}
	commands, err := x.batches.WaitingCommands(ctx, id)
	if err != nil {
		return m, err
	}
	m.CommandsWaiting = append(m.CommandsWaiting, commands...)
	refused, err := x.batches.RefusedCommands(ctx, id, schedules.DateOf(at.In(x.config.ZoneOf(id)))-refusedDays)
	if err != nil {
		return m, err
	}
	m.CommandsRefused = append(m.CommandsRefused, refused...)
	if m.BatchOpen, err = x.openBatch(ctx, id); err != nil {
		return m, err
	}
	if m.HandOver, err = x.handOver(ctx, id, at); err != nil {
		return m, err
	}
	payments, err := x.provider.Payments(ctx, id, true)
	if err != nil {
		return m, err
	}
	m.SuspenseCount = len(payments)
	for _, payment := range payments {
		m.Suspense += payment.Waiting
	}
	m.Next, err = x.config.nextJobs(id, schedules.Jobs(), at.In(x.config.ZoneOf(id)), 1)
	return m, err
}

// openBatch returns the batch that waits for its receipt: there is at most one,
// the last.
func (x *exchange) openBatch(ctx context.Context, id string) (int64, error) {
	taken, err := x.batches.Taken(ctx, id)
	if err != nil {
		return 0, err
	}
	some, err := x.batches.List(ctx, id, taken, 1)
	if err != nil || len(some) == 0 || some[0].Answered {
		return 0, err
	}
	return some[0].Number, nil
}
