// Package fold brings text that people write into the one form that is stored and compared,
// so that what was indexed and what is asked for always meet.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	// MaxWords is how many words of a text count; the rest is ignored.
	MaxWords = 32
	// MaxWordRunes is how much of a word counts; the rest is ignored.
	MaxWordRunes = 64
)

// Key returns s as a key that does not depend on case, width or spacing: compatibility forms are
// replaced, case is folded, and white space is trimmed and collapsed. Two names with equal keys are
// the same name. The result is valid UTF-8 without NUL, so either database stores it.
func Key(s string) string {
	return strings.Join(strings.Fields(foldText(s)), " ")
}

// Words returns the words of a name in their order, repetitions included: folded like [Key] and
// split at everything that is neither letter, digit nor combining mark. A run of Han, Kana or Hangul
// is one word of its own, also beside Latin letters, so a prefix finds it. Invisible format characters
// are left out. Never more than [MaxWords] words of [MaxWordRunes] runes; none for text without letters
// or digits.
func Words(name string) []string {
	var words []string
	w := wordBuilder{}
	for _, r := range foldText(name) {
		if unicode.Is(unicode.Cf, r) {
			continue
		}
		s := scriptOf(r)
		if s == separator || w.breaksBefore(s) {
			words = w.flush(words)
		}
		if len(words) == MaxWords {
			return words
		}
		w.add(r, s)
	}
	return w.flush(words)
}

func foldText(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	// Cherokee comes out of Fold with its case swapped; lower-casing settles it and changes nothing else.
	folded := strings.ToLower(cases.Fold().String(norm.NFKC.String(s)))
	// Folding may undo the normal form, so it is restored.
	return norm.NFKC.String(folded)
}

// script is what a rune means for the edges of words.
type script int

const (
	separator  script = iota
	mark              // continues a word, never begins one
	neutral           // digits and shared signs, which go with either script
	alphabetic        // letters of scripts that put spaces between words
	cjk               // letters of scripts that do not, and Hangul
)

func scriptOf(r rune) script {
	switch {
	case unicode.Is(unicode.M, r):
		return mark
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) && unicode.IsLetter(r):
		return cjk
	case unicode.IsDigit(r), unicode.IsLetter(r) && unicode.Is(unicode.Common, r):
		return neutral
	case unicode.IsLetter(r):
		return alphabetic
	}
	return separator
}

// wordBuilder collects the word in progress.
type wordBuilder struct {
	text   strings.Builder
	runes  int
	script script
}

func (w *wordBuilder) breaksBefore(s script) bool {
	return s >= alphabetic && w.script >= alphabetic && s != w.script
}

func (w *wordBuilder) add(r rune, s script) {
	if s == separator || s == mark && w.runes == 0 {
		return
	}
	w.script = max(w.script, s)
	if w.runes < MaxWordRunes {
		w.text.WriteRune(r)
		w.runes++
	}
}

func (w *wordBuilder) flush(words []string) []string {
	if w.runes > 0 {
		words = append(words, w.text.String())
	}
	*w = wordBuilder{}
	return words
}
