package samples

import (
	"bytes"
	"io"
	"testing"

	"github.com/kontor-exchange/kontor/schedules"
)

// BenchmarkGenerate reports rows per second, all feeds.
func BenchmarkGenerate(b *testing.B) {
	rows := 0
	for b.Loop() {
		o := Options{Orders: 20_000, Days: 60, Seed: 1}
		err := Generate(b.Context(), o, func(schedules.Date, bool, string) (io.WriteCloser, error) { return (*lines)(&rows), nil })
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

// lines counts line ends.
type lines int

func (n *lines) Write(p []byte) (int, error) {
	*n += lines(bytes.Count(p, []byte("\n")))
	return len(p), nil
}

func (*lines) Close() error { return nil }
