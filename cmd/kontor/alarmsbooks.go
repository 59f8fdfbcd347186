package main

import (
	"context"
	"fmt"
	"time"

	"github.com/kontor-exchange/kontor/schedules"
)

// statementAlarms are about merchants of whose account the bank has told nothing
// for long; one that has no claims needs no statement.
func statementAlarms(ctx context.Context, x *exchange, at time.Time) ([]alarm, error) {
	days := x.config.Alerts.StatementBankDays.value
	if days == 0 {
		return nil, nil
	}
	return x.each(x.config.MerchantIDs(), func(id string, today schedules.Date, zone *time.Location) ([]alarm, error) {
		w, err := x.provider.Watch(ctx, id)
		claims := int64(0)
		for _, n := range w.Claims {
			claims += n
		}
		if err != nil || claims == 0 || w.Statement >= schedules.BankDayBefore(today, days) {
			return nil, err
		}
		told := "ever"
		if !w.Statement.IsZero() {
			told = "since " + w.Statement.String()
		}
		return []alarm{{
			Code: alarmStatementMissing, Merchant: id, Since: midnight(w.Statement, zone),
			Text: fmt.Sprintf("no account statement was read %s, and without one nobody is dunned; look at the bank's in/", told),
		}}, nil
	}, at)
}

func suspenseAlarms(ctx context.Context, x *exchange, at time.Time) ([]alarm, error) {
	days := x.config.Alerts.SuspenseDays.value
	if days == 0 {
		return nil, nil
	}
	return x.each(x.config.MerchantIDs(), func(id string, today schedules.Date, zone *time.Location) ([]alarm, error) {
		w, err := x.provider.Watch(ctx, id)
		if err != nil || w.SuspenseCount == 0 || int(today-w.SuspenseSince) < days {
			return nil, err
		}
		return []alarm{{
			Code: alarmSuspense, Merchant: id, Since: midnight(w.SuspenseSince, zone),
			Text: fmt.Sprintf("%s of %s in suspense, the oldest of %s; kontor payments list --merchant %s",
				count(w.SuspenseCount, "payment", "payments"), w.Suspense, w.SuspenseSince, id),
		}}, nil
	}, at)
}

func decisionAlarms(ctx context.Context, x *exchange, at time.Time) ([]alarm, error) {
	return x.each(x.config.MerchantIDs(), func(id string, today schedules.Date, zone *time.Location) ([]alarm, error) {
		refused, err := x.batches.RefusedCommands(ctx, id, today-refusedDays)
		var all []alarm
		for _, c := range refused {
			all = append(all, alarm{
				Code: alarmDecisionRefused, Merchant: id, Subject: c.Subject, Since: midnight(c.Day, zone),
				Text: fmt.Sprintf("the provider refused the decision of %s (%s): %s; %s", c.Day, wording(c.Command), c.Code, refusedHint(c.Command)),
			})
		}
		return all, err
	}, at)
}

func rateAlarms(_ context.Context, x *exchange, at time.Time) ([]alarm, error) {
	days := schedules.Date(x.config.Alerts.RatesDays.value)
	zone := x.config.ZoneOf("")
	s, err := x.rates(schedules.DateOf(at.In(zone)))
	if err != nil || days == 0 || s.KnownUntil-schedules.DateOf(at.In(zone)) >= days {
		return nil, err
	}
	return []alarm{{
		Code: alarmRatesEnd, Since: midnight(s.KnownUntil-days+1, zone),
		Text: fmt.Sprintf("base rates are known until %s, later notices are held; add the rate from %s: base_rates in the configuration", s.KnownUntil, s.KnownUntil+1),
	}}, nil
}
