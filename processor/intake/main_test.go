package intake

import (
	"flag"
	"testing"

	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

// TestMain draws fewer random histories than usual, for each needs a database;
// -rapid.checks draws more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
	databasetest.Main(m)
}
