package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor"
)

// serveCommand is the daemon.
func (p *program) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run as a daemon: schedules, the built-in SFTP server, metrics and alarms",
		Long: `Do what is due when it is due, until SIGTERM or SIGINT, and serve the merchants'
homes over SFTP when the configuration has a server block. What was missed while
the daemon was down is caught up first, each slot at its own time. What fails is
logged, and tried again at the next slot. Alarms go out after each run, to those
who stand under alerts.

With http: 127.0.0.1:9090 in the configuration it answers there: /metrics for
Prometheus, /healthz while it lives, and /readyz with 503 and the reason when the
database does not answer, the loop is stuck or a run is overdue.

A stop takes less than 10 seconds; a run that it cut off is finished at the next
start. A second signal ends the process at once, which does no harm either. One
process works with a data_dir at a time; status, claims and the other commands
that look may be used beside it.`,
		Example: `  kontor --config /srv/kontor/kontor.yaml serve`,
		Args:    arguments(cobra.NoArgs),
		RunE:    func(c *cobra.Command, _ []string) error { return p.serve(c.Context()) },
	}
	return exits(c, exitDone, exitFailed, exitUsage, exitHeld)
}

func (p *program) serve(ctx context.Context) (err error) {
	c, err := Load(p.configFile)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // the next signal ends the process
	log := p.logger(c)
	x, err := p.openExclusive(ctx, c, log)
	if err != nil {
		return err
	}
	x.pulse = &pulse{}
	server, err := x.listen(ctx, log)
	if err != nil {
		return errors.Join(err, x.close())
	}
	health, err := x.listenHTTP(ctx, server, p.now, log)
	if err != nil {
		return errors.Join(err, closeServer(server), x.close())
	}
	log.Info("kontor serves", "merchants", len(x.engine.Merchants), "data_dir", c.DataDir, "zone", c.Zone)
	tasks := []task{func(ctx context.Context) error { x.loop(ctx, p.now, log); return nil }}
	if server != nil {
		tasks = append(tasks, server.Serve)
	}
	if health != nil {
		tasks = append(tasks, health.serve)
	}
	ended, err := untilStopped(ctx, stopLimit, tasks)
	if !ended {
		log.Warn("kontor stops in the midst of a run, which is finished at the next start")
		return err // the data stay open: the process ends now, as with kill -9
	}
	log.Info("kontor stops")
	return errors.Join(err, x.close())
}

// stopLimit is how long a run may take to notice that it is to end.
const stopLimit = 8 * time.Second

// A task works until its context ends.
type task func(context.Context) error

// untilStopped lets tasks work beside each other until the context ends, or
// one of them does, and then waits at most the limit for all. ended is false
// when one of them is still at work.
func untilStopped(ctx context.Context, limit time.Duration, tasks []task) (ended bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan error, len(tasks))
	for _, work := range tasks {
		go func() {
			defer cancel()
			results <- work(ctx)
		}()
	}
	<-ctx.Done()
	late := time.NewTimer(limit)
	defer late.Stop()
	for range tasks {
		select {
		case result := <-results:
			err = errors.Join(err, result)
		case <-late.C:
			return false, err
		}
	}
	return true, err
}

// wake is how long the loop sleeps at most, so that a jump of the clock, or a
// laptop that slept, delays no slot.
const wake = time.Second

// loop does what is due until the context ends. An error of a run is told, and
// what is left is tried again at the next slot.
func (x *exchange) loop(ctx context.Context, now func() time.Time, log *slog.Logger) {
	x.engine.Step = func(string, string) { x.pulse.beat(now()) }
	heard, asked := map[string]bool{}, 0 // of a run that waits: its errors, and how often the other side was asked
	for told := (time.Time{}); ctx.Err() == nil; {
		t := now()
		x.pulse.beat(t)
		err := x.engine.Run(ctx, t, nil)
		if ctx.Err() != nil {
			return
		}
		waits := errors.Is(err, processor.ErrWaiting)
		tell(log, t, news(err, heard))
		if !waits {
			clear(heard)
		}
		if !waits || t.Sub(told) >= time.Minute {
			told = t
			x.pulse.ran(err != nil && !waits && !errors.Is(err, processor.ErrNothingDue), x.alert(ctx, t, now, log))
		}
		if waits { // the other side is asked again in a moment
			asked++
			if wait(ctx, pause(asked)) != nil {
				return
			}
			continue
		}
		asked = 0
		for next := x.engine.Next(t); now().Before(next); {
			x.pulse.beat(now())
			if wait(ctx, min(wake, next.Sub(now()))) != nil {
				return
			}
		}
	}
}

// tell logs how a run ended: each thing that went wrong on a line of its own.
func tell(log *slog.Logger, t time.Time, err error) {
	at := t.Format(time.RFC3339)
	switch {
	case err == nil:
		log.Debug("run done", "as_of", at)
	case errors.Is(err, processor.ErrNothingDue):
		log.Debug("nothing is due", "as_of", at)
	case errors.Is(err, processor.ErrEarlier):
		log.Error("the clock is behind the books, nothing is done until it has caught up", "as_of", at, "error", err)
	default:
		for _, e := range apart(err) {
			if errors.Is(e, processor.ErrWaiting) {
				log.Debug("a run waits", "as_of", at, "for", e)
				continue
			}
			log.Error("a part of the run failed and is tried again at the next slot", "as_of", at, "error", e)
		}
	}
}

// news leaves out the errors that were heard before: a run that waits for the
// other side is gone on with each second.
func news(err error, heard map[string]bool) error {
	if err == nil {
		return nil
	}
	var fresh []error
	for _, e := range apart(err) {
		if text := e.Error(); !heard[text] {
			heard[text] = true
			fresh = append(fresh, e)
		}
	}
	return errors.Join(fresh...)
}

// apart takes joined errors apart.
func apart(err error) (all []error) {
	joined, isJoined := err.(interface{ Unwrap() []error })
	if !isJoined {
		return []error{err}
	}
	for _, e := range joined.Unwrap() {
		all = append(all, apart(e)...)
	}
	return all
}
