package schedules

import "math/bits"

// A set holds small numbers, one bit each.
type set uint64

func (s set) has(n int) bool { return s&(1<<n) != 0 }
func (s set) count() int     { return bits.OnesCount64(uint64(s)) }

// from returns the smallest member >= n.
func (s set) from(n int) (int, bool) {
	s &= ^set(0) << n
	return bits.TrailingZeros64(uint64(s)), s != 0
}

// upTo returns the largest member <= n, where n may be -1.
func (s set) upTo(n int) (int, bool) {
	s &= 1<<(n+1) - 1
	return bits.Len64(uint64(s)) - 1, s != 0
}

// fields are what a cron expression names, blind to zones: a wall-clock minute
// matches when its five parts are members.
type fields struct{ minutes, hours, days, months, weekdays set }

// from returns the first matching minute >= w, if there is one before the
// horizon.
func (f fields) from(w wall) (wall, bool) {
	d, m := w.split()
	if f.onDay(d) {
		if m, ok := f.timeFrom(m); ok {
			return wallAt(d, m), true
		}
	}
	d, ok := f.dayFrom(d + 1)
	if !ok {
		return 0, false
	}
	m, ok = f.timeFrom(0)
	return wallAt(d, m), ok
}

// upTo returns the last matching minute <= w, if there is one after the
// horizon.
func (f fields) upTo(w wall) (wall, bool) {
	d, m := w.split()
	if f.onDay(d) {
		if m, ok := f.timeUpTo(m); ok {
			return wallAt(d, m), true
		}
	}
	d, ok := f.dayUpTo(d - 1)
	if !ok {
		return 0, false
	}
	m, ok = f.timeUpTo(minutesPerDay - 1)
	return wallAt(d, m), ok
}

// timeFrom returns the first matching minute of a day that is >= m.
func (f fields) timeFrom(m int) (int, bool) {
	hour := m / 60
	if minute, ok := f.minutes.from(m % 60); ok && f.hours.has(hour) {
		return hour*60 + minute, true
	}
	hour, ok := f.hours.from(hour + 1)
	minute, _ := f.minutes.from(0)
	return hour*60 + minute, ok
}

// timeUpTo returns the last matching minute of a day that is <= m.
func (f fields) timeUpTo(m int) (int, bool) {
	hour := m / 60
	if minute, ok := f.minutes.upTo(m % 60); ok && f.hours.has(hour) {
		return hour*60 + minute, true
	}
	hour, ok := f.hours.upTo(hour - 1)
	minute, _ := f.minutes.upTo(59)
	return hour*60 + minute, ok
}

// onDay reports whether a date matches. Day of month and weekday never
// restrict together, see [Parse].
func (f fields) onDay(d Date) bool {
	_, month, day := d.Time().Date()
	return f.months.has(int(month)) && f.days.has(day) && f.weekdays.has(int(d.Weekday()))
}

// dayFrom returns the first matching date on or after d; months that do not
// match are passed in one step, so that 29 February is found at once.
func (f fields) dayFrom(d Date) (Date, bool) {
	for last := d + horizonDays; d <= last; {
		if f.onDay(d) {
			return d, true
		}
		year, month, _ := d.Time().Date()
		if f.months.has(int(month)) {
			d++
		} else {
			d = NewDate(year, month+1, 1)
		}
	}
	return 0, false
}

// dayUpTo returns the last matching date on or before d.
func (f fields) dayUpTo(d Date) (Date, bool) {
	for last := d - horizonDays; d >= last; {
		if f.onDay(d) {
			return d, true
		}
		_, month, day := d.Time().Date()
		if f.months.has(int(month)) {
			d--
		} else {
			d -= Date(day)
		}
	}
	return 0, false
}
