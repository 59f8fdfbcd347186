package report_test

import (
	"bytes"
	"testing"
)

// The reference that is typed by hand stands below the long one; an order of the
// time before has none.
func TestLetterShortReference(t *testing.T) {
	l := loadOctober(t).letter(t, "RE1002", "2026-11-12")
	if text := pdftotext(t, letterPDF(t, german(t), l)); bytes.Contains(text, []byte("oder kurz")) {
		t.Errorf("a letter without a short reference says\n%s", text)
	}
	l.Notices[0].Payment.Short = "SY9N-H9CM"
	text := pdftotext(t, letterPDF(t, english(t), l))
	if !bytes.Contains(text, []byte("or in short")) || !bytes.Contains(text, []byte("SY9N-H9CM")) {
		t.Errorf("a letter with a short reference says\n%s", text)
	}
}
