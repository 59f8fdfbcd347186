package main

import (
	"context"
	"time"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/database"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// checkLastRun compares our clock with the last run: nothing is done before it.
func (d *diagnosis) checkLastRun(ctx context.Context, x *exchange, db *database.DB) {
	const check = "clock"
	engine := &processor.Engine{DB: db}
	var last time.Time
	for _, id := range append(x.config.MerchantIDs(), purchase.Provider) {
		at, err := engine.LastRun(ctx, id)
		if err != nil {
			d.fault(check, "", "when the last run was: %v", err)
			return
		}
		if at.After(last) {
			last = at
		}
	}
	zone := x.config.ZoneOf("")
	switch now := d.At; {
	case last.IsZero():
		d.ok(check, "it is %s, and there was no run yet", timeText(now, zone))
	case !now.Before(last):
		d.ok(check, "it is %s, after the last run at %s", timeText(now, zone), timeText(last, zone))
	case x.config.Simulation:
		d.ok(check, "it is %s, before the last run at %s, which simulation allows", timeText(now, zone), timeText(last, zone))
	default:
		d.fault(check, "set the clock (timedatectl), and let NTP keep it", "it is %s, before the last run at %s: nothing is done until then", timeText(now, zone), timeText(last, zone))
	}
}

// checkZones sees that each zone is known, and that it has a summer where it
// must have one.
func (d *diagnosis) checkZones(c *Config) {
	zones := map[string]bool{c.Zone: true}
	for _, m := range c.Merchants {
		zones[c.zoneOf(m)] = true
	}
	for _, name := range sortedKeys(zones) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			d.fault("zone", "correct zone in the configuration, or install tzdata", "%v", err)
			continue
		}
		year := d.At.Year()
		_, winter := time.Date(year, 1, 15, 12, 0, 0, 0, zone).Zone()
		_, summer := time.Date(year, 7, 15, 12, 0, 0, 0, zone).Zone()
		if name == "Europe/Berlin" && (winter != 3600 || summer != 7200) {
			d.warn("zone", "update tzdata, and look at the release notes of kontor", "%s is %d s in winter and %d s in summer; want 3600 and 7200, unless the law was changed", name, winter, summer)
			continue
		}
		d.ok("zone", "%s, now %s", name, d.At.In(zone).Format("UTC-07:00"))
	}
}

// checkRates warns of base rates that end (§ 247 BGB).
func (d *diagnosis) checkRates(x *exchange) {
	const check = "base rates"
	r, err := x.rates(schedules.DateOf(d.At))
	switch {
	case err != nil:
		d.fault(check, "correct the file that base_rates names", "%v", err)
	case r.Warning != "":
		d.warn(check, "", "%s", r.Warning)
	default:
		d.ok(check, "known until %s", r.KnownUntil)
	}
}
