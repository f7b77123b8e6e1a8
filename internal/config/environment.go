package config

import (
	"fmt"
	"slices"
	"strings"
)

const (
	prefix     = "ROSTER_"
	testPrefix = "ROSTER_TEST_" // read by the project's own tests
)

// CheckEnvironment refuses a variable that begins with ROSTER_ and that no setting has: a misspelt one
// would otherwise be passed over in silence. Its error names the nearest one there is.
func CheckEnvironment(environ []string) error {
	known := variables()
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, testPrefix) && !slices.Contains(known, name) {
			return &Error{fmt.Sprintf("there is no environment variable %s; did you mean %s?", name, nearest(name, known))}
		}
	}
	return nil
}

// variables returns the environment variables of all settings, each once.
func variables() []string {
	var names []string
	for _, part := range Table() {
		for _, s := range part.Settings {
			names = append(names, s.Env)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// nearest returns the one of known that takes the fewest edits to become name.
func nearest(name string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int { return distance(name, a) - distance(name, b) })
}

// distance counts the letters to insert, delete or replace to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
