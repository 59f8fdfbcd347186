package provider

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// mailChannel names the mail that a notice leaves by: all notices of a day to
// one customer at one address go together. It is "", which is on paper, for a
// debtor who has not consented or has no address that can be used. The name
// says nothing of the person.
func mailChannel(customer string, d purchase.Debtor) string {
	if !d.EmailConsent || !purchase.ValidEmail(d.Email) {
		return ""
	}
	const enough = 8 // bytes
	sum := sha256.Sum256([]byte(customer + "\x1f" + d.Email))
	return "mail-" + hex.EncodeToString(sum[:enough])
}
