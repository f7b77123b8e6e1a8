package site_test

import (
	"slices"
	"testing"

	"github.com/rosterhq/roster/internal/site"
)

func TestTheNewestSitesComeInPages(t *testing.T) {
	opened(t, func(t *testing.T, st *site.Store) {
		for _, name := range []string{"one", "two", "three", "four", "five"} {
			add(t, st, site.Site{Name: name})
		}
		if _, err := st.Remove(t.Context(), operator, "four"); err != nil {
			t.Fatal(err)
		}
		for limit := 1; limit <= 5; limit++ {
			var names []string
			for after, more := int64(0), true; more; more = after != 0 {
				page, next, err := st.Newest(t.Context(), after, limit)
				if err != nil || len(page) > limit {
					t.Fatal(page, err)
				}
				for _, s := range page {
					names = append(names, s.Name)
				}
				after = next
			}
			if want := []string{"five", "three", "two", "one"}; !slices.Equal(names, want) {
				t.Errorf("in pages of %d: %v", limit, names)
			}
		}
	})
}
