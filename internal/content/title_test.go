package content_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
)

func TestACurrentPageHasItsTitleForItselfInItsSpace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		l.space(t, content.Space{Owner: "grace", Name: "Hers"})
		first := l.page(t, "~ada", content.Page{Title: "Straße  nach Rom"})
		add := func(p content.Page) error {
			_, err := l.AddPage(t.Context(), l.site, operator, "~ada", p)
			return err
		}
		rename := func(id int64, title, status string) error {
			_, err := l.ChangePage(t.Context(), l.site, operator, id, func(p *content.Page) error {
				p.Title, p.Status = title, status
				return nil
			})
			return err
		}
		rows := l.rows(t, "changes")
		for _, title := range []string{"Straße  nach Rom", "STRASSE NACH ROM", " straße nach rom ", "Ｓtraße nach Rom"} {
			wantKind(t, title, add(content.Page{Title: title}), failure.Conflict)
		}
		if n := l.rows(t, "changes") - rows; n != 0 || l.rows(t, "content") != 1 {
			t.Errorf("%d records of what was refused", n)
		}
		l.page(t, "~grace", content.Page{Title: first.Title})
		draft := l.page(t, "~ada", content.Page{Title: first.Title, Status: "draft"})
		for range 2 {
			l.page(t, "~ada", content.Page{Title: first.Title, Type: "blogpost"})
		}
		wantKind(t, "a draft that is published", rename(draft.ID, first.Title, "current"), failure.Conflict)
		if err := rename(first.ID, "STRASSE nach Rom", "current"); err != nil {
			t.Error(err)
		}
		if err := rename(first.ID, "Via Appia", "current"); err != nil {
			t.Error(err)
		}
		if err := rename(draft.ID, first.Title, "current"); err != nil {
			t.Error(err)
		}
		wantKind(t, "back to a title that is taken", rename(first.ID, "strasse nach rom", "current"), failure.Conflict)
		if err := l.TrashPage(t.Context(), l.site, operator, draft.ID); err != nil {
			t.Fatal(err)
		}
		if err := rename(first.ID, "strasse nach rom", "current"); err != nil {
			t.Error(err)
		}
		wantKind(t, "from the trash", rename(draft.ID, first.Title, "current"), failure.Conflict)
	})
}

func TestTitlesThatGrowWhenFoldedAreStillTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		long := strings.Repeat("\uFDFA", 254)
		l.page(t, "~ada", content.Page{Title: long})
		l.page(t, "~ada", content.Page{Title: long + "a"})
		_, err := l.AddPage(t.Context(), l.site, operator, "~ada", content.Page{Title: long + "A"})
		wantKind(t, "the same again", err, failure.Conflict)
	})
}

func TestOfManyPagesOfOneTitleMadeAtOnceOneIsMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		var all sync.WaitGroup
		var made, refused atomic.Int64
		for i := range 16 {
			all.Go(func() {
				title := "Start"
				if i%2 == 0 {
					title = "START"
				}
				_, err := l.AddPage(t.Context(), l.site, operator, "~ada", content.Page{Title: title})
				if kind, _ := failure.Of(err); err == nil {
					made.Add(1)
				} else if kind == failure.Conflict {
					refused.Add(1)
				} else {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if made.Load() != 1 || refused.Load() != 15 || l.rows(t, "content") != 1 {
			t.Errorf("%d made, %d refused, %d there", made.Load(), refused.Load(), l.rows(t, "content"))
		}
	})
}

func TestACommentWithoutATitleHasThatOfWhatItIsAbout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		top := l.page(t, "~ada", content.Page{Title: strings.Repeat("\U0001F600", 255)})
		first := l.page(t, "~ada", content.Page{Type: "comment", Parent: top.ID})
		reply := l.page(t, "~ada", content.Page{Type: "comment", Parent: first.ID})
		if want := "Re: " + strings.Repeat("\U0001F600", 251); first.Title != want || reply.Title != want {
			t.Errorf("%q, %q", first.Title, reply.Title)
		}
		orphan := l.page(t, "~ada", content.Page{Type: "comment", Title: "Re: Nothing"})
		if reply := l.page(t, "~ada", content.Page{Type: "comment", Parent: orphan.ID}); reply.Title != "Re: Nothing" {
			t.Errorf("%q", reply.Title)
		}
		for _, parent := range []int64{0, 7} {
			_, err := l.AddPage(t.Context(), l.site, operator, "~ada", content.Page{Type: "comment", Parent: parent})
			wantKind(t, "about nothing", err, failure.Invalid)
		}
	})
}

func TestPagesThatSharedATitleBeforeKeepIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		l.page(t, "~ada", content.Page{Title: "Start"})
		second := l.page(t, "~ada", content.Page{Title: "Start", Status: "draft"})
		err := d.Transact(t.Context(), func(tx *db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE content SET status = 'current' WHERE site_id = $1 AND content_id = $2`, l.site, second.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		now, err := l.ChangePage(t.Context(), l.site, operator, second.ID, func(p *content.Page) error { p.Body = "<p/>"; return nil })
		if err != nil || now.Version.Number != 2 {
			t.Errorf("%+v, %v", now, err)
		}
	})
}
