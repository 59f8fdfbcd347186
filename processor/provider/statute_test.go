package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/database/databasetest"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A statute is a case worked out by hand from the law: what happened, and what
// the provider's books and letters must say of it. The base rates are those
// that the Deutsche Bundesbank published.
type statute struct {
	name  string
	law   string // where it stands
	terms func(*purchase.Terms)
	story func(w *world) []string
	want  []string
}

// The cases of this file and their sources. Where the law leaves a choice, or
// is read in two ways, the comment in the case says which one is taken.
//
// BGB: §§ 187, 188, 193 (periods), 247 (base rate), 286, 288, 289 (default and
// its interest), 355, 357 (withdrawal), 366, 367 (what a payment is set against).
// UStG: §§ 14, 17 (the invoice for the fees).
var statutes = []statute{
	{
		name: "fourteen days from a Thursday",
		law:  "§ 187 (1), § 188 (1) BGB",
		// The day of the event, 1 October 2026, does not count; the fourteenth
		// day after it is 15 October. Thirty days later the guarantee: 31 October.
		story: func(w *world) []string { return w.dues("2026-10-01") },
		want:  []string{"sent 2026-10-01: due 2026-10-15, guaranteed from 2026-10-31"},
	},
	{
		name: "the last day is no working day",
		law:  "§ 193 BGB",
		// 3 October 2026 is a Saturday and a holiday; 3 April 2026 is Good Friday,
		// followed by Easter; 25 December 2026 is a Friday; Whit Monday is 25 May 2026.
		// 31 October 2024, a Thursday, is a holiday in nine states only. The law looks at
		// the place of performance, the provider at holidays of the whole country: there
		// the day may be one early, and no letter leaves within a week of it.
		story: func(w *world) []string {
			return w.dues("2026-09-19", "2026-03-20", "2026-12-11", "2026-05-11", "2024-10-17")
		},
		want: []string{
			"sent 2026-09-19: due 2026-10-05, guaranteed from 2026-10-19",
			"sent 2026-03-20: due 2026-04-07, guaranteed from 2026-04-19",
			"sent 2026-12-11: due 2026-12-28, guaranteed from 2027-01-10",
			"sent 2026-05-11: due 2026-05-26, guaranteed from 2026-06-10",
			"sent 2024-10-17: due 2024-10-31, guaranteed from 2024-11-16",
		},
	},
	{
		name: "a consumer is in default by the reminder, not by the date on the invoice",
		law:  "§ 286 (1), (2) no. 1, § 187 (1), § 288 (1) BGB; BGH 25 October 2007, III ZR 91/07",
		// A date that the creditor alone has set is no date of the contract. Due
		// 15 October; reminder of 22 October, received on the 25th; that day does not
		// count. On 29 October three days have passed (26, 27, 28) at 1.52 + 5:
		// 100,000 × 652 × 3 ÷ 3,650,000 = 53.59 cents.
		story: func(w *world) []string {
			w.sells("2026-10-01", "1001", 100_000, nil)
			return []string{w.dun("2026-10-22"), w.dun("2026-10-29")}
		},
		want: []string{
			"RE1001 level 1 ISSUED: fee 0.00 flat 0.00 interest 0.00 of 0.00, due 1000.00",
			"RE1001 level 2 ISSUED: fee 2.50 flat 0.00 interest 0.54 of 0.54, due 1003.04",
		},
	},
	{
		name: "default after thirty days",
		law:  "§ 286 (3), §§ 187 (1), 188 (1), 193 BGB",
		// Due 15 October; the thirtieth day is Saturday 14 November, so the period
		// ends on Monday the 16th and default begins on the 17th: against a company
		// (RE1001) always, against a consumer only when the invoice said so (RE1002;
		// sentence 1, second half). RE1003 is a consumer whose invoice said nothing.
		// Nobody is reminded before 20 November, so by the reminder default begins on
		// the 24th (received on the 23rd). On 27 November have passed:
		// RE1001 ten days at 1.52 + 9: 100,000 × 1,052 × 10 ÷ 3,650,000 = 288.22 cents
		// RE1002 ten days at 1.52 + 5: 100,000 ×   652 × 10 ÷ 3,650,000 = 178.63 cents
		// RE1003 three days:           100,000 ×   652 ×  3 ÷ 3,650,000 =  53.59 cents
		story: func(w *world) []string {
			w.sells("2026-10-01", "1001", 100_000, func(o *purchase.Order, _ *purchase.Invoice) {
				o.CustomerType, o.Company = purchase.B2B, "Muster GmbH"
			})
			w.sells("2026-10-01", "1002", 100_000, func(_ *purchase.Order, i *purchase.Invoice) { i.DefaultNotice = true })
			w.sells("2026-10-01", "1003", 100_000, nil)
			w.dun("2026-11-20")
			return []string{w.dun("2026-11-27")}
		},
		want: []string{strings.Join([]string{
			"RE1001 level 2 ISSUED: fee 0.00 flat 40.00 interest 2.88 of 2.88, due 1042.88",
			"RE1002 level 2 ISSUED: fee 2.50 flat 0.00 interest 1.79 of 1.79, due 1004.29",
			"RE1003 level 2 ISSUED: fee 2.50 flat 0.00 interest 0.54 of 0.54, due 1003.04",
		}, "\n")},
	},
	{
		name: "the base rate changes on 1 July",
		law:  "§ 247 (1), § 288 (1) BGB",
		// Due 26 May (25 May is Whit Monday), reminder of 2 June, default from 6 June.
		// 9 June: three days at 1.27 + 5:      100,000 × 627 ×  3 =   188,100,000 →  51.53 cents
		// 19 June: thirteen days:              100,000 × 627 × 13 =   815,100,000 → 223.32 cents
		// 3 July: 25 days of June, 2 of July at 1.52 + 5:
		// 100,000 × (627 × 25 + 652 × 2) = 1,697,900,000 → 465.18 cents.
		story: func(w *world) []string {
			w.sells("2026-05-11", "1001", 100_000, nil)
			return []string{w.dun("2026-06-02"), w.dun("2026-06-09"), w.dun("2026-06-19"), w.dun("2026-07-03")}
		},
		want: []string{
			"RE1001 level 1 ISSUED: fee 0.00 flat 0.00 interest 0.00 of 0.00, due 1000.00",
			"RE1001 level 2 ISSUED: fee 2.50 flat 0.00 interest 0.52 of 0.52, due 1003.02",
			"RE1001 level 3 ISSUED: fee 2.50 flat 0.00 interest 1.71 of 2.23, due 1007.23",
			"RE1001 level 4 COLLECTION: fee 0.00 flat 0.00 interest 2.42 of 4.65, due 1009.65",
		},
	},
	{
		name: "no consumer: nine points, and 40 euros once",
		law:  "§ 288 (2), (5) sentences 1 and 3, § 247 (1) BGB",
		// The same dates at 9 points; fees of 25.00 a level are set against the 40.00:
		// level 2: 25.00 ≤ 40.00, no fee; level 3: 50.00 − 40.00 = 10.00.
		// 9 June:  100,000 × 1,027 ×  3 ÷ 3,650,000 =  84.41 cents
		// 19 June: 100,000 × 1,027 × 13 ÷ 3,650,000 = 365.78 cents
		// 3 July:  100,000 × (1,027 × 25 + 1,052 × 2) ÷ 3,650,000 = 761.07 cents
		terms: func(t *purchase.Terms) { t.Dunning.Fee = []money.Amount{0, 2_500, 2_500, 0} },
		story: func(w *world) []string {
			w.sells("2026-05-11", "1001", 100_000, func(o *purchase.Order, _ *purchase.Invoice) {
				o.CustomerType, o.Company = purchase.B2B, "Muster GmbH"
			})
			w.dun("2026-06-02")
			return []string{w.dun("2026-06-09"), w.dun("2026-06-19"), w.dun("2026-07-03")}
		},
		want: []string{
			"RE1001 level 2 ISSUED: fee 0.00 flat 40.00 interest 0.84 of 0.84, due 1040.84",
			"RE1001 level 3 ISSUED: fee 10.00 flat 0.00 interest 2.82 of 3.66, due 1053.66",
			"RE1001 level 4 COLLECTION: fee 0.00 flat 0.00 interest 3.95 of 7.61, due 1057.61",
		},
	},
	{
		name: "a payment is set against costs, then interest, then principal; no interest on interest",
		law:  "§ 367 (1), § 289 sentence 1, § 187 (1) BGB",
		// After the dunning of 9 June 2.50 of costs and 0.52 of interest are owed.
		// Of 500.00 on 10 June 3.02 go there and 496.98 to the principal: 503.02 stay.
		// 19 June: 6 to 9 June on 1,000.00; from the day of payment on 503.02:
		// (100,000 × 4 + 50,302 × 9) × 627 ÷ 3,650,000 = 146.48 cents, 94 of them new.
		story: func(w *world) []string {
			w.sells("2026-05-11", "1001", 100_000, nil)
			w.dun("2026-06-02")
			w.dun("2026-06-09")
			w.at("2026-06-10 12:00")
			w.taken(w.payment("Z1", 50_000, "RE1001"))
			return []string{w.claimText("RE1001"), w.dun("2026-06-19")}
		},
		want: []string{
			"principal 503.02, charges 0.00, owed back 0.00",
			"RE1001 level 3 ISSUED: fee 2.50 flat 0.00 interest 0.94 of 1.46, due 506.46",
		},
	},
	{
		name: "the debtor says which debt is paid",
		law:  "§ 366 (1), § 367 (2) BGB",
		// Exactly the principal names the principal: the creditor might refuse it
		// (§ 367 (2)), the provider takes it; the charges stay open.
		story: func(w *world) []string {
			w.sells("2026-05-11", "1001", 100_000, nil)
			w.dun("2026-06-02")
			w.dun("2026-06-09")
			w.at("2026-06-10 12:00")
			w.taken(w.payment("Z1", 100_000, "RE1001"))
			return []string{w.claimText("RE1001")}
		},
		want: []string{"principal 0.00, charges 3.02, owed back 0.00"},
	},
	{
		name: "several debts of one order",
		law:  "§ 366 (1), (2) BGB",
		// RE1 (60.00, due 15 October) and RE2 (40.00, due 19 October) of one order.
		// 40.00 is exactly the younger debt: that one is meant. Of 50.00 that name
		// only the order the older one is paid first.
		story: func(w *world) []string {
			pays := func(n, amount string, cents money.Amount) string {
				w.at("2026-10-01 12:00")
				order, first, second := "A"+n, "RE1"+n, "RE2"+n
				w.taken(w.order(order, "K"+n, 10_000), w.invoice(first, order, 6_000), w.shipment("L1"+n, order, first))
				w.at("2026-10-05 12:00")
				w.taken(w.invoice(second, order, 4_000), w.shipment("L2"+n, order, second))
				w.at("2026-10-06 12:00")
				w.taken(w.payment("Z"+n, cents, order))
				return fmt.Sprintf("%s: %s and %s stay", amount, w.claim(first).Outstanding, w.claim(second).Outstanding)
			}
			return []string{pays("001", "40.00", 4_000), pays("002", "50.00", 5_000)}
		},
		want: []string{"40.00: 60.00 and 0.00 stay", "50.00: 10.00 and 40.00 stay"},
	},
	{
		name: "a consumer withdraws after he was dunned",
		law:  "§ 355 (1) sentence 1, (3), § 357 (1) BGB",
		// Who is no longer bound by the contract was not in default with it: fee and
		// interest (2.50 and 10,000 × 627 × 3 ÷ 3,650,000 = 5.15 cents) fall away with
		// the debt, and all that was paid, on them too, is owed back: 52.55.
		story: func(w *world) []string {
			w.sells("2026-05-11", "1001", 10_000, nil)
			w.dun("2026-06-02")
			dunned := w.dun("2026-06-09")
			w.at("2026-06-10 12:00")
			w.taken(w.payment("Z1", 5_255, "RE1001"))
			paid := w.claimText("RE1001")
			w.at("2026-06-12 12:00")
			w.taken(w.received("R1", "RE1001", 10_000))
			return []string{dunned, paid, w.claimText("RE1001")}
		},
		want: []string{
			"RE1001 level 2 ISSUED: fee 2.50 flat 0.00 interest 0.05 of 0.05, due 102.55",
			"principal 50.00, charges 0.00, owed back 0.00",
			"principal 0.00, charges 0.00, owed back 52.55",
		},
	},
	{
		name: "a leap year",
		law:  "§ 288 (1), § 187 (1), § 188 (1) BGB",
		// 29 February is a day like any other, and the year of the rate has 365 days
		// (a choice: by the days of the year it would be 635.90 cents).
		// Due 5 February 2024, reminder of the 12th, default from the 16th. 14 March:
		// 14 days of February and 13 of March at 3.62 + 5:
		// 100,000 × 862 × 27 ÷ 3,650,000 = 637.64 cents. Booked on 29 February: thirteen
		// days, 307.01 cents; the 29th itself is among the rest.
		story: func(w *world) []string {
			w.sells("2024-01-22", "1001", 100_000, nil)
			w.dun("2024-02-12")
			w.dun("2024-02-19")
			w.dun("2024-02-29")
			return []string{w.dun("2024-03-14")}
		},
		want: []string{"RE1001 level 4 COLLECTION: fee 0.00 flat 0.00 interest 3.31 of 6.38, due 1011.38"},
	},
	{
		name: "a base rate below zero",
		law:  "§ 247 (1), § 288 (1) BGB",
		// −0.88 + 5 = 4.12 percent. Due 15 March 2021, reminder of the 22nd, default
		// from the 26th; three days: 100,000 × 412 × 3 ÷ 3,650,000 = 33.86 cents.
		story: func(w *world) []string {
			w.sells("2021-03-01", "1001", 100_000, nil)
			w.dun("2021-03-22")
			return []string{w.dun("2021-03-29")}
		},
		want: []string{"RE1001 level 2 ISSUED: fee 2.50 flat 0.00 interest 0.34 of 0.34, due 1002.84"},
	},
	{
		name: "who is of age",
		law:  "§ 2, § 187 (2) sentence 2, § 188 (2) BGB",
		// The day of birth counts: eighteen from the first hour of the birthday. Who
		// was born on 29 February completes the year with the 28th and is of age on
		// 1 March.
		story: func(w *world) []string {
			return []string{
				w.ordered("2026-10-01", "2008-10-02"), w.ordered("2026-10-02", "2008-10-02"),
				w.ordered("2026-02-28", "2008-02-29"), w.ordered("2026-03-01", "2008-02-29"),
			}
		},
		want: []string{"AGE", "OK", "AGE", "OK"},
	},
	{
		name: "the invoice for the fees",
		law:  "§ 14 (4) nos. 4, 7, 8, § 17 (1) UStG; ECJ 5 March 2009, C-302/07",
		// Three claims of 9.99: a fee of 0.24975 → 0.25, and 0.50, each; 2.25 in all.
		// The tax is that of the invoice: 2.25 × 19 % = 0.4275 → 0.43; by line it would
		// be three times 0.1425 → 0.42. A return does not change the price of the
		// service (§ 17), so the next invoice has one more fee and gives nothing back:
		// 0.75 × 19 % = 0.1425 → 0.14. Numbers run on, each given once.
		story: func(w *world) []string {
			for _, n := range []string{"1001", "1002", "1003"} {
				w.sells("2026-10-01", n, 999, nil)
			}
			w.at("2026-10-05 06:00")
			first := w.feeInvoiceText()
			w.sells("2026-10-06", "1004", 999, nil)
			w.taken(w.received("R1", "RE1001", 999))
			w.at("2026-10-12 06:00")
			return []string{first, w.feeInvoiceText()}
		},
		want: []string{"RG-2026-000001: net 2.25 vat 0.43 gross 2.68", "RG-2026-000002: net 0.75 vat 0.14 gross 0.89"},
	},
}

func TestStatutes(t *testing.T) {
	for _, s := range statutes {
		t.Run(s.name, func(t *testing.T) {
			db := databasetest.Open(t, database.SQLite)
			migrate(t, db)
			terms := testTerms()
			if s.terms != nil {
				s.terms(&terms)
			}
			w := newWorld(t, t.Context(), db, terms)
			w.p = New(db, map[string]purchase.Terms{terms.Merchant: terms}, purchase.ShippedRates())
			if diff := cmp.Diff(s.want, s.story(w)); diff != "" {
				t.Errorf("%s (-law +got):\n%s", s.law, diff)
			}
		})
	}
}
