package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor"
	"github.com/kontor-exchange/kontor/processor/remote"
)

// A place is a server or a folder that kontor works with. One that is added to
// places is examined like all others.
type place struct {
	name    string
	remote  remote.Config
	folders []placeFolder
	home    bool // on the built-in server, which makes it
}

// A placeFolder is a folder of a place, and what kontor does there.
type placeFolder struct {
	path  string // "" is the place itself
	takes bool   // reads and removes what others put there; else it puts
	keeps bool   // does not remove
	guest bool   // may not put: the other kontor alone does
}

// places are all that the configuration names, for some merchants.
func (x *exchange) places(ids []string) (all []place) {
	c := x.config
	for _, id := range ids {
		erp := c.Merchants[id].ERP
		all = append(all, place{id + " erp", x.remote(c.FolderURL(id, erp), erp), []placeFolder{{path: "in", takes: true, keeps: erp.After == "keep"}, {path: "out"}}, erp.URL == builtin})
		if c.role() == processor.MerchantSide {
			all = append(all, place{id + " provider", x.home(id), []placeFolder{{path: "in"}, {path: "out", takes: true, guest: true}}, false})
		}
	}
	bank := c.Provider.Bank
	for _, own := range []struct {
		name    string
		drop    Drop
		folders []placeFolder
	}{
		{"bank", bank, []placeFolder{{path: "in", takes: true, keeps: bank.After == "keep"}, {path: "out"}}},
		{"letters", c.Provider.Letters, []placeFolder{{}}},
		{"collection", c.Provider.Collection, []placeFolder{{}}},
	} {
		if own.drop.URL != "" {
			all = append(all, place{own.name, x.remote(own.drop.URL, own.drop), own.folders, false})
		}
	}
	return all
}

// slowest is how long the doctor waits for a server.
const slowest = 10 * time.Second

func (d *diagnosis) checkPlace(ctx context.Context, p place, now func() time.Time) {
	p.remote.Now = now
	p.remote.Timeouts = remote.Timeouts{Connect: slowest, Call: slowest}
	r, err := remote.Open(ctx, p.remote)
	if p.home && errors.Is(err, fs.ErrNotExist) {
		d.ok(p.name, "its home on the built-in server is not there yet, and is made at the first start")
		return
	}
	if err != nil {
		d.fault(p.name, p.openHint(), "%v", err)
		return
	}
	defer func() {
		if err := r.Close(); err != nil {
			d.warn(p.name, "", "to leave: %v", err)
		}
	}()
	if _, err := r.List(ctx, p.folders[0].path); err != nil {
		d.fault(p.name, p.listHint(err), "%v", err)
		return
	}
	if p.server() {
		d.ok(p.name, "%s: login and host key are accepted", p.remote.URL)
	}
	d.checkFolders(ctx, r, p)
}

// checkFolders examines each folder of a place, and its clock once.
func (d *diagnosis) checkFolders(ctx context.Context, r remote.Remote, p place) {
	told := false
	for _, f := range p.folders {
		e, err := remote.Examine(ctx, r, f.path)
		if err != nil {
			d.fault(p.check(f), p.listHint(err), "%v", err)
			continue
		}
		if e.Missing {
			d.missing(ctx, r, p, f)
			continue
		}
		d.examined(p, f, e)
		if !told && !e.Modified.IsZero() {
			told = true
			d.checkSkew(p, e)
		}
	}
}

func (p place) server() bool { return strings.HasPrefix(p.remote.URL, "sftp:") }

func (p place) check(f placeFolder) string { return strings.TrimSpace(p.name + " " + f.path) }

// openHint is about what stands in the configuration; the error says the rest.
func (p place) openHint() string {
	if p.server() {
		return "correct identity, known_hosts or url in the configuration"
	}
	return "create the folder, or correct url in the configuration"
}

