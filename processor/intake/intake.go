// Package intake turns files into rows and rows into verdicts (domain §§ 3, 4).
//
// [Intake.Collect] copies every complete file of an inbox into the spool,
// registers it and reads it chunk by chunk. [Intake.Try] gives each row exactly
// one verdict, in the order that the domain fixes; what is booked is handed to
// the queue of the next batch in the same transaction. [Intake.Apply] takes the
// provider's receipt, after which rows that waited for it are tried again, and
// [Intake.Close] fixes what the acknowledgements of the run say.
//
// Everything can be cut off and called again for the same run: a file is known
// by what lies in the inbox, a row by (merchant, file, row), and a row leaves
// the list of rows to be tried in the transaction that gives it its verdict.
//
// The acceptance rules are pure functions, one file for each feed (rule_*.go).
// Around them one loader and one writer serve a whole chunk, so the number of
// statements does not grow with the rows of a chunk.
package intake

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
	"github.com/kontor-exchange/kontor/schedules"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for [database.DB.Migrate].
func Migrations() fs.FS { return migrations }

// chunk is how many rows are read or tried in one transaction, and so how many
// are held in memory.
const chunk = 2000

// A Run is one pass over a merchant's work. (Merchant, Number) is its identity.
type Run struct {
	Merchant string // or [purchase.Provider] for the bank's files
	Number   int64
	AsOf     time.Time
	Day      schedules.Date // AsOf in the merchant's zone
	Name     string         // r20261002T1200-000012
}

// An Inbox is a folder in which files are dropped, and how they are read.
type Inbox struct {
	Owner    string // merchant, or [purchase.Provider] for the bank's folder
	Remote   remote.Remote
	Folder   string // "in"
	Profile  *formats.Profile
	Feeds    []purchase.Feed   // that may be dropped here
	Settle   time.Duration     // a file is complete when it did not change for so long; 0: at once
	MaxFile  int64             // bytes; 0: no limit
	Keep     bool              // files stay in the inbox after their ack
	Language formats.Language  // of messages
	Accounts map[string]string // for payments: settlement account → merchant
	// Archive is where files are copied in a dry run, whose own spool is thrown
	// away: a server may remove what is read, see [ErrGone]. Else nil.
	Archive *spool.Spool
}

// A Queue takes accepted records for the next batch, in the transaction that
// books them. The same record again has no effect.
type Queue func(ctx context.Context, tx *database.Tx, merchant string, ready []purchase.Ready) error

// An Intake keeps the files and rows of all merchants. It may be used by
// several goroutines for different merchants; of one merchant there is one run
// at a time.
type Intake struct {
	db    *database.DB
	spool *spool.Spool
	now   func() time.Time
	wait  func(context.Context, time.Duration) error
	queue Queue
	log   *slog.Logger
	keys  map[string]*container.Keys
}

// New returns the intake in a database; the bytes of files are in the spool.
// now and wait are the real clock: they serve only to see whether a file is
// still being written. The log is told of files that are left where they are.
func New(db *database.DB, s *spool.Spool, now func() time.Time, wait func(context.Context, time.Duration) error, queue Queue, log *slog.Logger) *Intake {
	return &Intake{db: db, spool: s, now: now, wait: wait, queue: queue, log: log}
}

// WithKeys returns an intake that opens encrypted files, with the keys of each
// merchant and of [purchase.Provider].
func (in *Intake) WithKeys(keys map[string]*container.Keys) *Intake {
	other := *in
	other.keys = keys
	return &other
}

// write runs f in a transaction that no other one of the same merchant enters.
func (in *Intake) write(ctx context.Context, merchant string, f func(*database.Tx) error) error {
	return in.db.Write(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "intake "+merchant); err != nil {
			return err
		}
		return f(tx)
	})
}

// rowBits is how many bits of a row's id count rows; the rest is the file.
const rowBits = 32

// rowID packs the number of a file and of a row in it into one key.
func rowID(file, row int64) int64 { return file<<rowBits + row }

func fileOf(id int64) int64 { return id >> rowBits }

func rowOf(id int64) int64 { return id & (1<<rowBits - 1) }

// owner returns under which id a file stands: the bank's have negative numbers.
func owner(merchant string, file int64) string {
	if file < 0 {
		return purchase.Provider
	}
	return merchant
}

// at names a step of the intake in an error.
func at(step, what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("intake: %s %s: %w", step, what, err)
}
