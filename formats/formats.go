// Package formats says how files look: the profiles (dialects) of ERPs, the
// reader that turns a foreign CSV into typed records or into errors by line
// and column, and the writers of what leaves.
//
// A [Profile] is immutable data: delimiter, quote, charset, decimal sign, date
// layout and, per feed, headings and value maps. [Profile.Read] streams a file
// in constant memory. A record is exactly one line, so a stray quote costs one
// row and never swallows the next; only what makes the whole file doubtful
// (encoding, header, trailer, a missing last line end) refuses the file, as a
// [FileError]. Everything else is a [RowError] of one row.
//
// Column names and rules are those of the purchase vocabulary; this package
// adds nothing to what a document means.
package formats
