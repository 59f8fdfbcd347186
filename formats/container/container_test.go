package container

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"filippo.io/age"
	agearmor "filippo.io/age/armor"
	"github.com/ProtonMail/gopenpgp/v3/crypto"
)

// A pair is our keys and for whom to encrypt.
type pair struct {
	keys     *Keys
	age, pgp *Recipients
	identity string // of age
	private  string // of OpenPGP
	public   string
}

func newPair(t testing.TB) pair {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	key, err := crypto.PGP().KeyGeneration().AddUserId("kontor", "kontor@example.com").New().GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	p := pair{keys: &Keys{}, identity: identity.String()}
	if p.private, err = key.Armor(); err != nil {
		t.Fatal(err)
	}
	if p.public, err = key.GetArmoredPublicKey(); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{p.keys.AddAge([]byte("# created\n" + p.identity + "\n")), p.keys.AddPGP([]byte(p.private))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if p.age, err = ForAge(identity.Recipient().String()); err != nil {
		t.Fatal(err)
	}
	if p.pgp, err = ForPGP([]byte(p.public)); err != nil {
		t.Fatal(err)
	}
	return p
}

func seal(t testing.TB, r *Recipients, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := r.Seal(&b)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pack(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(name string, data []byte, keys *Keys) ([]byte, error) {
	_, layers := Layers(name)
	r, err := Open(bytes.NewReader(data), layers, keys)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func faultOf(err error) Fault {
	var e *Error
	if errors.As(err, &e) {
		return e.Fault
	}
	return 0
}

func TestLayers(t *testing.T) {
	tests := []struct {
		name, base string
		want       []Kind
	}{
		{"orders_1.csv", "orders_1.csv", nil},
		{"orders_1.csv.gz", "orders_1.csv", []Kind{Gzip}},
		{"orders_1.csv.gz.age", "orders_1.csv", []Kind{Age, Gzip}},
		{"orders_1.csv.zip.PGP", "orders_1.csv", []Kind{PGP, ZIP}},
		{"orders_1.csv.asc", "orders_1.csv", []Kind{PGP}},
		{"orders_1.csv.gpg.gz.gz", "orders_1.csv", []Kind{Gzip, Gzip, PGP}},
		{"orders_1.csv.gz.r20261002T1200-000012.rejected.csv", "orders_1.csv.gz.r20261002T1200-000012.rejected.csv", nil},
	}
	for _, tt := range tests {
		if base, got := Layers(tt.name); base != tt.base || !slices.Equal(got, tt.want) {
			t.Errorf("Layers(%q) = %q, %v; want %q, %v", tt.name, base, got, tt.base, tt.want)
		}
	}
}

func TestOpen(t *testing.T) {
	p, other := newPair(t), newPair(t)
	text := []byte(strings.Repeat("order_no;gross_amount\r\nA1;12,50 €\r\n", 5000))
	var armoured bytes.Buffer
	w := agearmor.NewWriter(&armoured)
	if _, err := w.Write(seal(t, p.age, text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	asc, err := crypto.NewPGPMessage(seal(t, p.pgp, text)).Armor()
	if err != nil {
		t.Fatal(err)
	}
	half := func(b []byte) []byte { return b[:len(b)/2] }
	tests := []struct {
		name, file string
		data       []byte
		keys       *Keys
		want       Fault // 0: it opens
	}{
		{"gzip", "a.csv.gz", pack(t, text), nil, 0},
		{"two members", "a.csv.gz", append(pack(t, text[:100]), pack(t, text[100:])...), nil, 0},
		{"no gzip", "a.csv.gz", text, nil, Foreign},
		{"nothing", "a.csv.gz", nil, nil, Foreign},
		{"half a gzip", "a.csv.gz", half(pack(t, text)), nil, Damaged},
		{"gzip without its end", "a.csv.gz", pack(t, text)[:len(pack(t, text))-4], nil, Damaged},
		{"more after the gzip", "a.csv.gz", append(pack(t, text), "more"...), nil, Damaged},
		{"bomb", "a.csv.gz", pack(t, make([]byte, 64<<20)), nil, TooLarge},
		{"bomb in a gzip", "a.csv.gz.gz", pack(t, pack(t, make([]byte, 256<<20))), nil, TooLarge},
		{"age", "a.csv.age", seal(t, p.age, text), p.keys, 0},
		{"age as text", "a.csv.age", armoured.Bytes(), p.keys, 0},
		{"age for others", "a.csv.age", seal(t, other.age, text), p.keys, OtherKey},
		{"age without a key", "a.csv.age", seal(t, p.age, text), nil, Keyless},
		{"no age", "a.csv.age", text, p.keys, Foreign},
		{"half an age", "a.csv.age", half(seal(t, p.age, text)), p.keys, Damaged},
		{"half an age as text", "a.csv.age", half(armoured.Bytes()), p.keys, Damaged},
		{"pgp", "a.csv.pgp", seal(t, p.pgp, text), p.keys, 0},
		{"pgp as text", "a.csv.asc", []byte(asc), p.keys, 0},
		{"pgp for others", "a.csv.gpg", seal(t, other.pgp, text), p.keys, OtherKey},
		{"pgp without a key", "a.csv.gpg", seal(t, p.pgp, text), &Keys{age: p.keys.age}, Keyless},
		{"no pgp", "a.csv.pgp", text, p.keys, Foreign},
		{"a key instead of a message", "a.csv.asc", []byte(p.public), p.keys, Foreign},
		{"half a pgp", "a.csv.pgp", half(seal(t, p.pgp, text)), p.keys, Damaged},
		{"half a pgp as text", "a.csv.asc", half([]byte(asc)), p.keys, Damaged},
		{"gzip in age", "a.csv.gz.age", seal(t, p.age, pack(t, text)), p.keys, 0},
		{"age in pgp", "a.csv.age.pgp", seal(t, p.pgp, seal(t, p.age, text)), p.keys, 0},
		{"half a gzip in age", "a.csv.gz.age", seal(t, p.age, half(pack(t, text))), p.keys, Damaged},
		{"three", "a.csv.gz.gz.gz", pack(t, pack(t, pack(t, text))), nil, TooDeep},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := open(tt.file, tt.data, tt.keys)
			if faultOf(err) != tt.want || tt.want == 0 && (err != nil || !bytes.Equal(got, text)) {
				t.Errorf("%d bytes, %v; want fault %d", len(got), err, tt.want)
			}
		})
	}
}

// Cut or changed anywhere, what is encrypted is refused or the same.
func TestDamage(t *testing.T) {
	p := newPair(t)
	text := []byte("order_no;gross_amount\nA1;12.50\n")
	for name, sealed := range map[string][]byte{"a.csv.age": seal(t, p.age, text), "a.csv.pgp": seal(t, p.pgp, text), "a.csv.gz": pack(t, text)} {
		for n := range sealed {
			if got, err := open(name, sealed[:n], p.keys); faultOf(err) == 0 {
				t.Errorf("%s cut at %d: %q, %v", name, n, got, err)
			}
			changed := bytes.Clone(sealed)
			changed[n] ^= 1 << rand.IntN(8)
			if got, err := open(name, changed, p.keys); err == nil && !bytes.Equal(got, text) || err != nil && faultOf(err) == 0 {
				t.Errorf("%s with byte %d changed from %#x to %#x: %q, %v", name, n, sealed[n], changed[n], got, err)
			}
		}
	}
}

// An error of the disk is not the file's.
func TestSourceFails(t *testing.T) {
	p, broken := newPair(t), errors.New("disk")
	for name, data := range map[string][]byte{"a.gz": pack(t, make([]byte, 1000)), "a.age": seal(t, p.age, make([]byte, 1000)), "a.pgp": seal(t, p.pgp, make([]byte, 1000))} {
		_, layers := Layers(name)
		for _, n := range []int{0, len(data) / 2} {
			r, err := Open(io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(broken)), layers, p.keys)
			if err == nil {
				_, err = io.ReadAll(r)
			}
			if !errors.Is(err, broken) || faultOf(err) != 0 {
				t.Errorf("%s after %d bytes: %v; want %v", name, n, err, broken)
			}
		}
	}
}

func TestKeys(t *testing.T) {
	p, old := newPair(t), newPair(t)
	locked, err := crypto.NewKeyFromArmored(p.private)
	if err != nil {
		t.Fatal(err)
	}
	if locked, err = crypto.PGP().LockKey(locked, []byte("secret")); err != nil {
		t.Fatal(err)
	}
	withPassphrase, err := locked.Armor()
	if err != nil {
		t.Fatal(err)
	}
	both := &Keys{}
	if err := errors.Join(both.AddPGP([]byte(p.private+"\n"+old.private)), both.AddAge([]byte(p.identity+"\n"+old.identity+"\n"))); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"a.age": seal(t, old.age, nil), "a.pgp": seal(t, old.pgp, nil)} {
		if _, err := open(name, data, both); err != nil {
			t.Errorf("%s for the old key: %v", name, err)
		}
	}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"passphrase", (&Keys{}).AddPGP([]byte(withPassphrase)), "the private key has a passphrase; export it without one, into a file that only its owner can read"},
		{"public", (&Keys{}).AddPGP([]byte(p.public)), "it is a public key; want the private one"},
		{"no key", (&Keys{}).AddPGP([]byte("hello")), "no keys of OpenPGP"},
		{"nothing", (&Keys{}).AddPGP(nil), "no keys of OpenPGP"},
		{"no identity", (&Keys{}).AddAge([]byte("hello")), "no identities of age (AGE-SECRET-KEY-1…)"},
	}
	_, err = ForPGP([]byte(p.private))
	tests = append(tests, struct {
		name string
		err  error
		want string
	}{"private", err, "it is a private key; want the public one"})
	_, err = ForAge("age1xyz")
	tests = append(tests, struct {
		name string
		err  error
		want string
	}{"no recipient", err, "no public keys of age (age1…)"})
	for _, tt := range tests {
		if tt.err == nil || !strings.HasPrefix(tt.err.Error(), tt.want) {
			t.Errorf("%s: %v; want %s", tt.name, tt.err, tt.want)
		}
	}
}

// FuzzOpen: whatever comes is opened or is the file's fault, and never more than
// a multiple of what came.
func FuzzOpen(f *testing.F) {
	p := newPair(f)
	text := []byte("order_no;gross_amount\nA1;12.50\n")
	names := []string{"a.gz", "a.age", "a.pgp", "a.gz.age", "a.pgp.gz"}
	f.Add(pack(f, text), uint8(0))
	f.Add(seal(f, p.age, text), uint8(1))
	f.Add(seal(f, p.pgp, text), uint8(2))
	f.Add(seal(f, p.age, pack(f, text)), uint8(3))
	f.Add(pack(f, seal(f, p.pgp, text)), uint8(4))
	f.Fuzz(func(t *testing.T, data []byte, which uint8) {
		name := names[int(which)%len(names)]
		got, err := open(name, data, p.keys)
		if err != nil && faultOf(err) == 0 {
			t.Errorf("%s: %v is no fault of a file", name, err)
		}
		if most := atLeast + maxRatio*(atLeast+maxRatio*len(data)); len(got) > most {
			t.Errorf("%s: %d bytes of %d", name, len(got), len(data))
		}
	})
}
