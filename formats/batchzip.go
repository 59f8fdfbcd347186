package formats

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/money"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// BatchFormat is the version of the layout of batches that we write and read.
const BatchFormat = 1

// A Manifest says what a batch holds (domain § 5); it is manifest.json inside
// the zip.
type Manifest struct {
	Format   int            `json:"format"` // [BatchFormat]
	Merchant string         `json:"merchant"`
	Number   int64          `json:"number"`
	Created  time.Time      `json:"created"` // nominal time of the transmit slot
	Files    []ManifestFile `json:"files"`   // in the order of the feeds, only those that have records
}

// A ManifestFile describes one file of a batch.
type ManifestFile struct {
	Name     string       `json:"name"` // orders.csv … instructions.csv, operator.csv
	Records  int64        `json:"records"`
	SumGross money.Amount `json:"sum_gross"` // cents: of gross_amount; amount for payments and instructions; else 0
	SHA256   string       `json:"sha256"`
}

const manifestName = "manifest.json"

// BatchName is the name under which a batch travels: B000042_acme.zip.
func BatchName(merchant string, number int64) string {
	return fmt.Sprintf("B%06d_%s.zip", number, merchant)
}

// A BatchZip writes a batch in constant memory. The same records give the same
// bytes: the times in the zip are those of the manifest.
type BatchZip struct {
	zip      *zip.Writer
	manifest Manifest
	feed     purchase.Feed // of the open file, 0 before the first
	file     *BatchWriter
	sum      hash.Hash
}

// NewBatchZip starts a batch; m's Format and Files are filled in by [BatchZip.Close].
func NewBatchZip(w io.Writer, m Manifest) *BatchZip {
	m.Format, m.Files = BatchFormat, []ManifestFile{}
	m.Created = m.Created.UTC().Truncate(time.Second)
	return &BatchZip{zip: zip.NewWriter(w), manifest: m}
}

// Write adds a record. All records of a feed come together, feeds in their order.
func (z *BatchZip) Write(r purchase.Record, s purchase.Source) error {
	if r.Feed() != z.feed {
		if err := z.next(r.Feed()); err != nil {
			return err
		}
	}
	f := &z.manifest.Files[len(z.manifest.Files)-1]
	sum, err := f.SumGross.Add(purchase.Gross(r))
	if err != nil {
		return fmt.Errorf("batch: %s: sum of gross amounts: %w", f.Name, err)
	}
	f.SumGross = sum
	f.Records++
	return z.file.Write(r, s)
}

// next ends the open file and begins that of a later feed.
func (z *BatchZip) next(feed purchase.Feed) error {
	if feed < z.feed {
		return fmt.Errorf("batch: a record of %s came after %s; feeds come in order", feed, z.feed)
	}
	if err := z.end(); err != nil {
		return err
	}
	name := batchFile(feed)
	w, err := z.create(name)
	if err != nil {
		return err
	}
	z.feed, z.sum = feed, sha256.New()
	z.file = NewBatchWriter(io.MultiWriter(w, z.sum), feed)
	z.manifest.Files = append(z.manifest.Files, ManifestFile{Name: name})
	return nil
}

func (z *BatchZip) create(name string) (io.Writer, error) {
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: z.manifest.Created})
	if err != nil {
		return nil, fmt.Errorf("batch: %s: %w", name, err)
	}
	return w, nil
}

func (z *BatchZip) end() error {
	if z.feed == 0 {
		return nil
	}
	if err := z.file.Flush(); err != nil {
		return err
	}
	z.manifest.Files[len(z.manifest.Files)-1].SHA256 = hex.EncodeToString(z.sum.Sum(nil))
	return nil
}

// Close writes the manifest and ends the zip; the underlying writer stays open.
func (z *BatchZip) Close() error {
	if err := z.end(); err != nil {
		return err
	}
	w, err := z.create(manifestName)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(z.manifest, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return errors.Join(err, z.zip.Close())
}

func batchFile(feed purchase.Feed) string { return feed.String() + ".csv" }

// batchFeed is the inverse of batchFile.
func batchFeed(name string) (purchase.Feed, bool) {
	base, csv := strings.CutSuffix(name, ".csv")
	if !csv {
		return 0, false
	}
	return purchase.ParseFeed(base)
}
