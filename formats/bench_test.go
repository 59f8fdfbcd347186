package formats

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

const benchRows = 10_000

func benchOrder(i int) purchase.Order {
	return purchase.Order{
		OrderNo: fmt.Sprintf("A%d", i), OrderDate: exampleDate, Currency: "EUR", Gross: 12345, Tax: 1971, CustomerNo: fmt.Sprintf("K%d", i),
		CustomerType: purchase.B2C, Salutation: "Frau", FirstName: "Änne", LastName: "Müller", BirthDate: exampleDate - 12000,
		Email: "k@example.org", Phone: "040 1234", Street: "Hauptstraße", HouseNo: "1", Postcode: "20095", City: "Hamburg", Country: "DE",
	}
}

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"kontor", "actindo"} {
		b.Run(name, func(b *testing.B) {
			p := profile(b, name)
			var file bytes.Buffer
			w := p.NewWriter(&file, purchase.Orders)
			for i := range benchRows {
				if err := w.Write(benchOrder(i)); err != nil {
					b.Fatal(err)
				}
			}
			if err := w.Flush(); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				r := p.Read(purchase.Orders, bytes.NewReader(file.Bytes()), ReadOptions{})
				for range r.Rows() {
				}
				if r.Count() != benchRows || r.Err() != nil {
					b.Fatal(r.Count(), r.Err())
				}
			}
			b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkBatch(b *testing.B) {
	write := func(out io.Writer) {
		w := NewBatchWriter(out, purchase.Orders)
		for i := range benchRows {
			if err := w.Write(benchOrder(i), purchase.Source{SHA256: "abc", Name: "orders_1.csv", Row: int64(i)}); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			write(io.Discard)
		}
		b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("read", func(b *testing.B) {
		var file bytes.Buffer
		write(&file)
		b.ReportAllocs()
		for b.Loop() {
			for _, err := range ReadBatch(bytes.NewReader(file.Bytes()), purchase.Orders) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
	})
}
