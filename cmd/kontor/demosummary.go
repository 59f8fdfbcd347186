package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/kontor-exchange/kontor/processor/ledger"
	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/provider"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// A demoSummary is what kontor demo shows, and with --json prints.
type demoSummary struct {
	Dir       string                        `json:"dir"` // "" when it is removed
	From      schedules.Date                `json:"from"`
	To        schedules.Date                `json:"to"`
	Server    string                        `json:"server"`
	Uploaded  int                           `json:"files_uploaded"`
	Bank      int                           `json:"files_bank"`
	Returned  int                           `json:"files_returned"`
	Letters   int                           `json:"files_letters"`
	Refused   []refusal                     `json:"refused_uploads"`
	Verdicts  map[purchase.Verdict]int      `json:"file_verdicts"`
	Rejected  []refusal                     `json:"rejected_files"`
	Feeds     []feedCount                   `json:"feeds"`
	Codes     []codeCount                   `json:"row_codes"`
	Decisions []decisionCount               `json:"decisions"`
	Payouts   []payoutProof                 `json:"payouts"`
	Lines     []lineCount                   `json:"payout_lines"`
	Guarantee guaranteeCount                `json:"guarantee"`
	Dunning   []levelCount                  `json:"dunning"`
	Held      []codeCount                   `json:"dunning_held"`
	Unmatched []provider.PaymentInfo        `json:"unmatched"`
	Balances  map[ledger.Class]money.Amount `json:"balances_cents"`
	Example   string                        `json:"example_claim"`
	HandOver  *demoHandOver                 `json:"hand_over,omitempty"` // of three parties
	Broken    []string                      `json:"broken"`
}

// A feedCount is the rows of all files of a feed, by their latest verdicts.
type feedCount struct {
	Feed      string `json:"feed"`
	Files     int64  `json:"files"`
	Rows      int64  `json:"rows"`
	Booked    int64  `json:"booked"`
	Duplicate int64  `json:"duplicate"`
	Conflict  int64  `json:"conflict"`
	Parked    int64  `json:"parked"`
	Rejected  int64  `json:"rejected"`
}

// A codeCount is how often a code was given.
type codeCount struct {
	Status string `json:"status"`
	Code   string `json:"code"`
	Count  int64  `json:"count"`
}

// A decisionCount is the orders with the same latest decision.
type decisionCount struct {
	Decision string        `json:"decision"`
	Code     purchase.Code `json:"code"`
	Orders   int64         `json:"orders"`
	Approved money.Amount  `json:"approved_cents"`
}

// A payoutProof is a payout with what proves it: opening + lines = payout +
// closing, and the column of amounts in the CSV sums to zero.
type payoutProof struct {
	ID      string         `json:"payout_id"`
	Date    schedules.Date `json:"payout_date"`
	Opening money.Amount   `json:"opening_cents"`
	Lines   int            `json:"lines"`
	Sum     money.Amount   `json:"lines_cents"`
	Payout  money.Amount   `json:"payout_cents"`
	Closing money.Amount   `json:"closing_cents"`
	Column  money.Amount   `json:"column_cents"`
}

// A lineCount is all lines of a type in all payouts.
type lineCount struct {
	Type  purchase.LineType `json:"line_type"`
	Lines int64             `json:"lines"`
	Sum   money.Amount      `json:"cents"`
}

// A guaranteeCount is what was paid though the debtor had not paid.
type guaranteeCount struct {
	Claims int64        `json:"claims"`
	Paid   money.Amount `json:"cents"`
	Later  int64        `json:"debtor_paid_later"`
}

// A levelCount is the notices of a level.
type levelCount struct {
	Level       int          `json:"level"`
	Name        string       `json:"level_name"`
	Notices     int64        `json:"notices"`
	Outstanding money.Amount `json:"outstanding_cents"`
	Charges     money.Amount `json:"charges_cents"`
}

// fault is the error with which a demo ends that does not agree.
func (s *demoSummary) fault() error {
	if len(s.Broken) == 0 {
		return nil
	}
	return failWith(exitFailed, fmt.Errorf("%s not agree", count(len(s.Broken), "thing does", "things do")), "this is a fault of kontor; please report it with the lines above")
}

// summary reads what came back, asks the books for what only they know, and
// checks that all of it agrees.
func (d *demo) summary(ctx context.Context) (*demoSummary, error) {
	s := &demoSummary{
		Dir: d.shown, From: demoStart(), To: demoStart() + schedules.Date(d.days-1), Server: d.clients.address,
		Uploaded: len(d.story.erp), Bank: len(d.story.bank), Refused: append([]refusal{}, d.story.refused...), Broken: []string{},
	}
	if d.temporary && !d.keep {
		s.Dir = ""
	}
	letters, err := filepath.Glob(filepath.Join(d.path("letters"), "*.json"))
	s.Letters = len(letters)
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context, *demoSummary) error{
		d.sumAcks, d.sumDecisions, d.sumPayouts, d.sumDunning, d.sumBooks, d.check,
	} {
		if err := step(ctx, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// sumBooks asks for what no file for the ERP tells.
func (d *demo) sumBooks(ctx context.Context, s *demoSummary) (err error) {
	if s.Unmatched, err = d.books.provider.Payments(ctx, "acme", true); err != nil {
		return err
	}
	books, err := d.books.provider.Export(ctx, "acme")
	s.Balances = books.Balances
	return err
}

// check adds a sentence for everything that does not agree.
func (d *demo) check(ctx context.Context, s *demoSummary) error {
	d.progress.say("verifying the books …")
	for _, id := range []string{"acme", purchase.Provider} {
		broken, err := d.books.verify(ctx, id)
		if err != nil {
			return err
		}
		s.Broken = append(s.Broken, broken...)
	}
	if err := d.checkHandOver(ctx, s); err != nil {
		return err
	}
	left, err := d.clients.waiting()
	if err != nil {
		return err
	}
	for _, name := range left {
		s.wrong("in/%s is still there; want it removed after its acknowledgement", name)
	}
	var sum money.Amount
	for _, a := range s.Balances {
		sum += a
	}
	if sum != 0 {
		s.wrong("the accounts of acme sum to %s; want 0.00", sum)
	}
	return d.checkReturned(ctx, s)
}

func (s *demoSummary) wrong(format string, args ...any) {
	s.Broken = append(s.Broken, fmt.Sprintf(format, args...))
}

// checkReturned compares what the ERP fetched with what was sent, byte for byte.
func (d *demo) checkReturned(ctx context.Context, s *demoSummary) error {
	sent, err := d.x.outbox.List(ctx, "acme", outbox.Filter{Target: outbox.ERP})
	if err != nil {
		return err
	}
	for _, e := range sent {
		content, err := readFetched(d.path(demoDownload), e.Folder, e.Name)
		switch {
		case err != nil:
			s.wrong("%s: it was sent, and is not among what the ERP fetched", e.Name)
		case hexSum(content) != e.SHA256:
			s.wrong("%s: the ERP fetched other bytes than were sent", e.Name)
		}
	}
	s.Returned, err = countFiles(d.path(demoDownload))
	if s.Returned != len(sent) {
		s.wrong("%d files were fetched, and %d were sent", s.Returned, len(sent))
	}
	return err
}
