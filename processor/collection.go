package processor

import (
	"context"
	"io"

	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
)

// collection writes what the collection agency is told of a dunning run; nothing
// when no claim is handed over.
func (j *job) collection(ctx context.Context, d purchase.Dunning) ([]made, error) {
	if !anyOf(d.Handovers(ctx)) {
		return nil, nil
	}
	r, parties := j.m.Renderer, report.Parties{Creditor: j.m.Provider, Seller: j.m.Party}
	parties.Seller.IBAN = "" // the merchant's account is no business of the agency
	return j.pair(outbox.Collection, "", outbox.Handover, d.RunDate.String(),
		func(ending string) string { return report.CollectionName(j.m.ID(), d.RunDate, ending) },
		func(w io.Writer) error { return r.CollectionCSV(ctx, w, d, parties) },
		func(w io.Writer) error { return r.CollectionJSON(ctx, w, d, parties) })
}
