package main

import (
	"context"
	"fmt"
	"time"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/courier"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// handOver is how the hand-over stands; nil with role: both.
func (x *exchange) handOver(ctx context.Context, id string, at time.Time) (*processor.HandOver, error) {
	h, apart, err := x.engine.HandOver(ctx, id, at)
	if err != nil || !apart {
		return nil, err
	}
	zone := x.config.ZoneOf(id)
	for _, t := range []*time.Time{&h.Through, &h.Next, &h.Heard, &h.Waiting} {
		if !t.IsZero() {
			*t = t.In(zone)
		}
	}
	for i := range h.Alarms {
		h.Alarms[i].Since = h.Alarms[i].Since.In(zone)
	}
	return &h, nil
}

// handOver are the lines about the other side: how far it has come, and what
// needs a person.
func (m merchantStanding) handOver() []string {
	h := m.HandOver
	line := fmt.Sprintf("  %s: nothing was heard from the other side yet", m.Merchant)
	if !h.Through.IsZero() {
		line = fmt.Sprintf("  %s: the other side has come to %s, and has %d of %d sent; %d of its own were taken",
			m.Merchant, timeText(h.Through, h.Through.Location()), h.Arrived, h.Sent, h.Taken)
	}
	lines := []string{line}
	if !h.Waiting.IsZero() && m.OpenRun != nil {
		lines = append(lines, fmt.Sprintf("  %s: a run waits for it since %s", m.Merchant, timeText(h.Waiting, h.Waiting.Location())))
	}
	for _, a := range h.Alarms {
		lines = append(lines, fmt.Sprintf("! %s: since %s: %s%s; %s", m.Merchant, timeText(a.Since, a.Since.Location()), codeText(a), a.Text, alarmHint(a)))
	}
	return lines
}

func codeText(a courier.Alarm) string {
	if a.Code == "" {
		return ""
	}
	return fmt.Sprintf("batch %d is refused with %s: ", a.Number, a.Code)
}

// alarmHint says what to do about an alarm.
func alarmHint(a courier.Alarm) string {
	return map[string]string{
		courier.AlarmSilent:  "look whether its kontor runs, and whether the SFTP server answers",
		courier.AlarmOverdue: "look at the provider with kontor status",
		courier.AlarmGap:     "look for it where the others lie; it is put again when its sender learns that it is missing",
		courier.AlarmRefused: "nothing after it is taken before it is right; compare both sides, a restored backup may be behind it",
		courier.AlarmReused:  "compare both sides, a restored backup may be behind it",
		courier.AlarmDamaged: "nothing after it is taken; have the provider send it again with kontor resend",
	}[a.Kind]
}

// bankStanding is what waits of the bank's files; nil where there is no bank.
func (x *exchange) bankStanding(ctx context.Context) (*inboxStanding, error) {
	if x.engine.Bank == nil {
		return nil, nil
	}
	s, err := x.inbox(ctx, purchase.Provider)
	return &s, err
}
