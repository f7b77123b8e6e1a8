package content_test

import (
	"strconv"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestWhatIsHiddenMeanwhileNeedNotBeWatched(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Key: "OPEN", Name: "Open"})
		page := l.page(t, "OPEN", content.Page{Title: "Plain"})
		ada := content.Viewer{AccountID: "ada", Licensed: true}
		l.watch(t, content.Watchable{Kind: content.WatchContent, Name: strconv.FormatInt(page.ID, 10)}, "ada")
		l.permit(t, "OPEN") // nobody any more
		before := l.rows(t, "changes")
		for range 2 { // the second finds nothing, which is fine
			if err := l.StopWatching(t.Context(), l.site, operator, "ada", content.WatchContent, page.ID); err != nil {
				t.Fatal(err)
			}
		}
		left, _, err := l.WatchesOf(t.Context(), l.site, ada, "ada", content.WatchContent, "", 10)
		if err != nil || len(left) != 0 {
			t.Errorf("%+v (%v)", left, err)
		}
		if after := l.rows(t, "changes"); after != before+1 {
			t.Errorf("%d records", after-before)
		}
	})
}
