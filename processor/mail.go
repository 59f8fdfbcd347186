package processor

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/outbox"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/processor/report"
	"github.com/kontor-exchange/kontor/schedules"
)

// mails makes one mail for each channel of a dunning run. They are held in
// memory by channel, as printed letters are by debtor.
func (j *job) mails(ctx context.Context, d purchase.Dunning) ([]made, error) {
	byChannel := map[string][]purchase.Notice{}
	var order []string
	for n, err := range d.Notices(ctx) {
		if err != nil {
			return nil, err
		}
		if n.Channel == "" {
			continue
		}
		if byChannel[n.Channel] == nil {
			order = append(order, n.Channel)
		}
		byChannel[n.Channel] = append(byChannel[n.Channel], n)
	}
	var files []made
	for i, channel := range order {
		m := report.Mail{
			Letter: report.Letter{Sender: j.m.Provider, Notices: byChannel[channel]}, From: j.m.MailFrom,
			File: report.MailName(j.m.ID(), d.RunDate, int64(i+1)), At: j.run.AsOf,
		}
		f, err := j.make(outbox.Mail, "", m.File, outbox.Message, d.RunDate.String()+" "+channel, func(w io.Writer) error {
			return j.m.Renderer.LetterMail(w, m)
		})
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// mailed books that a mail has left: its notices are sent, and no others.
func (j *job) mailed(ctx context.Context, tx *database.Tx, d outbox.Delivered) error {
	text, channel, _ := strings.Cut(d.Subject, " ")
	day, err := schedules.ParseDate(text)
	if err != nil {
		return fmt.Errorf("mail %s: %w", d.Name, err)
	}
	return j.Provider.SentBy(ctx, tx, j.m.ID(), day, j.leftOn(d, day), channel)
}

// leftOn is the day on which notices of a day have left: those that leave in
// their own run on their own day, also when that is caught up.
func (j *job) leftOn(d outbox.Delivered, day schedules.Date) schedules.Date {
	if d.Run == j.r.number {
		return day
	}
	return j.run.Day
}

// channels are all ways by which the notices of a dunning run leave, paper
// first.
func channels(ctx context.Context, d *purchase.Dunning) ([]string, error) {
	all := []string{""}
	if d == nil {
		return nil, nil
	}
	for n, err := range d.Notices(ctx) {
		if err != nil {
			return nil, err
		}
		if !slices.Contains(all, n.Channel) {
			all = append(all, n.Channel)
		}
	}
	return all, nil
}
