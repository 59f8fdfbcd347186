package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/courier"
)

// This file is the demo with three parties: the provider is a kontor of its own.

// The folders of the parties.
const (
	sideERP      = "erp"
	sideKontor   = "kontor"
	sideProvider = "provider"
)

// demoKontorConfig is the configuration of the kontor beside the ERP. The first
// %s is the address of its server, the second one that of the provider's.
const demoKontorConfig = `# The configuration of a demo with three parties: the kontor of the merchant. For
# real work begin with kontor init, which explains every key.
simulation: true
role: merchant
server: {listen: "%s"}
provider: {url: "sftp://acme@%s/", identity: ./keys/acme, known_hosts: ./keys/known_hosts}
merchants:
  acme:
    name: ACME Handels GmbH
    profile: actindo
    datev: {consultant: 1001, client: 1, chart: SKR03, clearing: "1361"}
    erp: {url: builtin, authorized_keys: [../erp/keys/acme.pub], settle: 0s}
`

// demoProviderConfig is the configuration of the provider. %s is the address of
// its server.
const demoProviderConfig = `# The configuration of a demo with three parties: the kontor of the provider. For
# real work begin with kontor init, which explains every key.
simulation: true
role: provider
server: {listen: "%s"}
provider:
  name: Muster Rechnungskauf GmbH               # whom debtors pay
  bic: BYLADEM1001
  bank_name: Deutsche Kreditbank
  address: {street: Musterweg 1, postcode: "20095", city: Hamburg, vat_id: DE123456789, email: post@provider.example}
  bank: {url: "dir:./bank", profile: actindo, settle: 0s}
  letters: {url: "dir:./letters"}
merchants:
  acme:
    name: ACME Handels GmbH
    settlement_account: DE02120300000000202051  # where acme's debtors pay to
    iban: DE75512108001245126199                # where its payouts go
    address: {street: Hauptstraße 1, postcode: "24103", city: Kiel, vat_id: DE987654321}
    erp: {url: builtin, authorized_keys: [../kontor/keys/acme.pub]}
`

// owner is the folder of the party that has a file of the demo; "" when all lie
// together.
func (d *demo) owner(name string) string {
	first, _, _ := strings.Cut(filepath.ToSlash(name), "/")
	switch {
	case d.parties != 3:
		return ""
	case slices.Contains([]string{demoDrops, demoDownload, "keys"}, first):
		return sideERP
	}
	return sideProvider
}

