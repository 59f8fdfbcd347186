package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kontor-exchange/kontor/processor/alerts"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// An alarm is something that a person should look at, as it is now: one list for
// kontor status, mail, webhook and metrics.
type alarm = alerts.Alarm

// Codes of alarms. Each stands in the README with what to do.
const (
	alarmFileMissing      = "FILE_MISSING"
	alarmSequenceGap      = "SEQUENCE_GAP"
	alarmStatementMissing = "STATEMENT_MISSING"
	alarmFileHeld         = "FILE_HELD"
	alarmFileRefused      = "FILE_REFUSED"
	alarmRowsRejected     = "ROWS_REJECTED"
	alarmFileIgnored      = "FILE_IGNORED"
	alarmRowsParked       = "ROWS_PARKED"
	alarmSuspense         = "SUSPENSE_OLD"
	alarmAnswerOverdue    = "ANSWER_OVERDUE"
	alarmHandOver         = "HANDOVER_" // and the kind of a hand-over's alarm
	alarmDeliveryFailed   = "DELIVERY_FAILED"
	alarmDecisionRefused  = "DECISION_REFUSED"
	alarmRunOpen          = "RUN_OPEN"
	alarmSlotsBehind      = "SLOTS_BEHIND"
	alarmRatesEnd         = "BASE_RATES_END"
	alarmDiskFull         = "DISK_FULL"
	alarmUnsent           = "ALERT_UNSENT"
)

// An alarmSource finds alarms of one kind: of the whole exchange at a time.
type alarmSource struct {
	name string
	find func(ctx context.Context, x *exchange, at time.Time) ([]alarm, error)
}

// alarmSources are all there are. Who builds something that can go wrong adds a
// source of his own.
func alarmSources() []alarmSource {
	return []alarmSource{
		{"runs", runAlarms},
		{"files that are expected", expectedAlarms},
		{"files and rows", fileAlarms},
		{"account statements", statementAlarms},
		{"suspense", suspenseAlarms},
		{"answers", answerAlarms},
		{"the hand-over", handOverAlarms},
		{"deliveries", deliveryAlarms},
		{"decisions", decisionAlarms},
		{"base rates", rateAlarms},
		{"disk", diskAlarms},
		{"channels of alarms", channelAlarms},
	}
}

// alarms lists what a person should look at, at a time. A source that fails is
// named by the error, and all others are asked all the same.
func (x *exchange) alarms(ctx context.Context, at time.Time) (all []alarm, err error) {
	return x.alarmsOf(ctx, at, alarmSources())
}

func (x *exchange) alarmsOf(ctx context.Context, at time.Time, sources []alarmSource) (all []alarm, err error) {
	for _, source := range sources {
		some, wrong := source.find(ctx, x, at)
		if wrong != nil {
			err = errors.Join(err, fmt.Errorf("alarms about %s: %w", source.name, wrong))
		}
		for _, a := range some {
			a.Text, a.Subject = alerts.OneLine(a.Text), alerts.OneLine(a.Subject)
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, byKey)
	return slices.CompactFunc(all, func(a, b alarm) bool { return byKey(a, b) == 0 }), err
}

// byKey orders alarms; equal ones are the same alarm.
func byKey(a, b alarm) int {
	return cmp.Or(cmp.Compare(a.Merchant, b.Merchant), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject))
}

// watched are the merchants, and before them the bank's side, where there is one.
func (x *exchange) watched() []string {
	if x.engine.Bank == nil {
		return x.config.MerchantIDs()
	}
	return append([]string{purchase.Provider}, x.config.MerchantIDs()...)
}

// each asks for the alarms of every merchant, and of the bank's side.
func (x *exchange) each(ids []string, find func(id string, today schedules.Date, zone *time.Location) ([]alarm, error), at time.Time) (all []alarm, err error) {
	for _, id := range ids {
		zone := x.config.ZoneOf(id)
		some, wrong := find(id, schedules.DateOf(at.In(zone)), zone)
		all, err = append(all, some...), errors.Join(err, wrong)
	}
	return all, err
}

// midnight is when a day began, as the time since when something is wrong.
func midnight(d schedules.Date, zone *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.In(zone, 0, 0)
}
