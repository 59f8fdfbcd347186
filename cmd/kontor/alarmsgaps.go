package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kontor-exchange/kontor/processor/intake"
	"github.com/kontor-exchange/kontor/processor/purchase"
)

// farApart is from how many missing numbers on an ERP is taken to have begun to
// count anew, and not to have lost its files.
const farApart = 1000

// gapAlarm tells which numbers of a feed's files did not come, though later ones
// did.
func gapAlarm(id string, feed purchase.Feed, came []intake.Arrival) (alarm, bool) {
	missing := map[int64]time.Time{} // since when a later number is there
	high, begun := int64(0), false
	for _, a := range came {
		n, numbered := numberIn(a.Name)
		if a.Feed != feed || !numbered {
			continue
		}
		delete(missing, n)
		switch ahead := n - high; {
		case !begun || ahead > farApart || ahead < -farApart || ahead < 0 && n <= 1:
			high, begun = n, true
		case ahead > 0:
			for m := high + 1; m < n; m++ {
				missing[m] = a.AsOf
			}
			high = n
		}
	}
	if len(missing) == 0 {
		return alarm{}, false
	}
	numbers := slices.Sorted(maps.Keys(missing))
	since := missing[numbers[0]]
	for _, at := range missing {
		if at.Before(since) {
			since = at
		}
	}
	return alarm{
		Code: alarmSequenceGap, Merchant: id, Subject: feed.String(), Since: since,
		Text: fmt.Sprintf("files of %s are numbered, and %s did not come, while later ones did; have them exported again", feed, ranges(numbers)),
	}, true
}

// numberIn is the last run of digits in a name before its ending.
func numberIn(name string) (int64, bool) {
	stem, _, _ := strings.Cut(name, ".")
	end := strings.LastIndexAny(stem, "0123456789") + 1
	start := end
	for start > 0 && '0' <= stem[start-1] && stem[start-1] <= '9' {
		start--
	}
	n, err := strconv.ParseInt(stem[start:end], 10, 64)
	return n, err == nil
}

// ranges writes numbers in order, such as "7, 9-12"; the first few of them.
func ranges(numbers []int64) string {
	const most = 5
	var parts []string
	for i := 0; i < len(numbers); {
		last := i
		for last+1 < len(numbers) && numbers[last+1] == numbers[last]+1 {
			last++
		}
		if len(parts) == most {
			return strings.Join(parts, ", ") + " and more"
		}
		part := strconv.FormatInt(numbers[i], 10)
		if last > i {
			part += "-" + strconv.FormatInt(numbers[last], 10)
		}
		parts = append(parts, part)
		i = last + 1
	}
	return strings.Join(parts, ", ")
}
