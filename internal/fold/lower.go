package fold

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Lower returns s as a name is shown where case does not count: in lower case and composed form, without
// white space around it, and with every letter kept, so "Straße" stays one with an ß. Two names that are
// shown alike have equal keys; equal keys can be shown differently, so names are looked up by [Key].
func Lower(s string) string {
	composed := norm.NFC.String(strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD")))
	return norm.NFC.String(cases.Lower(language.Und).String(composed))
}
