package report

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// check says what keeps notices from being a letter.
func (l Letter) check() error {
	if len(l.Notices) == 0 {
		return errors.New("a letter without notices")
	}
	var errs []error
	first := l.Notices[0]
	for _, n := range l.Notices {
		due, err := n.Outstanding.Add(n.ChargesTotal)
		switch {
		case n.Status == purchase.NoticeHeld:
			err = fmt.Errorf("it is held (%s) and must not leave", n.Hold)
		case n.CustomerNo != first.CustomerNo || n.RunDate != first.RunDate:
			err = fmt.Errorf("it is of customer %s and %s, the letter of %s and %s", n.CustomerNo, n.RunDate, first.CustomerNo, first.RunDate)
		case err == nil && (due != n.TotalDue || n.Payment.Amount != n.TotalDue):
			err = fmt.Errorf("outstanding %s and charges %s are not the total %s, or not the payment of %s", n.Outstanding, n.ChargesTotal, n.TotalDue, n.Payment.Amount)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("notice %s: %w", n.ID, err))
		}
	}
	return errors.Join(errs...)
}

// A transfer is what is to be paid with one reference.
type transfer struct {
	purchase.PaymentAdvice
	invoices []string
}

// sums adds up what is asked for: in all, and for each reference, since a
// payment is matched by one.
func (d *dunningLetter) sums() (total money.Amount, transfers []transfer, err error) {
	for _, n := range d.notices {
		if total, err = total.Add(n.TotalDue); err != nil {
			return 0, nil, fmt.Errorf("notice %s: %w", n.ID, err)
		}
		t := transfer{n.Payment, []string{n.InvoiceNo}}
		if t.Reference == "" {
			t.Reference = n.InvoiceNo
		}
		i := slices.IndexFunc(transfers, func(u transfer) bool { return u.Reference == t.Reference })
		if i < 0 {
			transfers = append(transfers, t)
			continue
		}
		transfers[i].invoices = append(transfers[i].invoices, n.InvoiceNo)
		if transfers[i].Amount, err = transfers[i].Amount.Add(t.Amount); err != nil {
			return 0, nil, fmt.Errorf("notice %s: %w", n.ID, err)
		}
	}
	return total, transfers, nil
}
