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
		meanings[scope] = scopeMeanings[scope]
	}
	return meanings
}

var scopeMeanings = map[string]string{
	"delete:content:confluence":       "Move pages and other content to the trash, and delete what is there for good.",
	"delete:space:confluence":         "Delete spaces with everything in them.",
	"read:configuration:confluence":   "See how the site is set up, and the administrators' key.",
	"read:confluence-content.all":     "Read all content that you may view, bodies included.",
	"read:confluence-content.summary": "See the titles and labels of content that you may view, and what you watch.",
	"read:confluence-groups":          "See the groups of the site and who is in them.",
	"read:confluence-space.summary":   "See the spaces that you may view.",
	"read:confluence-user":            "See people's profiles, as far as you may see them, and who is in which group.",
	"read:content-details:confluence": "See the details of content and of the people in it, as far as you may see them.",
	"read:email-address:confluence":   "See e-mail addresses, also those that people hide. Only apps that an administrator approved can use this.",
	"read:group:confluence":           "See the groups of the site and who is in them.",
	"read:label:confluence":           "See the labels of content that you may view.",
	"read:space:confluence":           "See the spaces that you may view.",
	"read:user.property:confluence":   "Read what apps have noted about people.",
	"read:user:confluence":            "See people's profiles, as far as you may see them.",
	"read:watcher:confluence":         "See who watches content, labels and spaces.",
	"write:confluence-content":        "Write and label content where you may, and choose what you watch.",
	"write:confluence-groups":         "Make and delete groups and change who is in them, if you are a site administrator.",
	"write:confluence-space":          "Make spaces, and change those that you administer.",
	"write:content:confluence":        "Write content where you may.",
	"write:group:confluence":          "Make and delete groups and change who is in them, if you are a site administrator.",
	"write:label:confluence":          "Label content where you may.",
	"write:space:confluence":          "Make spaces, and change those that you administer.",
	"write:user.property:confluence":  "Note things about people, and change or delete what was noted.",
	"write:watcher:confluence":        "Choose what you watch and, where you are an administrator, what others watch.",
}
