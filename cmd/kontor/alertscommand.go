package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kontor-exchange/kontor/processor/alerts"
)

// alertsCommand is about those who are told of alarms.
func (p *program) alertsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "alerts",
		Short: "Try the channels by which alarms go out",
		Args:  arguments(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	test := &cobra.Command{
		Use:   "test",
		Short: "Send an alarm to everyone who stands under alerts, to see whether it arrives",
		Long: `Send an alarm with the code TEST to each address and to the webhook that stand
under alerts in the configuration, and tell for each whether it was taken. It
works beside kontor serve, and nothing is remembered of it.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return p.testAlerts(c.Context()) },
	}
	c.AddCommand(exits(test, exitDone, exitFailed, exitUsage, exitNothing))
	return exits(c, exitDone, exitUsage)
}

// A tried is a channel and what came of trying it.
type tried struct {
	Channel string `json:"channel"`
	Error   string `json:"error,omitempty"`
}

func (p *program) testAlerts(ctx context.Context) error {
	c, err := Load(p.configFile)
	if err != nil {
		return err
	}
	channels := (&exchange{config: c}).channels(p.now)
	if len(channels) == 0 {
		return failWith(exitNothing, errors.New("nobody stands under alerts in the configuration"), "add mail or webhook there")
	}
	now, failed, all := p.now(), 0, []tried{}
	text := alarm{Code: "TEST", Text: "this is a test: kontor alerts test was called, and nothing is wrong", Since: now}
	event := alerts.Event{ID: fmt.Sprintf("test-%d", now.UnixNano()), Kind: alerts.Firing, Alarm: text}
	for _, channel := range channels {
		t := tried{Channel: channel.Name()}
		if err := alerts.Try(ctx, channel, now, event); err != nil {
			t.Error = alerts.OneLine(err.Error())
			failed++
		}
		all = append(all, t)
	}
	if err := p.printTried(all); err != nil || failed == 0 {
		return err
	}
	return failWith(exitFailed, errors.New(count(failed, "channel", "channels")+" did not take the alarm"), "")
}

func (p *program) printTried(all []tried) error {
	if p.json {
		return p.printJSON(all)
	}
	for _, t := range all {
		line := t.Channel + ": sent"
		if t.Error != "" {
			line = t.Channel + ": " + t.Error
		}
		if err := p.say(line); err != nil {
			return err
		}
	}
	return nil
}
