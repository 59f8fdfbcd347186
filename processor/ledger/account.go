package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// A Class is a kind of account; each merchant has the same.
type Class string

// The classes. Debit is positive, so what a debtor owes is positive, and what
// the provider owes or has earned is negative.
const (
	Receivable  Class = "receivable"   // a debtor owes principal; per claim
	Charges     Class = "charges"      // a debtor owes dunning fees and interest; per claim
	Pending     Class = "pending"      // bought, the merchant is not yet credited
	Payable     Class = "payable"      // credited to the merchant, not yet paid out
	Bank        Class = "bank"         // money received
	Transit     Class = "transit"      // payouts under way
	Suspense    Class = "suspense"     // money that is not matched
	Refunds     Class = "refunds"      // owed to debtors
	Fees        Class = "fees"         // earned: fees
	VAT         Class = "vat"          // collected: value added tax on fees
	DunningFees Class = "dunning_fees" // earned: dunning fees and the 40 EUR of § 288 (5) BGB
	Interest    Class = "interest"     // earned: default interest
	Losses      Class = "losses"       // the provider's losses
)

// Classes returns all classes in the order in which they are shown.
func Classes() []Class {
	return []Class{
		Receivable, Charges, Pending, Payable, Bank, Transit, Suspense, Refunds,
		Fees, VAT, DunningFees, Interest, Losses,
	}
}

// An Account is where a posting goes: a class, and the claim (its invoice
// number) where the class is kept per claim; Claim is "" elsewhere.
type Account struct {
	Class Class
	Claim string
}

// Of returns the account of one claim.
func Of(class Class, claim string) Account { return Account{Class: class, Claim: claim} }

// String returns the name of the account, such as receivable/RE1001 or bank.
func (a Account) String() string {
	if a.Claim == "" {
		return string(a.Class)
	}
	return string(a.Class) + "/" + a.Claim
}

// ParseAccount reads what [Account.String] prints.
func ParseAccount(s string) (Account, error) {
	class, claim, named := strings.Cut(s, "/")
	if !slices.Contains(Classes(), Class(class)) || named && claim == "" {
		return Account{}, fmt.Errorf("%q is not an account such as bank or receivable/RE1001", s)
	}
	return Account{Class: Class(class), Claim: claim}, nil
}
