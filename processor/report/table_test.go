package report_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
)

// readTable reads an excel-de table as a strict reader of CSV does.
func readTable(t *testing.T, render func(w *bytes.Buffer) error) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := render(&b); err != nil {
		t.Fatal(err)
	}
	text, found := strings.CutPrefix(b.String(), "\uFEFF")
	if !found {
		t.Errorf("the table begins with %.20q; want a byte order mark", text)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
