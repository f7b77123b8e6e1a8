package api

import (
	"strings"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// homepage returns ada's homepage as the caller sees it, or nil where it is null.
func (r *readingRoom) homepage(c *call, expand ...string) *confluence.Content {
	r.t.Helper()
	for i := range expand {
		expand[i] = "personalSpace.homepage." + expand[i]
	}
	home := r.spaces(c, append(expand, "personalSpace.homepage")...)["557058:ada"].Homepage
	if home.IsZero() {
		r.t.Fatal("the homepage is absent")
	}
	page, ok := home.Get()
	if !ok {
		return nil
	}
	return &page
}

func TestAHomepageThatCannotBeReadIsNull(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReadingRoom(t, d)
		grace := r.by("557058:grace")
		if r.homepage(grace) == nil {
			t.Error("grace is let through, and sees no homepage")
		}
		r.must(r.store.Restrict(t.Context(), r.site.ID, operator, r.home.ID, []content.Restriction{
			{Operation: "read", Subject: content.Subject{Kind: content.User, ID: "557058:alan"}},
		}))
		if r.homepage(grace) != nil {
			t.Error("grace sees a homepage that only alan may see")
		}
		if r.homepage(r.by("557058:ada")) == nil {
			t.Error("ada does not see the page she made")
		}
	})
}

func TestAHomepageDoesNotHoldItselfAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReadingRoom(t, d)
		page := r.homepage(r.by("557058:grace"), "space.homepage.space.homepage", "container.homepage")
		if !page.Space.Homepage.IsZero() || page.Space.Expandable["homepage"] != "/rest/api/content/201" {
			t.Errorf("the homepage's space holds %+v", page.Space)
		}
		if _, again := page.Container["homepage"]; again {
			t.Errorf("the homepage's container holds %+v", page.Container)
		}
	})
}

func TestALongBodyStaysToBeExpanded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newReadingRoom(t, d)
		for _, tt := range []struct {
			body          string
			storage, view bool
		}{
			{strings.Repeat("x", longestBody), true, true},
			{strings.Repeat("x", longestBody+1), false, false},
			{strings.Repeat("\"", longestBody), true, false}, // each quote is five characters in HTML
		} {
			_, err := r.store.ChangePage(t.Context(), r.site.ID, operator, r.home.ID, func(p *content.Page) error {
				p.Body = tt.body
				return nil
			})
			r.must(err)
			body := r.homepage(r.by("557058:grace"), "body.storage", "body.view").Body
			_, noStorage := body.Expandable["storage"]
			_, noView := body.Expandable["view"]
			if (body.Storage != nil) != tt.storage || (body.View != nil) != tt.view || noStorage == tt.storage || noView == tt.view {
				t.Errorf("a body of %d bytes: storage %v, view %v, to be expanded %v", len(tt.body), body.Storage != nil, body.View != nil, body.Expandable)
			}
		}
	})
}
