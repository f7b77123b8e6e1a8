package api

import (
	"slices"
	"strings"
)

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

// What can be expanded of spaces and of content, but for what stands above something of the list.
const (
	partsOfSpaces = `icon description.plain description.view metadata.labels operations permissions.subjects.user permissions.subjects.group
		settings theme lookAndFeel history homepage`
	partsOfContent = `space container history.lastUpdated history.ownedBy version ancestors operations
		children.page children.comment children.attachment childTypes.page childTypes.comment childTypes.attachment
		restrictions.read.restrictions.user restrictions.read.restrictions.group
		restrictions.update.restrictions.user restrictions.update.restrictions.group
		body.storage body.view metadata.labels`
	rarePartsOfContent = " children.whiteboard children.database children.embed children.folder childTypes.all"
)

// offered are the values of a list, separated by spaces, in their order. $space and $content stand for what can be
// expanded of those, each after what it is nested in.
func offered(list string) []string {
	switch list {
	case "$space":
		return withFronts(strings.Fields(partsOfSpaces))
	case "$content":
		return withFronts(strings.Fields(partsOfContent + rarePartsOfContent))
	}
	return strings.Fields(list)
}

// withFronts is a list of paths in the order of the alphabet, with all that they go through.
func withFronts(paths []string) []string {
	var all []string
	for _, path := range paths {
		for i, r := range path + "." {
			if r == '.' {
				all = append(all, path[:i])
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// has reports whether name, or something under it, is to be expanded.
func (e expansion) has(name string) bool { return e[name] != nil }

// under is what is to be expanded below name; nil-safe.
func (e expansion) under(name string) expansion { return e[name] }
