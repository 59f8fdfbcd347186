package provider_test

import (
	"math/rand/v2"
	"slices"
	"time"
)

// An op is one step of a history.
type op struct {
	do      string // batch, again, guarantee, payOut, dun, deliver, statement, leave
	day     day
	minute  int // local time of day of a batch
	records []record
	back    int // again: which earlier batch is delivered once more
	run     day // leave: the run whose notices left
}

// A story is one random history under random terms.
type story struct {
	terms
	ops []op
}

// A teller draws a story; it keeps a model of what happened so far, so that
// payments of exactly what is owed, refunds, and second thoughts can happen.
type teller struct {
	*rand.Rand
	m       *model
	story   story
	day     day
	n       int      // of the last document
	later   []record // known already, sent in a later batch
	sent    []record
	unsent  []day // runs whose notices did not leave yet
	batches int
}

func drawStory(r *rand.Rand, merchant string) story {
	t := &teller{Rand: r, story: story{terms: drawTerms(r, merchant)}}
	t.m = newModel(t.story.terms)
	t.day = dayOf(2023, 9, 1) + day(r.IntN(1_130))
	if r.IntN(10) == 0 {
		t.day = dayOf(2026, 11, 1) // the base rates end with the year
	}
	for range 2 + r.IntN(3) {
		t.sell()
	}
	for range 12 + r.IntN(16) {
		t.passDay()
		t.day = t.nextDay()
	}
	for t.day.weekday() != time.Monday {
		t.day++
	}
	t.do(op{do: "payOut"})
	return t.story
}

