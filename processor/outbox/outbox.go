// Package outbox holds the files that leave: acknowledgements, decisions,
// payouts, dunning reports, letters.
//
// A file lies in the spool before its row is written, and its row is committed
// together with what it tells of. From then on its name means these bytes for
// ever: [Outbox.Add] of other bytes under the same name is refused, and every
// repeat of [Outbox.Deliver] puts the same bytes. A delivery that was cut off
// is simply made again.
package outbox

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for [database.DB.Migrate].
func Migrations() fs.FS { return migrations }

// Targets of files.
const (
	ERP     = "erp"     // the merchant's root: out/ack, out/decisions …
	Letters = "letters" // provider.letters
	Bank    = "bank"    // provider.bank
	// Provider is the merchant's home at the provider (role: merchant).
	Provider = "provider"
	Reports  = "reports" // data_dir/reports, for the operator; written is delivered
	Mail     = "mail"    // provider.mail
	// Collection is provider.collection, else a folder of data_dir/reports.
	Collection = "collection"
)

// Kinds of files.
const (
	Ack       = "ack"
	Rejected  = "rejected"
	Decisions = "decisions"
	Payout    = "payout"
	Dunning   = "dunning"
	States    = "states"
	Letter    = "letter" // all notices of a run, for machines
	Print     = "print"  // a letter to one debtor, as PDF
	Message   = "mail"   // the same as mail
	Unmatched = "unmatched"
	DATEV     = "datev"    // booking batch of a payout
	Transfer  = "transfer" // payment orders for the bank
	EInvoice  = "einvoice" // XML twin of the fee invoice
	OpenItems = "openitems"
	Handover  = "handover"  // claims for the collection agency
	Guarantee = "guarantee" // what the guarantee pays in the coming weeks
	Batch     = "batch"     // to the provider on another machine
	Answer    = "answer"    // to a merchant on another machine
)

// A File says where a file goes and what it is. Merchant, Target, Folder and
// Name are its identity.
type File struct {
	Merchant string
	Target   string // ERP, Letters, Bank, Reports, Mail, Collection or Provider
	Folder   string // slash-separated, such as "out/ack"; "" is the target's base
	Name     string
	Run      int64  // the run that made it
	Kind     string // Ack, Payout, …
	Subject  string // what it tells of: the id of an inbound file, a payout_id, …
}

func (f File) String() string {
	return f.Target + ":" + strings.TrimPrefix(f.Folder+"/"+f.Name, "/")
}

var (
	// ErrOtherBytes says that a name was given to other bytes before.
	ErrOtherBytes = errors.New("this name was given to other bytes before")
	// ErrUnknown says that no file of that name has left.
	ErrUnknown = errors.New("no such file in the outbox")
	// ErrAmbiguous says that several files have the name.
	ErrAmbiguous = errors.New("several files have this name")
	// ErrWaits says that a file was not delivered yet, so there is nothing to resend.
	ErrWaits = errors.New("the file waits for its delivery already; run deliver")
)

// An Outbox is the files of all merchants. It may be used by several
// goroutines, for different merchants.
type Outbox struct {
	db    *database.DB
	spool *spool.Spool
	now   func() time.Time
}

// New returns the outbox in a database; its bytes are in the spool.
func New(db *database.DB, s *spool.Spool, now func() time.Time) *Outbox {
	return &Outbox{db: db, spool: s, now: now}
}

// Add registers a stored file for delivery, in the transaction that books what
// the file tells. The same file with the same bytes again has no effect; with
// other bytes it is [ErrOtherBytes].
func (o *Outbox) Add(ctx context.Context, tx *database.Tx, f File, stored spool.Stored) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("outbox: %s: %w", f, err)
	}
	added, err := tx.Exec(ctx, `INSERT INTO outbox (merchant, target, folder, name, seq, run, kind, subject, sha256, size,
			added_at, waits, deliveries, delivered_at, tries, tried_at, error, removed_at)
		VALUES (?, ?, ?, ?, (SELECT COALESCE(MAX(seq), 0) + 1 FROM outbox WHERE merchant = ?), ?, ?, ?, ?, ?,
			?, 1, 0, 0, 0, 0, '', 0)
		ON CONFLICT (merchant, target, folder, name) DO NOTHING`,
		f.Merchant, f.Target, f.Folder, f.Name, f.Merchant, f.Run, f.Kind, f.Subject, stored.SHA256, stored.Size,
		o.now().Unix())
	if err != nil || added == 1 {
		return err
	}
	var sum string
	err = tx.QueryRow(ctx, "SELECT sha256 FROM outbox WHERE merchant = ? AND target = ? AND folder = ? AND name = ?",
		f.Merchant, f.Target, f.Folder, f.Name).Scan(&sum)
	if err == nil && sum != stored.SHA256 {
		err = fmt.Errorf("%w: sha256 %s, now %s; take a new name", ErrOtherBytes, sum, stored.SHA256)
	}
	if err != nil {
		return fmt.Errorf("outbox: %s: %w", f, err)
	}
	return nil
}

func (f File) check() error {
	switch f.Target {
	case ERP, Letters, Bank, Reports, Mail, Collection, Provider:
	default:
		return fmt.Errorf("target %q is unknown; want erp, letters, bank, reports, mail, collection or provider", f.Target)
	}
	if f.Merchant == "" || f.Kind == "" {
		return errors.New("merchant and kind are required")
	}
	return remote.CheckName(f.Name)
}
