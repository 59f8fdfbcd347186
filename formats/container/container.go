// Package container opens what files come packed or encrypted in, gzip, OpenPGP
// and age, and encrypts what leaves.
//
// The ending of a name says which container a file has: orders.csv.gz,
// orders.csv.pgp (.gpg, .asc), orders.csv.age, and orders.csv.zip, which is
// named here and opened by package formats. A container may lie in another one
// (orders.csv.gz.age): [Layers] names them from the outside in.
//
// Everything streams in constant memory. What comes out is bounded by what goes
// in, so a file that unpacks to a multiple of itself is cut off. OpenPGP and age
// show at the end of a message, and age before it, that nothing was changed or
// cut: what was read before an error is not to be used. Signatures in OpenPGP
// messages are not checked: who sent a file is known by its login.
package container

import (
	"fmt"
	"path"
	"strings"
)

// A Kind is one kind of container.
type Kind int

const (
	Gzip Kind = iota + 1
	ZIP
	PGP
	Age
)

// String names the kind in messages.
func (k Kind) String() string {
	switch k {
	case Gzip:
		return "gzip"
	case ZIP:
		return "ZIP"
	case PGP:
		return "OpenPGP"
	case Age:
		return "age"
	}
	return fmt.Sprintf("container %d", int(k))
}

// MaxLayers is how many containers may lie in one another.
const MaxLayers = 2

// kindOf is the kind that the last ending of a name says, 0 for none.
func kindOf(name string) Kind {
	switch strings.ToLower(path.Ext(name)) {
	case ".gz":
		return Gzip
	case ".zip":
		return ZIP
	case ".pgp", ".gpg", ".asc":
		return PGP
	case ".age":
		return Age
	}
	return 0
}

// Layers cuts the endings of containers from a name, and names these from the
// outside in. There may be more than [MaxLayers], which [Open] refuses.
func Layers(name string) (base string, layers []Kind) {
	for {
		k := kindOf(name)
		if k == 0 {
			return name, layers
		}
		layers = append(layers, k)
		name = name[:len(name)-len(path.Ext(name))]
	}
}

// A Fault says why a container is not opened.
type Fault int

const (
	Foreign  Fault = iota + 1 // not what the ending says
	Keyless                   // there is no key to open it
	OtherKey                  // it is encrypted for others
	Damaged                   // changed or cut
	TooLarge                  // unpacks to too much
	TooDeep                   // too many containers in one another
)

// An Error is a fault of a file, not of the machine.
type Error struct {
	Kind  Kind
	Fault Fault
	Err   error // may be nil
}

func (e *Error) Error() string {
	text := map[Fault]string{
		Foreign: "not what the ending says", Keyless: "no key to open it", OtherKey: "encrypted for another key", Damaged: "damaged or cut",
		TooLarge: "unpacks to too much", TooDeep: fmt.Sprintf("more than %d containers in one another", MaxLayers),
	}[e.Fault]
	if e.Err == nil {
		return fmt.Sprintf("%s: %s", e.Kind, text)
	}
	return fmt.Sprintf("%s: %s: %v", e.Kind, text, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }
