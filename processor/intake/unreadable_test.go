package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// inSpool is where the bytes of a content lie in the archive.
func (w *world) inSpool(content string) string {
	w.t.Helper()
	sum := sha256.Sum256([]byte(content))
	name := hex.EncodeToString(sum[:])
	found, err := filepath.Glob(filepath.Join(w.dir, "spool", "*", name))
	if err != nil || len(found) != 1 {
		w.t.Fatalf("in the spool lie %q, %v; want one file %s", found, err, name)
	}
	return found[0]
}

// A registered file that the archive does not give back, or breaks off in, is
// told and stops no other; it is read when the bytes are there again.
func TestUnreadable(t *testing.T) {
	for name, damage := range map[string]func(file string) error{
		"missing":  os.Remove,
		"a folder": func(file string) error { return errors.Join(os.Remove(file), os.Mkdir(file, 0o700)) },
		"a link":   func(file string) error { return errors.Join(os.Remove(file), os.Symlink("/", file)) },
	} {
		t.Run(name, func(t *testing.T) {
			w := sqlite(t)
			box, lost := w.boxes[1], csv(ordersHeader, orderRow("A1"))
			w.drop("orders_1.csv", lost)
			w.drop("orders_2.csv", csv(ordersHeader, orderRow("A2")))
			w.run = 1
			run := w.at("acme", "2026-10-01T12-00")
			files, err := w.in.complete(t.Context(), box)
			must(t, err)
			for _, f := range files {
				must(t, w.in.take(t.Context(), run, box, w.in.fetch(t.Context(), box, f)))
			}
			file := w.inSpool(lost)
			must(t, damage(file))
			w.drop("orders_3.csv", csv(ordersHeader, orderRow("A3")))
			for range 2 {
				err = w.in.Collect(t.Context(), run, box)
				if !errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), "file 1 (orders_1.csv)") {
					t.Errorf("Collect = %v; want that file 1 cannot be read", err)
				}
			}
			must(t, w.exchange(t.Context(), run))
			must(t, w.in.Close(t.Context(), run))
			w.want("orders_2.csv ACCEPTED 1=1+0+0+0+0", "orders_3.csv ACCEPTED 1=1+0+0+0+0")
			must(t, os.RemoveAll(file))
			must(t, os.WriteFile(file, []byte(lost), 0o600))
			w.step("2026-10-02T12-00")
			w.want("orders_1.csv ACCEPTED 1=1+0+0+0+0", "orders_2.csv ACCEPTED 1=1+0+0+0+0", "orders_3.csv ACCEPTED 1=1+0+0+0+0")
		})
	}
}

// A file whose bytes are lost is not read again: nothing would end that run.
func TestRerunOfLostBytes(t *testing.T) {
	w := sqlite(t)
	held := csv(ordersHeader, orderRow("A1"), "#TRAILER;2;200.00")
	w.drop("orders_1.csv", held)
	w.step("2026-10-01T12-00")
	must(t, os.Remove(w.inSpool(held)))
	w.run++
	run := w.at("acme", "2026-10-02T12-00")
	if _, err := w.in.RerunFile(t.Context(), run, w.boxes[1], 1); !errors.Is(err, ErrUnreadable) {
		t.Errorf("RerunFile = %v; want ErrUnreadable", err)
	}
	must(t, w.in.ReadArchived(t.Context(), w.boxes[1]))
	w.want("orders_1.csv HELD FILE_TRAILER")
}

// An inbox that does not answer stops nothing that was registered.
func TestReadWithoutInbox(t *testing.T) {
	w := sqlite(t)
	box := w.boxes[1]
	w.drop("orders_1.csv", csv(ordersHeader, orderRow("A1")))
	w.run = 1
	run := w.at("acme", "2026-10-01T12-00")
	files, err := w.in.complete(t.Context(), box)
	must(t, err)
	must(t, w.in.take(t.Context(), run, box, w.in.fetch(t.Context(), box, files[0])))
	must(t, os.Rename(filepath.Join(w.dir, "acme"), filepath.Join(w.dir, "away")))
	if err := w.in.Collect(t.Context(), run, box); err == nil {
		t.Error("Collect = nil; want that the inbox is not there")
	}
	must(t, w.exchange(t.Context(), run))
	must(t, w.in.Close(t.Context(), run))
	w.want("orders_1.csv ACCEPTED 1=1+0+0+0+0")
}
