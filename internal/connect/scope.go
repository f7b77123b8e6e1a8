package connect

import (
	"fmt"
	"slices"
	"strings"
)

// Scopes is what an app may do, in upper case and the order of the alphabet.
type Scopes []string

// contains holds the scopes that each known scope brings along, as Atlassian's page of Connect scopes lists them. What
// apps may do as a user, and with addresses, comes with no other scope; projects are Jira's, so that scope brings nothing.
var contains = map[string][]string{
	"NONE":                   nil,
	"READ":                   nil,
	"WRITE":                  {"READ"},
	"DELETE":                 {"WRITE", "READ"},
	"SPACE_ADMIN":            {"DELETE", "WRITE", "READ"},
	"ADMIN":                  {"SPACE_ADMIN", "DELETE", "WRITE", "READ"},
	"PROJECT_ADMIN":          nil,
	"ACT_AS_USER":            nil,
	"ACCESS_EMAIL_ADDRESSES": nil,
}

// ParseScopes returns the scopes with these names, each once. A name is all in upper or all in lower case; an unknown
// one is an error.
func ParseScopes(names ...string) (Scopes, error) {
	var s Scopes
	for _, name := range names {
		upper := strings.ToUpper(name)
		if _, known := contains[upper]; !known || name != upper && name != strings.ToLower(name) {
			return nil, fmt.Errorf("%.40q is not a Connect scope", name)
		}
		s = append(s, upper)
	}
	slices.Sort(s)
	return slices.Compact(s), nil
}

// Allow tells whether an app with these scopes may call an operation that needs one: NONE everyone may, INACCESSIBLE
// and what it does not know nobody.
func (s Scopes) Allow(needed string) bool {
	if _, known := contains[needed]; !known {
		return false
	}
	return needed == "NONE" || slices.ContainsFunc(s, func(held string) bool {
		return held == needed || slices.Contains(contains[held], needed)
	})
}
