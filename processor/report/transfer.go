package report

import (
	"encoding/xml"
	"fmt"
	"io"
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
	transferName   = purchase.SEPAName
	transferText   = purchase.SEPARemittance
	transferTown   = 35
	transferStreet = 70
	transferCode   = 16
	// transferHighest is the largest amount of one transfer, in cents.
	transferHighest money.Amount = 999_999_999_99
)

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
