package api

import (
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestATitleThatAnotherPageOfTheSpaceHasIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			me, ctx := s.as(person), t.Context()
			first := madeContent(t, me, "ENG", "Start")
			create := func(kind, title, status, space string) error {
				_, err := me.Content.Create(ctx, confluence.ContentCreate{Type: kind, Title: title, Status: status, Space: confluence.SpaceReference{Key: space}})
				return err
			}
			wantError(t, "the same", create("page", "Start", "", "ENG"), confluence.ErrBadRequest)
			wantError(t, "in capitals", create("page", "START", "current", "ENG"), confluence.ErrBadRequest)
			if _, err := me.Spaces.Create(ctx, confluence.SpaceCreate{Key: "LAB", Name: "Laboratory"}); err != nil {
				t.Fatal(err)
			}
			for _, err := range []error{
				create("page", "Start", "", "LAB"), create("page", "Start", "draft", "ENG"),
				create("blogpost", "Start", "", "ENG"), create("blogpost", "Start", "", "ENG"),
			} {
				wantError(t, "what may share a title", err, nil)
			}
			wantError(t, "deleting", me.Content.Delete(ctx, first.ID), nil)
			wantError(t, "the title of what is in the trash", create("page", "start", "", "ENG"), nil)
		}
	})
}

func TestOfTwoPagesOfOneTitleMadeAtOnceOneIsMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		me, ctx := s.as(person), t.Context()
		madeContent(t, me, "ENG", "Start")
		var all sync.WaitGroup
		var made, refused atomic.Int64
		for range 8 {
			all.Go(func() {
				_, err := me.Content.Create(ctx, confluence.ContentCreate{Type: "page", Title: "Next", Space: confluence.SpaceReference{Key: "ENG"}})
				switch {
				case err == nil:
					made.Add(1)
				case errors.Is(err, confluence.ErrBadRequest):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if made.Load() != 1 || refused.Load() != 7 {
			t.Errorf("%d made, %d refused", made.Load(), refused.Load())
		}
	})
}

func TestACommentNeedsNeitherTitleNorSpaceBesideWhatItIsAbout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		me, ctx := s.as(person), t.Context()
		page := madeContent(t, me, "ENG", "Start")
		other := madeContent(t, me, "LAB", "Other")
		on := func(id string) *confluence.ContentReference {
			return &confluence.ContentReference{ID: json.Number(id), Type: "page"}
		}
		comment, err := me.Content.Create(ctx, confluence.ContentCreate{Type: "comment", Container: on(page.ID)})
		if err != nil || comment.Title != "Re: Start" || comment.Space.Key != "ENG" {
			t.Fatalf("%+v, %v", comment, err)
		}
		below := []confluence.ContentReference{{ID: json.Number(comment.ID)}}
		reply, err := me.Content.Create(ctx, confluence.ContentCreate{Type: "comment", Container: on(page.ID), Ancestors: below})
		if err != nil || reply.Title != "Re: Start" {
			t.Errorf("%+v, %v", reply, err)
		}
		got, err := me.Content.Get(ctx, reply.ID, "ancestors")
		if err != nil || len(got.Ancestors) != 2 || got.Ancestors[1].ID != comment.ID {
			t.Errorf("%+v, %v", got, err)
		}
		for what, refused := range map[string]confluence.ContentCreate{
			"about nothing":         {Type: "comment", Space: confluence.SpaceReference{Key: "ENG"}},
			"nowhere":               {Type: "comment"},
			"in another space":      {Type: "comment", Container: on(page.ID), Space: confluence.SpaceReference{Key: "LAB"}},
			"not in the container":  {Type: "comment", Container: on(other.ID), Ancestors: below},
			"a page without title":  {Type: "page", Container: on(page.ID)},
			"a page with no space":  {Type: "page", Title: "T"},
			"a title of blanks":     {Type: "page", Title: " ", Space: confluence.SpaceReference{Key: "ENG"}},
			"a blog post untitled":  {Type: "blogpost", Space: confluence.SpaceReference{Key: "ENG"}},
			"an ancestor elsewhere": {Type: "page", Title: "T", Space: confluence.SpaceReference{Key: "LAB"}, Ancestors: below},
		} {
			_, err := me.Content.Create(ctx, refused)
			wantError(t, what, err, confluence.ErrBadRequest)
		}
		_, err = me.Content.Create(ctx, confluence.ContentCreate{Type: "comment", Container: on("7")})
		wantError(t, "about what is not there", err, confluence.ErrNotFound)
	})
}
