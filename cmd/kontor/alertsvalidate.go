package main

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

func (a Alerts) validate(f *faults) {
	f.between("alerts.parked_days", a.ParkedDays, 0, 366)
	f.between("alerts.suspense_days", a.SuspenseDays, 0, 366)
	f.between("alerts.rejected_days", a.RejectedDays, 0, 366)
	f.between("alerts.statement_bank_days", a.StatementBankDays, 0, 366)
	f.between("alerts.rates_days", a.RatesDays, 0, 366)
	if m := a.Mail; m != nil {
		m.validate(f)
	}
	if w := a.Webhook; w != nil {
		u, err := url.Parse(w.URL)
		isURL := err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
		f.check(isURL, "alerts.webhook.url", "it is no address such as https://hooks.example/kontor")
		f.check(!isURL || u.Scheme == "https" || isLoopback(u.Hostname()), "alerts.webhook.url", "http leads to another machine (%s), and alarms are not sent in the clear; want https", hostOf(u))
	}
}

func hostOf(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Host
}

func (m *AlertMail) validate(f *faults) {
	host, port, err := net.SplitHostPort(m.SMTP)
	n, bad := strconv.ParseUint(port, 10, 16)
	f.check(err == nil && host != "" && bad == nil && n > 0, "alerts.mail.smtp", "%q is not an address such as smtp.example:587", m.SMTP)
	f.oneOf("alerts.mail.tls", m.TLS, "starttls", "implicit")
	from, err := mail.ParseAddress(m.From)
	f.check(err == nil && purchase.ValidEmail(from.Address), "alerts.mail.from", "%q is not an address such as kontor@shop.example", m.From)
	f.check(len(m.To) > 0, "alerts.mail.to", "there is none; want addresses such as [it@shop.example]")
	for i, to := range m.To {
		address, err := mail.ParseAddress(to)
		f.check(err == nil && purchase.ValidEmail(address.Address), fmt.Sprintf("alerts.mail.to[%d]", i), "%q is not an address such as it@shop.example", to)
	}
	f.check(m.User != "" || m.PasswordFile == "", "alerts.mail.user", "it is empty, but there is a password_file")
}

// validateHTTP checks where metrics and health are served.
func (c *Config) validateHTTP(f *faults) {
	if c.HTTP == "" {
		f.check(!c.HTTPPublic, "http_public", "there is no http that could be public; want http: ADDRESS:PORT, or leave it out")
		return
	}
	host, port, err := net.SplitHostPort(c.HTTP)
	n, bad := strconv.ParseUint(port, 10, 16)
	if err != nil || bad != nil || n > 65535 {
		f.add("http", "%q is not an address such as 127.0.0.1:9090", c.HTTP)
		return
	}
	f.check(c.HTTPPublic || isLoopback(host), "http",
		"%q can be reached from other machines, and metrics tell how much money moves to whoever asks, without login and in the clear; "+
			"want 127.0.0.1:%s and an agent or a proxy with login on this machine, or http_public: true behind a firewall", c.HTTP, port)
}

// isLoopback reports whether a host is this machine and no other can reach it.
func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// validateExpect checks what is expected of a drop.
func (d Drop) validateExpect(f *faults, key string, feeds []purchase.Feed) {
	names := make([]string, len(feeds))
	for i, feed := range feeds {
		names[i] = feed.String()
	}
	for _, name := range sortedKeys(d.Expect) {
		f.oneOf(key+".expect", name, names...)
		if _, err := schedules.ParseDeadline(d.Expect[name]); err != nil {
			f.add(key+".expect."+name, "%w", err)
		}
	}
	for _, name := range d.Numbered {
		f.oneOf(key+".numbered", name, names...)
	}
}

// validateWatched checks what is expected of the ERPs and of the bank.
func (c *Config) validateWatched(f *faults) {
	c.Provider.Bank.validateExpect(f, "provider.bank", []purchase.Feed{purchase.Payments})
	nothing := func(key string, d Drop) {
		f.check(len(d.Expect) == 0 && len(d.Numbered) == 0, key, "nothing comes from there; leave out expect and numbered")
	}
	nothing("provider.letters", c.Provider.Letters)
	nothing("provider.collection", c.Provider.Collection)
	for _, id := range c.MerchantIDs() {
		c.Merchants[id].ERP.validateExpect(f, "merchants."+id+".erp", ownFeeds())
	}
}

// ownFeeds are those of an ERP; payments come from the bank alone.
func ownFeeds() []purchase.Feed {
	return slices.DeleteFunc(purchase.Feeds(), func(feed purchase.Feed) bool { return feed == purchase.Payments })
}
