package purchase

import (
	"context"
	"iter"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// OpenItems (offene Posten) are the claims of which principal is owed when a
// payout is made.
type OpenItems struct {
	Merchant   string
	Day        schedules.Date // of the payout's slot; ages count to it
	Currency   string
	Count      int64
	Receivable money.Amount // of the books: Σ outstanding of the items
	// Items yields them in invoice order; may be called again.
	Items func(context.Context) iter.Seq2[OpenItem, error]
}

// An OpenItem is one claim of which principal is owed:
// Amount − Credited − Paid − WrittenOff = Outstanding.
type OpenItem struct {
	CustomerNo    string         `json:"customer_no"`
	OrderNo       string         `json:"order_no"`
	InvoiceNo     string         `json:"invoice_no"`
	InvoiceDate   schedules.Date `json:"invoice_date"`
	DueDate       schedules.Date `json:"due_date"`
	DaysOverdue   int            `json:"days_overdue"` // 0 when not due yet
	Amount        money.Amount   `json:"amount_cents"`
	Credited      money.Amount   `json:"credited_cents"` // credits, returns and direct payments
	Paid          money.Amount   `json:"paid_cents"`     // by the debtor, on the principal
	WrittenOff    money.Amount   `json:"written_off_cents"`
	Outstanding   money.Amount   `json:"outstanding_cents"`
	Settled       money.Amount   `json:"settled_cents"` // with the merchant, in payouts up to this one
	GuaranteeDate schedules.Date `json:"guarantee_date"`
	Guaranteed    bool           `json:"guaranteed"`
	Recourse      bool           `json:"recourse"` // a guarantee was taken back, and is not given again
	State         string         `json:"state"`    // as in [ClaimState]
	DunningLevel  int            `json:"dunning_level"`
	Holds         []string       `json:"holds"` // what is open on the day: HOLD, DISPUTE, RETURN_ANNOUNCED
}

// ToCome is what the guarantee of the item would bring the merchant: what the
// debtor has not paid, also of a claim that was written off.
func (i OpenItem) ToCome() money.Amount { return i.Amount - i.Credited - i.Settled }

// Awaits reports whether the guarantee of the item is still to come.
func (i OpenItem) Awaits() bool {
	return !i.Guaranteed && !i.Recourse && !i.GuaranteeDate.IsZero()
}

// Held reports whether the guarantee of the item waits for a dispute or an
// announced return to end; a dunning hold does not stop it.
func (i OpenItem) Held() bool {
	for _, h := range i.Holds {
		if h != HoldDunning {
			return true
		}
	}
	return false
}

// Reasons of [OpenItem.Holds] and [Notice.Hold].
const (
	HoldDunning  = "HOLD"
	HoldDispute  = "DISPUTE"
	HoldReturned = "RETURN_ANNOUNCED"
)

// A Bucket is an age of open items.
type Bucket string

// The buckets, by days overdue.
const (
	BucketNotDue Bucket = "NOT_DUE"
	Bucket30     Bucket = "OVERDUE_1_30"
	Bucket60     Bucket = "OVERDUE_31_60"
	Bucket90     Bucket = "OVERDUE_61_90"
	BucketOlder  Bucket = "OVERDUE_OVER_90"
)

// Buckets are all buckets, youngest first.
func Buckets() []Bucket { return []Bucket{BucketNotDue, Bucket30, Bucket60, Bucket90, BucketOlder} }

// BucketOf returns the bucket of a number of days overdue.
func BucketOf(days int) Bucket {
	switch {
	case days <= 0:
		return BucketNotDue
	case days <= 30:
		return Bucket30
	case days <= 60:
		return Bucket60
	case days <= 90:
		return Bucket90
	}
	return BucketOlder
}
