package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"
	"golang.org/x/crypto/ssh"
)

// What lies in the folder of a demo, beside what kontor init makes.
const (
	demoMark     = ".kontor-demo" // says that the folder is a demo's
	demoDrops    = "drops"        // what the ERP uploaded and the bank dropped, by day
	demoDownload = "download"     // what the ERP fetched
	demoLog      = "kontor.log"
)

const demoMarkText = "This folder was made by kontor demo. Playing the demo here again removes everything that it made.\n"

// demoNames are all names that a demo makes in its folder.
func demoNames() []string {
	return []string{"bank", "data", demoDownload, demoDrops, "keys", defaultConfigFile, demoLog, "letters", sideERP, sideKontor, sideProvider}
}

// demoConfig is the configuration of a demo. %s is the address of the server.
const demoConfig = `# The configuration of a demo: two months are played through, far faster than
# time passes, so simulation is on and no file needs time to settle. For real
# work begin with kontor init, which explains every key.
simulation: true
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
    datev: {consultant: 1001, client: 1, chart: SKR03, clearing: "1361"}
    profile: actindo
    erp: {url: builtin, authorized_keys: [./keys/acme.pub], settle: 0s}
`

// prepare makes an empty folder with keys.
func (d *demo) prepare() (err error) {
	if d.folder == "" {
		d.temporary = true
		if d.folder, err = os.MkdirTemp("", "kontor-demo-"); err != nil {
			return err
		}
	}
	d.shown = filepath.Clean(d.folder)
	if d.dir, err = filepath.Abs(d.shown); err != nil {
		return err
	}
	if err := d.claim(); err != nil {
		return err
	}
	if d.parties == 3 {
		return d.prepareParties()
	}
	f := &folder{Dir: d.dir}
	for _, step := range []func() error{f.folders, f.hostKey, f.clientKey} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// claim empties the folder if it is a demo's, and marks it.
func (d *demo) claim() error {
	entries, err := os.ReadDir(d.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	owned := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == demoMark && e.Type().IsRegular() })
	if len(entries) > 0 && !owned {
		return failWith(exitRefused, fmt.Errorf("%s is not empty, and no earlier demo", d.shown), "name a new or an empty folder, or leave out --dir")
	}
	for _, e := range entries {
		if e.Name() != demoMark && !slices.Contains(demoNames(), e.Name()) {
			return failWith(exitRefused, fmt.Errorf("%s holds %s, which no demo made", d.shown, e.Name()), "move it away, or name another folder")
		}
	}
	if err := d.unused(); err != nil {
		return err
	}
	for _, name := range demoNames() {
		if err := os.RemoveAll(filepath.Join(d.dir, name)); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d.dir, demoMark), []byte(demoMarkText), 0o600)
}

// unused tells when another process works in the folder.
func (d *demo) unused() error {
	for _, side := range []string{"", sideKontor, sideProvider} {
		if err := d.free(filepath.Join(d.dir, side, "data", "kontor.lock")); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) free(file string) error {
	if _, err := os.Stat(file); err != nil {
		return nil // it is checked again when the data are opened
	}
	lock := flock.New(file, flock.SetPermissions(0o600))
	free, err := lock.TryLock()
	if err != nil {
		return err
	}
	if !free {
		return failWith(exitHeld, fmt.Errorf("%s is in use by another process", d.shown), "stop it, or name another folder")
	}
	return lock.Unlock()
}

// start opens the exchange, or both, serves their homes on free ports, writes the
// configurations with these ports, and logs the ERP in. The returned function
// stops all of it.
func (d *demo) start(ctx context.Context) (stop func() error, err error) {
	journal, err := os.OpenFile(filepath.Join(d.dir, demoLog), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	all := closers{journal.Close}
	defer func() {
		if err != nil {
			err = errors.Join(err, all.close())
		}
	}()
	log := slog.New(slog.NewTextHandler(journal, nil))
	address := ""
	if d.parties == 3 {
		address, err = d.startParties(ctx, log, &all)
	} else {
		d.x, address, err = d.startSide(ctx, "", func(address string) string { return fmt.Sprintf(demoConfig, address) }, d.path("keys"), log, &all)
		d.books = d.x
	}
	if err != nil {
		return nil, err
	}
	if d.clients, err = logIn(ctx, address, d.path("keys")); err != nil {
		return nil, err
	}
	return append(all, d.clients.close).close, nil
}

// startSide opens an exchange in a folder, serves its homes, and writes what the
// other commands and whoever logs in need: the configuration and known_hosts,
// with the port that was free.
func (d *demo) startSide(ctx context.Context, side string, config func(address string) string, keys string, log *slog.Logger, all *closers) (x *exchange, address string, err error) {
	file := filepath.Join(d.dir, side, defaultConfigFile)
	c, err := parse(file, []byte(config("127.0.0.1:0")))
	if err != nil {
		return nil, "", err
	}
	if x, err = d.openExclusive(ctx, c, log); err != nil {
		return nil, "", err
	}
	*all = append(*all, x.close)
	server, err := x.listen(ctx, log)
	if err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx) }()
	*all = append(*all, func() error { cancel(); return <-served })
	address = server.Addr().String()
	if err := os.WriteFile(file, []byte(config(address)), 0o600); err != nil {
		return nil, "", err
	}
	key, err := hostKey(filepath.Join(c.DataDir, hostKeyFile))
	if err != nil {
		return nil, "", err
	}
	host, port, _ := strings.Cut(address, ":")
	line := append([]byte("["+host+"]:"+port+" "), ssh.MarshalAuthorizedKey(key)...)
	return x, address, os.WriteFile(filepath.Join(keys, "known_hosts"), line, 0o644)
}

// closers are closed last to first.
type closers []func() error

func (c closers) close() error {
	var errs []error
	for _, f := range slices.Backward(c) {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}
