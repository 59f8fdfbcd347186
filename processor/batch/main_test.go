package batch

import (
	"testing"

	"github.com/kontor-exchange/kontor/processor/database/databasetest"
)

func TestMain(m *testing.M) { databasetest.Main(m) }
