package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestAListingAdmitsWhatItsFilterSays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		g, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: "staff"})
		if err != nil {
			t.Fatal(err)
		}
		add(t, dir, site, directory.Account{ID: "ada", PublicName: "Countess", DisplayName: "Ada Lovelace", Email: "Lady@analytical.example"}, g.ID)
		add(t, dir, site, directory.Account{ID: "bot", PublicName: "Engine", Type: directory.App})
		add(t, dir, site, directory.Account{ID: "charles", PublicName: "Charles Babbage", Status: directory.Inactive, Guest: true}, g.ID)
		for _, tt := range []struct {
			filter directory.Filter
			want   []string
		}{
			{directory.Filter{}, []string{"ada", "bot", "charles"}},
			{directory.Filter{Type: directory.App}, []string{"bot"}},
			{directory.Filter{Status: directory.Inactive}, []string{"charles"}},
			{directory.Filter{Guests: true}, []string{"charles"}},
			{directory.Filter{GroupID: g.ID}, []string{"ada", "charles"}},
			{directory.Filter{GroupID: g.ID, Status: directory.Active, Type: directory.Person}, []string{"ada"}},
			{directory.Filter{Text: "LOVE ad"}, []string{"ada"}},
			{directory.Filter{Text: "countess"}, []string{"ada"}},
			{directory.Filter{Text: "lady@"}, []string{"ada"}},
			{directory.Filter{Text: "babb"}, []string{"charles"}},
			{directory.Filter{Text: "ada babb"}, nil},
			{directory.Filter{Text: "!"}, nil},
		} {
			var got []string
			err := dir.Each(t.Context(), site, tt.filter, func(a directory.Account) error { got = append(got, a.ID); return nil })
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%+v gave %v (%v), want %v", tt.filter, got, err, tt.want)
			}
		}
	})
}

func TestAListingGoesOnPastItsPagesAndStopsWhenTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		const many = 1000 // two full pages, so that the last one is empty
		var edits []directory.Edit
		for i := range many {
			edits = append(edits, named(fmt.Sprintf("a%04d", i), "One of many"))
		}
		bulk(t, dir, site, edits...)
		seen, last, enough := 0, "", errors.New("enough")
		err := dir.Each(t.Context(), site, directory.Filter{}, func(a directory.Account) error {
			if seen++; a.ID <= last {
				t.Errorf("%s came after %s", a.ID, last)
			}
			last = a.ID
			return nil
		})
		if err != nil || seen != many {
			t.Errorf("saw %d accounts (%v), want %d", seen, err, many)
		}
		seen = 0
		err = dir.Each(t.Context(), site, directory.Filter{}, func(directory.Account) error {
			if seen++; seen == 3 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) || seen != 3 {
			t.Errorf("the listing ended after %d with %v", seen, err)
		}
	})
}
