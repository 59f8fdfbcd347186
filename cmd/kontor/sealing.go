package main

import (
	"fmt"
	"os"

	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Decrypt are files with our private keys, readable by their owner only. Keys
// that are replaced stay in the file, below the new one: what came before is
// read again by rerun and verify.
type Decrypt struct {
	// PGP is a file with private keys of OpenPGP without passphrase, armoured.
	PGP string `yaml:"pgp"`
	// Age is a file of age-keygen.
	Age string `yaml:"age"`
}

// Encrypt is one of the two.
type Encrypt struct {
	// PGP is a file with the public key of the ERP.
	PGP string `yaml:"pgp"`
	// Age is the public key of the ERP, age1…; several are separated by blanks.
	Age string `yaml:"age"`
}

func (d *Drop) resolveKeys(path func(*string)) {
	if d.Decrypt != nil {
		path(&d.Decrypt.PGP)
		path(&d.Decrypt.Age)
	}
	if d.Encrypt != nil {
		path(&d.Encrypt.PGP)
	}
}

func (d Drop) validateKeys(f *faults, key string, merchant bool) {
	if d.Decrypt != nil {
		f.check(merchant || key == "provider.bank", key+".decrypt", "nothing is read here; it is for a merchant's erp and for the bank")
		f.check(*d.Decrypt != Decrypt{}, key+".decrypt", "it is empty; want pgp or age, a file with our private key")
	}
	if d.Encrypt == nil {
		return
	}
	f.check(merchant, key+".encrypt", "it is for what goes to a merchant's erp only")
	f.check((d.Encrypt.PGP == "") != (d.Encrypt.Age == ""), key+".encrypt", "want pgp or age, one of the two")
	if d.Encrypt.Age != "" {
		if _, err := container.ForAge(d.Encrypt.Age); err != nil {
			f.add(key+".encrypt.age", "%w", err)
		}
	}
}

// keys are the private keys of each merchant and of the bank.
func (c *Config) keys() (map[string]*container.Keys, error) {
	all := map[string]*container.Keys{}
	drops := map[string]Drop{purchase.Provider: c.Provider.Bank}
	for id, m := range c.Merchants {
		drops[id] = m.ERP
	}
	for id, d := range drops {
		k, err := d.keys()
		if err != nil {
			return nil, failWith(exitUsage, fmt.Errorf("%s.decrypt: %w", dropKey(id), err), "kontor opens with it what comes in encrypted")
		}
		if k != nil {
			all[id] = k
		}
	}
	return all, nil
}

func dropKey(owner string) string {
	if owner == purchase.Provider {
		return "provider.bank"
	}
	return "merchants." + owner + ".erp"
}

// keys reads our private keys; nil where there are none.
func (d Drop) keys() (*container.Keys, error) {
	if d.Decrypt == nil {
		return nil, nil
	}
	k := &container.Keys{}
	for _, one := range []struct {
		key, file string
		add       func([]byte) error
	}{{"pgp", d.Decrypt.PGP, k.AddPGP}, {"age", d.Decrypt.Age, k.AddAge}} {
		if one.file == "" {
			continue
		}
		text, err := readSecret(one.file)
		if err == nil {
			err = one.add(text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", one.key, one.file, err)
		}
	}
	return k, nil
}

// readSecret reads a file that only its owner can read.
func readSecret(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("it can be read by others (%s); run: chmod 600 %s", info.Mode().Perm(), file)
	}
	return os.ReadFile(file)
}

// recipients are for whom files for the ERP are encrypted; nil for nobody.
func (d Drop) recipients(key string) (r *container.Recipients, err error) {
	if d.Encrypt == nil {
		return nil, nil
	}
	if d.Encrypt.Age != "" {
		return container.ForAge(d.Encrypt.Age)
	}
	text, err := os.ReadFile(d.Encrypt.PGP)
	if err == nil {
		r, err = container.ForPGP(text)
	}
	if err != nil {
		err = failWith(exitUsage, fmt.Errorf("%s.encrypt.pgp: %s: %w", key, d.Encrypt.PGP, err), "it holds the ERP's public key, as gpg --export --armor writes it")
	}
	return r, err
}

// keys are those that a file may be encrypted for: the merchant's, of payments
// the bank's; none without configuration.
func (k checker) keys(feed purchase.Feed) (*container.Keys, error) {
	switch {
	case k.config == nil:
		return nil, nil
	case feed == purchase.Payments:
		return k.config.Provider.Bank.keys()
	}
	return k.config.Merchants[k.id].ERP.keys()
}
