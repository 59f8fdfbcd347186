package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A screen is the text of the summary.
type screen struct {
	strings.Builder
	width int
	bold  bool
}

// title begins a section; what stands beside it explains it.
func (v *screen) title(name, text string, args ...any) {
	shown := name
	if v.bold {
		shown = "\x1b[1m" + name + "\x1b[0m"
	}
	v.WriteString("\n" + shown)
	if text == "" {
		v.WriteString("\n")
		return
	}
	v.wrap(utf8.RuneCountInString(name), fmt.Sprintf("  "+text, args...))
}

// line is a paragraph, indented.
func (v *screen) line(text string, args ...any) {
	v.WriteString(" ")
	v.wrap(1, " "+fmt.Sprintf(text, args...))
}

// wrap writes words, of which none stands beyond the width; used columns are
// full already.
func (v *screen) wrap(used int, text string) {
	for i, word := range strings.Split(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i > 0 && used+1+n > v.width && used > 4:
			v.WriteString("\n    " + word)
			used = 4 + n
		case i > 0:
			v.WriteString(" " + word)
			used += 1 + n
		default:
			v.WriteString(word)
			used += n
		}
	}
	v.WriteString("\n")
}

// table is a table, indented; see printTable. A column whose heading begins
// with ? is left out when the screen is too narrow, the last one first.
func (v *screen) table(headings []string, rows [][]string) {
	for {
		text, wide := tableText(headings, rows)
		spare := lastSpare(headings)
		if wide+2 <= v.width || spare < 0 {
			for line := range strings.Lines(text) {
				v.WriteString("  " + line)
			}
			return
		}
		headings = slices.Delete(slices.Clone(headings), spare, spare+1)
		for i, row := range rows {
			rows[i] = slices.Delete(slices.Clone(row), spare, spare+1)
		}
	}
}

func lastSpare(headings []string) int {
	for i, h := range slices.Backward(headings) {
		if strings.HasPrefix(h, "?") {
			return i
		}
	}
	return -1
}

// tableText is a table, and how wide it is.
func tableText(headings []string, rows [][]string) (text string, wide int) {
	shown := make([]string, len(headings))
	for i, h := range headings {
		shown[i] = strings.TrimPrefix(h, "?")
	}
	var b strings.Builder
	if err := (&program{out: &b}).printTable(shown, rows); err != nil {
		return "", 0 // a strings.Builder takes everything
	}
	for line := range strings.Lines(b.String()) {
		wide = max(wide, utf8.RuneCountInString(line)-1)
	}
	return b.String(), wide
}