func (p place) listHint(err error) string {
	var changed *remote.HostKeyError
	switch {
	case !p.server():
		return "let the user that kontor runs as read and write there"
	case errors.As(err, &changed):
		return "ask the operator of the server which key is right, by telephone, before you change known_hosts"
	case strings.Contains(err.Error(), "unable to authenticate"):
		return "let the operator of the server add the public half of identity"
	}
	return "see that the server runs, and that host, port and firewall are right"
}

// missing is about a folder that is not there: others make theirs, and kontor
// makes its own with the first file, if it may.
func (d *diagnosis) missing(ctx context.Context, r remote.Remote, p place, f placeFolder) {
	if f.takes {
		d.warn(p.check(f), "create the folder, or see that the other side does", "it is not there yet, so nothing is taken")
		return
	}
	if e, err := remote.Examine(ctx, r, ""); err != nil || e.WriteErr != nil {
		d.fault(p.check(f), p.writeHint(), "it is not there, and cannot be made: %v", errors.Join(err, e.WriteErr))
		return
	}
	d.ok(p.check(f), "it is not there yet, and is made with the first file")
}

func (p place) writeHint() string {
	if p.server() {
		return "let the operator of the server allow our user to write, rename and remove there"
	}
	return "let the user that kontor runs as write there (ls -ld, chown, chmod)"
}

// examined tells what was tried in a folder.
func (d *diagnosis) examined(p place, f placeFolder, e remote.Examination) {
	check := p.check(f)
	switch {
	case e.ListErr != nil:
		d.fault(check, p.listHint(e.ListErr), "it cannot be listed: %v", e.ListErr)
	case e.WriteErr != nil && f.guest:
		d.ok(check, "%s; the provider alone puts files there", files(e.Files))
	case e.WriteErr != nil && f.takes && f.keeps:
		d.ok(check, "%s; kontor may not write there, and does not want to (after: keep)", files(e.Files))
	case e.WriteErr != nil && f.takes:
		d.warn(check, p.writeHint()+", or set after: keep", "%s, but nothing can be removed there, so what was taken stays: %v", files(e.Files), e.WriteErr)
	case e.WriteErr != nil:
		d.fault(check, p.writeHint(), "no file can be put there: %v", e.WriteErr)
	case e.RenameErr != nil && !f.takes:
		d.fault(check, p.writeHint(), "no file can be renamed there: %v", e.RenameErr)
	case e.RemoveErr != nil:
		d.fault(check, p.writeHint()+", and remove what is left by hand", "a file was put there that cannot be removed: %v", e.RemoveErr)
	case e.ReadErr != nil:
		d.fault(check, p.writeHint(), "a file that was put there cannot be read: %v", e.ReadErr)
	case e.Vanishes && f.takes:
		d.warn(check, "let the operator of the server keep files until kontor removes them", "files are removed there when they are read: one that breaks off is lost")
	default:
		d.ok(check, "%s; a file was put, renamed (%s), read and removed", files(e.Files), renaming(e.Rename))
	}
}

func files(n int) string { return count(n, "file", "files") }

func renaming(r remote.Replacing) string {
	switch r {
	case remote.Replaces:
		return "which replaces, so kontor looks first"
	case remote.Posix:
		return "by posix-rename only, so kontor looks first"
	case remote.Refuses:
		return "never onto another"
	}
	return "not"
}

// skewLimit is from when on a clock is wrong: no server is so late by chance.
const skewLimit = time.Minute

func (d *diagnosis) checkSkew(p place, e remote.Examination) {
	check, skew := p.name+" clock", e.Skew()
	if skew.Abs() < skewLimit {
		if p.server() {
			d.ok(check, "it agrees with ours%s", within(skew))
		}
		return
	}
	direction := "ahead of"
	if skew < 0 {
		direction = "behind"
	}
	d.warn(check, "see which one is wrong (timedatectl), and let NTP set it: slots are due by ours", "it is %s %s ours", skew.Abs().Round(time.Second), direction)
}

func within(skew time.Duration) string {
	if skew == 0 {
		return ""
	}
	return fmt.Sprintf(", within %s", skew.Abs().Round(time.Second))
}
