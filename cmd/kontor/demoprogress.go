package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/kontor-exchange/kontor/schedules"
)

// A progress tells what is being done: on a terminal in one line that is
// written over, elsewhere in a line for each week.
type progress struct {
	w     io.Writer
	width int // of the terminal; 0 when there is none
}

func newProgress(w io.Writer) *progress { return &progress{w: w, width: terminalWidth(w)} }

// terminalWidth is the number of columns of a terminal; 0 when w is none.
func terminalWidth(w io.Writer) int {
	f, isFile := stream(w).(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 20 {
		return 80
	}
	return width
}

// day tells that n of all days are done.
func (p *progress) day(n, all int, day schedules.Date, files int) {
	const bar = 24
	done := n * bar / all
	line := fmt.Sprintf("%s %s  %s  %s in", strings.Repeat("█", done)+strings.Repeat("░", bar-done), day.Format("Mon 2 Jan 2006"),
		fmt.Sprintf("day %*d of %d", len(fmt.Sprint(all)), min(n+1, all), all), count(files, "file", "files"))
	switch {
	case p.width > 0:
		p.say(line)
	case day.Weekday() == 0 && n < all:
		fmt.Fprintf(p.w, "%s: day %d of %d, %s in\n", day, n+1, all, count(files, "file", "files"))
	}
}

// say writes over the line of a terminal; elsewhere it is a line.
func (p *progress) say(line string) {
	if p.width == 0 {
		fmt.Fprintln(p.w, line)
		return
	}
	if utf8.RuneCountInString(line) >= p.width {
		line = string([]rune(line)[:p.width-1])
	}
	fmt.Fprint(p.w, "\r\x1b[K"+line)
}

// clear leaves an empty line on a terminal.
func (p *progress) clear() {
	if p.width > 0 {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
