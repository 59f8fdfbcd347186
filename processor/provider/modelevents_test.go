package provider_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// What never happens in the histories is not compared: each kind of line, each
// level, hold, state and code must come, and not only once.
func TestModelIsEventful(t *testing.T) {
	seen := map[string]int{}
	for i := range 150 {
		s := drawStory(rand.New(rand.NewPCG(uint64(i+1), 0)), "m")
		m := newModel(s.terms)
		for _, o := range s.ops {
			for _, code := range m.live(o) {
				seen["code "+code]++
			}
		}
		for _, l := range m.lines {
			seen["line "+l.kind]++
		}
		for _, n := range m.notices {
			seen[fmt.Sprintf("notice %d %s", n.level, n.hold)]++
			seen["lower interest"] += min(1, max(0, int(-n.booked)))
			seen["flat sum"] += min(1, int(n.flat))
			seen["new rate"] += min(1, max(0, len(n.segments)-1))
		}
		for _, o := range m.orders {
			seen["order "+o.decision+" "+o.code]++
		}
		for _, c := range m.claims {
			if c.active {
				seen["state "+m.state(c)]++
			}
			seen["waived"] += min(1, int(c.waived))
		}
		for _, p := range m.payouts {
			seen["carried over"] += min(1, max(0, int(-p.opening)))
		}
	}
	for _, what := range []string{
		"code CLOSED", "code DUPLICATE", "code FIELD_RANGE", "code NOT_ACCEPTED", "code OVER_APPROVED", "code OVER_CREDIT", "code UNKNOWN_ACCOUNT",
		"code UNKNOWN_INVOICE", "code UNKNOWN_ORDER",
		"line AFTER_GUARANTEE", "line CHARGEBACK", "line COLLECTION", "line CREDIT", "line DIRECT_PAYMENT", "line FEE", "line GUARANTEE",
		"line PAYOUT_RETURNED", "line REINSTATED", "line RETURN", "line REVERSAL", "line VAT_ON_FEE",
		"notice 1 ", "notice 2 ", "notice 3 ", "notice 4 ", "notice 1 DISPUTE", "notice 2 HOLD", "notice 1 PAYMENT_WAITING", "notice 1 RETURN_ANNOUNCED",
		"notice 1 STATEMENT_OLD", "notice 2 BASE_RATE", "flat sum", "new rate", "lower interest", "waived", "carried over",
		"order DECLINED ADDRESS_MISMATCH", "order DECLINED AGE", "order DECLINED COUNTRY", "order DECLINED CURRENCY", "order DECLINED DATA_MISSING",
		"order DECLINED LIMIT_OPEN_SUM", "order DECLINED LIMIT_ORDER", "order DECLINED OVERDUE_EXISTS", "order REVIEW ADDRESS_MISMATCH", "order ACCEPTED REVIEWED",
		"state COLLECTION", "state CREDITED", "state GUARANTEED", "state IN_DUNNING", "state OPEN", "state OVERPAID", "state PAID", "state PARTIALLY_PAID",
	} {
		if seen[what] < 3 {
			t.Errorf("%q comes %d times in 150 histories; want 3 or more", what, seen[what])
		}
	}
}
