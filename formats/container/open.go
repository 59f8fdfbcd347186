package container

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"

	"filippo.io/age"
	agearmor "filippo.io/age/armor"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/gopenpgp/v3/crypto"
)

// Caps of what comes out of a container: so many times what goes in, and always
// a mebibyte. A table packs to a fiftieth at best.
const (
	maxRatio = 250
	atLeast  = 1 << 20
)

// Open opens the containers around a file, the outermost first; [ZIP] is none
// of them. An [*Error] tells what is wrong with the file, here or at any Read;
// other errors are those of src.
func Open(src io.Reader, layers []Kind, keys *Keys) (io.Reader, error) {
	if len(layers) > MaxLayers {
		return nil, &Error{Kind: layers[0], Fault: TooDeep}
	}
	for _, k := range layers {
		s := &stream{kind: k, in: &counting{r: src}}
		if s.out, s.err = s.open(keys); s.err != nil {
			return nil, s.fault(s.err)
		}
		src = s
	}
	return src, nil
}

// A stream is what comes out of one container.
type stream struct {
	kind Kind
	in   *counting
	out  io.Reader
	n    int64
	err  error
}

// A counting reader knows how much was taken from it, and whether it failed.
type counting struct {
	r   io.Reader
	n   int64
	err error // other than the end
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}

// Read reads on; an error stays.
func (s *stream) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.out.Read(p)
	if s.n += int64(n); s.n > atLeast+maxRatio*s.in.n {
		s.err = &Error{Kind: s.kind, Fault: TooLarge}
		return 0, s.err
	}
	if err != nil && err != io.EOF {
		err = s.fault(err)
	}
	s.err = err
	return n, err
}

// fault is what an error of a container means. One of the source is no fault of
// the container.
func (s *stream) fault(err error) error {
	var known *Error
	switch {
	case s.in.err != nil:
		return s.in.err
	case errors.As(err, &known):
		return err
	}
	return &Error{Kind: s.kind, Fault: Damaged, Err: err}
}

func (s *stream) open(keys *Keys) (io.Reader, error) {
	in := bufio.NewReaderSize(s.in, 32<<10)
	switch s.kind {
	case Gzip:
		return openGzip(in)
	case Age:
		return openAge(in, keys)
	case PGP:
		return openPGP(in, keys)
	}
	return nil, &Error{Kind: s.kind, Fault: Foreign, Err: fs.ErrInvalid}
}

func openGzip(in *bufio.Reader) (io.Reader, error) {
	if !begins(in, "\x1f\x8b") {
		return nil, &Error{Kind: Gzip, Fault: Foreign}
	}
	return gzip.NewReader(in)
}

const ageMark = "age-encryption.org/"

func openAge(in *bufio.Reader, keys *Keys) (io.Reader, error) {
	switch {
	case begins(in, agearmor.Header):
		in = bufio.NewReader(agearmor.NewReader(in))
	case !begins(in, ageMark):
		return nil, &Error{Kind: Age, Fault: Foreign}
	}
	if keys == nil || len(keys.age) == 0 {
		return nil, &Error{Kind: Age, Fault: Keyless}
	}
	out, err := age.Decrypt(in, keys.age...)
	var other *age.NoIdentityMatchError
	if errors.As(err, &other) {
		return nil, &Error{Kind: Age, Fault: OtherKey}
	}
	return out, err
}

const (
	pgpArmor   = "-----BEGIN PGP "
	pgpMessage = "PGP MESSAGE"
)

func openPGP(in *bufio.Reader, keys *Keys) (io.Reader, error) {
	if begins(in, pgpArmor) {
		block, err := armor.Decode(in)
		if err != nil {
			return nil, err
		}
		if block.Type != pgpMessage {
			return nil, &Error{Kind: PGP, Fault: Foreign, Err: errors.New(block.Type)}
		}
		in = bufio.NewReader(block.Body)
	}
	if !encrypted(in) {
		return nil, &Error{Kind: PGP, Fault: Foreign}
	}
	if keys == nil || keys.pgp == nil {
		return nil, &Error{Kind: PGP, Fault: Keyless}
	}
	handle, err := crypto.PGP().Decryption().DecryptionKeys(keys.pgp).DisableAutomaticTextSanitize().New()
	if err != nil {
		return nil, err
	}
	out, err := handle.DecryptingReader(in, crypto.Bytes)
	if errors.Is(err, pgperrors.ErrKeyIncorrect) {
		return nil, &Error{Kind: PGP, Fault: OtherKey}
	}
	return out, err
}

// encrypted reports whether a message begins with a session key (tags 1 and 3,
// RFC 9580): one that is only signed or packed is no secret.
func encrypted(in *bufio.Reader) bool {
	first, err := in.Peek(1)
	if err != nil || first[0]&0x80 == 0 {
		return false
	}
	tag := first[0] & 0x3f
	if first[0]&0x40 == 0 {
		tag >>= 2
	}
	return tag == 1 || tag == 3
}

// begins reports whether a file begins with a mark.
func begins(in *bufio.Reader, mark string) bool {
	first, err := in.Peek(len(mark))
	if err != nil {
		return false // the error comes again with what reads on
	}
	return bytes.Equal(first, []byte(mark))
}
