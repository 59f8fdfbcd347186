package main

import (
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestRoff(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a paragraph", "one\ntwo\n\nthree", "one\ntwo\n.PP\nthree\n"},
		{"what looks like a request", ".so /etc/passwd\n'br", "\\&.so /etc/passwd\n\\(aqbr\n"},
		{"a backslash, a flag and quotes", `C:\x --flag "it's"`, "C:\\ex \\-\\-flag \\(dqit\\(aqs\\(dq\n"},
		{"not ASCII", "größer als 5 €", "gr\\[u00F6]\\[u00DF]er als 5 \\[u20AC]\n"},
		{"lines as they are", "so:\n\n  a  b\n  .c\n\ndone", "so:\n.PP\n.nf\n  a  b\n  .c\n.fi\n.PP\ndone\n"},
		{"a heading", "one\n\nEXIT STATUS\ntwo", "one\n.SH EXIT STATUS\ntwo\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &roff{}
			r.prose(tt.text)
			if got := r.String(); got != tt.want {
				t.Errorf("prose(%q) = %q; want %q", tt.text, got, tt.want)
			}
		})
	}
}

// Every command has a page whose lines are text or requests that man(7) knows.
func TestManPages(t *testing.T) {
	p := &program{out: io.Discard, errs: io.Discard, now: time.Now}
	root := p.rootCommand()
	pages := map[string]string{"kontor.yaml.5": configPage("a: b # c\n.d")}
	manPages(root, pages)
	for _, c := range p.commands() {
		if pages["kontor-"+c.Name()+".1"] == "" {
			t.Errorf("kontor %s has no page", c.Name())
		}
	}
	request := regexp.MustCompile(`^\.(TH|SH|PP|TP|B|nf|fi|nh|ad)( |$)`)
	for name, text := range pages {
		for line := range strings.Lines(text) {
			if line = strings.TrimSuffix(line, "\n"); strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !request.MatchString(line) {
				t.Errorf("%s: %q is a request that does not exist", name, line)
			}
		}
		for _, section := range []string{"NAME", "DESCRIPTION", "SEE ALSO"} {
			if !strings.Contains(text, "\n.SH "+section+"\n") {
				t.Errorf("%s has no section %s", name, section)
			}
		}
	}
}
