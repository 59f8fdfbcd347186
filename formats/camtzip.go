package formats

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/kontor-exchange/kontor/formats/container"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Caps of a ZIP.
const (
	maxMembers  = 1000
	maxRatio    = 250      // bytes unpacked for one of the file; statements and tables have up to 50
	maxUnpacked = 5 << 30  // bytes of all members
	maxStreamed = 64 << 20 // bytes of a ZIP that comes in another container or as a stream: it is kept in memory
)

// errRatio is returned when more comes out of a ZIP than a statement can pack.
var errRatio = errors.New("unpacks to too much")

// packed yields the rows of all documents of a ZIP, in its order.
func (r *Reader) packed(yield func(Row) bool) {
	content, size, err := r.whole()
	if err != nil {
		r.unreadable(0, err)
		return
	}
	z, refused := openZIP(content, size, r.options.MaxSize)
	if refused != nil {
		r.fail(r.file(), refused)
		return
	}
	documents, unknown, refused := r.members(z)
	r.unknown = unknown
	if refused != nil {
		r.fail(r.file(), refused)
		return
	}
	u := newUnpacking(size, r.options.MaxSize)
	for _, d := range documents {
		if !r.memberRows(d, u, yield) {
			return
		}
	}
}

// openZIP reads what a ZIP holds; no content is one that is too large.
func openZIP(content io.ReaderAt, size, limit int64) (*zip.Reader, *FileError) {
	if content == nil {
		return nil, &FileError{Code: purchase.FileTooLarge, Want: wantSize(maxStreamed)}
	}
	if limit > 0 && size > limit {
		return nil, &FileError{Code: purchase.FileTooLarge, Want: wantSize(limit)}
	}
	first := make([]byte, min(size, 4))
	if _, err := content.ReadAt(first, 0); err != nil && err != io.EOF {
		return nil, &FileError{Code: purchase.FileTruncated, Want: wantReadable, Value: err.Error()}
	}
	if kindOf(first) != zipFile {
		return nil, &FileError{Code: purchase.FileDialect, Want: wantKind + container.ZIP.String()}
	}
	z, err := zip.NewReader(content, size)
	if err != nil {
		return nil, &FileError{Code: purchase.FileTruncated, Want: wantReadable, Value: err.Error()}
	}
	return z, nil
}

// A packedFile is a file of a ZIP that is read.
type packedFile struct {
	*zip.File
	xml   bool
	inner []container.Kind // around it
}

// members chooses the CSVs, or of the bank's files the XML documents if there is
// one; other files are listed as not read.
func (r *Reader) members(z *zip.Reader) (documents []packedFile, unknown []string, refused *FileError) {
	if len(z.File) > maxMembers {
		return nil, nil, &FileError{Code: purchase.FileTooLarge, Want: wantMembers}
	}
	var all []packedFile
	statements := false
	for _, f := range z.File {
		name := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
		if strings.HasSuffix(f.Name, "/") || strings.HasPrefix(name, ".") || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		if f.Flags&1 != 0 {
			return nil, nil, &FileError{Code: purchase.FileDialect, Value: shorten(f.Name), Want: wantOpenZIP}
		}
		base, inner := container.Layers(name)
		d := packedFile{File: f, inner: inner, xml: r.schema.feed == purchase.Payments && strings.EqualFold(path.Ext(base), ".xml")}
		if !d.xml && !strings.EqualFold(path.Ext(base), r.tableEnding()) {
			unknown = append(unknown, shorten(plainLine([]byte(f.Name))))
			continue
		}
		all, statements = append(all, d), statements || d.xml
	}
	for _, d := range all {
		if d.xml != statements {
			unknown = append(unknown, shorten(plainLine([]byte(d.Name))))
			continue
		}
		if outer, _, refused := around(d.inner); refused != nil || len(outer) < len(d.inner) || max(r.packs, 1)+len(d.inner) > container.MaxLayers {
			return nil, nil, &FileError{Code: purchase.FileDialect, Value: shorten(d.Name), Want: wantTwoLayers}
		}
		documents = append(documents, d)
	}
	if len(documents) > 0 {
		return documents, unknown, nil
	}
	refused = &FileError{Code: purchase.FileEmpty, Want: wantCSVInZIP}
	if r.schema.feed == purchase.Payments {
		refused.Want = wantXMLInZIP
	}
	return nil, unknown, refused
}

// tableEnding is what a table in a ZIP has at the end of its name: that of the
// ZIP's own name before .zip, .csv if it has none.
func (r *Reader) tableEnding() string {
	base, _ := container.Layers(r.options.File)
	if ending := path.Ext(base); ending != "" && r.zipped {
		return ending
	}
	return ".csv"
}

// memberRows yields the rows of one member. Offsets of rows count the unpacked
// bytes of all members so far.
func (r *Reader) memberRows(d packedFile, u *unpacking, yield func(Row) bool) bool {
	name := r.options.File + "/" + plainLine([]byte(d.Name))
	content, err := d.Open()
	if err != nil {
		return r.fail(name, &FileError{Code: purchase.FileDialect, Want: wantOpenZIP, Value: err.Error()})
	}
	base := u.bytes
	u.r = content
	r.part = name
	goOn := r.documentRows(d, base, u, yield)
	if err := content.Close(); err != nil && goOn {
		return r.fail(name, &FileError{Code: purchase.FileTruncated, Want: wantReadable, Value: err.Error()})
	}
	return goOn
}

func (r *Reader) documentRows(d packedFile, base int64, u io.Reader, yield func(Row) bool) bool {
	content, err := container.Open(u, d.inner, r.options.Keys)
	if err != nil {
		return r.unreadable(0, err)
	}
	if d.xml {
		r.begun = true
		r.profile, r.feed = bankProfile()
		return r.walk(newBankWalk(bufio.NewReader(content), 0), r.part, base, yield)
	}
	r.follow(content)
	return r.text(yield)
}

// follow goes on with the next CSV.
func (r *Reader) follow(content io.Reader) {
	next := newLines(content)
	next.number, next.offset = r.lines.number, r.lines.offset
	r.lines, r.charset = next, r.profile.dialect.charset
	r.trailer, r.earlier, r.begun = trailer{}, r.row, false
}

// An unpacking bounds what comes out of a ZIP, over all its members.
type unpacking struct {
	r     io.Reader
	bytes int64
	most  int64
}

// newUnpacking bounds what comes out of a ZIP of a size.
func newUnpacking(size, limit int64) *unpacking {
	u := &unpacking{most: min(maxRatio*size+maxLine, maxUnpacked)}
	if limit > 0 {
		u.most = min(u.most, limit)
	}
	return u
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
	return streamed(r.lines.r)
}

func streamed(r io.Reader) (io.ReaderAt, int64, error) {
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, maxStreamed+1))
	if n > maxStreamed {
		return nil, n, err
	}
	return bytes.NewReader(b.Bytes()), n, err
}
