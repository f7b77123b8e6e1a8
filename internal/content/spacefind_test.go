package content_test

import (
	"slices"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestSpacesAreFoundByAnyPartOfTheirKeyOrName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Key: "ENG", Name: "Analytical work"})
		l.space(t, content.Space{Key: "OPS", Name: "Engine room", Status: content.Archived})
		l.space(t, content.Space{Owner: "ada", Name: "Ada"})
		for _, tt := range []struct {
			f    content.SpaceFilter
			text string
			want []string
		}{
			{content.SpaceFilter{}, "", []string{"ENG", "OPS", "~ada"}},
			{content.SpaceFilter{}, "eng", []string{"ENG", "OPS"}},
			{content.SpaceFilter{Status: content.Archived}, "eng", []string{"OPS"}},
			{content.SpaceFilter{Type: content.Personal}, "", []string{"~ada"}},
			{content.SpaceFilter{}, "%", nil},
		} {
			for _, limit := range []int{1, 10} {
				var got []string
				for after := ""; ; {
					page, next, err := l.FindSpaces(t.Context(), l.site, tt.f, tt.text, after, limit)
					if err != nil {
						t.Fatal(err)
					}
					for _, s := range page {
						got = append(got, s.Key)
					}
					if after = next; after == "" {
						break
					}
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("%+v %q finds %v, not %v", tt.f, tt.text, got, tt.want)
				}
			}
		}
	})
}

func TestContentIsCountedNoFurtherThanAskedAndWatchersComeInPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		s := l.space(t, content.Space{Key: "ENG", Name: "Engines"})
		for _, title := range []string{"One", "Two", "Three"} {
			l.page(t, "ENG", content.Page{Title: title})
		}
		for most, want := range map[int]int{2: 2, 10: 3} {
			if n, err := l.CountContent(t.Context(), l.site, s.ID, most); err != nil || n != want {
				t.Errorf("up to %d there are %d: %v", most, n, err)
			}
		}
		for _, who := range []string{"ada", "grace"} {
			if err := l.Watch(t.Context(), l.site, operator, person(who), content.Watchable{Kind: content.WatchSpace, Name: "ENG"}, who); err != nil {
				t.Fatal(err)
			}
		}
		first, next, err := l.WatchersAfter(t.Context(), l.site, content.WatchSpace, s.ID, "", 1)
		if err != nil || !slices.Equal(first, []string{"ada"}) || next != "ada" {
			t.Errorf("%v and %q: %v", first, next, err)
		}
		if rest, next, err := l.WatchersAfter(t.Context(), l.site, content.WatchSpace, s.ID, next, 1); err != nil || !slices.Equal(rest, []string{"grace"}) || next != "" {
			t.Errorf("%v and %q: %v", rest, next, err)
		}
	})
}
