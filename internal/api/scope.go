package api

import (
	"slices"
	"strings"
)

// Scopes returns every scope that some operation asks for, in the order of the alphabet.
func Scopes() []string {
	var all []string
	for _, op := range operations {
		all = append(all, strings.Fields(op.scopes.classic+" "+op.scopes.granular)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ScopeMeanings returns what every scope lets an app do, in a sentence that people can consent to.
func ScopeMeanings() map[string]string {
	meanings := map[string]string{}
	for _, scope := range Scopes() {
		meanings[scope] = scopeMeaning(scope)
	}
	return meanings
}
