package processor

import (
	"context"
	"io"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

const payoutFolder = "out/payouts"

// payout writes all files of a payout, and the transfer for the bank.
func (j *job) payout(ctx context.Context, d purchase.Document) ([]made, error) {
	p := *d.Payout
	switch j.Role {
	case MerchantSide:
		return j.settlement(ctx, p)
	case ProviderSide:
		return j.order(ctx, d)
	}
	files, err := j.settlement(ctx, p)
	if err != nil {
		return nil, err
	}
	order, err := j.orderOnce(ctx, d)
	return append(files, order...), err
}

// settlement writes what tells of a payout: the accountants' table and its twin,
// the workbook, the booking batches, the statement that is the fee invoice and
// its electronic twin, and what is open and to come. Nothing leaves that does not
// agree in itself.
func (j *job) settlement(ctx context.Context, p purchase.Payout) ([]made, error) {
	if err := report.CheckPayout(ctx, p); err != nil {
		return nil, err
	}
	r := j.m.Renderer
	files, err := j.report(formats.PayoutsReport, outbox.Payout, p.ID, report.PayoutFacts(p),
		func(ending string) string { return report.PayoutName(p, ending) },
		func(w io.Writer) error { return r.PayoutCSV(ctx, w, p) },
		func(w io.Writer) error { return r.PayoutJSON(ctx, w, p) })
	if err != nil {
		return nil, err
	}
	for _, more := range []func(context.Context, purchase.Payout) ([]made, error){j.workbook, j.bookings, j.invoice, j.openItems} {
		some, err := more(ctx, p)
		if err != nil {
			return nil, err
		}
		files = append(files, some...)
	}
	return files, nil
}

// one makes a single file of a payout.
func (j *job) one(target, folder, name, kind string, p purchase.Payout, write func(io.Writer) error) ([]made, error) {
	f, err := j.make(target, folder, name, kind, p.ID, write)
	return []made{f}, err
}

func (j *job) workbook(ctx context.Context, p purchase.Payout) ([]made, error) {
	return j.one(outbox.ERP, payoutFolder, report.PayoutName(p, report.XLSX), outbox.Payout, p,
		func(w io.Writer) error { return j.m.Renderer.PayoutXLSX(ctx, w, p) })
}

// bookings writes the DATEV batches, one per fiscal year and 99,999 rows.
func (j *job) bookings(ctx context.Context, p purchase.Payout) ([]made, error) {
	if j.m.DATEV == nil {
		return nil, nil
	}
	c := j.m.DATEV.WithDefaults()
	parts, err := report.DATEVParts(ctx, p, c)
	if err != nil {
		return nil, err
	}
	var files []made
	for _, part := range parts {
		some, err := j.one(outbox.ERP, payoutFolder, report.DATEVName(p, part), outbox.DATEV, p,
			func(w io.Writer) error { return report.DATEV(ctx, w, p, c, part) })
		if err != nil {
			return nil, err
		}
		files = append(files, some...)
	}
	return files, nil
}

// invoice writes the statement and the electronic invoice, where the
// configuration says enough of both parties (§ 14 UStG).
func (j *job) invoice(ctx context.Context, p purchase.Payout) ([]made, error) {
	who := j.parties(p)
	if !who.Provider.Taxable() || !who.Merchant.Complete() {
		return nil, nil
	}
	r, d := j.m.Renderer, report.StatementDocument{Payout: p, Provider: who.Provider, Merchant: who.Merchant, Upcoming: p.Upcoming, Exemption: who.VATExemption}
	if p.Invoice != nil {
		d.Invoice = *p.Invoice
	}
	files, err := j.one(outbox.ERP, payoutFolder, report.PayoutName(p, report.PDF), outbox.Payout, p,
		func(w io.Writer) error { return r.PayoutPDF(ctx, w, d) })
	if err != nil || p.Invoice == nil {
		return files, err
	}
	twin, err := j.one(outbox.ERP, payoutFolder, report.EInvoiceName(p), outbox.EInvoice, p, func(w io.Writer) error {
		return r.EInvoice(w, report.FeeInvoiceDocument{
			Invoice: *p.Invoice, Provider: who.Provider, Merchant: who.Merchant, PayoutID: p.ID,
			PeriodFrom: p.PeriodFrom, PeriodTo: p.PeriodTo, Currency: p.Currency, Claims: p.Totals[purchase.LineFee].Count, Exemption: who.VATExemption,
		})
	})
	return append(files, twin...), err
}

// parties are those of the fee invoice of a payout: as a provider on another
// machine tells them, else as configured.
func (j *job) parties(p purchase.Payout) purchase.Parties {
	if p.Parties != nil {
		return *p.Parties
	}
	return purchase.Parties{Provider: j.m.Provider, Merchant: j.m.Party, VATExemption: j.m.VATExemption}
}

// transfer orders the payment of a payout from the settlement account.
func (j *job) transfer(_ context.Context, p purchase.Payout) ([]made, error) {
	if p.Amount == 0 {
		return nil, nil
	}
	return j.pay("M-"+p.ID, p.ID, p.Date, p.Amount, j.m.Party, "Auszahlung "+p.ID)
}

// refund orders the payment of what is owed to a debtor.
func (j *job) refund(r purchase.Refund) ([]made, error) {
	return j.pay("M-"+r.ID, r.ID, r.Day, r.Amount, purchase.Party{Name: r.Name, IBAN: r.IBAN, Country: "DE"}, "Erstattung Rechnung "+r.InvoiceNo)
}

// pay writes a payment order into the bank's folder. Currencies other than the
// euro are no matter of SEPA.
func (j *job) pay(message, id string, day schedules.Date, amount money.Amount, to purchase.Party, text string) ([]made, error) {
	if j.m.Terms.Currency != "EUR" {
		return nil, nil
	}
	f, err := j.make(outbox.Bank, "out", report.TransferName(message), outbox.Transfer, id, func(w io.Writer) error {
		return report.Transfers(w, report.TransferFile{
			MessageID: message, Created: j.run.AsOf, Debtor: j.m.Provider, ExecutionDate: report.TransferDate(day, j.run.Day),
			Transfers: []report.Transfer{{EndToEndID: id, Creditor: to, Amount: amount, Currency: j.m.Terms.Currency, Remittance: text}},
		})
	})
	return []made{f}, err
}
