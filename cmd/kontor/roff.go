package main

import (
	"fmt"
	"strings"
	"unicode"
)

// A roff is a manual page in the making (man(7)).
type roff struct{ strings.Builder }

func newRoff(name, section string) *roff {
	r := &roff{}
	// No date: the same program writes the same page.
	r.line(fmt.Sprintf(`.TH "%s" "%s" "" "kontor %s" "kontor"`, roffText(strings.ToUpper(name)), section, roffText(thisBuild().Version)))
	r.line(".nh")
	r.line(".ad l")
	return r
}

func (r *roff) line(s string) { r.WriteString(s + "\n") }

func (r *roff) section(title string) { r.line(".SH " + roffText(strings.ToUpper(title))) }

// tagged is an item with what it means.
func (r *roff) tagged(tag, meaning string) {
	r.line(".TP")
	r.line(".B " + roffText(tag))
	r.line(roffLine(meaning))
}

// prose writes paragraphs. Indented lines stay as they are, and a line of capital
// letters is a heading.
func (r *roff) prose(text string) {
	broken := false // a paragraph ended
	var kept []string
	keep := func() {
		if len(kept) > 0 {
			r.verbatim(strings.Join(kept, "\n"))
		}
		kept = nil
	}
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "  "):
			kept, broken = append(kept, line), false
			continue
		case strings.TrimSpace(line) == "":
			broken = true
			continue
		}
		keep()
		switch {
		case isHeading(line):
			r.section(line)
		default:
			if broken {
				r.line(".PP")
			}
			r.line(roffLine(line))
		}
		broken = false
	}
	keep()
}

// isHeading reports whether a line has capital letters only, and some.
func isHeading(line string) bool {
	return strings.ContainsFunc(line, unicode.IsLetter) && !strings.ContainsFunc(line, func(r rune) bool {
		return !unicode.IsUpper(r) && r != ' '
	})
}

// verbatim writes lines as they are.
func (r *roff) verbatim(text string) {
	r.line(".PP")
	r.line(".nf")
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		r.line(roffLine(line))
	}
	r.line(".fi")
}

// roffText escapes what roff reads as its own, and what is not ASCII.
func roffText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-':
			b.WriteString(`\-`)
		case r == '"':
			b.WriteString(`\(dq`)
		case r == '\'':
			b.WriteString(`\(aq`)
		case r > unicode.MaxASCII:
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// roffLine is a line of text, which never is a request.
func roffLine(s string) string {
	if strings.HasPrefix(s, ".") {
		return `\&` + roffText(s)
	}
	return roffText(s)
}
