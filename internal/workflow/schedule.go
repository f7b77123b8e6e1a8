package workflow

import (
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/rosterhq/roster/internal/failure"
)

// Schedule is when a workflow starts by itself: one of the three, or never where all are empty.
type Schedule struct {
	Cron  string        // five fields, of UTC's clock, or of that of a zone with CRON_TZ=Area/City before them
	Every time.Duration // from the moment on that it is enabled
	After time.Duration // after the run before has ended; the first time at once
}

// Check tells whether the schedule is one.
func (s Schedule) Check() error {
	_, err := s.after(time.Unix(0, 0))
	return err
}

// after returns the first instant of the schedule after t; zero where there is none. It is the same for whoever asks.
func (s Schedule) after(t time.Time) (time.Time, error) {
	switch {
	case s.Cron != "":
		return s.cron(t)
	case s.Every > 0:
		return t.Add(s.Every).UTC(), nil
	}
	return time.Time{}, nil
}

// cron returns the first instant after t that the cron names. Where it names hours, it is a time of the wall clock: one
// that the clock skips in spring comes right after the gap, one that it shows twice in autumn comes once. Where it names
// none ("*/15 * * * *"), it goes on through both, as time does.
func (s Schedule) cron(t time.Time) (time.Time, error) {
	name, fields := "UTC", s.Cron
	if zoned, ok := strings.CutPrefix(s.Cron, "CRON_TZ="); ok {
		name, fields, _ = strings.Cut(zoned, " ")
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return time.Time{}, failure.Invalid.Errorf("There is no time zone %q.", name)
	}
	list := strings.Fields(fields)
	if len(list) != 5 || strings.Contains(fields, "=") {
		return time.Time{}, failure.Invalid.Errorf("The cron %q has not five fields.", s.Cron)
	}
	parsed, err := cron.ParseStandard(fields)
	if err != nil {
		return time.Time{}, failure.Invalid.Errorf("The cron %q cannot be read: %s.", s.Cron, err)
	}
	if strings.HasPrefix(list[1], "*") {
		return parsed.Next(t.In(zone)).UTC(), nil
	}
	// The wall clock, read as if it were UTC's, has neither gaps nor repetitions.
	local := t.In(zone)
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), time.UTC)
	for {
		if wall = parsed.Next(wall); wall.IsZero() {
			return time.Time{}, nil // such as February 30
		}
		if at := shows(wall, zone); at.After(t) {
			return at, nil
		}
	}
}

// shows returns the first instant at which the clock of a zone shows a time, or the end of the gap that it lies in.
func shows(wall time.Time, zone *time.Location) time.Time {
	// The offsets on both sides: a change of more than a day has not been seen since calendars were.
	_, before := wall.Add(-36 * time.Hour).In(zone).Zone()
	_, after := wall.Add(36 * time.Hour).In(zone).Zone()
	for _, offset := range []int{max(before, after), min(before, after)} {
		at := wall.Add(-time.Duration(offset) * time.Second)
		if _, there := at.In(zone).Zone(); there == offset {
			return at.UTC()
		}
	}
	// In a gap: the first instant of the new offset.
	start, _ := wall.Add(-time.Duration(min(before, after)) * time.Second).In(zone).ZoneBounds()
	return start.UTC()
}

// next returns when the schedule starts a workflow that was old and is w. Who stores the same again changes nothing.
func (p *Program) next(old, w Workflow, now time.Time) (time.Time, error) {
	switch {
	case !w.Enabled:
		return time.Time{}, nil
	case old.Enabled && old.Hash == w.Hash:
		return old.NextAt, nil
	case p.Schedule.After > 0:
		return now, nil
	}
	return p.Schedule.after(now)
}

// following returns when the schedule starts a workflow after an instant at which it did. Whatever was missed between
// the instant and now is not made up for.
func (s Schedule) following(instant, now time.Time) (time.Time, error) {
	if s.Every > 0 {
		missed := max(0, now.Sub(instant)/s.Every)
		return instant.Add((missed + 1) * s.Every), nil
	}
	return s.after(now)
}
