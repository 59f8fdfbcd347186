package formats

import (
	"slices"
	"strings"
)

// A Report is a table that leaves for a merchant: for its ERP, or for its
// accountants until a profile says how the ERP wants it.
type Report string

// The reports that a profile can describe.
const (
	AckReport       Report = "ack"
	RejectedReport  Report = "rejected" // rows as they came: a profile sets its name only
	DecisionsReport Report = "decisions"
	StatesReport    Report = "states"
	DunningReport   Report = "dunning"
	PayoutsReport   Report = "payouts"
)

// Reports are all of them.
func Reports() []Report {
	return []Report{AckReport, RejectedReport, DecisionsReport, StatesReport, DunningReport, PayoutsReport}
}

// Columns of a report, nil for one that has none of its own.
func (r Report) Columns() []Column {
	switch r {
	case AckReport:
		return ackColumns()
	case DecisionsReport:
		return decisionColumns()
	case StatesReport:
		return stateColumns()
	case DunningReport:
		return dunningColumns()
	case PayoutsReport:
		return payoutColumns()
	}
	return nil
}

// Folder of a report, relative to the merchant's root, unless a profile says
// otherwise.
func (r Report) Folder() string {
	if r == RejectedReport {
		return "out/ack"
	}
	return "out/" + string(r)
}

// Placeholders of file names.
const (
	placeMerchant = "<merchant>"
	placeRun      = "<run>"
	placeFile     = "<file>" // the inbound file's name
	placeDate     = "<date>" // of the dunning run
	placePayout   = "<payout_id>"
	placeSeq      = "<seq>"
	placeYear     = "<year>" // ISO year of the payout's week
	placeWeek     = "<week>"
)

// pattern is the file name of a report unless a profile says otherwise.
func (r Report) pattern() string {
	switch r {
	case AckReport:
		return "<file>.<run>.ack.csv"
	case RejectedReport:
		return "<file>.<run>.rejected.csv"
	case DunningReport:
		return "dunning_<merchant>_<date>.csv"
	case PayoutsReport:
		return "payout_<merchant>_<year>W<week>_<seq>.csv"
	}
	return string(r) + "_<merchant>_<run>.csv"
}

// places are the placeholders that a pattern of the report may hold, and the
// groups of which it needs one each, so that no name is used twice.
func (r Report) places() (allowed []string, needed [][]string) {
	switch r {
	case AckReport, RejectedReport:
		return []string{placeMerchant, placeFile, placeRun}, [][]string{{placeFile}, {placeRun}}
	case DunningReport:
		return []string{placeMerchant, placeDate}, [][]string{{placeDate}}
	case PayoutsReport:
		return []string{placeMerchant, placePayout, placeSeq, placeYear, placeWeek}, [][]string{{placePayout, placeSeq}}
	}
	return []string{placeMerchant, placeRun}, [][]string{{placeRun}}
}

func columnNamed(columns []Column, name string) int {
	return slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
}

func columnNames(columns []Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}
