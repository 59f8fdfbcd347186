package purchase

import "strings"

// RefundTo is the argument of a command PAY_REFUND: the IBAN, a blank, the name;
// of either "" for what is known of the debtor.
func RefundTo(iban, name string) string { return strings.TrimRight(iban+" "+name, " ") }

// SplitRefundTo undoes [RefundTo].
func SplitRefundTo(argument string) (iban, name string) {
	iban, name, _ = strings.Cut(argument, " ")
	return iban, name
}

// Name is the debtor as a transfer names him: the company, or the person.
func (d Debtor) Name() string {
	if d.Company != "" {
		return d.Company
	}
	return strings.TrimSpace(d.FirstName + " " + d.LastName)
}
