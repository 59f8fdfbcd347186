package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// doctorCommand tries everything that a day of work needs.
func (p *program) doctorCommand() *cobra.Command {
	return exits(&cobra.Command{
		Use:   "doctor",
		Short: "Try all that kontor needs: database, SFTP servers, folders, keys, clock, disk",
		Long: `Try everything that kontor needs, one line each with ok, warning or fault, and
what to do: the database (reached, its schema, a write that is taken back); each
server (login, host key) and folder (listed, a small hidden file put there,
renamed, read and removed again); who may read the keys; the clock, against that
of each server and against the last run; zone data, free disk space, base rates
that end, and the ports of kontor serve. It works beside kontor serve, and
nothing is different afterwards.`,
		Example: `  kontor doctor
  kontor doctor --merchant acme --json`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return p.doctor(c.Context()) },
	}, exitDone, exitFailed, exitUsage)
}

// What a check of the doctor comes to.
const (
	healthy = "ok"
	warning = "warning"
	faulty  = "fault"
)

// A symptom is a line of the doctor.
type symptom struct {
	Check string `json:"check"`
	State string `json:"state"` // ok, warning or fault
	Text  string `json:"text"`
	Do    string `json:"do,omitempty"`
}

// A diagnosis is all that the doctor found.
type diagnosis struct {
	At       time.Time `json:"at"`
	Faults   int       `json:"faults"`
	Warnings int       `json:"warnings"`
	Checks   []symptom `json:"checks"`
}

func (d *diagnosis) add(check, state, text, do string) {
	switch state {
	case faulty:
		d.Faults++
	case warning:
		d.Warnings++
	}
	if strings.Contains(text, "; do: ") { // the error says it better
		do = ""
	}
	d.Checks = append(d.Checks, symptom{check, state, oneLine(text), do})
}

func (d *diagnosis) ok(check, text string, args ...any) {
	d.add(check, healthy, fmt.Sprintf(text, args...), "")
}

func (d *diagnosis) warn(check, do, text string, args ...any) {
	d.add(check, warning, fmt.Sprintf(text, args...), do)
}

func (d *diagnosis) fault(check, do, text string, args ...any) {
	d.add(check, faulty, fmt.Sprintf(text, args...), do)
}

// oneLine puts the lines of joined errors beside each other.
func oneLine(s string) string { return strings.Join(strings.Split(strings.TrimSpace(s), "\n"), "; ") }

func (p *program) doctor(ctx context.Context) error {
	c, err := Load(p.configFile)
	if err != nil {
		return err
	}
	ids, err := c.chosen(p.merchant)
	if err != nil {
		return err
	}
	x := &exchange{config: c, skipped: newSkipped(quiet())}
	d := &diagnosis{At: p.now()}
	d.checkDataDir(c)
	d.checkDatabase(ctx, x)
	d.checkKeys(c)
	for _, place := range x.places(ids) {
		d.checkPlace(ctx, place, p.now)
	}
	d.checkZones(c)
	d.checkRates(x)
	d.checkPorts(ctx, c)
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.Join(p.printDiagnosis(d), d.verdict())
}

func (d *diagnosis) verdict() error {
	if d.Faults == 0 {
		return nil
	}
	return failWith(exitFailed, fmt.Errorf("%s found", count(d.Faults, "fault was", "faults were")), "each line that begins with fault says what to do")
}

func (p *program) printDiagnosis(d *diagnosis) error {
	if p.json {
		return p.printJSON(d)
	}
	var rows [][]string
	for _, s := range d.Checks {
		text := s.Text
		if s.Do != "" {
			text += "; do: " + s.Do
		}
		rows = append(rows, []string{s.State, s.Check, text})
	}
	return p.printTable([]string{"STATE", "CHECK", "WHAT"}, rows)
}
