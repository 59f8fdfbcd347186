package purchase

import (
	"strings"

	"github.com/kontor-exchange/kontor/processor/money"
)

// DecideOn makes the argument of a DECIDE command: ACCEPTED or DECLINED, and the
// gross amount of the order that the person looked at.
func DecideOn(outcome string, gross money.Amount) string { return outcome + " " + gross.String() }

// SplitDecideOn undoes [DecideOn]; known is false where no amount, or none that
// can be read, follows: commands of earlier versions have none.
func SplitDecideOn(argument string) (outcome string, gross money.Amount, known bool) {
	outcome, text, _ := strings.Cut(argument, " ")
	gross, err := money.Parse(text)
	return outcome, gross, err == nil
}
