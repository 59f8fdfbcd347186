package provider

import (
	"slices"
	"testing"
)

// What is asked for is not changed by asking.
func TestDistinct(t *testing.T) {
	all := []string{"b", "a", "b", "c", "a"}
	if got := distinct(all); !slices.Equal(got, []string{"b", "a", "c"}) || !slices.Equal(all, []string{"b", "a", "b", "c", "a"}) {
		t.Errorf("distinct = %v, of %v; want each once, and all as it was", got, all)
	}
}
