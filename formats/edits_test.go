package formats

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// sample writes about 2 KB of good payments with a trailer.
func sample(t *testing.T, p *Profile) (data []byte, records map[purchase.Record]bool) {
	t.Helper()
	var b bytes.Buffer
	records = map[purchase.Record]bool{}
	w := p.NewWriter(&b, purchase.Payments)
	for i := range 20 {
		r := purchase.Payment{
			PaymentID: fmt.Sprintf("Z%d", 100+i), Account: "DE02120300000000202051", BookedOn: exampleDate, Currency: "EUR",
			Amount: money.Amount(100*i + 1), DebtorName: "Müller; \"Söhne\"", Reference: "RF25 A100 038",
		}
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
		records[r] = true
	}
	if err := w.Trailer(); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), records
}

// Cut anywhere, a file is refused: no byte of it is booked. With a trailer that
// may make up for the last line end, what is taken has all rows.
func TestCutAtEveryByte(t *testing.T) {
	proven := build(t, Config{Feeds: map[string]FeedConfig{"payments": {Truncated: "allow_with_trailer"}}})
	for _, p := range []*Profile{profile(t, "kontor"), profile(t, "actindo"), proven, build(t, Config{Charset: "utf-16le"})} {
		data, _ := sample(t, p)
		counts := map[purchase.Code]int{}
		for n := range len(data) {
			v := read(p, purchase.Payments, data[:n], ReadOptions{})
			sound(t, p.Name, data[:n], v)
			if v.err == nil && !atLineEnd(data, n) && (p != proven || len(v.rows) < 20 || n < len(data)-2) {
				t.Errorf("%s cut at byte %d is read as whole, %d rows", p.Name, n, len(v.rows))
			}
			if v.err != nil {
				counts[v.err.Code]++
			}
		}
		t.Logf("%s: %d cuts, verdicts %v", p.Name, len(data), counts)
	}
}

// atLineEnd: a cut between lines before an optional trailer cannot be told
// from a shorter file.
func atLineEnd(data []byte, n int) bool {
	return n > 0 && data[n-1] == '\n' || n > 1 && data[n-1] == 0 && data[n-2] == '\n'
}

func TestCutWithDemandedTrailer(t *testing.T) {
	p := build(t, Config{Feeds: map[string]FeedConfig{"payments": {Trailer: "required"}}})
	data, _ := sample(t, p)
	for n := range len(data) {
		if v := read(p, purchase.Payments, data[:n], ReadOptions{}); v.err == nil {
			t.Errorf("cut at byte %d is read as whole", n)
		}
	}
}

// A quote inserted anywhere costs at most the row that it is in: every other
// row lives, no two become one, and no row that was not there is booked.
func TestQuoteInsertedAtEveryByte(t *testing.T) {
	for _, p := range []*Profile{profile(t, "kontor"), profile(t, "actindo")} {
		data, records := sample(t, p)
		counts := map[purchase.Code]int{}
		for n := range len(data) + 1 {
			edited := append(append(bytes.Clone(data[:n]), '"'), data[n:]...)
			v := read(p, purchase.Payments, edited, ReadOptions{})
			sound(t, p.Name, edited, v)
			if v.err != nil {
				counts[v.err.Code]++
				continue
			}
			good := 0
			for _, row := range v.rows {
				if row.Record == nil {
					counts[row.Errors[0].Code]++
				} else if records[row.Record] {
					good++
				}
			}
			// 20 rows, and 21 when the quote makes a row of the trailer.
			if len(v.rows) < 20 || len(v.rows) > 21 || good < 19 {
				t.Errorf("%s, quote at byte %d: %d rows, %d as they were", p.Name, n, len(v.rows), good)
			}
		}
		t.Logf("%s: %d insertions, verdicts %v", p.Name, len(data)+1, counts)
	}
}

// Every byte replaced by bytes that mean something, and by others: what is
// booked with the trailer's blessing has the sum that the trailer says.
func TestReplacedAtEveryByte(t *testing.T) {
	p := profile(t, "kontor")
	data, records := sample(t, p)
	want := money.Amount(0)
	for r := range records {
		want += r.(purchase.Payment).Amount
	}
	for n := range data {
		for _, b := range []byte{0, '\n', '"', ';', '-', '9', 0xFF} {
			edited := bytes.Clone(data)
			edited[n] = b
			v := read(p, purchase.Payments, edited, ReadOptions{})
			sound(t, p.Name, edited, v)
			sum, bad := money.Amount(0), 0
			for _, row := range v.rows {
				if row.Record == nil {
					bad++
					continue
				}
				sum += row.Record.(purchase.Payment).Amount
			}
			trailer := bytes.Contains(edited, []byte("\n"+trailerMark+";"))
			if v.err == nil && bad == 0 && trailer && sum != want {
				t.Errorf("byte %d replaced by %q: accepted with the sum %v; want %v", n, b, sum, want)
			}
		}
	}
}
