package dsl

import (
	"math"
	"regexp"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"
)

// maxDuration is how long a wait may be.
const maxDuration = 366 * 24 * time.Hour

// iso is a duration of ISO 8601 without years and months, whose length depends on when they begin.
var iso = regexp.MustCompile(`^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

var isoUnits = []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second}

var units = map[string]time.Duration{
	"days": 24 * time.Hour, "hours": time.Hour, "minutes": time.Minute, "seconds": time.Second, "milliseconds": time.Millisecond,
}

// duration reads one as text of ISO 8601 or as an object.
func (r *reader) duration(n *yaml.Node, path string) time.Duration {
	if n == nil {
		return 0
	}
	if n.Kind == yaml.MappingNode {
		total := 0.0
		fields := r.fields(n, path, "days", "hours", "minutes", "seconds", "milliseconds")
		for name, f := range fields {
			total += float64(r.count(f, path+"/"+name)) * float64(units[name])
		}
		if len(n.Content) == 0 {
			r.fail(n, path, "%s is empty", last(path))
		}
		return r.bounded(n, path, total)
	}
	s := r.text(n, path)
	if n.ShortTag() != "!!str" {
		return 0
	}
	m := iso.FindStringSubmatch(s)
	if m == nil || s[len(s)-1] == 'P' || s[len(s)-1] == 'T' {
		r.fail(n, path, "%s must be a duration such as PT15M, P1DT12H or {minutes: 15}; years and months are not allowed", last(path))
		return 0
	}
	total := 0.0
	for i, part := range m[1:] {
		if part != "" {
			f, _ := strconv.ParseFloat(part, 64)
			total += f * float64(isoUnits[i])
		}
	}
	return r.bounded(n, path, total)
}

func (r *reader) bounded(n *yaml.Node, path string, total float64) time.Duration {
	if total > float64(maxDuration) {
		r.fail(n, path, "%s is longer than a year", last(path))
		return maxDuration
	}
	return time.Duration(math.Round(total))
}

// positive reads a duration that is longer than none.
func (r *reader) positive(n *yaml.Node, path string) time.Duration {
	errs := len(r.errs)
	d := r.duration(n, path)
	if n != nil && d <= 0 && len(r.errs) == errs {
		r.fail(n, path, "%s must be longer than nothing", last(path))
	}
	return d
}

// count reads a whole number that is not below 0.
func (r *reader) count(n *yaml.Node, path string) int {
	v, _ := scalar(n)
	i, ok := v.(int)
	if !ok || i < 0 || n.Kind != yaml.ScalarNode || i > math.MaxInt32 {
		r.fail(n, path, "%s must be a whole number", last(path))
		return 0
	}
	return i
}
