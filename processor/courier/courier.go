// Package courier keeps what passes between two kontors: batches from the one
// beside the ERP (role: merchant) to the one at the provider (role: provider),
// answers back, and turns in both directions.
//
// Both work in the merchant's home at the provider: batches and the merchant's
// turn lie in in/, answers and the provider's turn in out/. Batches and answers
// have numbers without gaps. Who takes a file copies it into the spool, checks it
// and registers it in the order of the numbers: from the row on it is taken, and
// comes it again it has no further effect. A number with other bytes is refused, a
// number whose predecessor is missing waits where it is, and both are told
// ([Courier.Alarms]).
//
// A turn (formats.Turn) makes two clocks one: it says which transmit slot its
// sender has completed, when the next one is, and which numbers were put and
// taken. It lies where it was put until a later one takes its place.
//
// A file stays where it lies until its sender can know that it was taken: a batch
// until its receipt lies in out/, an answer until the merchant's turn has said so.
// So what is neither there nor known to be taken is lost, and is put again.
package courier

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/remote"
	"github.com/kontor-exchange/kontor/processor/spool"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for [database.DB.Migrate].
func Migrations() fs.FS { return migrations }

// Folders of the merchant's home at the provider.
const (
	In  = "in"  // what the merchant's side writes
	Out = "out" // what the provider's side writes
)

// Kinds of files in courier_files.
const (
	kindBatch  = "batch"  // that came from a merchant
	kindAnswer = "answer" // that came from the provider
	kindSent   = "sent"   // an answer of ours
)

// A Courier keeps the hand-over of all merchants, on one of its two sides. It
// may be used by several goroutines, for different merchants.
type Courier struct {
	db    *database.DB
	spool *spool.Spool
	now   func() time.Time
	wait  time.Duration
}

// New returns the courier in a database; the bytes are in the spool. now is the
// real clock, by which a run waits at most as long as wait for the other side.
func New(db *database.DB, s *spool.Spool, now func() time.Time, wait time.Duration) *Courier {
	return &Courier{db: db, spool: s, now: now, wait: wait}
}

// On returns the courier on another view of the database, as a dry run has one.
func (c *Courier) On(db *database.DB) *Courier {
	other := *c
	other.db = db
	return &other
}

// A Link is how far the two sides have come with a merchant.
type Link struct {
	Heard formats.Turn // the last turn of the other side; Through is zero when there was none
	At    time.Time    // when it came, by the real clock
	Told  formats.Turn // our own last turn
	Put   bool         // whether it lies where the other side takes it
	Since time.Time    // since when a run waits for the other side; zero when none does
}

// Link returns how far the two sides have come.
func (c *Courier) Link(ctx context.Context, merchant string) (l Link, err error) {
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		l, err = link(ctx, tx, merchant)
		return err
	})
	return l, err
}

func link(ctx context.Context, tx *database.Tx, merchant string) (l Link, err error) {
	var through, next, heard, toldThrough, toldNext, since int64
	err = tx.QueryRow(ctx, `SELECT through, next, last, have, heard, heard_at, told_through, told_next, told_last, told_have, told_heard, told, since
		FROM courier_links WHERE merchant_id = ?`, merchant).
		Scan(&through, &next, &l.Heard.Last, &l.Heard.Have, &l.Heard.Heard, &heard,
			&toldThrough, &toldNext, &l.Told.Last, &l.Told.Have, &l.Told.Heard, &l.Put, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return Link{Heard: formats.Turn{Merchant: merchant}, Told: formats.Turn{Merchant: merchant}, Put: true}, nil
	}
	l.Heard.Merchant, l.Heard.Through, l.Heard.Next = merchant, instant(through), instant(next)
	l.Told.Merchant, l.Told.Through, l.Told.Next = merchant, instant(toldThrough), instant(toldNext)
	l.At, l.Since = instant(heard), instant(since)
	return l, err
}

// update changes the link of a merchant in a transaction of its own.
func (c *Courier) update(ctx context.Context, merchant string, change func(*Link) bool) error {
	return c.db.Write(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "courier "+merchant); err != nil {
			return err
		}
		l, err := link(ctx, tx, merchant)
		if err != nil || !change(&l) {
			return err
		}
		return save(ctx, tx, merchant, l)
	})
}

