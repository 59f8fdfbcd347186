package processor_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/kontor-exchange/kontor/"

// layers are the packages from the top to the ground. A package imports only
// what stands in a lower layer; what is below a folder belongs to it.
var layers = [...][]string{
	{"cmd/kontor"},
	{"processor"},
	{"samples"},
	{"processor/intake", "processor/batch", "processor/outbox", "processor/report", "processor/alerts", "processor/courier"},
	{"processor/provider", "processor/remote", "processor/sftpd"},
	{"formats"},
	{"processor/purchase", "processor/ledger"},
	{"processor/money", "processor/database", "processor/spool", "schedules"},
}

// refused are arrows that point down and are not wanted all the same: the
// provider is put together with the rest in cmd/kontor alone.
var refused = map[string]string{
	"processor/report → processor/provider": "reports say what others have computed",
	"processor → processor/provider":        "it knows the provider by an interface",
	"processor → processor/sftpd":           "cmd/kontor starts the server",
	"processor → samples":                   "samples are for cmd/kontor and for tests",
}

// layer returns the package of layers that a folder belongs to, and its layer.
func layer(folder string) (owner string, depth int) {
	depth = -1
	for i, packages := range layers {
		for _, p := range packages {
			inside := folder == p || strings.HasPrefix(folder, p+"/") && p != "processor"
			if inside && len(p) > len(owner) {
				owner, depth = p, i
			}
		}
	}
	return owner, depth
}

// TestImports holds the packages apart: imports point down, never sideways.
func TestImports(t *testing.T) {
	err := fs.WalkDir(os.DirFS(".."), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "testdata" || len(name) > 1 && name[0] == '.') {
			return fs.SkipDir
		}
		if path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), "../"+file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if to, ours := strings.CutPrefix(name, module); ours {
				if reason := refusal(path.Dir(file), to); reason != "" {
					t.Errorf("%s imports %s: refused, since %s", file, to, reason)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// refusal says why one folder must not import another; "" means that it may.
func refusal(from, to string) string {
	importer, above := layer(from)
	imported, below := layer(to)
	switch {
	case above < 0:
		return from + " has no place in the layers of processor/imports_test.go"
	case below < 0:
		return to + " has no place in the layers of processor/imports_test.go"
	case strings.HasSuffix(to, "test") && !strings.HasSuffix(from, "test"):
		return "it is for tests"
	case importer == imported:
		return ""
	case above == below:
		return "both stand in one layer, and imports never point sideways"
	case above > below:
		return "imports point down the layers only"
	}
	return refused[importer+" → "+imported]
}

func TestRefusal(t *testing.T) {
	for _, c := range []struct {
		from, to string
		refused  bool
	}{
		{"cmd/kontor", "processor/provider", false},
		{"cmd/kontor", "samples", false},
		{"processor", "processor/intake", false},
		{"processor/database/databasetest", "processor/database", false},
		{"processor/database", "processor/database/databasetest", true},
		{"processor", "processor/provider", true},
		{"processor", "samples", true},
		{"processor/report", "processor/provider", true},
		{"processor/report", "samples", true},
		{"processor/batch", "processor/intake", true},
		{"processor/money", "processor/purchase", true},
		{"processor/unheard", "processor/money", true},
	} {
		if got := refusal(c.from, c.to); (got != "") != c.refused {
			t.Errorf("refusal(%s, %s) = %q; want a reason: %t", c.from, c.to, got, c.refused)
		}
	}
}
