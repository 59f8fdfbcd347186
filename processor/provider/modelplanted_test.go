package provider_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var plantAll = flag.Bool("planted", false, "plant all the bugs, not only the first two")

// A plant is a bug that somebody might write: one place of one file of the
// program, changed.
type plant struct {
	name, file, right, wrong string
}

var plants = []plant{
	{"guaranteed a day late, > for >=", "due.go", "d >= c.GuaranteeOn &&", "d > c.GuaranteeOn &&"},
	{"what comes back after the guarantee is not clawed back", "../purchase/claim.go", "		return c.Base()\n", "		return c.I - c.D\n"},
	{"a fee is rounded twice", "due.go", "invoiced.Times(t.Percent) + t.Fixed", "(invoiced.Times(10*t.Percent)+5)/10 + t.Fixed"},
	{
		"tax is rounded for each line", "advance.go", "	vat := (-fees).Times(s.terms.Fees.VAT)\n", `
	var vat money.Amount
	if err := s.tx.QueryRow(ctx, "SELECT CAST(SUM((? - amount * ?) / 10000) AS BIGINT) FROM provider_lines WHERE merchant_id = ? AND n >= ? AND line_type = ?",
		5_000, int64(s.terms.Fees.VAT), w.Merchant, w.FirstLine, purchase.LineFee).Scan(&vat); err != nil {
		return err
	}
`,
	},
	{"a new base rate counts from its second day", "interest.go", "next = min(next, rates[i+1].From)", "next = min(next, rates[i+1].From+1)"},
	{"interest counts from the day of receipt", "interest.go", "level1 + schedules.Date(letterDays) + 1", "level1 + schedules.Date(letterDays)"},
	{"a payment is booked to the claim due last", "pay.go", "cmp.Compare(a.DueOn, b.DueOn)", "cmp.Compare(b.DueOn, a.DueOn)"},
	{"the flat sum comes with each level", "level.go", "if level >= 2 && c.FlatCounted == 0 {", "if level >= 2 {"},
	{"the reminder costs what the first dunning costs", "level.go", "		return t.Fee[level-1], 0\n", "		return t.Fee[max(level, 2)-1], 0\n"},
	{"what is carried over is dropped", "advance.go", "Opening: last.Closing,", "Opening: max(0, last.Closing),"},
	{"a credit after the guarantee lowers nothing", "claim.go", "func(v *purchase.Claim) { v.K = k }", "func(v *purchase.Claim) {\n\t\tif !v.Guaranteed || p.Feed != purchase.Credits {\n\t\t\tv.K = k\n\t\t}\n\t}"},
	{"a credit that names a return adds to it", "../purchase/claim.go", "case !named[d.Number]:", "default:"},
	{"charges stay when a claim is credited in full", "claim.go", "if c.Reduced != c.Invoiced ", "if c.Reduced == c.Invoiced "},
}

// harmless is a change that nobody may notice.
var harmless = plant{"records are loaded and saved two by two", "session.go", "const chunk = 2000", "const chunk = 2"}

// Each planted bug is found by the histories that the right program passes.
func TestPlanted(t *testing.T) {
	planted := plants[:2] // TestModel says that the program as it is passes
	if *plantAll {
		planted = plants
		mustPass(t, "the program as it is", nil)
		mustPass(t, harmless.name, &harmless)
	}
	for _, p := range planted {
		t.Run(p.name, func(t *testing.T) {
			out, err := liveWith(t, &p)
			switch {
			case err == nil:
				t.Errorf("nothing was found; want that the books differ")
			case !strings.Contains(out, "--- FAIL: TestModel/SQLite"):
				t.Errorf("%v\n%s\nwant that the books differ", err, out)
			}
		})
	}
}

// Every bug can still be planted where it belongs.
func TestPlantsFit(t *testing.T) {
	for _, p := range append(plants[:len(plants):len(plants)], harmless) {
		p.overlay(t)
	}
}

func mustPass(t *testing.T, what string, p *plant) {
	t.Helper()
	if out, err := liveWith(t, p); err != nil {
		t.Fatalf("%s: %v\n%s\nwant that it passes", what, err, out)
	}
}

// plantedHistories is how many histories look for a bug: those of TestModel.
const plantedHistories = "60"

// liveWith runs TestModel in a program of its own, with a bug.
func liveWith(t *testing.T, p *plant) (out string, err error) {
	t.Helper()
	args := []string{"test", "-run", "^TestModel$/^SQLite$", "-count", "1", "-vet", "off"}
	if p != nil {
		args = append(args, "-overlay", p.overlay(t))
	}
	cmd := exec.CommandContext(t.Context(), "go", append(args, ".", "-histories", plantedHistories, "-shorten", "0")...)
	b, err := cmd.CombinedOutput()
	return string(b), err
}

// overlay writes the changed file and what tells the compiler to take it.
func (p *plant) overlay(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(p.file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), p.right); n != 1 {
		t.Fatalf("%s has %q %d times; want it once: plant the bug anew", p.file, p.right, n)
	}
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, filepath.Base(p.file)), filepath.Join(dir, "overlay.json")
	said, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{changed: strings.Replace(string(text), p.right, p.wrong, 1), overlay: string(said)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return overlay
}