// prepareParties makes the three folders, with the keys by which the ERP logs in
// at the kontor, and the kontor at the provider.
func (d *demo) prepareParties() error {
	erp, kontor, provider := &folder{Dir: filepath.Join(d.dir, sideERP)}, &folder{Dir: filepath.Join(d.dir, sideKontor)}, &folder{Dir: filepath.Join(d.dir, sideProvider)}
	if err := os.MkdirAll(kontor.path("data/keys"), 0o700); err != nil {
		return err
	}
	for _, step := range []func() error{erp.clientKey, kontor.clientKey, kontor.hostKey, provider.folders, provider.hostKey} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// startParties opens both exchanges, and returns the address where the ERP logs
// in.
func (d *demo) startParties(ctx context.Context, log *slog.Logger, all *closers) (address string, err error) {
	text := func(address string) string { return fmt.Sprintf(demoProviderConfig, address) }
	books, far, err := d.startSide(ctx, sideProvider, text, filepath.Join(d.dir, sideKontor, "keys"), log, all)
	if err != nil {
		return "", err
	}
	d.books = books
	text = func(address string) string { return fmt.Sprintf(demoKontorConfig, address, far) }
	d.x, address, err = d.startSide(ctx, sideKontor, text, d.path("keys"), log, all)
	return address, err
}

// runAt does what is due, on both sides until neither waits for the other.
func (d *demo) runAt(ctx context.Context, at time.Time) error {
	if d.books == d.x {
		return d.x.engine.Run(ctx, at, nil)
	}
	const most = 100 // as often as a batch of the day makes a further one bookable, and more
	for range most {
		waits := false
		for _, x := range []*exchange{d.x, d.books} {
			err := x.engine.Run(ctx, at, nil)
			switch {
			case errors.Is(err, processor.ErrWaiting):
				waits = true
			case err != nil && !errors.Is(err, processor.ErrNothingDue):
				return err
			}
		}
		if !waits {
			return nil
		}
	}
	return errors.New("kontor and provider wait for each other")
}

// A demoHandOver is what went between kontor and provider.
type demoHandOver struct {
	Server  string `json:"server"` // of the provider
	Batches int64  `json:"batches"`
	Answers int64  `json:"answers"`
}

// checkHandOver verifies the other side too, and compares what one has sent with
// what the other has taken.
func (d *demo) checkHandOver(ctx context.Context, s *demoSummary) error {
	if d.books == d.x {
		return nil
	}
	broken, err := d.x.verify(ctx, "acme")
	if err != nil {
		return err
	}
	s.Broken = append(s.Broken, broken...)
	var sides [2]processor.HandOver
	for i, x := range []*exchange{d.x, d.books} {
		if sides[i], _, err = x.engine.HandOver(ctx, "acme", s.To.In(x.config.ZoneOf("acme"), 18, 0)); err != nil {
			return err
		}
		for _, a := range sides[i].Alarms {
			s.wrong("hand-over: %s", a.Text)
		}
	}
	shop, provider := sides[0], sides[1]
	if shop.Sent != provider.Taken || provider.Sent != shop.Taken {
		s.wrong("hand-over: of %d batches %d were taken, of %d answers %d", shop.Sent, provider.Taken, provider.Sent, shop.Taken)
	}
	url := d.x.config.Provider.URL
	s.HandOver = &demoHandOver{Server: url, Batches: shop.Sent, Answers: provider.Sent}
	return nil
}

func (s *demoSummary) partiesFlag() string {
	if s.HandOver != nil {
		return "--parties 3 "
	}
	return ""
}

func (v *screen) handOver(s *demoSummary) {
	if s.HandOver == nil {
		return
	}
	v.title("HAND-OVER", "between two kontors, each with its own folder, database and SFTP server")
	v.line("%s went from the merchant's kontor to the provider's at %s (%s/), and %s came back (%s/): no number is missing on either side.",
		count(int(s.HandOver.Batches), "batch", "batches"), s.HandOver.Server, courier.In, count(int(s.HandOver.Answers), "answer", "answers"), courier.Out)
}

// nextOfParties says where to look and what to try.
func (v *screen) nextOfParties(s *demoSummary, kontor string) {
	v.title("WHERE TO LOOK", "in %s", s.Dir)
	v.table([]string{"folder", "what lies there"}, [][]string{
		{"erp/drops/", "what ERP and bank dropped, a folder for each day"},
		{"erp/download/", "what the ERP fetched: ack, decisions, dunning, payouts, states"},
		{"kontor/data/", "the merchant's kontor: database, archive, batches, homes"},
		{"provider/data/", "the provider's books; homes/acme is where the two meet"},
		{"provider/bank/", "account statements and transfers"},
		{"provider/letters/", "notices to debtors, as PDF letters and as JSON"},
	})
	v.title("WHAT TO TRY", "")
	at := func(side string) string { return "  " + kontor + " --config " + s.Dir + "/" + side + "/kontor.yaml " }
	tries := []string{at(sideKontor) + "status", at(sideKontor) + "files", at(sideProvider) + "status", at(sideProvider) + "payouts", at(sideProvider) + "verify"}
	if s.Example != "" {
		tries = append([]string{at(sideProvider) + "claims show " + s.Example}, tries...)
	}
	for _, t := range tries {
		v.WriteString(t + "\n")
	}
}
