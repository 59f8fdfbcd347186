package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/ProtonMail/gopenpgp/v3/crypto"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/database"
)

// A sealer packs and encrypts what a test drops, and opens what comes back.
type sealer struct {
	t        *testing.T
	dir      string
	age, pgp *container.Recipients // kontor's keys
	erp      *container.Keys
	public   string            // of the ERP, for age
	names    map[string]string // as dropped → as it was
	words    []string          // pairs for a replacer
	packs    map[string]packed // by text
}

func newSealer(t *testing.T) *sealer {
	t.Helper()
	s := &sealer{t: t, dir: t.TempDir(), erp: &container.Keys{}, names: map[string]string{}, packs: map[string]packed{}}
	ours, err := age.GenerateX25519Identity()
	s.must(err)
	theirs, err := age.GenerateX25519Identity()
	s.must(err)
	key, err := crypto.PGP().KeyGeneration().AddUserId("kontor", "kontor@example.com").New().GenerateKey()
	s.must(err)
	private, err := key.Armor()
	s.must(err)
	public, err := key.GetArmoredPublicKey()
	s.must(err)
	s.must(os.WriteFile(filepath.Join(s.dir, "kontor.age"), []byte(ours.String()), 0o600))
	s.must(os.WriteFile(filepath.Join(s.dir, "kontor.asc"), []byte(private), 0o600))
	s.must(os.WriteFile(filepath.Join(s.dir, "kontor.pub"), []byte(public), 0o600))
	s.age, err = container.ForAge(ours.Recipient().String())
	s.must(err)
	s.pgp, err = container.ForPGP([]byte(public))
	s.must(err)
	s.must(s.erp.AddAge([]byte(theirs.String())))
	s.public = theirs.Recipient().String()
	return s
}

func (s *sealer) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *sealer) decrypt() string {
	return fmt.Sprintf("decrypt: {age: %q, pgp: %q}", filepath.Join(s.dir, "kontor.age"), filepath.Join(s.dir, "kontor.asc"))
}

// written is what a writer in front of a buffer makes of a text.
func (s *sealer) written(text []byte, open func(io.Writer) (io.WriteCloser, error)) []byte {
	s.t.Helper()
	var b bytes.Buffer
	w, err := open(&b)
	s.must(err)
	_, err = w.Write(text)
	s.must(err)
	s.must(w.Close())
	return b.Bytes()
}

func (s *sealer) gzip(text []byte) []byte {
	return s.written(text, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil })
}

func (s *sealer) zip(name string, text []byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	s.must(err)
	_, err = w.Write(text)
	s.must(err)
	s.must(z.Close())
	return b.Bytes()
}

// pack puts one file after the other into another container, and the same text
// into the same bytes.
func (s *sealer) pack(name string, text []byte) (string, []byte) {
	p, known := s.packs[string(text)]
	if !known {
		switch len(s.packs) % 5 {
		case 0:
			p = packed{".gz", s.gzip(text)}
		case 1:
			p = packed{".age", s.written(text, s.age.Seal)}
		case 2:
			p = packed{".pgp", s.written(text, s.pgp.Seal)}
		case 3:
			p = packed{".zip", s.zip(name, text)}
		case 4:
			p = packed{".gz.age", s.written(s.gzip(text), s.age.Seal)}
		}
		s.packs[string(text)] = p
	}
	s.names[name+p.ending] = name
	s.words = append(s.words, name+p.ending, name)
	return name + p.ending, p.bytes
}

// A packed text.
type packed struct {
	ending string
	bytes  []byte
}

// opened decrypts what came back, and writes of it as if nothing had been packed.
func (s *sealer) opened(files map[string]string) map[string]string {
	s.t.Helper()
	all := map[string]string{}
	for name, text := range files {
		base, sealed := strings.CutSuffix(name, ".age")
		if !sealed {
			s.t.Errorf("%s left as it is", name)
			continue
		}
		r, err := container.Open(strings.NewReader(text), []container.Kind{container.Age}, s.erp)
		s.must(err)
		b, err := io.ReadAll(r)
		s.must(err)
		all[base] = string(b)
	}
	return s.texts(all)
}

// hashes are those of files, and of the chain of the ledger, which has the names
// of files in it.
var hashes = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// texts are files in the words of those that were dropped as they are, workbooks
// as the texts in them.
func (s *sealer) texts(files map[string]string) map[string]string {
	s.t.Helper()
	plain := strings.NewReplacer(s.words...)
	all := map[string]string{}
	for name, text := range files {
		if strings.HasSuffix(name, ".xlsx") {
			z, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
			s.must(err)
			var b strings.Builder
			for _, f := range z.File {
				r, err := f.Open()
				s.must(err)
				_, err = io.Copy(&b, r)
				s.must(err)
			}
			text = b.String()
		}
		all[plain.Replace(name)] = hashes.ReplaceAllString(plain.Replace(text), "sha256")
	}
	return all
}

