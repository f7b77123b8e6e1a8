package api

import "strings"

// An expansion is bounded, so that no request can ask for more than a few hundred things.
const (
	deepestExpansion = 6
	mostExpansions   = 100
)

// expansion is what a caller asked to expand, as a tree: "personalSpace.icon" is personalSpace, and icon under it.
// What nobody knows is ignored by those who read it.
type expansion map[string]expansion

// parseExpansion reads the values of an expand parameter. What is nested deeper than six levels, or
// comes after the hundredth path, is ignored like what is unknown.
func parseExpansion(paths []string) expansion {
	if len(paths) == 0 {
		return nil
	}
	root := expansion{}
	for i, path := range paths {
		if i == mostExpansions {
			break
		}
		at := root
		for depth, name := range strings.SplitN(path, ".", deepestExpansion+1) {
			if depth == deepestExpansion {
				break
			}
			if at[name] == nil {
				at[name] = expansion{}
			}
			at = at[name]
		}
	}
	return root
}

// has reports whether name, or something under it, is to be expanded.
func (e expansion) has(name string) bool { return e[name] != nil }

// under is what is to be expanded below name; nil-safe.
func (e expansion) under(name string) expansion { return e[name] }
