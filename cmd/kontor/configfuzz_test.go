package main

import (
	"fmt"
	"strings"
	"testing"
)

// FuzzParseConfig: whatever stands in a configuration, its faults are told with
// the name of the file; one that is accepted is accepted again, and everything
// that a run asks of it is there.
func FuzzParseConfig(f *testing.F) {
	f.Add(fmt.Sprintf(stageConfig, "sqlite", `url: "dir:./bank"`, "kontor", "acme", "actindo", `url: "dir:./erp"`, "    term_days: 14\n", "schedules: {payout: \"0 6 * * MON\"}\n"))
	f.Add("merchants: {acme: {name: &a A, erp: *a}}")
	f.Add("profiles: {own: {base: own}}\nmerchants: {acme: {profile: own}}")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parse("kontor.yaml", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "kontor.yaml") {
				t.Errorf("the file is not named: %v", err)
			}
			return
		}
		if err := c.Validate(); err != nil {
			t.Errorf("accepted, and then not: %v", err)
		}
		if c.BankProfile() == nil {
			t.Error("the bank has no profile")
		}
		for _, id := range c.MerchantIDs() {
			plan, err := c.SchedulesOf(id)
			if err != nil || len(plan) == 0 || c.Profile(id) == nil || c.ZoneOf(id) == nil {
				t.Errorf("merchant %s: schedules %v, %v; profile %v, zone %v", id, plan, err, c.Profile(id), c.ZoneOf(id))
			}
			if terms := c.Terms(id); terms.Merchant != id || terms.Currency == "" {
				t.Errorf("terms of %s: %+v", id, terms)
			}
		}
	})
}
