package report

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// transferIDs: letters and digits, and inside of them what is both in the SEPA
// set and harmless in a file name.
var transferIDs = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9+.()-]*[A-Za-z0-9)])?$`)

// bics is the form of a BIC (ISO 9362).
var bics = regexp.MustCompile(`^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$`)

// check reports all that the bank would refuse.
func (f TransferFile) check() error {
	var errs []error
	if err := checkTransferID("message id", f.MessageID); err != nil {
		errs = append(errs, err)
	}
	if f.Created.IsZero() {
		errs = append(errs, errors.New("the time of making is missing"))
	}
	if !schedules.IsBankDay(f.ExecutionDate) {
		errs = append(errs, fmt.Errorf("execution date %s is not a bank day", f.ExecutionDate))
	}
	if err := checkTransferParty(f.Debtor); err != nil {
		errs = append(errs, fmt.Errorf("debtor: %w", err))
	}
	if len(f.Transfers) == 0 {
		errs = append(errs, errors.New("there are no transfers; a file has at least one"))
	}
	seen := map[string]bool{}
	for i, t := range f.Transfers {
		err := t.check()
		if seen[t.EndToEndID] {
			err = errors.Join(err, errors.New("this end-to-end id stands twice in the file"))
		}
		seen[t.EndToEndID] = true
		if err != nil {
			errs = append(errs, fmt.Errorf("transfer %d, %s: %w", i+1, t.EndToEndID, err))
		}
	}
	return errors.Join(errs...)
}

func (t Transfer) check() error {
	var errs []error
	if err := checkTransferID("end-to-end id", t.EndToEndID); err != nil {
		errs = append(errs, err)
	}
	if t.Amount <= 0 || t.Amount > transferHighest {
		errs = append(errs, fmt.Errorf("amount %s is not between 0.01 and %s", t.Amount, transferHighest))
	}
	if t.Currency != "EUR" {
		errs = append(errs, fmt.Errorf("currency %q is not EUR, the only one of SEPA", t.Currency))
	}
	if err := checkTransferParty(t.Creditor); err != nil {
		errs = append(errs, fmt.Errorf("creditor: %w", err))
	}
	return errors.Join(errs...)
}

func checkTransferID(what, id string) error {
	if len(id) > transferID || !transferIDs.MatchString(id) {
		return fmt.Errorf("%s %q is not 1 to %d letters and digits with + . ( ) - inside", what, id, transferID)
	}
	return nil
}

func checkTransferParty(p purchase.Party) error {
	var errs []error
	if purchase.SEPAPayee(p.Name) == "" {
		errs = append(errs, errors.New("the name is missing"))
	}
	if !purchase.ValidIBAN(p.IBAN) {
		errs = append(errs, fmt.Errorf("the IBAN that ends in %q is not valid; check its digits", p.IBAN[max(0, len(p.IBAN)-4):]))
	}
	if p.BIC != "" && !bics.MatchString(p.BIC) {
		errs = append(errs, fmt.Errorf("the BIC %q is not valid", p.BIC))
	}
	return errors.Join(errs...)
}
