package main

import (
	"testing"
)

func TestTry(t *testing.T) {
	for _, s := range []string{"merchants: {a: {fees: }}", "merchants: {a: {fees: {percent: }}}","merchants: {a: {dunning: {fee: }, fees: ~, credit: {countries: }, zone: , schedules: }}", "merchants: {a: {fees: {percent: 0}, dunning: {letter_days: 0}, term_days: 0, assume_return: false}}","merchants: {a: }", "provider: {bank: {settle: 0s}}\nlog: \nschedules: {payout: }\nbatch_max: "} {
		c, err := decode("x.yaml", []byte(s))
		if err != nil { t.Log(err); continue }
		t.Logf("%s\n%+v\n%+v", s, c.Terms("a"), c)
	}
}
