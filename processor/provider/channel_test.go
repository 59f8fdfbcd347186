package provider

import (
	"strings"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// mailed makes a sale to a customer with an address, who consents or not.
func (w *world) mailed(n, customer, email string, consent bool) []purchase.Record {
	records := w.sale(n, customer, 10_000)
	o, _ := records[0].(purchase.Order)
	o.Email, o.EmailConsent = email, consent
	records[0] = o
	return records
}

// channels returns by which channel the notices of a day leave, and which have.
func (w *world) channels(day string) string {
	w.Helper()
	var said []string
	err := w.db.Read(w.ctx, func(tx *database.Tx) error {
		all, err := notices.find(w.ctx, tx, "merchant_id = ? AND run_date = ? ORDER BY invoice_no", w.terms.Merchant, w.day(day))
		for _, n := range all {
			said = append(said, strings.TrimSpace(n.InvoiceNo+" "+n.Channel)+" "+n.Status)
		}
		return err
	})
	if err != nil {
		w.Fatalf("%v", err)
	}
	return strings.Join(said, "\n")
}

// Mail needs a consent, an address that can be used, and a provider that sends
// mail; paper and each mail count as sent by themselves. What would break it: a
// letter folder that counts mails as sent which have not left.
func TestMailChannel(t *testing.T) {
	each(t, func(terms *purchase.Terms) { terms.Dunning.Mail = true }, func(w *world) {
		w.taken(w.mailed("1001", "K1", "erika@shop.example", true)...)
		w.taken(w.mailed("1002", "K2", "max@shop.example", false)...)
		w.taken(w.mailed("1003", "K3", "no address", true)...)
		w.taken(w.mailed("1004", "K1", "erika@shop.example", true)...)
		w.taken(w.mailed("1005", "K1", "erika@home.example", true)...)
		w.at("2026-10-22 05:00")
		w.statement()
		w.dunWith()
		day := w.day("2026-10-22")
		shop, home := mailChannel("K1", purchase.Debtor{Email: "erika@shop.example", EmailConsent: true}), mailChannel("K1", purchase.Debtor{Email: "erika@home.example", EmailConsent: true})
		if shop == home || strings.Contains(shop, "erika") || strings.Contains(shop, "K1") {
			t.Errorf("channels %s and %s; want two that say nothing of the person", shop, home)
		}
		for _, step := range []struct{ channel, want string }{
			{"none", "RE1001 " + shop + " ISSUED\nRE1002 ISSUED\nRE1003 ISSUED\nRE1004 " + shop + " ISSUED\nRE1005 " + home + " ISSUED"},
			{"", "RE1001 " + shop + " ISSUED\nRE1002 SENT\nRE1003 SENT\nRE1004 " + shop + " ISSUED\nRE1005 " + home + " ISSUED"},
			{shop, "RE1001 " + shop + " SENT\nRE1002 SENT\nRE1003 SENT\nRE1004 " + shop + " SENT\nRE1005 " + home + " ISSUED"},
			{shop, "RE1001 " + shop + " SENT\nRE1002 SENT\nRE1003 SENT\nRE1004 " + shop + " SENT\nRE1005 " + home + " ISSUED"},
		} {
			w.write(func(tx *database.Tx) error { return w.p.SentBy(w.ctx, tx, "acme", day, day, step.channel) })
			if got := w.channels("2026-10-22"); got != step.want {
				t.Errorf("after %q:\n%s\nwant\n%s", step.channel, got, step.want)
			}
		}
		if on := w.claim("RE1005").NextLevelOn; !on.IsZero() {
			t.Errorf("the claim whose mail has not left is dunned again on %s", on)
		}
	})
}

// Without mail, everything is as it was.
func TestNoMailChannel(t *testing.T) {
	each(t, nil, func(w *world) {
		w.taken(w.mailed("1001", "K1", "erika@shop.example", true)...)
		w.dun("2026-10-22")
		if got := w.channels("2026-10-22"); got != "RE1001 SENT" {
			t.Errorf("notices: %s; want RE1001 SENT", got)
		}
	})
}
