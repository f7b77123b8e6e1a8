package fold_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/fold"
)

func TestWordsAreFoldedAndSplitAtPunctuation(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"":                            nil,
		" \t!? ":                      nil,
		"Ada Lovelace":                {"ada", "lovelace"},
		"O'Brien-Smith":               {"o", "brien", "smith"},
		"STRASSE straße":              {"strasse", "strasse"},
		"ＡＤＡ　Ｌｏｖｅｌａｃｅ":                {"ada", "lovelace"},
		"E\u0301va":                   {"éva"},
		"\u0301Ada":                   {"ada"},
		"काले":                        {"काले"},
		"山田 太郎":                       {"山田", "太郎"},
		"山田太郎taro":                    {"山田太郎", "taro"},
		"サーバー2":                       {"サーバー2"},
		"ｻｰﾊﾞｰ":                       {"サーバー"},
		"김철수":                         {"김철수"},
		"co\u00ADop":                  {"coop"},
		"R2 D2":                       {"r2", "d2"},
		"bad\xffbytes\x00here":        {"bad", "bytes", "here"},
		"🙂\uFE0F Grace":               {"grace"},
		"ada ada":                     {"ada", "ada"},
		"Σίσυφος ΣΊΣΥΦΟΣ":             {"σίσυφοσ", "σίσυφοσ"},
		strings.Repeat("x", 100):      {strings.Repeat("x", 64)},
		strings.Repeat("山", 64) + "a": {strings.Repeat("山", 64), "a"},
	} {
		if diff := cmp.Diff(want, fold.Words(name)); diff != "" {
			t.Errorf("Words(%q): -want +got\n%s", name, diff)
		}
	}
}

func TestOnlyTheFirstWordsOfALongTextCount(t *testing.T) {
	t.Parallel()
	if got := len(fold.Words(strings.Repeat("word ", 1000))); got != fold.MaxWords {
		t.Errorf("got %d words, want %d", got, fold.MaxWords)
	}
}

func TestNamesThatReadAlikeHaveOneKey(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Site Admins", "site admins", "  SITE\u00a0\tadmins ", "ｓｉｔｅ　ａｄｍｉｎｓ"},
		{"Éva", "E\u0301VA"},
		{"straße", "STRASSE"},
		{"Ꮅ", "ꮅ"},
	} {
		for _, s := range same {
			if got, want := fold.Key(s), fold.Key(same[0]); got != want {
				t.Errorf("Key(%q) = %q, want %q", s, got, want)
			}
		}
	}
	if fold.Key("a-b") == fold.Key("a b") {
		t.Error("punctuation must count in a key")
	}
}

func FuzzFoldingIsStableAndBounded(f *testing.F) {
	for _, s := range []string{"Ada Lovelace", "İstanbul ǅ ﷺ ŉ", "\u0345α\u0301", "山田taro", "\xff\x00", "ᾳ ΐ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words := fold.Words(s)
		if len(words) > fold.MaxWords {
			t.Fatalf("%d words", len(words))
		}
		for _, w := range words {
			if n := utf8.RuneCountInString(w); n == 0 || n > fold.MaxWordRunes || !utf8.ValidString(w) {
				t.Fatalf("word %q of %d runes", w, n)
			}
		}
		key := fold.Key(s)
		if again := fold.Key(key); again != key {
			t.Fatalf("Key(%q) = %q, but its own key is %q", s, key, again)
		}
		if !utf8.ValidString(key) || strings.ContainsRune(key, 0) {
			t.Fatalf("Key(%q) = %q can't be stored", s, key)
		}
	})
}
