package directory

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/failure"
)

var anyAudience = rapid.SampledFrom([]Audience{Anyone, Organization, OnlyMe})

func TestAVisibilityIsReadAsItWasStored(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var v Visibility
		for f := range v {
			v[f] = anyAudience.Draw(t, Fields[f].Name)
		}
		if got := readVisibility(v.text()); got != v || v.check() != nil {
			t.Fatalf("%q is read as %q (%v)", v.text(), got.text(), v.check())
		}
	})
}

func TestWhatCannotBeReadOfAVisibilityHides(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		for f, audience := range readVisibility(text) {
			switch {
			case f < len(text) && audienceNames[Audience(text[f])] != "":
				if audience != Audience(text[f]) {
					t.Fatalf("%s of %q is %q", Fields[f].Name, text, audience)
				}
			case audience != OnlyMe:
				t.Fatalf("%s of %q is %q, not hidden", Fields[f].Name, text, audience)
			}
		}
	})
}

func TestAnAudienceThatNobodyKnowsHides(t *testing.T) {
	t.Parallel()
	a := Account{ID: "ada", Status: Active, Visibility: EveryField('z')}
	for f := range numFields {
		for viewer, want := range map[Viewer]bool{{}: false, {AccountID: "bob", Member: true}: false, {AccountID: "ada"}: true, {Admin: true}: true} {
			if got := viewer.MaySee(a, f); got != want {
				t.Errorf("%+v may see %s: %v", viewer, Fields[f].Name, got)
			}
		}
	}
}

func TestVisibilityIsChosenByName(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for f, row := range Fields {
		if row.Name == "" || names[row.Name] || audienceNames[row.Default] == "" {
			t.Errorf("field %d is %+v", f, row)
		}
		names[row.Name] = true
		for _, audience := range []Audience{Anyone, Organization, OnlyMe} {
			v := EveryField(OnlyMe)
			want := v
			want[f] = audience
			if err := v.Set(row.Name, audience.String()); err != nil || v != want {
				t.Errorf("%s = %s gives %s (%v)", row.Name, audience, v.text(), err)
			}
		}
	}
	v := DefaultVisibility()
	for _, bad := range [][2]string{{"name", ""}, {"name", "a"}, {"name", "everybody"}, {"Name", "me"}, {"", "me"}, {"nickname", "me"}} {
		if kind, _ := failure.Of(v.Set(bad[0], bad[1])); kind != failure.Invalid || v != DefaultVisibility() {
			t.Errorf("%q was taken", bad)
		}
	}
}
