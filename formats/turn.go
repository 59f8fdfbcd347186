package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kontor-exchange/kontor/processor/purchase"
)

// maxTurn is the most bytes of a turn or a refusal.
const maxTurn = 64 << 10

// A Turn tells the other side how far one has come, so that two exchanges with
// clocks of their own do each slot in the same order as one alone. The latest
// counts.
type Turn struct {
	Format   int       `json:"format"` // [AnswerFormat]; filled in by [WriteTurn]
	Merchant string    `json:"merchant"`
	Through  time.Time `json:"through,omitzero"` // nominal instant of the last transmit slot that is complete; none before the first
	Next     time.Time `json:"next,omitzero"`    // of the one after it; none when none is known
	Last     int64     `json:"last"`             // number of the last batch, or answer, that was put; 0 before the first
	Have     int64     `json:"have"`             // number of the last one of the other side that came without a gap
	Heard    int64     `json:"heard"`            // number of the last one that the other side has said to have put
}

// WriteTurn writes a turn; its times in UTC, in whole seconds.
func WriteTurn(w io.Writer, t Turn) error {
	t.Format, t.Through, t.Next = AnswerFormat, wholeSecond(t.Through), wholeSecond(t.Next)
	return writeNote(w, t)
}

// wholeSecond is a time in UTC, in whole seconds; none is none.
func wholeSecond(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// ReadTurn reads a turn.
func ReadTurn(r io.Reader) (t Turn, err error) {
	if err := readNote(r, "a turn", &t); err != nil {
		return Turn{}, err
	}
	switch {
	case t.Format != AnswerFormat:
		err = fmt.Errorf("%w: a turn of format %d, this program reads %d", ErrAnswer, t.Format, AnswerFormat)
	case !isMerchant(t.Merchant) || !t.Through.IsZero() && !isInstant(t.Through) || !t.Next.IsZero() && !isInstant(t.Next):
		err = fmt.Errorf("%w: merchant, through or next of a turn is none that can be", ErrAnswer)
	case t.Last < 0 || t.Have < 0 || t.Heard < 0:
		err = fmt.Errorf("%w: a number of a turn is negative", ErrAnswer)
	}
	if err != nil {
		return Turn{}, err
	}
	return t, nil
}

// A Refused note says that a batch is not taken, and why. It stands until the
// batch is mended.
type Refused struct {
	Format   int           `json:"format"` // [AnswerFormat]; filled in by [WriteRefused]
	Merchant string        `json:"merchant"`
	Number   int64         `json:"number"` // of the batch
	SHA256   string        `json:"sha256"` // of what came
	Code     purchase.Code `json:"code"`
	Text     string        `json:"text"`
}

// WriteRefused writes a refusal.
func WriteRefused(w io.Writer, n Refused) error {
	n.Format = AnswerFormat
	return writeNote(w, n)
}

// ReadRefused reads a refusal.
func ReadRefused(r io.Reader) (n Refused, err error) {
	if err := readNote(r, "a refusal", &n); err != nil {
		return Refused{}, err
	}
	switch {
	case n.Format != AnswerFormat:
		err = fmt.Errorf("%w: a refusal of format %d, this program reads %d", ErrAnswer, n.Format, AnswerFormat)
	case !isMerchant(n.Merchant) || n.Number < 1 || !isSHA256(n.SHA256) || n.Code == "":
		err = fmt.Errorf("%w: merchant, number, sha256 or code of a refusal is missing", ErrAnswer)
	}
	if err != nil {
		return Refused{}, err
	}
	return n, nil
}

func writeNote(w io.Writer, v any) error {
	text, err := jsonText(v)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text+"\n")
	return err
}

// readNote reads a short document, and nothing after it.
func readNote(r io.Reader, what string, v any) error {
	text, err := io.ReadAll(io.LimitReader(r, maxTurn+1))
	if err != nil {
		return err
	}
	if len(text) > maxTurn {
		return fmt.Errorf("%w: %s is longer than %d bytes", ErrAnswer, what, maxTurn)
	}
	if err := unmarshalOne(text, v); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrAnswer, what, err)
	}
	return nil
}

// unmarshalOne reads one JSON document of known fields.
func unmarshalOne(text []byte, v any) error {
	if !json.Valid(text) {
		return errors.New("not one whole JSON document")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(v)
}
