package remote

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrName says that a name is none that we take or make.
var ErrName = errors.New("name not allowed")

// maxName is the longest name in bytes; no common file system takes more.
const maxName = 255

// CheckName refuses the names that are never taken from a remote and never put
// there: empty, over 255 bytes, not UTF-8, with a slash, backslash, control or
// other unprintable character, beginning with a dot, or temporary (domain: § 3
// inbound files). The error is ErrName with the reason.
func CheckName(name string) error {
	if err := checkElement(name); err != nil {
		return err
	}
	if Temporary(name) {
		return fmt.Errorf("%w: %q begins with a dot or ends like an unfinished file", ErrName, name)
	}
	return nil
}

// Temporary reports whether the name is one of a file that is still being
// written: it begins with a dot or ends in .tmp, .part, .partial, .filepart or
// .writing, in any case of letters.
func Temporary(name string) bool {
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

// checkElement refuses what cannot be one element of a path on every system.
func checkElement(name string) error {
	switch {
	case name == "" || name == "." || name == "..":
		return fmt.Errorf("%w: %q is no file name", ErrName, name)
	case len(name) > maxName:
		return fmt.Errorf("%w: %d bytes, at most %d are taken", ErrName, len(name), maxName)
	case !utf8.ValidString(name):
		return fmt.Errorf("%w: %q is not UTF-8", ErrName, name)
	case strings.ContainsAny(name, `/\`):
		return fmt.Errorf("%w: %q contains a slash or backslash", ErrName, name)
	}
	for _, r := range name {
		if !unicode.IsPrint(r) {
			return fmt.Errorf("%w: %q contains an unprintable character", ErrName, name)
		}
	}
	return nil
}

// checkFolder refuses folders that are no plain path below the base.
func checkFolder(folder string) error {
	if folder == "" {
		return nil
	}
	for element := range strings.SplitSeq(folder, "/") {
		if err := checkElement(element); err != nil {
			return fmt.Errorf("folder %q: %w", folder, err)
		}
		if strings.HasPrefix(element, ".") {
			return fmt.Errorf("folder %q: %w: an element begins with a dot", folder, ErrName)
		}
	}
	return nil
}

func checkPath(folder, name string) error {
	return errors.Join(checkFolder(folder), CheckName(name))
}

// temporaryName makes a hidden name that nobody uses.
func temporaryName(random io.Reader) (string, error) {
	var b [ownBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("make a temporary name: %w", err)
	}
	return ownStart + hex.EncodeToString(b[:]) + ownEnd, nil
}
