package report

import (
	"context"
	"io"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// StatesCSV writes the changed states of claims for the merchant's ERP.
func (r Renderer) StatesCSV(ctx context.Context, w io.Writer, s purchase.States) error {
	t := r.Profile.NewReport(w, formats.StatesReport)
	for c, err := range s.Claims(ctx) {
		if err != nil {
			return err
		}
		err = t.Row(c.OrderNo, c.InvoiceNo, c.State, c.Outstanding, c.Paid, c.Credited, c.DueDate, c.DunningLevel, c.ChangedOn)
		if err != nil {
			return err
		}
	}
	return t.Flush()
}

// StatesJSON writes the twin of [Renderer.StatesCSV]. run is that of the file
// names, see [Run].
func (r Renderer) StatesJSON(ctx context.Context, w io.Writer, run string, s purchase.States) error {
	t := r.twin(w, "run", run)
	t.list("states")
	for c, err := range s.Claims(ctx) {
		if err != nil {
			return err
		}
		t.item(c)
	}
	t.endList()
	return t.close()
}
