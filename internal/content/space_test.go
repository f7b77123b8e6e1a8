package content_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
)

func TestAPersonalSpaceIsNamedAfterItsOwnerByDefault(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		added := l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		want := content.Space{
			ID: 65537, Version: 1, Key: "~ada", Alias: "~ada", Name: "Notes", Type: content.Personal, Status: content.Current, Owner: "ada",
			Settings:  content.Settings{Editor: content.Editor{Page: "v2", Blogpost: "v2", Default: "v2"}, Theme: content.DefaultTheme},
			CreatedAt: noon, CreatedBy: "ada",
		}
		if diff := cmp.Diff(want, added); diff != "" {
			t.Error(diff)
		}
		stored, err := l.Space(t.Context(), l.site, "~ada")
		if diff := cmp.Diff(want, stored); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}

func TestAPersonalSpaceWithoutANameIsCalledByItsKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		if s := l.space(t, content.Space{Owner: "ada"}); s.Name != "~ada" {
			t.Errorf("it is called %q", s.Name)
		}
	})
}

func TestASpaceThatCannotBeIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		for name, tt := range map[string]struct {
			space content.Space
			want  failure.Kind
		}{
			"no name":           {content.Space{Key: "ENG"}, failure.Invalid},
			"no such owner":     {content.Space{Owner: "nobody", Name: "N"}, failure.Invalid},
			"no owner":          {content.Space{Key: "~x", Name: "N"}, failure.Invalid},
			"strange key":       {content.Space{Key: "~a/b", Owner: "grace", Name: "N"}, failure.Invalid},
			"global with ~":     {content.Space{Key: "~x", Type: content.Global, Name: "N"}, failure.Invalid},
			"NUL":               {content.Space{Owner: "grace", Name: "N", Description: "a\x00b"}, failure.Invalid},
			"line break":        {content.Space{Owner: "grace", Name: "a\nb"}, failure.Invalid},
			"too long":          {content.Space{Owner: "grace", Name: "N", Description: strings.Repeat("x", content.MaxDescription+1)}, failure.Invalid},
			"ID out of range":   {content.Space{ID: content.MaxID + 1, Owner: "grace", Name: "N"}, failure.Invalid},
			"icon elsewhere":    {content.Space{Owner: "grace", Name: "N", Icon: "https://example.com/x.png"}, failure.Invalid},
			"unknown look":      {content.Space{Owner: "grace", Name: "N", LookAndFeel: `{"footer":{"color":"red"}}`}, failure.Invalid},
			"look of no colour": {content.Space{Owner: "grace", Name: "N", LookAndFeel: `{"links":{"color":7}}`}, failure.Invalid},
			"look of two":       {content.Space{Owner: "grace", Name: "N", LookAndFeel: `{} {}`}, failure.Invalid},
			"null look":         {content.Space{Owner: "grace", Name: "N", LookAndFeel: `null`}, failure.Invalid},
			"homepage":          {content.Space{Owner: "grace", Name: "N", Homepage: 7}, failure.Invalid},
			"second of hers":    {content.Space{Key: "~ada2", Owner: "ada", Name: "N"}, failure.Conflict},
			"key taken":         {content.Space{Key: "~ada", Owner: "grace", Name: "N"}, failure.Conflict},
			"alias taken":       {content.Space{Alias: "~ada", Owner: "grace", Name: "N"}, failure.Conflict},
			"ID taken":          {content.Space{ID: 65537, Owner: "grace", Name: "N"}, failure.Conflict},
		} {
			_, err := l.Add(t.Context(), l.site, operator, tt.space)
			wantKind(t, name, err, tt.want)
		}
	})
}

func TestAnIDThatIsGivenIsKeptAndNeverGivenAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		made := noon.Add(-time.Hour)
		imported := l.space(t, content.Space{ID: 90000, Owner: "ada", Name: "Notes", CreatedAt: made, CreatedBy: "grace"})
		if imported.ID != 90000 || !imported.CreatedAt.Equal(made) || imported.CreatedBy != "grace" {
			t.Errorf("the space was not kept as it was: %+v", imported)
		}
		if err := l.Delete(t.Context(), l.site, operator, "~ada"); err != nil {
			t.Fatal(err)
		}
		if next := l.space(t, content.Space{Owner: "ada", Name: "Notes"}); next.ID != 90001 {
			t.Errorf("the next space has the ID %d, want 90001", next.ID)
		}
	})
}

func TestChangingASpaceKeepsWhatItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		l.space(t, content.Space{Owner: "grace", Name: "Hers"})
		change := func(edit func(*content.Space)) (content.Space, error) {
			return l.Change(t.Context(), l.site, operator, "~ada", func(s *content.Space) error { edit(s); return nil })
		}
		s, err := change(func(s *content.Space) { s.Name, s.Settings.ContentMode = "Papers", "compact" })
		if err != nil || s.Version != 2 || s.Name != "Papers" {
			t.Errorf("changed to %+v (%v)", s, err)
		}
		stored, err := l.Space(t.Context(), l.site, "~ada")
		if diff := cmp.Diff(s, stored); diff != "" || err != nil {
			t.Error(diff, err)
		}
		if s, err = change(func(*content.Space) {}); err != nil || s.Version != 2 {
			t.Errorf("an edit without a change made version %d (%v)", s.Version, err)
		}
		_, err = change(func(s *content.Space) { s.Key = "~b" })
		wantKind(t, "key", err, failure.Invalid)
		_, err = change(func(s *content.Space) { s.Alias = "~grace" })
		wantKind(t, "alias taken", err, failure.Conflict)
		_, err = change(func(s *content.Space) { s.Owner = "grace" })
		wantKind(t, "owner has one", err, failure.Conflict)
		_, err = change(func(s *content.Space) { s.Homepage = 1 })
		wantKind(t, "no such page", err, failure.Invalid)
		_, err = l.Change(t.Context(), l.site, operator, "~nobody", nil)
		wantKind(t, "no such space", err, failure.NotFound)
	})
}

func TestSpacesAreListedByKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "grace", Name: "Hers"})
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		l.space(t, content.Space{Key: "ENG", Name: "Engines"})
		for _, tt := range []struct {
			kind         content.SpaceType
			start, limit int
			want         string
			total        int64
		}{
			{"", 0, 10, "ENG ~ada ~grace", 3},
			{"", 1, 1, "~ada", 3},
			{"", 5, 1, "", 3},
			{content.Personal, 0, 10, "~ada ~grace", 2},
			{content.Global, 0, 10, "ENG", 1},
		} {
			spaces, total, err := l.List(t.Context(), l.site, tt.kind, tt.start, tt.limit)
			var keys []string
			for _, s := range spaces {
				keys = append(keys, s.Key)
			}
			if got := strings.Join(keys, " "); got != tt.want || total != tt.total || err != nil {
				t.Errorf("%+v: %q of %d (%v)", tt, got, total, err)
			}
		}
	})
}

func TestDeletingASpaceLeavesNothingOfIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		s := l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		p := l.page(t, "~ada", content.Page{Title: "Start"})
		if err := l.SetLabels(t.Context(), l.site, operator, "~ada", []string{"work"}); err != nil {
			t.Fatal(err)
		}
		if err := l.Delete(t.Context(), l.site, operator, "~ada"); err != nil {
			t.Fatal(err)
		}
		_, err := l.Space(t.Context(), l.site, "~ada")
		wantKind(t, "space", err, failure.NotFound)
		_, err = l.Page(t.Context(), l.site, p.ID)
		wantKind(t, "page", err, failure.NotFound)
		labels, err := l.Labels(t.Context(), l.site, content.OnSpace, []int64{s.ID}, 10)
		if len(labels[s.ID]) != 0 || err != nil {
			t.Errorf("labels left: %v (%v)", labels, err)
		}
		wantKind(t, "again", l.Delete(t.Context(), l.site, operator, "~ada"), failure.NotFound)
	})
}

func TestTheSameKeyOnAnotherSiteIsAnotherSpace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		here, there := newLibrary(t, d), newLibrary(t, d)
		here.space(t, content.Space{Owner: "ada", Name: "Here"})
		there.space(t, content.Space{Owner: "ada", Name: "There"})
		seen, err := here.PersonalSpaces(t.Context(), here.site, person("grace"), []string{"ada"})
		if err != nil || seen["ada"].Name != "Here" {
			t.Errorf("seen %+v (%v)", seen, err)
		}
	})
}
