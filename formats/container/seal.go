package container

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/ProtonMail/gopenpgp/v3/crypto"
)

// Recipients are for whom files are encrypted, by one of the two ways.
type Recipients struct {
	age []age.Recipient
	pgp *crypto.KeyRing
	err error // why there are none
}

// Unusable are recipients for whom nothing can be encrypted: each Seal is err.
func Unusable(err error) *Recipients { return &Recipients{err: err} }

// UsableAt reports whether, at that time, none of the keys will have expired.
func (r *Recipients) UsableAt(at time.Time) bool {
	if r.pgp == nil {
		return r.err == nil // keys of age do not expire
	}
	return !slices.ContainsFunc(r.pgp.GetKeys(), func(k *crypto.Key) bool { return !k.CanEncrypt(at.Unix()) })
}

// ForAge are recipients by their public keys (age1…), separated by blanks.
func ForAge(keys string) (*Recipients, error) {
	all, err := age.ParseRecipients(strings.NewReader(strings.Join(strings.Fields(keys), "\n")))
	if err != nil {
		return nil, fmt.Errorf("no public keys of age (age1…): %w", err)
	}
	return &Recipients{age: all}, nil
}

// ForPGP are recipients by their public keys, armoured or binary.
func ForPGP(text []byte) (*Recipients, error) {
	all, err := pgpKeys(text)
	if err != nil {
		return nil, err
	}
	ring, err := crypto.NewKeyRing(nil)
	if err != nil {
		return nil, err
	}
	for _, key := range all {
		if key.IsPrivate() {
			return nil, errors.New("it is a private key; want the public one, the private one belongs to the ERP alone")
		}
		if err := ring.AddKey(key); err != nil {
			return nil, err
		}
	}
	r := &Recipients{pgp: ring}
	sealed, err := r.Seal(&bytes.Buffer{}) // a key that cannot encrypt, or has expired, is told now
	if err != nil {
		return nil, err
	}
	return r, sealed.Close()
}

// What the name of an encrypted file has at its end.
const (
	pgpEnding = ".pgp"
	ageEnding = ".age"
)

// Endings are all that [Recipients.Ending] can be.
func Endings() []string { return []string{pgpEnding, ageEnding} }

// Ending is what the name of an encrypted file has at its end.
func (r *Recipients) Ending() string {
	if r.pgp != nil {
		return pgpEnding
	}
	return ageEnding
}

// Seal encrypts what is written; Close ends it and leaves w open. Two times the
// same text make two different files.
func (r *Recipients) Seal(w io.Writer) (io.WriteCloser, error) {
	if r.err != nil {
		return nil, r.err
	}
	if r.pgp == nil {
		return age.Encrypt(w, r.age...)
	}
	handle, err := crypto.PGP().Encryption().Recipients(r.pgp).New()
	if err != nil {
		return nil, err
	}
	return handle.EncryptingWriter(w, crypto.Bytes)
}
