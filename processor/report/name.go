package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Folders of the merchant's root that reports are dropped into.
const (
	AckFolder       = "out/ack"
	DecisionsFolder = "out/decisions"
	PayoutsFolder   = "out/payouts"
	DunningFolder   = "out/dunning"
	StatesFolder    = "out/states"
)

// Endings of a table and of its twin.
const (
	CSV  = ".csv"
	JSON = ".json"
)

// Run names a run inside file names: r20261002T1200-000042 for the run with
// that number at that time in the merchant's zone.
func Run(at time.Time, number int64) string {
	return fmt.Sprintf("r%s-%06d", at.Format("20060102T1504"), number)
}

// longest is how many bytes of an inbound name our names repeat.
const longest = 150

// AckName is the name of the acknowledgement of an inbound file.
func AckName(inbound, run, ending string) string {
	return shorten(inbound) + "." + run + ".ack" + ending
}

// RejectedName is the name of the file with the rejected rows of an inbound file.
func RejectedName(inbound, run string) string {
	return shorten(inbound) + "." + run + ".rejected" + CSV
}

// shorten cuts a name that is too long before its extension, and adds the
// beginning of the name's hash, so that two long names stay two.
func shorten(name string) string {
	if len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	end := "-" + hex.EncodeToString(sum[:4]) + extension(name)
	cut := longest - len(end)
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + end
}

// extension is what follows the last dot, unless that is no extension at all.
func extension(name string) string {
	const most = 10
	if e := path.Ext(name); len(e) <= most {
		return e
	}
	return ""
}

// ending is the extension, with that of an encrypted file behind it.
func ending(name string) string {
	end := extension(name)
	if _, layers := container.Layers(name); len(layers) == 1 {
		end = extension(strings.TrimSuffix(name, end)) + end
	}
	return end
}

// Versioned is the name of a further version of a file: x.csv, x_v2.csv,
// x_v3.csv, of an encrypted one x_v2.csv.age. Version 0 and 1 are the name itself.
func Versioned(name string, version int) string {
	if version <= 1 {
		return name
	}
	end := ending(name)
	return fmt.Sprintf("%s_v%d%s", strings.TrimSuffix(name, end), version, end)
}

// Unversioned is the inverse of [Versioned].
func Unversioned(name string, version int) string {
	if version <= 1 {
		return name
	}
	end := ending(name)
	return strings.TrimSuffix(strings.TrimSuffix(name, end), fmt.Sprintf("_v%d", version)) + end
}

// DecisionsName is the name of the credit decisions of a run.
func DecisionsName(merchant, run, ending string) string {
	return "decisions_" + merchant + "_" + run + ending
}

// StatesName is the name of the states report of a run.
func StatesName(merchant, run, ending string) string {
	return "states_" + merchant + "_" + run + ending
}

// PayoutName is the name of a payout report.
func PayoutName(p purchase.Payout, ending string) string {
	year, week := p.PeriodTo.ISOWeek()
	return fmt.Sprintf("payout_%s_%04dW%02d_%06d%s", p.Merchant, year, week, p.Seq, ending)
}

// PayoutFacts are what the name of a payout report can be made of.
func PayoutFacts(p purchase.Payout) map[string]string {
	year, week := p.PeriodTo.ISOWeek()
	return map[string]string{
		"<payout_id>": p.ID, "<seq>": fmt.Sprintf("%06d", p.Seq), "<year>": fmt.Sprintf("%04d", year), "<week>": fmt.Sprintf("%02d", week),
	}
}

// AckFacts are what the names of an acknowledgement and of rejected rows can be
// made of.
func AckFacts(inbound, run string) map[string]string {
	return map[string]string{"<file>": shorten(inbound), "<run>": run}
}

// OpenItemsName is the name of the list of open items of a payout.
func OpenItemsName(o purchase.OpenItems, ending string) string {
	return "openitems_" + o.Merchant + "_" + o.Day.String() + ending
}

// GuaranteesName is the name of the forecast of guarantees of a payout.
func GuaranteesName(o purchase.OpenItems, ending string) string {
	return "guarantees_" + o.Merchant + "_" + o.Day.String() + ending
}

// DunningName is the name of the dunning report of a day.
func DunningName(merchant string, day schedules.Date, ending string) string {
	return "dunning_" + merchant + "_" + day.String() + ending
}

// LettersName is the name of the file with the notices of a dunning run for the
// print or mail service.
func LettersName(merchant string, day schedules.Date) string {
	return "letters_" + merchant + "_" + day.String() + JSON
}

// UnmatchedName is the name of the operator's report of unmatched payments.
func UnmatchedName(merchant, run, ending string) string {
	return "unmatched_" + merchant + "_" + run + ending
}
