package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A TransferFile is a payment order to the provider's bank: SEPA credit
// transfers (Überweisungen) that leave one account on one day.
type TransferFile struct {
	// MessageID names the file for the bank, for ever; at most 35 characters of
	// the SEPA set. A bank refuses one that it has seen.
	MessageID string
	Created   time.Time
	Debtor    purchase.Party // the provider; its IBAN is what is debited
	// ExecutionDate is the requested day, see [TransferDate].
	ExecutionDate schedules.Date
	// BatchBooking asks the bank for one debit on the statement instead of one
	// a transfer. Without it each transfer is seen to leave by its own entry.
	BatchBooking bool
	Transfers    []Transfer
}

// A Transfer is one payout to a merchant, or one refund to a debtor.
type Transfer struct {
	// EndToEndID comes back with the bank's statement; the payout_id of a
	// payout. At most 35 characters of the SEPA set, once in a file.
	EndToEndID string
	Creditor   purchase.Party // its IBAN is what is credited
	Amount     money.Amount
	Currency   string // EUR
	Remittance string // Verwendungszweck
}

// TransferDate is the day a transfer is asked for: the payout's date, but no
// day before the next bank day (TARGET2) of the run.
func TransferDate(payout, run schedules.Date) schedules.Date {
	return max(payout, schedules.NextBankDay(run))
}

// TransferName is the name of a payment order: its message id, which is
// checked to have no character that a file name may not have.
func TransferName(messageID string) string { return "transfer_" + messageID + ".xml" }

// The most that the SEPA rulebook lets a field have.
const (
	transferID     = 35
	transferName   = 70
	transferText   = 140
	transferTown   = 35
	transferStreet = 70
	transferCode   = 16
	// transferHighest is the largest amount of one transfer, in cents.
	transferHighest money.Amount = 999_999_999_99
)

// transferIDs: letters and digits, and inside of them what is both in the SEPA
// set and harmless in a file name.
var transferIDs = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9+.()-]*[A-Za-z0-9)])?$`)

// bics is the form of a BIC (ISO 9362).
var bics = regexp.MustCompile(`^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$`)

// Transfers writes a payment order as pain.001.001.09, for one debited account
// and one day. Names, addresses and texts are written in the SEPA character
// set, ids and accounts are never altered: one that is not right is an error,
// and then nothing is written. Errors never say a whole IBAN.
func Transfers(w io.Writer, f TransferFile) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("transfers %s: %w", f.MessageID, err)
	}
	sum, err := f.sum()
	if err != nil {
		return fmt.Errorf("transfers %s: sum: %w", f.MessageID, err)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(f.document(sum)); err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

// sum is the control sum.
func (f TransferFile) sum() (sum money.Amount, err error) {
	for _, t := range f.Transfers {
		if sum, err = sum.Add(t.Amount); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

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
	if sepaText(p.Name, transferName) == "" {
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