// nextDay draws the next day on which something happens: often a Monday, or a
// day on which a guarantee or a notice falls due.
func (t *teller) nextDay() day {
	next := t.day + 1
	switch t.IntN(7) {
	case 0:
		next += day(t.IntN(9))
	case 1:
		for next.weekday() != time.Monday {
			next++
		}
	case 2, 3, 4, 5:
		var days []day
		for _, c := range inOrder(t.m.claims) {
			if !c.active || t.m.owes(c) == 0 {
				continue
			}
			days = append(days, t.m.guaranteeDay(c), c.due+day(t.m.after[0]))
			if c.level > 0 && c.level < len(t.m.after) && c.sent != 0 {
				days = append(days, c.sent+day(t.m.after[c.level]))
			}
		}
		slices.Sort(days)
		if i, _ := slices.BinarySearch(days, next); i < len(days) {
			next = days[i]
		}
	}
	return next
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func drawTerms(r *rand.Rand, merchant string) terms {
	t := terms{
		merchant: merchant, term: 14, feePercent: 250, vat: 1_900, feeFixed: 50, payoutMin: 1, anchor: "activation",
		guaranteeDays: 30, announcedDays: 21, assume: true, after: []int{7, 7, 10, 14}, fees: []cents{0, 250, 250, 0},
		dunningMin: 500, flat: 4_000, letterDays: 3, statementDays: 3, consumerPoints: 500, businessPoints: 900,
		orderMin: 100, orderMax: 150_000, openMax: 250_000, mismatch: "allow", mismatchTo: 30_000,
		rates: []rate{
			{dayOf(2023, 7, 1), 312},
			{dayOf(2024, 1, 1), 362},
			{dayOf(2024, 7, 1), 337},
			{dayOf(2025, 1, 1), 227},
			{dayOf(2025, 7, 1), 127},
			{dayOf(2026, 1, 1), 127},
			{dayOf(2026, 7, 1), 152},
		},
		within: []string{"charges", "interest", "principal"},
	}
	if r.IntN(2) == 0 {
		return t // the defaults
	}
	t.term, t.feePercent, t.vat = pick(r, 0, 7, 14, 30), pick[int64](r, 0, 199, 250, 333), pick[int64](r, 0, 700, 1_900)
	t.feeFixed, t.payoutMin, t.anchor = pick[cents](r, 0, 50, 99), pick[cents](r, 1, 1_000, 30_000), pick(r, "activation", "invoice", "due")
	t.guaranteeDays, t.assume = pick(r, 30, 30, 14, 45), r.IntN(3) > 0
	t.after = pick(r, []int{7, 7, 10, 14}, []int{1, 1, 2, 3}, []int{3, 5, 4})
	t.fees = pick(r, []cents{0, 250, 250, 0}, []cents{100, 2_500, 3_000, 777}, []cents{0, 0, 500, 0})[:len(t.after)]
	t.dunningMin, t.flat, t.letterDays = pick[cents](r, 0, 500, 2_000), pick[cents](r, 4_000, 1_000), pick(r, 0, 3)
	t.statementDays, t.mismatch = pick(r, 1, 3), pick(r, "allow", "decline", "review")
	r.Shuffle(3, func(i, j int) { t.within[i], t.within[j] = t.within[j], t.within[i] })
	t.oldest = r.IntN(3) == 0
	t.openMax = pick[cents](r, 250_000, 60_000)
	return t
}

// do adds a step to the story and lets the model live it.
func (t *teller) do(o op) {
	o.day = t.day
	t.story.ops = append(t.story.ops, o)
	t.m.live(o)
}

// live applies a step; it returns the codes of a batch's records.
func (m *model) live(o op) []string {
	switch o.do {
	case "batch":
		return m.batch(o.day, o.records)
	case "guarantee":
		m.guarantee(o.day)
	case "payOut":
		m.payOut(o.day)
	case "dun":
		m.dun(o.day)
	case "statement":
		m.statement = max(m.statement, o.day)
	case "leave":
		m.leave(o.run, o.day)
	}
	return nil
}

// passDay draws what happens on one day, in any order.
func (t *teller) passDay() {
	steps := []func(){t.jobs, t.dunning}
	for range pick(t.Rand, 0, 1, 1, 2) {
		steps = append(steps, t.batch)
	}
	t.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	for _, step := range steps {
		step()
	}
}

// jobs draws the slots of a day; now and then one runs twice.
func (t *teller) jobs() {
	for range pick(t.Rand, 0, 1, 1, 1, 1, 2) {
		t.do(op{do: "guarantee"})
	}
	if t.day.weekday() == time.Monday {
		for range pick(t.Rand, 0, 1, 1, 1, 1, 2) {
			t.do(op{do: "payOut"})
		}
	}
	if t.IntN(8) == 0 {
		t.do(op{do: "deliver"})
	}
}

func (t *teller) dunning() {
	if t.IntN(6) > 0 {
		t.do(op{do: "statement"})
	}
	if t.day.bankDay() && t.IntN(8) > 0 {
		t.do(op{do: "dun"})
		t.unsent = append(t.unsent, t.day)
	}
	t.unsent = slices.DeleteFunc(t.unsent, func(run day) bool {
		left := t.IntN(5) > 0
		if left {
			t.do(op{do: "leave", run: run})
		}
		return left
	})
}

// batch sends what is known by now, and new events; sometimes it comes twice,
// and sometimes an old one comes again.
func (t *teller) batch() {
	if t.IntN(10) == 0 {
		t.sell()
	}
	var records []record
	t.later = slices.DeleteFunc(t.later, func(r record) bool {
		now := t.day >= r.day && t.IntN(3) > 0 || t.IntN(12) == 0
		if now {
			records = append(records, r)
		}
		return now
	})
	for range pick(t.Rand, 0, 1, 1, 2, 3) {
		if r, ok := t.incident(); ok {
			records = append(records, r)
		}
	}
	if len(t.sent) > 0 && t.IntN(6) == 0 {
		records = append(records, pick(t.Rand, t.sent...))
	}
	if len(records) == 0 {
		return
	}
	sortRecords(records)
	for _, r := range records {
		if r.feed != "operator" && r.kind != "PAYOUT" && r.kind != "REFUND" && r.kind != "OTHER" && r.amount >= 0 {
			t.sent = append(t.sent, r)
		}
	}
	t.do(op{do: "batch", records: records, minute: pick(t.Rand, 12*60, 5, 23*60+50)})
	t.batches++
	if t.IntN(5) == 0 {
		t.do(op{do: "again", back: t.IntN(t.batches)})
	}
}
