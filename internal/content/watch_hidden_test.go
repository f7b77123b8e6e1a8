package content_test

import (
	"strconv"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
)

// Time would tell what the answer does not. What is looked for is counted here, not how long it takes.
func TestWhatIsHiddenIsLookedForByAsManyQueriesAsWhatIsMissing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Key: "OPEN", Name: "Open"})
		l.space(t, content.Space{Key: "SECRET", Name: "Secret"})
		l.permit(t, "SECRET", reading(user("ada")))
		top := l.page(t, "OPEN", content.Page{Title: "Restricted"})
		below := l.page(t, "OPEN", content.Page{Title: "Below", Parent: top.ID})
		inside := l.page(t, "SECRET", content.Page{Title: "Inside"})
		gone := l.page(t, "OPEN", content.Page{Title: "Gone"})
		err := l.Restrict(t.Context(), l.site, operator, top.ID, []content.Restriction{{Operation: "read", Subject: user("ada")}})
		for _, p := range []content.Page{top, below, inside, gone} {
			if err == nil {
				err = l.AddLabels(t.Context(), l.site, operator, p.ID, []string{"label-" + strconv.FormatInt(p.ID, 10)})
			}
		}
		if err == nil {
			err = l.SetLabels(t.Context(), l.site, operator, "SECRET", []string{"label-of-space"})
		}
		if err == nil {
			err = l.TrashPage(t.Context(), l.site, operator, gone.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		missing := map[content.WatchKind]content.Watchable{
			content.WatchContent: {Kind: content.WatchContent, Name: "999999"},
			content.WatchLabel:   {Kind: content.WatchLabel, Name: "label-of-nothing"},
			content.WatchSpace:   {Kind: content.WatchSpace, Name: "MISSING"},
		}
		hidden := []content.Watchable{{Kind: content.WatchSpace, Name: "SECRET"}, {Kind: content.WatchLabel, Name: "label-of-space"}}
		for _, p := range []content.Page{top, below, inside, gone} {
			id := strconv.FormatInt(p.ID, 10)
			hidden = append(hidden, content.Watchable{Kind: content.WatchContent, Name: id}, content.Watchable{Kind: content.WatchLabel, Name: "label-" + id})
		}
		for name, v := range map[string]content.Viewer{"a person": person("grace"), "an outsider": {AccountID: "alan"}, "nobody": {}} {
			for _, w := range hidden {
				if got, want := l.searches(t, v, w), l.searches(t, v, missing[w.Kind]); got != want || got == 0 {
					t.Errorf("%s looks for %v by %d queries, for %v by %d", name, w, got, missing[w.Kind], want)
				}
			}
		}
	})
}

// searches is by how many queries v looks for something, in vain.
func (l library) searches(t *testing.T, v content.Viewer, w content.Watchable) int {
	t.Helper()
	asked := &dbtest.Asked{Querier: l.Changes.DB}
	wantKind(t, w.Name, l.FindWatched(t.Context(), asked, l.site, v, w), failure.Forbidden)
	return asked.Times
}
