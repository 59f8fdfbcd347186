package samples

import (
	"bufio"
	"context"
	"errors"
	"io"

	"github.com/kontor-exchange/kontor/formats"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// A drop is the files of one day, one of each feed, opened when the first row
// of the feed comes.
type drop struct {
	g      *generator
	create Create
	day    int    // whose documents are written
	on     int    // the day on which they are dropped
	suffix string // of the names
	files  [purchase.Instructions + 1]*file
}

// A file that is being written.
type file struct {
	closer io.Closer
	buffer *bufio.Writer
	writer *formats.Writer
}

// drop writes the files of a day, and some of the day before once more.
func (g *generator) drop(ctx context.Context, day int, create Create) error {
	if err := g.write(ctx, &drop{g: g, create: create, day: day, on: day}, 0); err != nil {
		return err
	}
	for _, feed := range purchase.Feeds() {
		again := newDraw(g.Seed, day*16+int(feed), onAgain)
		if day == 0 || feed == purchase.Payments || !again.chance(g.Shares.Again) {
			continue
		}
		if err := g.write(ctx, &drop{g: g, create: create, day: day - 1, on: day, suffix: "_again"}, feed); err != nil {
			return err
		}
	}
	return nil
}

// write walks the orders that can have a document on the day of a drop, and
// writes these documents: of one feed, or of all when only is 0.
func (g *generator) write(ctx context.Context, d *drop, only purchase.Feed) (err error) {
	defer func() { err = errors.Join(err, d.close()) }()
	if only == 0 && g.bank[d.day] == d.day {
		if _, err := d.file(purchase.Payments); err != nil {
			return err
		}
	}
	h := &history{g: g}
	for placed := max(0, d.day-g.span); placed <= d.day; placed++ {
		for order := g.first(placed); order < g.first(placed+1); order++ {
			if order%1024 == 0 && ctx.Err() != nil {
				return context.Cause(ctx)
			}
			h.tell(order, placed, d.day)
			if err := d.add(h, only); err != nil {
				return err
			}
		}
	}
	return nil
}

// add writes the documents of one order that belong to the day.
func (d *drop) add(h *history, only purchase.Feed) error {
	for i := range h.events {
		e := &h.events[i]
		if only != 0 && e.feed != only {
			continue
		}
		f, err := d.file(e.feed)
		if err != nil {
			return err
		}
		record := h.record(e)
		if e.bad {
			record = spoil(record, e.kind)
		}
		if err := f.writer.Write(record); err != nil {
			return err
		}
	}
	return nil
}

// file opens the file of a feed at its first row.
func (d *drop) file(feed purchase.Feed) (*file, error) {
	if f := d.files[feed]; f != nil {
		return f, nil
	}
	name := feed.String() + "_" + d.g.date(d.day).Format("20060102") + d.suffix + ".csv"
	w, err := d.create(d.g.date(d.on), feed == purchase.Payments, name)
	if err != nil {
		return nil, err
	}
	buffer := bufio.NewWriterSize(w, 64<<10)
	d.files[feed] = &file{closer: w, buffer: buffer, writer: d.g.Profile.NewWriter(buffer, feed)}
	return d.files[feed], nil
}

// close completes the files.
func (d *drop) close() error {
	var errs []error
	for _, f := range d.files {
		if f != nil {
			errs = append(errs, f.writer.Flush(), f.buffer.Flush(), f.closer.Close())
		}
	}
	return errors.Join(errs...)
}
