package fold_test

import (
	"testing"

	"github.com/rosterhq/roster/internal/fold"
)

func TestWhatNobodyCanSeeIsFound(t *testing.T) {
	t.Parallel()
	for _, r := range []rune{
		0, '\n', '\t', 0x7f, 0x85, 0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029,
		0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2063, 0x2066, 0x2067, 0x2068, 0x2069, 0x206f, 0x3164, 0xfeff, 0xfff9, 0xe0041,
	} {
		for _, name := range []string{"ad" + string(r) + "mins", string(r) + "admins", "admins" + string(r), "山" + string(r) + "田"} {
			if got, found := fold.Invisible(name); !found || got != r {
				t.Errorf("in %q it is %U, %v", name, got, found)
			}
		}
	}
}

func TestWhatIsWrittenInAnyScriptIsVisible(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", "Site admins", "straße", "E\u0301va", "山田 太郎", "サーバー", "김철수", "काले", "שלום", "عربي ٣", "C/C++",
		"می\u200Cخواهم",     // Persian: a joiner withheld
		"श्री", "क्\u200Dष", // Hindi: a half letter
		"ശ്രീ", "ന്\u200D", // Malayalam
		"👩\u200D💻", "❤\uFE0F\u200D🔥", "🙂", // pictures of one and of many
		"\u0600٣",      // a number sign, which is a format character and seen
		"bad\xffbytes", // for others to refuse
	} {
		if r, found := fold.Invisible(name); found {
			t.Errorf("%q has %U", name, r)
		}
	}
}
