package samples

import (
	"errors"
	"fmt"
	"reflect"
)

// Shares say how often what happens, in thousandths.
type Shares struct {
	// Of all orders.
	Business  int // B2B
	Returning int // of a customer who ordered before
	Age       int // declined: not of age
	Country   int // declined: lives abroad
	Limit     int // declined: too large or too small
	Missing   int // declined: data absent; half of them are corrected the next day
	Elsewhere int // sent to another address
	Cancelled int // before anything was invoiced
	Split     int // invoiced in two parts; a fifth of the second parts is cancelled
	Messy     int // with a row that must not be booked: see [Options]

	// Of all invoices, the first that hits.
	Never   int // not paid at all
	Direct  int // paid to the merchant by mistake
	Late    int
	InParts int
	Over    int // more than owed
	Bounced int // paid, and the bank takes it back

	// Of all invoices.
	Returned    int // goods came back, whole or in part
	Announced   int // of the returns: announced some days before
	Credited    int // of the returns: followed by a credit
	Goodwill    int // a credit without a return
	Instruction int // of the late and unpaid: hold, dispute or later due date
	NoReference int // of the payments: nothing usable in the text

	// Of all files: dropped again the next day, under another name.
	Again int
}

// Typical returns the shares of a shop as it is.
func Typical() Shares {
	return Shares{
		Business: 120, Returning: 300, Age: 6, Country: 6, Limit: 8, Missing: 10, Elsewhere: 60,
		Cancelled: 30, Split: 60, Messy: 10,
		Never: 40, Direct: 8, Late: 150, InParts: 30, Over: 12, Bounced: 10,
		Returned: 110, Announced: 500, Credited: 800, Goodwill: 25, Instruction: 200, NoReference: 40,
	}
}

// validate reports every share that is no number of thousandths.
func (s Shares) validate() error {
	var errs []error
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		if n := v.Field(i).Int(); n < 0 || n > 1000 {
			errs = append(errs, fmt.Errorf("share %s is %d, want 0 to 1000 thousandths", v.Type().Field(i).Name, n))
		}
	}
	return errors.Join(errs...)
}
