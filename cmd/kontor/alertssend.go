package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/kontor-exchange/kontor/processor/alerts"
	"github.com/kontor-exchange/kontor/processor/remote/mailbox"
)

// instance is the name by which people know this machine.
func instance() string {
	if name, err := os.Hostname(); err == nil {
		return name
	}
	return "this machine"
}

// channels are those whom the configuration wants to be told of alarms.
func (x *exchange) channels(now func() time.Time) (all []alerts.Channel) {
	c := x.config.Alerts
	if m := c.Mail; m != nil {
		for _, to := range m.To {
			all = append(all, &alerts.Mailer{From: m.From, To: to, Instance: instance(), Zone: x.config.ZoneOf(""), Open: m.open})
		}
	}
	if w := c.Webhook; w != nil {
		all = append(all, &alerts.Webhook{URL: w.URL, Key: w.key, Instance: instance(), Agent: "kontor/" + thisBuild().Version, Now: now})
	}
	return all
}

// open opens the mail server for one message.
func (m *AlertMail) open(context.Context) (alerts.Mailbox, error) {
	server := m.server()
	roots, err := server.roots()
	if err != nil {
		return nil, err
	}
	return mailbox.Open(mailbox.Config{Server: m.SMTP, Implicit: m.TLS == "implicit", User: m.User, Password: server.password, Roots: roots}), nil
}

// alert looks for alarms after a run at a time, and tells the channels what is
// new. Nobody looks where nobody is to be told. What fails stops nothing: it is logged, and stands in kontor status.
func (x *exchange) alert(ctx context.Context, at time.Time, now func() time.Time, log *slog.Logger) []alarm {
	channels := x.channels(now)
	if len(channels) == 0 && x.pulse == nil {
		return nil
	}
	found, err := x.alarms(ctx, at)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		log.Error("some alarms are not known", "as_of", at.Format(time.RFC3339), "error", err)
	}
	if err := x.alerts.Tell(ctx, at, found, err == nil, channels); err != nil && ctx.Err() == nil {
		log.Error("alarms", "as_of", at.Format(time.RFC3339), "error", err)
	}
	log.Debug("alarms were looked for", "as_of", at.Format(time.RFC3339), "alarms", len(found))
	return found
}
