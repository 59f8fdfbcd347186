package main

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
	"github.com/kontor-exchange/kontor/schedules"
)

// Alerts says from when on something is an alarm, and who is told of it. A
// threshold of 0 switches its alarm off; all stand in kontor status.
type Alerts struct {
	// Repeat is after how long an alarm that lasts is told again; 0: never.
	// Default 24h.
	Repeat duration `yaml:"repeat"`
	// ParkedDays is how long a row may be parked, waiting for its order or
	// invoice. Default 3.
	ParkedDays number `yaml:"parked_days"`
	// SuspenseDays is how long a payment may wait in suspense. Default 7.
	SuspenseDays number `yaml:"suspense_days"`
	// RejectedDays is for how many days refused files and rejected rows are told
	// of. Default 1: on the day itself.
	RejectedDays number `yaml:"rejected_days"`
	// StatementBankDays is how many bank days may pass without an account
	// statement. Default 2; dunning stops after dunning.statement_bank_days.
	StatementBankDays number `yaml:"statement_bank_days"`
	// RatesDays is how many days before the end of the known base rates. Default 60.
	RatesDays number `yaml:"rates_days"`
	// Answer is how long a batch may be without receipt. Default 1h.
	Answer duration `yaml:"answer"`
	// Delivery is how long a file may wait after a failed delivery. Default 1h.
	Delivery duration `yaml:"delivery"`
	// Run is how long a run may be open. Default 1h.
	Run duration `yaml:"run"`
	// Behind is how late a slot may be. Default 30m.
	Behind duration `yaml:"behind"`
	// DiskFree is how much of the disk under data_dir must be free. Default 1GiB.
	DiskFree size `yaml:"disk_free"`
	// Mail and Webhook are told of each alarm once, again after Repeat, and once
	// more when it is over.
	Mail    *AlertMail    `yaml:"mail"`
	Webhook *AlertWebhook `yaml:"webhook"`
}

// defaultAlerts are the thresholds of a configuration that names none.
func defaultAlerts() Alerts {
	return Alerts{
		Repeat: durationOf("24h"), ParkedDays: numberOf(3), SuspenseDays: numberOf(7), RejectedDays: numberOf(1),
		StatementBankDays: numberOf(2), RatesDays: numberOf(warnDays), Answer: durationOf("1h"), Delivery: durationOf("1h"),
		Run: durationOf("1h"), Behind: durationOf("30m"), DiskFree: sizeOf("1GiB"),
	}
}

// resolve makes relative paths absolute.
func (a *Alerts) resolve(path func(*string)) {
	if m := a.Mail; m != nil {
		path(&m.PasswordFile)
		path(&m.CA)
	}
	if w := a.Webhook; w != nil {
		path(&w.KeyFile)
	}
}

// An AlertMail is the server and the people that alarms are mailed to.
type AlertMail struct {
	// To are the addresses, each of which gets its own mail.
	To []string `yaml:"to"`
	// SMTP, TLS, From, User, PasswordFile and CA are as under provider.mail.
	SMTP         string `yaml:"smtp"`
	TLS          string `yaml:"tls"`
	From         string `yaml:"from"`
	User         string `yaml:"user"`
	PasswordFile string `yaml:"password_file"`
	CA           string `yaml:"ca"`
}

// UnmarshalYAML sets the defaults before it is decoded.
func (m *AlertMail) UnmarshalYAML(decode func(any) error) error {
	type plain AlertMail
	v := plain{TLS: "starttls"}
	if err := decode(&v); err != nil {
		return err
	}
	*m = AlertMail(v)
	return nil
}

// server is the mail server as provider.mail has it.
func (m *AlertMail) server() *Mail {
	return &Mail{SMTP: m.SMTP, TLS: m.TLS, From: m.From, User: m.User, PasswordFile: m.PasswordFile, CA: m.CA}
}

// An AlertWebhook is where alarms are posted to, as signed JSON.
type AlertWebhook struct {
	// URL is https, or http to this machine.
	URL string `yaml:"url"`
	// KeyFile is a file whose first line signs the messages, of 16 characters or
	// more, readable by its owner only; else it is in the environment as
	// KONTOR_WEBHOOK_KEY.
	KeyFile string `yaml:"key_file"`
}

// webhookKey is where the key is looked for when no file is named.
const webhookKey = "KONTOR_WEBHOOK_KEY"

// key is what signs the messages.
func (w *AlertWebhook) key() ([]byte, error) {
	key := os.Getenv(webhookKey)
	if w.KeyFile != "" {
		var err error
		if key, err = firstLine(w.KeyFile); err != nil {
			return nil, err
		}
	}
	const shortest = 16
	if len(key) < shortest {
		return nil, fmt.Errorf("the key of the webhook has %d characters, want %d or more: alerts.webhook.key_file, or %s", len(key), shortest, webhookKey)
	}
	return []byte(key), nil
}

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

// firstLine reads a secret from a file that only its owner can read.
func firstLine(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	if open := info.Mode().Perm() & 0o077; open != 0 {
		return "", fmt.Errorf("%s can be read by others (%s); run: chmod 600 %s", file, info.Mode().Perm(), file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimRight(line, "\r"); line == "" {
		return "", errors.New(file + ": its first line is empty; want the secret")
	}
	return line, nil
}