func save(ctx context.Context, tx *database.Tx, merchant string, l Link) error {
	_, err := tx.Exec(ctx, `INSERT INTO courier_links (merchant_id, through, next, last, have, heard, heard_at, told_through, told_next, told_last, told_have, told_heard, told, since)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id) DO UPDATE SET through = excluded.through, next = excluded.next, last = excluded.last, have = excluded.have,
			heard = excluded.heard, heard_at = excluded.heard_at, told_through = excluded.told_through, told_next = excluded.told_next, told_last = excluded.told_last,
			told_have = excluded.told_have, told_heard = excluded.told_heard, told = excluded.told, since = excluded.since`,
		merchant, unix(l.Heard.Through), unix(l.Heard.Next), l.Heard.Last, l.Heard.Have, l.Heard.Heard, unix(l.At),
		unix(l.Told.Through), unix(l.Told.Next), l.Told.Last, l.Told.Have, l.Told.Heard, l.Put, unix(l.Since))
	return err
}

// instant reads a time; 0 is none.
func instant(unix int64) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// Waits reports whether a run that needs the other side is to wait for it, and
// notes since when. It is false once that was longer than agreed, until the other
// side is heard again.
func (c *Courier) Waits(ctx context.Context, merchant string) (waits bool, err error) {
	now := c.now()
	err = c.update(ctx, merchant, func(l *Link) bool {
		if l.Since.IsZero() {
			l.Since, waits = now, c.wait > 0
			return true
		}
		waits = now.Sub(l.Since) < c.wait
		return false
	})
	return waits, err
}

// last returns the highest number of files of a kind: there is no gap before it.
func last(ctx context.Context, tx *database.Tx, merchant, kind string) (n int64, err error) {
	err = tx.QueryRow(ctx, "SELECT COALESCE(MAX(number), 0) FROM courier_files WHERE merchant_id = ? AND kind = ?", merchant, kind).Scan(&n)
	return n, err
}

// taken returns the number of the last batch, or answer, that was taken.
func (c *Courier) taken(ctx context.Context, merchant, kind string) (n int64, err error) {
	err = c.db.Read(ctx, func(tx *database.Tx) error {
		n, err = last(ctx, tx, merchant, kind)
		return err
	})
	return n, err
}

// store copies a file of a remote into the spool.
func (c *Courier) store(ctx context.Context, r remote.Remote, folder, name string) (stored spool.Stored, err error) {
	f, err := r.Open(ctx, folder, name)
	if err != nil {
		return spool.Stored{}, err
	}
	stored, err = c.spool.Store(f)
	return stored, errors.Join(err, f.Close())
}

// acknowledged reports whether a number was taken and our turn says so.
func acknowledged(l Link, number int64) bool { return l.Put && l.Told.Have >= number }

// stored opens a file of the spool, again and again.
func (c *Courier) stored(sum string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return c.spool.Open(sum) }
}

// A file is a row of courier_files.
type file struct {
	number       int64
	name, sha256 string
	size         int64
	at           time.Time
}

func scanFile(rows *sql.Rows) (f file, err error) {
	var at int64
	err = rows.Scan(&f.number, &f.name, &f.sha256, &f.size, &at)
	f.at = instant(at)
	return f, err
}

// insert registers a file that is the next one of its kind.
func insert(ctx context.Context, tx *database.Tx, merchant, kind string, f file) error {
	_, err := tx.Exec(ctx, `INSERT INTO courier_files (merchant_id, kind, number, name, sha256, size, at, done) VALUES (?, ?, ?, ?, ?, ?, ?, 0)
		ON CONFLICT (merchant_id, kind, number) DO NOTHING`, merchant, kind, f.number, f.name, f.sha256, f.size, unix(f.at))
	return err
}

// take registers a file that came; with it the other side was heard.
func (c *Courier) take(ctx context.Context, merchant, kind string, f file, mended ...string) error {
	return c.db.Write(ctx, func(tx *database.Tx) error {
		if err := tx.Lock(ctx, "courier "+merchant); err != nil {
			return err
		}
		if err := insert(ctx, tx, merchant, kind, f); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE courier_links SET since = 0 WHERE merchant_id = ?", merchant); err != nil {
			return err
		}
		return mend(ctx, tx, merchant, f.number, mended...)
	})
}

// step names what was done to a file in an error.
func step(what, name string, err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil // taken away meanwhile
	}
	return fmt.Errorf("%s %s: %w", what, name, err)
}
