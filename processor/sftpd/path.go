package sftpd

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A place is where a client's path leads inside a home.
type place struct {
	file   string // relative to the home, "." for the home itself
	folder string // in or out, or "" for the home itself
	name   string // last element
	direct bool   // the file stands directly in its folder: in/x, not in/a/x
}

// locate reads a path of a client. The client's root is its home, of which it
// sees in and out and what is below, no dot names except those it makes itself
// in in.
func locate(p string) (place, error) {
	clean := strings.TrimPrefix(path.Clean("/"+p), "/")
	if clean == "" {
		return place{file: "."}, nil
	}
	elements := strings.Split(clean, "/")
	for i, element := range elements {
		if err := checkName(element); err != nil {
			return place{}, err
		}
		if strings.HasPrefix(element, ".") && (i == 0 || i < len(elements)-1 || elements[0] != "in") {
			return place{}, errNoFile
		}
	}
	if elements[0] != "in" && elements[0] != "out" {
		return place{}, errNoFile
	}
	return place{
		file: clean, folder: elements[0], name: elements[len(elements)-1],
		direct: len(elements) == 2,
	}, nil
}

// checkName refuses what is no file name on every system, or could deceive the
// one who reads it. The client learns the reason.
func checkName(name string) error {
	switch {
	case len(name) > 255:
		return refusal(fmt.Sprintf("the name has %d bytes; at most 255 are taken", len(name)))
	case !utf8.ValidString(name):
		return refusal("the name is not UTF-8")
	case strings.Contains(name, `\`):
		return refusal("the name contains a backslash")
	}
	for _, r := range name {
		if !unicode.IsPrint(r) {
			return refusal("the name contains an unprintable character")
		}
	}
	return nil
}

// temporary reports whether a file of that name is not taken yet: it begins with
// a dot or ends in .tmp, .part, .partial, .filepart or .writing, in any case
// (domain: § 3). Such files are not checked before they are renamed.
func temporary(name string) bool {
	if strings.HasPrefix(name, ".") {
		return true
	}
	lower := strings.ToLower(name)
	for _, end := range []string{".tmp", ".part", ".partial", ".filepart", ".writing"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return false
}
