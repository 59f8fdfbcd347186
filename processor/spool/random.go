package spool

import "crypto/rand"

// randomName returns a name that no other writer has; it never reaches a book
// or a report, so it needs no seed.
func randomName() string { return rand.Text() }
