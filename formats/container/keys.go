package container

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
	"github.com/ProtonMail/gopenpgp/v3/crypto"
)

// Keys open what is encrypted. They do not change once they are in use; nil
// opens nothing.
type Keys struct {
	age []age.Identity
	pgp *crypto.KeyRing
}

// AddAge adds the identities of a file of age-keygen. Old ones may stand below
// the new one, to open what came before.
func (k *Keys) AddAge(text []byte) error {
	identities, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("no identities of age (AGE-SECRET-KEY-1…): %w", err)
	}
	k.age = append(k.age, identities...)
	return nil
}

// AddPGP adds private keys without passphrase, armoured (several blocks may
// stand one below the other) or one in binary.
func (k *Keys) AddPGP(text []byte) error {
	all, err := pgpKeys(text)
	if err != nil {
		return err
	}
	for _, key := range all {
		if !key.IsPrivate() {
			return errors.New("it is a public key; want the private one")
		}
		open, err := key.IsUnlocked()
		if err != nil {
			return fmt.Errorf("private key: %w", err)
		}
		if !open {
			return errors.New("the private key has a passphrase; export it without one, into a file that only its owner can read")
		}
		if k.pgp == nil {
			if k.pgp, err = crypto.NewKeyRing(nil); err != nil {
				return err
			}
		}
		if err := k.pgp.AddKey(key); err != nil {
			return err
		}
	}
	return nil
}

// pgpKeys reads all keys of a text.
func pgpKeys(text []byte) (all []*crypto.Key, err error) {
	if bytes.Contains(text, []byte(pgpArmor)) {
		all, err = armoured(bufio.NewReader(bytes.NewReader(text)))
	} else {
		all, err = binaryKeys(bytes.NewReader(text))
	}
	if err == nil && len(all) == 0 {
		err = errors.New("the file has none")
	}
	if err != nil {
		return nil, fmt.Errorf("no keys of OpenPGP: %w", err)
	}
	return all, nil
}

func armoured(text *bufio.Reader) (all []*crypto.Key, err error) {
	for {
		block, err := armor.Decode(text)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		some, err := binaryKeys(block.Body)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
}

func binaryKeys(r io.Reader) (all []*crypto.Key, err error) {
	entities, err := openpgp.ReadKeyRing(r)
	for _, e := range entities {
		key, err := crypto.NewKeyFromEntity(e)
		if err != nil {
			return nil, err
		}
		all = append(all, key)
	}
	return all, err
}
