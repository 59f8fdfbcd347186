package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// printTable prints rows under headings on standard output. A heading that
// begins with > is of a column of numbers, set to the right.
func (p *program) printTable(headings []string, rows [][]string) error {
	right := make([]bool, len(headings))
	head := make([]string, len(headings))
	for i, h := range headings {
		head[i], right[i] = strings.CutPrefix(h, ">")
	}
	all := append([][]string{head}, rows...)
	width := make([]int, len(headings))
	for _, r := range all {
		for i, cell := range r {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, r := range all {
		b.WriteString(tableLine(r, width, right))
	}
	_, err := fmt.Fprint(p.out, b.String())
	return err
}

func tableLine(cells []string, width []int, right []bool) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString("  ")
		}
		blanks := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
		if right[i] {
			b.WriteString(blanks + cell)
		} else {
			b.WriteString(cell + blanks)
		}
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}
