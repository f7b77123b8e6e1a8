package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
)

// query is what the query string of a request says: each parameter once.
type query map[string]string

// query reads the query string, in which only these parameters may stand.
func (c *call) query(names ...string) (query, error) {
	values, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return nil, failure.Invalid.Errorf("The query string is not encoded correctly.")
	}
	q := query{}
	for name, given := range values {
		switch {
		case !slices.Contains(names, name):
			return nil, failure.Invalid.Errorf("%.40q is no parameter of this.", name)
		case len(given) > 1:
			return nil, failure.Invalid.Errorf("%.40q is given %d times.", name, len(given))
		}
		q[name] = given[0]
	}
	return q, nil
}

// limit is how many entries a page is to hold: most unless the request says fewer.
func (q query) limit(most int) (int, error) {
	text, given := q["limit"]
	if !given {
		return most, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, failure.Invalid.Errorf("limit is not 1 to %d.", most)
	}
	return n, nil
}

// check refuses a parameter that is given and not good.
func (q query) check(name string, good func(string) bool, not string) error {
	if value, given := q[name]; given && !good(value) {
		return failure.Invalid.Errorf("%s is %s.", name, not)
	}
	return nil
}

// among refuses a parameter that is given and none of these.
func (q query) among(name string, values ...string) error {
	return q.check(name, func(v string) bool { return slices.Contains(values, v) }, "none of "+strings.Join(values, ", "))
}
