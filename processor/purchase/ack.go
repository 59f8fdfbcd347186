package purchase

import (
	"context"
	"iter"
	"time"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/schedules"
)

// Provider is the merchant id under which the bank's files are kept.
const Provider = "_provider"

// A RowRef names one record that intake has accepted: the feed it belongs to
// and the id of the row that it came from. The id is intake's and opaque to
// others. A shipment that makes an invoice is two records of one row.
type RowRef struct {
	Feed Feed
	Row  int64
}

// A Ready record waits for the next batch. The fields beside the reference are
// its place in business order.
type Ready struct {
	RowRef
	Date     schedules.Date
	Number   string
	Returned bool // a returned payment comes after all received ones
}

// A Refusal is a record that the provider did not take.
type Refusal struct {
	RowRef
	Code Code
}

// An Ack (Quittung) tells what became of a file: at the end of the run that
// read it, or, supplementary, of rows whose verdict changed in a later run.
type Ack struct {
	Owner         string // merchant, or [Provider] for a file of the bank
	File          int64  // number of the file, to be named when the ack was delivered
	Name          string // as it was dropped
	Run           string // r20261002T1200-000012: of the run that this ack belongs to
	Feed          Feed
	Profile       string // name of the dialect in which the file was read
	Supplementary bool
	Verdict       Verdict
	Code          Code   // of the file, "" when its rows were read
	Line          int64  // where the file is wrong, 0 when no line is to blame
	Column        string // of a wrong header
	Value         string
	Message       string // in the merchant's language; "" when there is nothing to say
	Rows          int64
	Booked        int64
	Duplicate     int64
	Conflict      int64
	Parked        int64
	Rejected      int64
	SumGross      money.Amount // over all readable rows: amount for payments and instructions
	SHA256        string       // of the original in the spool; "" when it was too large to be kept
	Received      time.Time    // as-of time of the run that read it
	// Lines yields the warnings and then the rows that are not BOOKED, each in
	// order of rows; of a supplementary ack, all rows that changed. It may be
	// called again and yields the same as long as the run lasts.
	Lines func(context.Context) iter.Seq2[AckLine, error]
}

// An AckLine is one warning, or one row of a file.
type AckLine struct {
	Warning    bool
	Row        int64 // data rows count from 1; 0 for a warning about the whole file
	Line       int64 // of the file
	Offset     int64 // of the row's first byte in the original
	Length     int64 // without the line end
	DocumentNo string
	Status     Verdict // of the row, "" for a warning
	Code       Code
	Column     string
	Value      string
	Message    string // names every bad column of the row
}
