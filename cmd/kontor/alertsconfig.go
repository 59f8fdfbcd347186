package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
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
