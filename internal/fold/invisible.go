package fold

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Invisible returns the first character of a name that nobody can see, if there is one: a control, a line
// break, a mark that turns the direction of writing, a filler or a joiner. With such a character a name
// looks like another, or reads as what it is not. Joiners count as visible where they shape what stands
// beside them: in cursive and Indic scripts and between pictures.
func Invisible(name string) (rune, bool) {
	before := utf8.RuneError
	for i, r := range name {
		switch {
		case r == zeroWidthNonJoiner || r == zeroWidthJoiner:
			after, _ := utf8.DecodeRuneInString(name[i+utf8.RuneLen(r):])
			if !shapes(before, after) {
				return r, true
			}
		case unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point),
			unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r):
			return r, true
		}
		before = r
	}
	return 0, false
}

const (
	zeroWidthNonJoiner = '\u200C'
	zeroWidthJoiner    = '\u200D'
	pictureSelector    = '\uFE0F'
)

// shapes reports whether a joiner between two characters can be seen by what it does to them.
func shapes(before, after rune) bool {
	return cursive(before) && cursive(after) || virama(before) || virama(after) || (pictured(before) || before == pictureSelector) && pictured(after)
}

func cursive(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Mandaic, unicode.Adlam, unicode.Hanifi_Rohingya)
}

// virama reports whether r takes the vowel from a letter of an Indic script.
func virama(r rune) bool {
	const class = 9
	return norm.NFC.PropertiesString(string(r)).CCC() == class
}

func pictured(r rune) bool { return r > unicode.MaxLatin1 && unicode.IsSymbol(r) }
