package formats

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Caps of a ZIP.
const (
	maxMembers  = 1000
	maxRatio    = 250       // bytes unpacked for one of the file; statements have up to 50
	maxUnpacked = 5 << 30   // bytes of all members
	maxStreamed = 256 << 20 // bytes of a ZIP that comes as a stream, which is kept in memory
)

// errRatio is returned when more comes out of a ZIP than a statement can pack.
var errRatio = errors.New("unpacks to too much")

// packed yields the rows of all XML documents of a ZIP, in its order.
func (r *Reader) packed(yield func(Row) bool) {
	content, size, err := r.whole()
	if err != nil {
		r.refuse(0, purchase.FileTruncated, err.Error(), wantReadable)
		return
	}
	if limit := r.options.MaxSize; size > maxStreamed && content == nil || limit > 0 && size > limit {
		r.refuse(0, purchase.FileTooLarge, "", wantSize(max(limit, maxStreamed)))
		return
	}
	z, err := zip.NewReader(content, size)
	if err != nil {
		r.refuse(0, purchase.FileTruncated, err.Error(), wantReadable)
		return
	}
	documents, ok := r.members(z)
	if !ok {
		return
	}
	u := &unpacking{most: maxRatio*size + maxLine}
	if limit := r.options.MaxSize; limit > 0 {
		u.most = min(u.most, limit)
	}
	u.most = min(u.most, maxUnpacked)
	for _, f := range documents {
		if !r.memberRows(f, u, yield) {
			return
		}
	}
}

// members chooses the XML documents; other files are listed as not read.
func (r *Reader) members(z *zip.Reader) (documents []*zip.File, ok bool) {
	if len(z.File) > maxMembers {
		return nil, r.refuse(0, purchase.FileTooLarge, "", wantMembers)
	}
	for _, f := range z.File {
		name := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
		switch {
		case strings.HasSuffix(f.Name, "/") || strings.HasPrefix(name, ".") || strings.HasPrefix(f.Name, "__MACOSX/"):
		case f.Flags&1 != 0:
			return nil, r.refuse(0, purchase.FileDialect, shorten(f.Name), wantOpenZIP)
		case strings.EqualFold(path.Ext(name), ".xml"):
			documents = append(documents, f)
		default:
			r.unknown = append(r.unknown, shorten(plainLine([]byte(f.Name))))
		}
	}
	if len(documents) == 0 {
		return nil, r.refuse(0, purchase.FileEmpty, "", wantXMLInZIP)
	}
	return documents, true
}

// memberRows yields the rows of one member. Offsets of rows count the unpacked
// bytes of all members so far.
func (r *Reader) memberRows(f *zip.File, u *unpacking, yield func(Row) bool) bool {
	name := r.options.File + "/" + plainLine([]byte(f.Name))
	content, err := f.Open()
	if err != nil {
		return r.fail(name, &FileError{Code: purchase.FileDialect, Want: wantOpenZIP, Value: err.Error()})
	}
	base := u.bytes
	u.r = content
	goOn := r.walk(newBankWalk(bufio.NewReader(u), 0), name, base, yield)
	if err := content.Close(); err != nil && goOn {
		return r.fail(name, &FileError{Code: purchase.FileTruncated, Want: wantReadable, Value: err.Error()})
	}
	return goOn
}

// An unpacking bounds what comes out of a ZIP, over all its members.
type unpacking struct {
	r     io.Reader
	bytes int64
	most  int64
}

func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.bytes += int64(n)
	if u.bytes > u.most {
		return 0, errRatio
	}
	return n, err
}

// A whole file can be read at any place.
type wholeFile interface {
	io.ReaderAt
	io.Seeker
}

// whole returns the file as a ZIP needs it. One that comes as a stream is kept
// in memory, up to a cap; over it there is no content.
func (r *Reader) whole() (io.ReaderAt, int64, error) {
	if f, ok := r.source.(wholeFile); ok {
		size, err := f.Seek(0, io.SeekEnd)
		return f, size, err
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r.lines.r, maxStreamed+1))
	if n > maxStreamed {
		return nil, n, err
	}
	return bytes.NewReader(b.Bytes()), n, err
}
