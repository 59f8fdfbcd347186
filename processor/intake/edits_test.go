package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// editTrials is how many edited files go through intake with each profile; package
// formats tries all of the edits.
const editTrials = 160

// A judged row is what became of a row.
type judged struct {
	line   int64
	record string
	number string
	status purchase.Verdict
}

// rowsOf returns the rows of a file with the verdicts that they have now.
func (w *world) rowsOf(name string) (rows []judged) {
	w.t.Helper()
	err := w.db.Read(w.t.Context(), func(tx *database.Tx) error {
		found, err := tx.Query(w.t.Context(), `SELECT r.line, r.record, r.number, v.status FROM intake_rows r
			JOIN intake_files f ON f.number = r.id >> 32
			JOIN intake_verdicts v ON v.merchant_id = r.merchant_id AND v.id = r.id
			WHERE f.name = ? AND NOT EXISTS (SELECT 1 FROM intake_verdicts w WHERE w.merchant_id = v.merchant_id AND w.id = v.id AND w.n > v.n)
			ORDER BY r.id`, name)
		rows, err = database.Collect(found, err, func(r *sql.Rows) (j judged, err error) {
			return j, r.Scan(&j.line, &j.record, &j.number, &j.status)
		})
		return err
	})
	must(w.t, err)
	return rows
}

func zipped(t *testing.T, data []byte) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(data)
	must(t, err)
	must(t, z.Close())
	return b.String()
}

// One byte of a file of any feed is cut, removed, put in or changed, plain or
// packed: nothing that was booked changes by a cent, the rows that were not
// touched are duplicates, and one that is booked under another number has the
// values that its text says.
func TestEditedFiles(t *testing.T) {
	for _, profile := range []string{"kontor", "actindo"} {
		t.Run(profile, func(t *testing.T) {
			databasetest.Each(t, func(t *testing.T, db *database.DB) { playEdits(t, profile, db) })
		})
	}
}

func playEdits(t *testing.T, profile string, db *database.DB) {
	w := newWorld(t, db, profile)
	samples := map[purchase.Feed][]byte{}
	for _, feed := range purchase.Feeds() {
		data, err := os.ReadFile(filepath.Join("..", "..", "formats", "testdata", "edits", profile, feed.String()+".csv"))
		must(t, err)
		samples[feed] = data
		w.drop(feed.String()+"_0.csv", string(data))
	}
	w.step("2026-10-14T12-00")
	before := w.gross()
	held := map[string]purchase.Verdict{} // what an equal row becomes, by its line
	for feed, data := range samples {
		lines := strings.SplitAfter(string(data), "\n")
		for _, row := range w.rowsOf(feed.String() + "_0.csv") {
			held[lines[row.line-1]] = purchase.Duplicate
			if row.status == purchase.Rejected {
				held[lines[row.line-1]] = purchase.Rejected
			}
		}
	}
	random := rand.New(rand.NewPCG(1, uint64(len(profile))))
	verdicts := map[purchase.Verdict]int{}
	for n := 1; n <= editTrials; n += 8 {
		edited := map[string][]byte{}
		for i := range 8 {
			feed := purchase.Feeds()[i]
			data := oneByte(random, samples[feed])
			name, content := fmt.Sprintf("%s_%d.csv", feed, n), string(data)
			if random.IntN(3) == 0 {
				name, content = name+".gz", zipped(t, data)
			}
			edited[name] = data
			w.drop(name, content)
		}
		w.step("2026-10-14T12-00")
		for name, data := range edited {
			w.judgeEdited(name, data, samples, held, verdicts)
		}
	}
	t.Logf("rows of %d files: %v", editTrials, verdicts)
	after := w.gross()
	for key, gross := range before {
		if after[key] != gross {
			t.Errorf("%s was %s, is %s", key, gross, after[key])
		}
	}
	w.verify("2026-10-14T12-00")
}

// oneByte edits a copy of a file.
func oneByte(r *rand.Rand, data []byte) []byte {
	at, b := r.IntN(len(data)), byte(r.IntN(256))
	if r.IntN(4) > 0 {
		b = "0123456789;\",.-\n\r AZ"[r.IntN(20)] // else most are refused as a charset that is wrong
	}
	switch r.IntN(8) {
	case 0:
		return bytes.Clone(data[:at])
	case 1:
		return slices.Concat(data[:at], data[at+1:])
	case 2, 3:
		return slices.Concat(data[:at], []byte{b}, data[at:])
	}
	return slices.Concat(data[:at], []byte{b}, data[at+1:])
}

// judgeEdited looks at what became of an edited file.
func (w *world) judgeEdited(name string, data []byte, samples map[purchase.Feed][]byte, held map[string]purchase.Verdict, verdicts map[purchase.Verdict]int) {
	w.t.Helper()
	p := w.boxes[0].Profile
	feed, _ := p.FeedOf(name)
	r := p.Read(feed, bytes.NewReader(data), formats.ReadOptions{File: "x.csv"})
	said := map[int64]purchase.Record{}
	for row := range r.Rows() {
		said[row.Line] = row.Record
	}
	rows := w.rowsOf(name)
	if r.Err() != nil {
		if len(rows) > 0 {
			w.t.Errorf("%s is refused, and has %d rows", name, len(rows))
		}
		return
	}
	lines := strings.SplitAfter(string(data), "\n")
	was := strings.SplitAfter(string(samples[feed]), "\n")
	for _, row := range rows {
		verdicts[row.status]++
		untouched := lines[0] == was[0] && slices.Contains(was[1:], lines[row.line-1])
		if want := held[lines[row.line-1]]; untouched && row.status != want {
			w.t.Errorf("%s line %d was not touched, and is %s; want %s", name, row.line, row.status, want)
		}
		if row.status != purchase.Booked && row.status != purchase.Parked {
			continue
		}
		stored, err := decode(feed, row.record)
		must(w.t, err)
		if stored != said[row.line] {
			w.t.Errorf("%s line %d says %+v, %s is %+v", name, row.line, said[row.line], row.status, stored)
		}
	}
	if len(rows) != len(said) && !bytes.Equal(data, samples[feed]) {
		w.t.Errorf("%s has %d rows of %d", name, len(rows), len(said))
	}
}

// gross is the amount under each business key that is held.
func (w *world) gross() map[string]money.Amount {
	w.t.Helper()
	all := map[string]money.Amount{}
	err := w.db.Read(w.t.Context(), func(tx *database.Tx) error {
		rows, err := tx.Query(context.Background(), `SELECT d.feed, d.doc_key, r.record FROM intake_documents d
			JOIN intake_rows r ON r.merchant_id = d.merchant_id AND r.id = d.id`)
		_, err = database.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
			var feed int64
			var key, text string
			if err := r.Scan(&feed, &key, &text); err != nil {
				return struct{}{}, err
			}
			record, err := decode(purchase.Feed(feed), text)
			if err == nil {
				all[fmt.Sprintf("%v %q", purchase.Feed(feed), key)] = purchase.Gross(record)
			}
			return struct{}{}, err
		})
		return err
	})
	must(w.t, err)
	return all
}
