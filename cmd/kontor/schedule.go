package main

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/schedules"
)

// scheduleCommand shows when jobs are due next, by the configuration alone.
func (p *program) scheduleCommand() *cobra.Command {
	var from string
	var number int
	c := &cobra.Command{
		Use:   "schedule [JOB…]",
		Short: "Show when the jobs of the merchants are due next",
		Long: `Show the next times at which jobs are due, for all merchants or the one of
--merchant, for all jobs or those named. Dunning is due on bank days only.`,
		Example: `  kontor schedule
  kontor schedule payout dunning --count 4 --as-of 2026-12-20T00:00`,
		RunE: func(_ *cobra.Command, args []string) error { return p.schedule(args, from, number) },
	}
	c.Flags().StringVar(&from, "as-of", "", "list what is due after `T`, such as 2026-10-02T12:00 (default: now)")
	c.Flags().IntVar(&number, "count", 1, "how many times of each job")
	return exits(c, exitDone, exitFailed, exitUsage)
}

// A due job is one line of what schedule shows.
type dueJob struct {
	Merchant string        `json:"merchant"`
	Job      schedules.Job `json:"job"`
	At       time.Time     `json:"at"`
	Schedule string        `json:"schedule"`
}

func (p *program) schedule(names []string, from string, number int) error {
	jobs, err := parseJobs(names)
	if err != nil {
		return err
	}
	if number < 1 || number > 1000 {
		return usage("", "--count %d: want a number from 1 to 1000", number)
	}
	c, err := Load(p.configFile)
	if err != nil {
		return err
	}
	ids := c.MerchantIDs()
	if p.merchant != "" {
		id, err := c.choose(p.merchant)
		if err != nil {
			return err
		}
		ids = []string{id}
	}
	var due []dueJob
	for _, id := range ids {
		after, err := p.instant(from, c.ZoneOf(id))
		if err != nil {
			return err
		}
		next, err := c.nextJobs(id, jobs, after, number)
		if err != nil {
			return err
		}
		due = append(due, next...)
	}
	slices.SortStableFunc(due, func(a, b dueJob) int { return a.At.Compare(b.At) })
	return p.printDue(due)
}

// nextJobs lists the next times of some jobs of a merchant.
func (c *Config) nextJobs(id string, jobs []schedules.Job, after time.Time, number int) ([]dueJob, error) {
	all, err := c.SchedulesOf(id)
	if err != nil {
		return nil, err
	}
	var due []dueJob
	for _, job := range jobs {
		if !slices.Contains(c.role().Jobs(), job) {
			continue // the provider's
		}
		at := after
		for range number {
			at = nextSlot(job, all[job], at)
			due = append(due, dueJob{Merchant: id, Job: job, At: at, Schedule: all[job].String()})
		}
	}
	return due, nil
}

// nextSlot is the next time of a job; dunning passes over days that are no
// bank days.
func nextSlot(job schedules.Job, s schedules.Schedule, after time.Time) time.Time {
	at := s.Next(after)
	for job == schedules.Dunning && !schedules.IsBankDay(schedules.DateOf(at)) {
		at = s.Next(at)
	}
	return at
}

func (p *program) printDue(due []dueJob) error {
	if p.json {
		return p.printJSON(due)
	}
	var rows [][]string
	for _, d := range due {
		rows = append(rows, []string{d.At.Format("Mon 2006-01-02 15:04 MST"), d.Merchant, string(d.Job), d.Schedule})
	}
	return p.printTable([]string{"DUE", "MERCHANT", "JOB", "SCHEDULE"}, rows)
}

// parseJobs reads names of jobs; none means all.
func parseJobs(names []string) ([]schedules.Job, error) {
	if len(names) == 0 {
		return schedules.Jobs(), nil
	}
	var jobs []schedules.Job
	for _, name := range names {
		job, err := schedules.ParseJob(strings.ToLower(name))
		if err != nil {
			return nil, failWith(exitUsage, err, "kontor schedule without a job lists all")
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

// instant reads --as-of in a zone; empty means now.
func (p *program) instant(s string, zone *time.Location) (time.Time, error) {
	if s == "" {
		return p.now().In(zone), nil
	}
	t, err := schedules.ParseInstant(s, zone)
	return t, failWith(exitUsage, err, "")
}
