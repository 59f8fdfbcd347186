package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kontor-exchange/kontor/schedules"
)

// A demoDrop is a file that the ERP uploaded or the bank dropped.
type demoDrop struct{ name, sha256 string }

// A refusal is a file that the server did not take, and why.
type refusal struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// A demoStory is what went in.
type demoStory struct {
	erp, bank []demoDrop
	refused   []refusal
}

// play lets day after day pass: the ERP uploads, the bank drops, and at six in
// the evening everything is done that has become due since the day before.
func (d *demo) play(ctx context.Context) error {
	zone := d.x.config.ZoneOf("acme")
	for n := range d.days {
		day := demoStart() + schedules.Date(n)
		d.progress.day(n, d.days, day, len(d.story.erp)+len(d.story.bank))
		if err := d.uploadDay(n, day); err != nil {
			return fmt.Errorf("%s: %w", day, err)
		}
		if err := d.bankDay(day); err != nil {
			return fmt.Errorf("%s: %w", day, err)
		}
		if err := d.runAt(ctx, day.In(zone, 18, 0)); err != nil {
			return fmt.Errorf("the run of %s: %w", day, err)
		}
	}
	d.progress.day(d.days, d.days, demoStart()+schedules.Date(d.days-1), len(d.story.erp)+len(d.story.bank))
	return nil
}

// dropped calls for every sample of a day.
func (d *demo) dropped(day schedules.Date, side string, each func(name string, content []byte) error) error {
	folder := filepath.Join(d.path(demoDrops), day.String(), side)
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return err
		}
		if err := each(e.Name(), content); err != nil {
			return err
		}
	}
	return err
}

// uploadDay uploads the exports of a day. Twice something goes wrong at the
// ERP: on the fifth day an export begins with a heading that nobody knows, on
// the twelfth one is cut off in its last line; both come again as they should.
func (d *demo) uploadDay(n int, day schedules.Date) error {
	return d.dropped(day, "in", func(name string, content []byte) error {
		if orders := strings.HasPrefix(name, "orders_") && !strings.Contains(name, "again"); orders && n == 4 {
			d.refuse(name, bytes.Replace(content, []byte("Auftragsnummer"), []byte("Auftrag-Nr"), 1))
		} else if orders && n == 11 {
			if err := d.upload(strings.TrimSuffix(name, ".csv")+"_cut.csv", content[:len(content)-7]); err != nil {
				return err
			}
		}
		return d.upload(name, content)
	})
}

func (d *demo) upload(name string, content []byte) error {
	if err := d.clients.upload(name, content); err != nil {
		return fmt.Errorf("upload %s: %w", name, err)
	}
	d.story.erp = append(d.story.erp, demoDrop{name, hexSum(content)})
	return nil
}

// refuse uploads a file that the server must not take. If it does, the good one
// takes its place, and the summary tells that this one was never acknowledged.
func (d *demo) refuse(name string, content []byte) {
	err := d.clients.upload(name, content)
	if err == nil {
		d.story.erp = append(d.story.erp, demoDrop{name, hexSum(content)})
		return
	}
	d.story.refused = append(d.story.refused, refusal{name, sftpReason(err)})
}

// sftpReason is what the server said, without the words of the client.
func sftpReason(err error) string {
	text := err.Error()
	if _, said, found := strings.Cut(text, `sftp: "`); found {
		text, _, _ = strings.Cut(said, `" (`)
	}
	return text
}

// bankDay drops the statements of a day: under a temporary name, then whole.
func (d *demo) bankDay(day schedules.Date) error {
	in := d.path(filepath.Join("bank", "in"))
	return d.dropped(day, "bank", func(name string, content []byte) error {
		part := filepath.Join(in, name+".part")
		if err := os.WriteFile(part, content, 0o600); err != nil {
			return err
		}
		d.story.bank = append(d.story.bank, demoDrop{name, hexSum(content)})
		return os.Rename(part, filepath.Join(in, name))
	})
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
