// Package processor runs the exchange: what is due, in which order, and what is
// caught up after an outage. It knows no rule of the business; it calls those
// who do, each of them once per slot.
//
// A run happens at one time T for all merchants. For each it does, in this
// order: collect and try the files; every guarantee and payout slot since the
// last run, in time order, each booked at its own nominal time; transmit until
// no accepted event waits; the latest dunning slot; reports and deliveries. A
// run that was cut off is finished, with its own T, before another begins:
// every step may be repeated without a further effect.
package processor

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"iter"
	"log/slog"
	"time"

	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/batch"
	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/processor/spool"
	"github.com/kontor-exchange/kontor/schedules"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations creates the tables of this package.
func Migrations() (fs.FS, error) { return fs.Sub(migrations, "migrations") }

var (
	// ErrEarlier is returned for a run that is earlier than a merchant's last.
	ErrEarlier = errors.New("the books are ahead of this time")
	// ErrNothingDue is returned by a run that found no slot due.
	ErrNothingDue = errors.New("nothing is due")
)

// A Provider takes batches and answers with documents. Every method may be
// repeated without a further effect.
type Provider interface {
	// Submit hands over the bytes of a batch, or of a merchant's and the
	// provider's own of one slot. It does not wait for the receipts.
	Submit(ctx context.Context, batches ...purchase.Batch) error
	// Advance runs guarantee, payout, dunning or, for deliver, the states and
	// unmatched payments of a merchant for one slot. A remote provider has its
	// own clock: no-op.
	Advance(ctx context.Context, merchant string, slot schedules.Slot) error
	// Statement says that the bank has spoken on a day.
	Statement(ctx context.Context, tx *database.Tx, merchant string, day schedules.Date) error
	// Sent says that the notices of a dunning run that leave on paper left on a
	// day.
	Sent(ctx context.Context, tx *database.Tx, merchant string, runDate, day schedules.Date) error
	// SentBy says that those left that leave by a channel.
	SentBy(ctx context.Context, tx *database.Tx, merchant string, runDate, day schedules.Date, channel string) error
	// Documents yields what the provider has said after a position, in order.
	Documents(ctx context.Context, merchant string, after int64) iter.Seq2[purchase.Document, error]
}

// A Merchant is one merchant of the exchange.
type Merchant struct {
	Terms     purchase.Terms
	Zone      *time.Location
	Schedules map[schedules.Job]schedules.Schedule
	Inbox     intake.Inbox // its Remote is opened by Open
	Renderer  report.Renderer
	KeepDays  int // of our files in out/
	// Provider and Party stand on fee invoices and transfers.
	Provider, Party purchase.Party
	DATEV           *report.DATEVConfig // nil: no booking batches
	MailFrom        string              // the sender of mails
	// Recipients are for whom what goes to the ERP is encrypted; nil: it is not.
	Recipients   *container.Recipients
	VATExemption string // on a fee invoice without VAT
	// Open opens a target of deliveries (see package outbox).
	Open func(ctx context.Context, target string) (remote.Remote, error)
}

// ID is the merchant's id.
func (m *Merchant) ID() string { return m.Terms.Merchant }

// An Engine runs the exchange of all merchants. One process works with a data
// folder at a time.
type Engine struct {
	DB        *database.DB
	Spool     *spool.Spool
	Intake    *intake.Intake
	Batches   *batch.Batches
	Outbox    *outbox.Outbox
	Provider  Provider
	Merchants []*Merchant // by id
	// Bank is the provider's side: its inbox holds account statements, its
	// renderer writes the acks of these. Nil beside the ERP ([MerchantSide]).
	Bank *Merchant
	// Role is the side that the engine works on; "" is both, and needs no Courier.
	Role     Role
	Courier  *courier.Courier
	BatchMax int
	Now      func() time.Time
	Log      *slog.Logger
	// Step is told what is being done, for progress and for tests; may be nil.
	Step func(merchant, step string)
}

func (e *Engine) step(merchant, step string) {
	e.Log.Debug("step", "merchant", merchant, "step", step)
	if e.Step != nil {
		e.Step(merchant, step)
	}
}
