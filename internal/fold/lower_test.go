package fold_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/fold"
)

func TestLowerKeepsEveryLetter(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":             "",
		"  Notes\t":    "notes",
		"Straße":       "straße",
		"STRASSE":      "strasse",
		"E\u0301VA":    "éva",
		"ΟΔΟΣ":         "οδος",
		"ＡＤＡ":          "ａｄａ",
		"ﬁne":          "ﬁne",
		"C/C++":        "c/c++",
		"山田":           "山田",
		"bad\xffbytes": "bad\uFFFDbytes",
	} {
		if got := fold.Lower(given); got != want {
			t.Errorf("Lower(%q) is %q, want %q", given, got, want)
		}
	}
}

func TestWhatIsLoweredStaysAndHasTheKeyOfWhatWasGiven(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		lower := fold.Lower(s)
		if again := fold.Lower(lower); again != lower {
			t.Errorf("%q becomes %q, and that %q", s, lower, again)
		}
		if fold.Key(lower) != fold.Key(fold.Lower(lower)) {
			t.Errorf("%q has two keys", s)
		}
	})
}