// October, packed and encrypted both ways, is October: the same books, and the
// same files when they are opened.
func TestOctoberSealed(t *testing.T) {
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until = "2026-10-20"
	plain := newStage(t, s, "sqlite")
	plain.play(t, nil)
	onBoth(t, func(t *testing.T, url string) {
		c, s := newSealer(t), s
		s.erp = `url: "dir:./erp", ` + c.decrypt() + `, encrypt: {age: "` + c.public + `"}`
		s.bank = `url: "dir:./bank", ` + c.decrypt()
		g := newStage(t, s, url)
		g.play(t, c.pack)
		if diff := gocmp.Diff(renamed(plain.export(), nil), renamed(g.export(), c.names), withoutHeads()); diff != "" {
			t.Errorf("the export differs from that of plain files (-plain +sealed):\n%s", diff)
		}
		g.verify(t)
		out := filepath.Join("erp", "out")
		want, got := c.texts(tree(t, filepath.Join(plain.dir, out))), c.opened(tree(t, filepath.Join(g.dir, out)))
		if diff := gocmp.Diff(want, got); diff != "" || len(got) == 0 {
			t.Errorf("what comes back differs from that of plain files (-plain +sealed):\n%s", diff)
		}
		sealedOnce(t, g)
	})
}

// withoutHeads leaves out the hashes of the ledger, which has the names of files
// in it.
func withoutHeads() gocmp.Option {
	return gocmp.FilterPath(func(p gocmp.Path) bool {
		key, is := p.Last().(gocmp.MapIndex)
		return is && key.Key().String() == "ledger_head"
	}, gocmp.Ignore())
}

