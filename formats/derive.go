package formats

import (
	"slices"
	"strings"
)

// A derivedFrom makes a column of a cell of any heading: what an export lacks,
// it often has in other words. A cell may be the source of several columns, and
// be a column itself.
type derivedFrom struct {
	column  int
	heading string
	take    string // part of the cell, see takes
	filled  string // value where the part is not empty; "": the part
	empty   string // value where it is
}

// A derivedCell is a derivedFrom in one file.
type derivedCell struct {
	derivedFrom
	cell int // position in the line
}

// Parts of a cell.
const (
	takeAll       = "all"
	takeFirstName = "first_name" // all words but the last, or what follows a comma
	takeLastName  = "last_name"  // the last word, or what stands before a comma
	takeStreet    = "street"     // without the house number
	takeHouseNo   = "house_no"   // from the last word that begins with a digit on
	takeLower     = "lower"      // in small letters, such as an address of mail
)

func takes() []string {
	return []string{takeAll, takeFirstName, takeLastName, takeStreet, takeHouseNo, takeLower}
}

// value makes the value of a cell.
func (d derivedFrom) value(cell string) string {
	part := taken(d.take, strings.TrimSpace(cell))
	switch {
	case part == "":
		return d.empty
	case d.filled != "":
		return d.filled
	}
	return part
}

func taken(take, cell string) string {
	switch take {
	case takeFirstName:
		first, _ := names(cell)
		return first
	case takeLastName:
		_, last := names(cell)
		return last
	case takeStreet:
		street, _ := address(cell)
		return street
	case takeHouseNo:
		_, house := address(cell)
		return house
	case takeLower:
		return strings.ToLower(cell)
	}
	return cell
}

// names cuts "Anna Maria Berger" or "Berger, Anna Maria".
func names(cell string) (first, last string) {
	if before, after, comma := strings.Cut(cell, ","); comma {
		return strings.TrimSpace(after), strings.TrimSpace(before)
	}
	words := strings.Fields(cell)
	if len(words) == 0 {
		return "", ""
	}
	n := len(words) - 1
	return strings.Join(words[:n], " "), words[n]
}

// maxHouse is how many words a house number has at most, such as 12 a - c.
const maxHouse = 4

// address cuts "Straße des 17. Juni 135 b" before its 135. What has no number
// stays whole.
func address(cell string) (street, house string) {
	words := strings.Fields(cell)
	for i := len(words) - 1; i > 0 && len(words)-i <= maxHouse; i-- {
		if c := words[i][0]; c >= '0' && c <= '9' {
			return strings.TrimRight(strings.Join(words[:i], " "), " ,"), strings.Join(words[i:], " ")
		}
	}
	return strings.Join(words, " "), ""
}

// derivesFrom reports whether a heading is the source of a column.
func (f *feedFormat) derivesFrom(heading string) bool {
	return heading != "" && slices.ContainsFunc(f.derived, func(d derivedFrom) bool { return d.heading == heading })
}

// derive finds the sources in a file and notes the columns that it has by them.
// It returns a source that comes twice.
func (f *feedFormat) derive(h *header, at map[int]bool) (twice string) {
	for _, d := range f.derived {
		cell := slices.Index(h.headings, d.heading)
		switch {
		case cell < 0:
			continue
		case slices.Contains(h.headings[cell+1:], d.heading):
			return d.heading
		}
		h.derived = append(h.derived, derivedCell{d, cell})
		at[d.column] = true
	}
	return ""
}

// source is the heading of a column, or that of the cell it is made of.
func (f *feedFormat) source(column int) string {
	for _, d := range f.derived {
		if d.column == column {
			return d.heading
		}
	}
	return f.headings[column]
}
