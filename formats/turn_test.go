package formats

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

func goldenTurn() Turn {
	slot := time.Date(2026, 11, 26, 12, 5, 0, 0, time.UTC)
	return Turn{Format: AnswerFormat, Merchant: "acme", Through: slot, Next: slot.Add(5 * time.Minute), Last: 42, Have: 17, Heard: 18}
}

func TestTurnGolden(t *testing.T) {
	last := goldenTurn()
	last.Through, last.Next = time.Time{}, time.Time{} // nothing is complete, and nobody knows when
	for name, turn := range map[string]Turn{TurnName("acme", goldenTurn().Through): goldenTurn(), TurnName("acme", goldenTurn().Next): last} {
		var b bytes.Buffer
		if err := WriteTurn(&b, turn); err != nil {
			t.Fatal(err)
		}
		golden(t, "answers/"+name, b.Bytes())
		if got, err := ReadTurn(&b); err != nil || got != turn {
			t.Errorf("ReadTurn = %+v, %v; want %+v", got, err, turn)
		}
	}
}

// A turn is told in UTC, whatever the zone of who makes it.
func TestTurnInZone(t *testing.T) {
	turn := goldenTurn()
	turn.Through = turn.Through.In(time.FixedZone("CET", 3600))
	var b bytes.Buffer
	if err := WriteTurn(&b, turn); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadTurn(&b); err != nil || got != goldenTurn() {
		t.Errorf("ReadTurn = %+v, %v; want %+v", got, err, goldenTurn())
	}
}

func TestRefusedGolden(t *testing.T) {
	note := Refused{Format: AnswerFormat, Merchant: "acme", Number: 42, SHA256: strings.Repeat("ab", 32), Code: purchase.ConflictRow, Text: "a batch with this number but other bytes was taken before"}
	var b bytes.Buffer
	if err := WriteRefused(&b, note); err != nil {
		t.Fatal(err)
	}
	golden(t, "answers/"+AnswerName("acme", 42, AnswerRefused), b.Bytes())
	if got, err := ReadRefused(&b); err != nil || got != note {
		t.Errorf("ReadRefused = %+v, %v; want %+v", got, err, note)
	}
}

func TestNoteFaults(t *testing.T) {
	var b bytes.Buffer
	if err := WriteTurn(&b, goldenTurn()); err != nil {
		t.Fatal(err)
	}
	turn := b.String()
	tests := []struct{ name, text, want string }{
		{"nothing", "", "not one whole JSON document"},
		{"cut off", turn[:len(turn)-3], "not one whole JSON document"},
		{"something after it", turn + turn, "not one whole JSON document"},
		{"a later format", strings.Replace(turn, `"format":1`, `"format":2`, 1), "format 2, this program reads 1"},
		{"an unknown key", strings.Replace(turn, `"last"`, `"least"`, 1), `unknown field "least"`},
		{"no merchant", strings.Replace(turn, `"acme"`, `""`, 1), "merchant, through or next"},
		{"below zero", strings.Replace(turn, `"have":17`, `"have":-1`, 1), "negative"},
		{"a time before all", strings.Replace(turn, "2026-11-26T12:05:00Z", "1926-11-26T12:05:00Z", 1), "through"},
		{"half a batch", strings.Replace(turn, `"have":17`, `"have":1.5`, 1), "cannot unmarshal"},
		{"no time", strings.Replace(turn, "2026-11-26T12:05:00Z", "yesterday", 1), "yesterday"},
		{"too long", turn + strings.Repeat(" ", maxTurn), "longer than"},
	}
	for _, tt := range tests {
		if got, err := ReadTurn(strings.NewReader(tt.text)); !errors.Is(err, ErrAnswer) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: ReadTurn = %+v, %v; want an error with %q", tt.name, got, err, tt.want)
		}
	}
	for _, text := range []string{`{"format":1}`, `{"format":2}`, "{}", turn} {
		if got, err := ReadRefused(strings.NewReader(text)); !errors.Is(err, ErrAnswer) {
			t.Errorf("ReadRefused(%s) = %+v, %v; want %v", text, got, err, ErrAnswer)
		}
	}
}

func TestTurnNames(t *testing.T) {
	at := time.Date(2026, 11, 26, 13, 5, 0, 0, time.FixedZone("CET", 3600))
	name := TurnName("acme", at)
	if want := "T20261126T120500Z_acme.json"; name != want {
		t.Errorf("TurnName = %q; want %q", name, want)
	}
	if m, got, ok := ParseTurnName(name); !ok || m != "acme" || !got.Equal(at) {
		t.Errorf("ParseTurnName(%q) = %q, %v, %v", name, m, got, ok)
	}
	for _, name := range []string{"", "T.json", "_acme.json", "T20261126T120500Z_acme", "T20261126T1205Z_acme.json", "T20261131T120500Z_acme.json", "T20261126T120500Z_AC.json", "T20261126T120500Z_acme.json.tmp"} {
		if m, at, ok := ParseTurnName(name); ok {
			t.Errorf("ParseTurnName(%q) = %q, %v; want no turn", name, m, at)
		}
	}
}

// FuzzTurn: what reads as a turn or a refusal is written and read back as the
// same.
func FuzzTurn(f *testing.F) {
	f.Add([]byte(`{"format":1,"merchant":"acme","through":"2026-11-26T12:05:00Z","next":"2026-11-26T12:10:00Z","last":42,"have":17,"heard":18}`))
	f.Add([]byte(`{"format":1,"merchant":"acme","number":42,"sha256":"` + strings.Repeat("ab", 32) + `","code":"CONFLICT","text":"x"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var b bytes.Buffer
		if turn, err := ReadTurn(bytes.NewReader(text)); err == nil {
			if err := WriteTurn(&b, turn); err != nil {
				t.Fatal(err)
			}
			again, err := ReadTurn(bytes.NewReader(b.Bytes()))
			var c bytes.Buffer
			if err := errors.Join(err, WriteTurn(&c, again)); err != nil || c.String() != b.String() {
				t.Fatalf("%s\nis written as\n%s, then %s, %v", text, b.String(), c.String(), err)
			}
		}
		b.Reset()
		if note, err := ReadRefused(bytes.NewReader(text)); err == nil {
			if err := WriteRefused(&b, note); err != nil {
				t.Fatal(err)
			}
			if again, err := ReadRefused(&b); err != nil || again != note {
				t.Fatalf("%s\nis read back as %+v, %v", text, again, err)
			}
		}
	})
}