// sealedOnce: a run that goes on, and a report that is made anew, take the bytes
// of the first time.
func sealedOnce(t *testing.T, g *stage) {
	t.Helper()
	before := g.sent()
	err := g.x.db.Write(t.Context(), func(tx *database.Tx) error {
		_, err := tx.Exec(t.Context(), "UPDATE processor_runs SET ended_at = 0 WHERE number = (SELECT MAX(number) FROM processor_runs)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	g.run("2026-10-19T12:05")
	if diff := gocmp.Diff(before, g.sent()); diff != "" {
		t.Errorf("a run that went on wrote other files (-before +after):\n%s", diff)
	}
	for _, name := range []string{"payout_acme_2026W41_000002.csv.age", "payout_acme_2026W41_000002.xlsx.age"} {
		if v, err := g.rebuild(name, false); err != nil {
			t.Errorf("rebuild %s = %+v, %v; want the same bytes", name, v.Files, err)
		}
	}
}

// Whether and for whom files are encrypted changes what they are called, not what
// they say: nothing differs, and a booking batch that left leaves no second time.
func TestRebuildSealedOtherwise(t *testing.T) {
	c := newSealer(t)
	age, pgp := `, encrypt: {age: "`+c.public+`"}`, `, encrypt: {pgp: "`+filepath.Join(c.dir, "kontor.pub")+`"}`
	for _, tt := range []struct{ name, before, ending, after string }{
		{"in the clear, then age", "", "", age}, {"age, then OpenPGP", age, ".age", pgp}, {"OpenPGP, then in the clear", pgp, ".pgp", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := readScenario(t, filepath.Join(examples, "october"), "kontor")
			s.until, s.erp = "2026-10-13", `url: "dir:./erp"`+tt.before
			s.more = "    address: {street: Hauptstraße 1, postcode: \"24103\", city: Kiel, vat_id: DE987654321}\n" +
				"    datev: {consultant: 1001, client: 1, chart: SKR03, clearing: \"1361\"}\n"
			g := newStage(t, s, "sqlite")
			g.play(t, nil)
			if g.matches("erp/out/payouts/EXTF_*.csv"+tt.ending) == 0 {
				t.Fatal("no booking batch left; the test shows nothing")
			}
			name := "payout_acme_2026W41_000002.csv" + tt.ending
			g.reconfigure(s.erp, `url: "dir:./erp"`+tt.after)
			if v, err := g.rebuild(name, false); err != nil {
				t.Errorf("rebuild = %+v, %v; want that nothing differs", v.Files, err)
			}
			g.reconfigure("ACME Handels GmbH", "ACME Handel GmbH")
			v, err := g.rebuild(name, true)
			if err != nil || len(v.Left) == 0 || strings.Contains(strings.Join(v.Left, " "), "EXTF_") {
				t.Errorf("after another name %q left, %v; want a further version without the booking batch", v.Left, err)
			}
		})
	}
}

// keyUntil makes a public key of OpenPGP that expires then.
func (s *sealer) keyUntil(name string, until time.Time) string {
	s.t.Helper()
	made := until.AddDate(0, 0, -1000)
	key, err := crypto.PGP().KeyGeneration().AddUserId("erp", "erp@example.com").
		GenerationTime(made.Unix()).Lifetime(int32(until.Sub(made).Seconds())).New().GenerateKey()
	s.must(err)
	public, err := key.GetArmoredPublicKey()
	s.must(err)
	file := filepath.Join(s.dir, name)
	s.must(os.WriteFile(file, []byte(public), 0o600))
	return file
}

// A key of an ERP that has expired keeps its reports back, and nothing else: the
// runs end, the money moves, and all is told when there is another key.
func TestExpiredKey(t *testing.T) {
	c := newSealer(t)
	s := readScenario(t, filepath.Join(examples, "october"), "kontor")
	s.until = "2026-10-13"
	onBoth(t, func(t *testing.T, url string) {
		s := s
		plain := newStage(t, s, "sqlite")
		plain.play(t, nil)
		s.erp = `url: "dir:./erp", encrypt: {pgp: "` + c.keyUntil("erp.asc", time.Now().AddDate(0, 0, -1)) + `"}`
		g := newStage(t, s, url)
		for _, step := range s.steps(t) {
			g.drop(step, nil)
			g.fails(step, "merchant acme: report: ", "erp.asc", "expired")
		}
		if diff := gocmp.Diff(plain.export(), g.export()); diff != "" {
			t.Errorf("the books differ from those without encryption (-plain +expired):\n%s", diff)
		}
		orders := tree(t, filepath.Join(g.dir, "bank", "out"))
		if diff := gocmp.Diff(tree(t, filepath.Join(plain.dir, "bank", "out")), orders); diff != "" || len(orders) == 0 {
			t.Errorf("the payment orders differ from those without encryption (-plain +expired):\n%s", diff)
		}
		if open := g.one("SELECT COUNT(*) FROM processor_runs WHERE ended_at = 0"); open != 0 || g.matches("erp/out/*/*") != 0 {
			t.Errorf("%d runs are open, and %d files left; want none", open, g.matches("erp/out/*/*"))
		}
		c.keyUntil("erp.asc", time.Now().AddDate(1, 0, 0))
		g.reconfigure("erp.asc", "erp.asc")
		g.run("2026-10-13T12:00")
		told := func(g *stage) (names []string) {
			for _, pattern := range []string{"ack/*", "payouts/*"} {
				all, err := filepath.Glob(filepath.Join(g.dir, "erp", "out", pattern))
				c.must(err)
				for _, name := range all {
					names = append(names, strings.TrimSuffix(filepath.Base(name), ".pgp"))
				}
			}
			return names
		}
		plain.run("2026-10-13T12:00")
		if after := tree(t, filepath.Join(g.dir, "bank", "out")); !maps.Equal(orders, after) {
			t.Errorf("the payment orders changed with the next key: %v", slices.Sorted(maps.Keys(after)))
		}
		if diff := gocmp.Diff(told(plain), told(g)); diff != "" || len(told(g)) == 0 {
			t.Errorf("what was told with the next key differs (-plain +renewed):\n%s", diff)
		}
		g.verify(t)
	})
}

// The doctor tells of a key that files cannot be encrypted for, now or soon.
func TestDoctorSealing(t *testing.T) {
	c := newSealer(t)
	file := c.keyUntil("erp.asc", time.Now().AddDate(0, 0, -1))
	w := newWard(t, `url: "dir:./erp", encrypt: {pgp: "`+file+`"}`, "")
	w.want("keys", faulty, "merchants.acme.erp.encrypt.pgp: "+file)
	c.keyUntil("erp.asc", time.Now().AddDate(0, 0, soon-1))
	w.want("keys", warning, "merchants.acme.erp.encrypt.pgp: "+file+": the key expires within 30 days; do: let the ERP renew its key")
	c.keyUntil("erp.asc", time.Now().AddDate(0, 0, soon+2))
	w.want("keys", healthy, "")
}

func TestSealingConfig(t *testing.T) {
	c := newSealer(t)
	open := filepath.Join(c.dir, "open.age")
	c.must(os.WriteFile(open, []byte("x"), 0o644))
	c.must(os.Chmod(open, 0o644))
	tests := []struct{ name, erp, want string }{
		{"both ways", `encrypt: {age: "` + c.public + `", pgp: x}`, "merchants.acme.erp.encrypt: want pgp or age, one of the two"},
		{"no recipient", `encrypt: {age: "age1"}`, "merchants.acme.erp.encrypt.age: no public keys of age (age1…)"},
		{"nothing to decrypt with", "decrypt: {}", "merchants.acme.erp.decrypt: it is empty; want pgp or age, a file with our private key"},
		{"open key", `decrypt: {age: "` + open + `"}`, "merchants.acme.erp.decrypt: age: " + open + ": it can be read by others (-rw-r--r--); run: chmod 600 " + open},
		{"public key", `decrypt: {pgp: "` + filepath.Join(c.dir, "kontor.pub") + `"}`, "it is a public key; want the private one"},
		{"private key", `encrypt: {pgp: "` + filepath.Join(c.dir, "kontor.asc") + `"}`, "it is a private key; want the public one"},
		{"no key", `encrypt: {pgp: "./nowhere"}`, "merchants.acme.erp.encrypt.pgp: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := fmt.Sprintf(stageConfig, "sqlite", `url: "dir:./bank"`, "kontor", "acme", "kontor", `url: "dir:./erp", `+tt.erp, "", "")
			config, err := parse(filepath.Join(c.dir, "kontor.yaml"), []byte(text))
			if err == nil {
				_, err = config.keys()
			}
			if err == nil {
				_, err = config.Merchants["acme"].ERP.recipients("merchants.acme.erp")
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v; want %s", err, tt.want)
			}
		})
	}
}
