package formats

import (
	"errors"
	"io"

	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A Content is the bytes of which [Row.Offset] speaks: those of the file, or of
// what came packed or encrypted those inside, a ZIP of CSVs as one after the
// other. It is read forwards; each step back opens the containers anew, so
// nothing of it is kept.
type Content struct {
	plain io.ReaderAt // what needs no opening
	open  func() (io.Reader, error)

	r      io.Reader
	at     int64
	place  int64 // of Read
	size   int64 // -1: not known yet
	starts []int64
}

// A WholeFile can be read at any place.
type WholeFile interface {
	io.ReaderAt
	io.ReadSeeker
}

// OpenContent opens the content of a file of a feed; the original stays the
// caller's. An error that is a [FileError] or wraps a [container.Error], here or
// later, is the file's or the keys' fault.
func OpenContent(feed purchase.Feed, source WholeFile, o ReadOptions) (*Content, error) {
	size, err := source.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	c := &Content{plain: source, size: size}
	_, layers := container.Layers(o.File)
	if len(layers) == 0 || size == 0 {
		return c, nil
	}
	outer, zipped, refused := around(layers)
	if refused != nil {
		return nil, *refused
	}
	inside := func() (io.Reader, error) {
		return container.Open(io.NewSectionReader(source, 0, size), outer, o.Keys)
	}
	if !zipped {
		c.plain, c.open, c.size = nil, inside, -1
		return c, nil
	}
	p, _ := Lookup("kontor") // no profile matters to what a ZIP holds
	return c, c.zipped(p.Read(feed, source, o), len(outer)+1, inside)
}

// zipped opens the tables of a ZIP; one of bank statements is its own content.
func (c *Content) zipped(r *Reader, packs int, inside func() (io.Reader, error)) error {
	if packs > 1 {
		stream, err := inside()
		if err != nil {
			return err
		}
		if c.plain, c.size, err = streamed(stream); err != nil {
			return err
		}
	}
	z, refused := openZIP(c.plain, c.size, 0)
	if refused != nil {
		return *refused
	}
	r.zipped, r.packs = true, packs
	documents, _, refused := r.members(z)
	if refused != nil {
		return *refused
	}
	if documents[0].xml {
		return nil
	}
	archived := c.size
	c.plain, c.size = nil, -1
	c.open = func() (io.Reader, error) {
		return &tables{documents: documents, keys: r.options.Keys, unpacking: newUnpacking(archived, 0)}, nil
	}
	return nil
}

// A tables reads the tables of a ZIP as one.
type tables struct {
	documents []packedFile
	keys      *container.Keys
	unpacking *unpacking

	file   io.ReadCloser
	r      io.Reader
	n      int64
	starts []int64
}

func (t *tables) Read(p []byte) (int, error) {
	for {
		if t.file == nil {
			if len(t.documents) == 0 {
				return 0, io.EOF
			}
			if err := t.next(); err != nil {
				return 0, err
			}
		}
		n, err := t.r.Read(p)
		t.n += int64(n)
		if err == io.EOF {
			err, t.file = t.file.Close(), nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (t *tables) next() (err error) {
	d := t.documents[0]
	t.documents = t.documents[1:]
	if t.file, err = d.Open(); err != nil {
		return err
	}
	t.starts = append(t.starts, t.n)
	t.unpacking.r = t.file
	t.r, err = container.Open(t.unpacking, d.inner, t.keys)
	return err
}

// ReadAt reads at a place.
func (c *Content) ReadAt(p []byte, offset int64) (int, error) {
	if c.plain != nil {
		return c.plain.ReadAt(p, offset)
	}
	if err := c.seek(offset); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(c.r, p)
	c.at += int64(n)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}

func (c *Content) seek(offset int64) (err error) {
	if c.r == nil || offset < c.at {
		if c.r, err = c.open(); err != nil {
			return err
		}
		c.at = 0
	}
	n, err := io.CopyN(io.Discard, c.r, offset-c.at)
	c.at += n
	return err
}

// Size is how many bytes the content has.
func (c *Content) Size() (int64, error) {
	if c.size < 0 {
		r, err := c.open()
		if err != nil {
			return 0, err
		}
		size, err := io.Copy(io.Discard, r)
		if err != nil {
			return 0, err
		}
		c.size = size
		if t, ok := r.(*tables); ok {
			c.starts = t.starts
		}
	}
	return c.size, nil
}

// Starts are where the tables of a ZIP begin, in order; nil for all else.
func (c *Content) Starts() ([]int64, error) {
	_, err := c.Size()
	return c.starts, err
}

// Read reads on from where the last Read or Seek has ended.
func (c *Content) Read(p []byte) (int, error) {
	n, err := c.ReadAt(p, c.place)
	c.place += int64(n)
	if n > 0 && err == io.EOF {
		err = nil
	}
	return n, err
}

// Seek sets the place of the next Read.
func (c *Content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.place
	case io.SeekEnd:
		size, err := c.Size()
		if err != nil {
			return 0, err
		}
		offset += size
	}
	if offset < 0 {
		return 0, errors.New("a place before the beginning")
	}
	c.place = offset
	return offset, nil
}
