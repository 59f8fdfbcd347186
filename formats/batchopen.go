package formats

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// Caps of a batch that comes from elsewhere.
const (
	maxManifest  = 64 << 10 // bytes
	maxBatchFile = 4 << 30  // bytes of one file, unpacked
)

// ErrBatch says that a batch is not what its manifest says, or none at all.
var ErrBatch = errors.New("not a valid batch")

// A BatchFile is an open batch.
type BatchFile struct {
	Manifest Manifest
	files    map[purchase.Feed]*zip.File
}

// OpenBatch reads the manifest of a batch and checks that the zip holds exactly
// the files that it names. What is in them is checked by [BatchFile.Records]
// while it reads, or at once by [BatchFile.Verify].
func OpenBatch(r io.ReaderAt, size int64) (*BatchFile, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBatch, err)
	}
	b := &BatchFile{files: map[purchase.Feed]*zip.File{}}
	for _, f := range z.File {
		if err := b.add(f); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBatch, err)
		}
	}
	if err := b.checkManifest(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBatch, err)
	}
	return b, nil
}

// add takes one entry of the zip.
func (b *BatchFile) add(f *zip.File) error {
	if f.Name == manifestName {
		if b.Manifest.Format != 0 {
			return fmt.Errorf("two files %s", manifestName)
		}
		return b.readManifest(f)
	}
	feed, known := batchFeed(f.Name)
	if !known || b.files[feed] != nil {
		return fmt.Errorf("unexpected file %q", f.Name)
	}
	if f.UncompressedSize64 > maxBatchFile {
		return fmt.Errorf("%s has %d bytes, at most %d are read", f.Name, f.UncompressedSize64, int64(maxBatchFile))
	}
	b.files[feed] = f
	return nil
}

func (b *BatchFile) readManifest(f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	if len(text) > maxManifest {
		return fmt.Errorf("%s is longer than %d bytes", manifestName, maxManifest)
	}
	if err := json.Unmarshal(text, &b.Manifest); err != nil {
		return fmt.Errorf("%s: %w", manifestName, err)
	}
	if b.Manifest.Format != BatchFormat {
		return fmt.Errorf("%s: format %d, want %d", manifestName, b.Manifest.Format, BatchFormat)
	}
	return nil
}

func (b *BatchFile) checkManifest() error {
	if b.Manifest.Format == 0 {
		return fmt.Errorf("%s is missing", manifestName)
	}
	if b.Manifest.Merchant == "" || b.Manifest.Number < 1 || b.Manifest.Created.IsZero() {
		return fmt.Errorf("%s: merchant, number or created is missing", manifestName)
	}
	if len(b.Manifest.Files) != len(b.files) {
		return fmt.Errorf("%s names %d files, the zip holds %d", manifestName, len(b.Manifest.Files), len(b.files))
	}
	last := purchase.Feed(0)
	for _, f := range b.Manifest.Files {
		feed, known := batchFeed(f.Name)
		if !known || b.files[feed] == nil || feed <= last {
			return fmt.Errorf("%s: file %q is unknown, missing or out of order", manifestName, f.Name)
		}
		last = feed
	}
	return nil
}

// Feeds lists the feeds that the batch has records of, in their order.
func (b *BatchFile) Feeds() (feeds []purchase.Feed) {
	for _, f := range b.Manifest.Files {
		if feed, known := batchFeed(f.Name); known {
			feeds = append(feeds, feed)
		}
	}
	return feeds
}

// Records yields the records of a feed, the first one is record 1; none when
// the batch has no file of it. After the last record it compares number, sum
// and hash with the manifest, so whoever applies records undoes all of them on
// an error. An error ends the sequence.
func (b *BatchFile) Records(feed purchase.Feed) iter.Seq2[BatchRecord, error] {
	return func(yield func(BatchRecord, error) bool) {
		f := b.files[feed]
		if f == nil {
			return
		}
		stopped, err := b.read(feed, f, func(r BatchRecord) bool { return yield(r, nil) })
		if err != nil && !stopped {
			yield(BatchRecord{}, fmt.Errorf("%w: %s: %w", ErrBatch, f.Name, err))
		}
	}
}

// Verify reads everything once and reports the first thing that is not as the
// manifest says.
func (b *BatchFile) Verify() error {
	for _, feed := range b.Feeds() {
		for _, err := range b.Records(feed) {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// read yields the records of one file and checks it at its end; stopped tells
// that the caller wants no more.
func (b *BatchFile) read(feed purchase.Feed, f *zip.File, yield func(BatchRecord) bool) (stopped bool, err error) {
	content, err := f.Open()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	digest := sha256.New()
	limited := io.TeeReader(io.LimitReader(content, maxBatchFile), digest)
	var records int64
	var sum money.Amount
	for r, err := range ReadBatch(limited, feed) {
		if err != nil {
			return false, err
		}
		records++
		if sum, err = sum.Add(purchase.Gross(r.Record)); err != nil {
			return false, err
		}
		if !yield(r) {
			return true, nil
		}
	}
	if _, err := io.Copy(io.Discard, limited); err != nil {
		return false, err
	}
	return false, b.compare(f.Name, ManifestFile{Name: f.Name, Records: records, SumGross: sum, SHA256: hex.EncodeToString(digest.Sum(nil))})
}

func (b *BatchFile) compare(name string, got ManifestFile) error {
	for _, want := range b.Manifest.Files {
		if want.Name == name && want != got {
			return fmt.Errorf("%d records, sum %s, sha256 %s; the manifest says %d, %s, %s",
				got.Records, got.SumGross, got.SHA256, want.Records, want.SumGross, want.SHA256)
		}
	}
	return nil
}
