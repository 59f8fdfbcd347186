package schedules

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Job is a kind of work that runs by schedule, each merchant for itself.
type Job string

// The jobs, in the order in which a run does what is due at one time.
const (
	Collect   Job = "collect"   // read files of the ERP and the bank
	Guarantee Job = "guarantee" // credit claims that turned 30 days old
	Payout    Job = "payout"    // close the week of a merchant
	Transmit  Job = "transmit"  // hand accepted events to the provider
	Dunning   Job = "dunning"   // remind debtors, on bank days
	Deliver   Job = "deliver"   // put reports where they belong
)

// Jobs returns all jobs in the order of a run.
func Jobs() []Job {
	return []Job{Collect, Guarantee, Payout, Transmit, Dunning, Deliver}
}

// ParseJob reads the name of a job.
func ParseJob(name string) (Job, error) {
	if j := Job(name); slices.Contains(Jobs(), j) {
		return j, nil
	}
	var names []string
	for _, j := range Jobs() {
		names = append(names, string(j))
	}
	return "", fmt.Errorf("%q is not a job; want one of %s", name, strings.Join(names, ", "))
}

// A Slot is one nominal time of a job of a merchant. It runs to success once
// or is recorded as skipped. Two slots are the same when job and instant are,
// whatever the location of At.
type Slot struct {
	Job Job
	At  time.Time
}

// Day returns the civil date of the slot in a zone, by which its work is dated.
func (s Slot) Day(zone *time.Location) Date { return DateOf(s.At.In(zone)) }

// String prints the job and the time: "payout 2026-10-26T06:00:00+01:00".
func (s Slot) String() string { return string(s.Job) + " " + s.At.Format(time.RFC3339) }
