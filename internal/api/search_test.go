package api

import (
	"slices"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// The test is long because its table holds every form of query that clients were seen to send.
func TestASearchFindsWhomItsQuerySays(t *testing.T) {
	all := []string{admin, administrator, person, colleague, unlicensed, guest, external, app, approved, customer, hidden, public, nonLatin}
	without := func(roles ...string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(r string) bool { return slices.Contains(roles, r) })
	}
	none := []string{}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, test := range []struct {
			cql  string
			want []string // by a person, whoever has a licence
		}{
			{`type=user`, all},
			{`TYPE = "User"`, all},
			{`type = page`, none},
			{`user.fullname~"full colleague"`, []string{colleague}},
			{`user.fullname ~ "FULL COL"`, []string{colleague}},
			{`user.fullName ~ col*`, []string{colleague}},
			{`user.fullname ~ "colleague full"`, none}, // in order
			{`user.fullname ~ "olleague"`, none},       // from the beginning of a word
			{`user.fullname ~ "*"`, all},
			{`user.fullname ~ "full"`, without(hidden, nonLatin)}, // nobody is found by a name that is hidden
			{`user.fullname ~ "full hidden"`, none},
			{`user.fullname ~ "pub hidden"`, []string{hidden}},
			{`user.fullname ~ 山田`, []string{nonLatin}},
			{`user.fullname ~ "full deactivated"`, none},
			{`user.fullname ~ "former"`, none},
			{`user="` + accountID(colleague) + `"`, []string{colleague}},
			{`user = ` + accountID(colleague), []string{colleague}},
			{`user = "nobody"`, none},
			{`user = "` + accountID(deactivated) + `"`, none},
			{`user.accountId = "` + accountID(hidden) + `"`, []string{hidden}},
			{`user.accountid="` + accountID(closed) + `"`, none},
			{`user.userkey = x`, none},
			{`user IN ("` + accountID(public) + `","` + accountID(admin) + `", "` + accountID(public) + `", nobody)`, []string{admin, public}},
			{`user NOT IN (` + accountID(public) + `)`, without(public)},
			{`user != "` + accountID(admin) + `"`, without(admin)},
			{`type=user AND user.fullname~"full public"`, []string{public}},
			{`user.fullname ~ "full public" or user = ` + accountID(admin), []string{admin, public}},
			{`not (user.fullname ~ "full")`, []string{hidden, nonLatin}},
			{`user = currentUser()`, []string{person}},
			{`user.fullname = "Full Public"`, []string{public}},
			{`user.fullname = "full"`, none},
			{`type=user order by user.fullname desc`, all},
			{`title ~ "x"`, none},
			{`title ~ "x" or type = user`, none},
		} {
			var roles []string
			for r, err := range s.as(person).Users.Search(t.Context(), test.cql, confluence.SearchOptions{SitePermissionTypeFilter: "all"}) {
				if err != nil {
					t.Fatalf("%s: %v", test.cql, err)
				}
				roles = append(roles, roleOf(r.User.AccountID))
				if r.Title != r.User.DisplayName || r.User.Type != "known" || r.EntityType != "user" {
					t.Errorf("%s: %+v", test.cql, r)
				}
			}
			slices.Sort(roles)
			want := slices.Sorted(slices.Values(test.want))
			if !slices.Equal(roles, want) {
				t.Errorf("%s\nfound %v\nwant  %v", test.cql, roles, want)
			}
		}
	})
}

func roleOf(id string) string {
	for _, r := range roles {
		if accountID(r) == id {
			return r
		}
	}
	return id
}

func TestTheFilterLeavesTheLicensedOrTheOutsiders(t *testing.T) {
	everybody := ids(admin, administrator, person, colleague, unlicensed, guest, external, app, approved, customer, hidden, public, nonLatin)
	licensed := ids(admin, administrator, person, colleague, guest, external, app, approved, hidden, public, nonLatin)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			unfiltered := licensed
			if f == "observed" {
				unfiltered = everybody
			}
			for filter, want := range map[string][]string{"": unfiltered, "none": unfiltered, "all": everybody, "externalCollaborator": ids(guest, external)} {
				got := names(t, s.as(person).Users.Search(t.Context(), "type=user", confluence.SearchOptions{SitePermissionTypeFilter: filter}),
					func(r confluence.SearchResult) string { return r.User.AccountID })
				if !slices.Equal(got, want) {
					t.Errorf("%s, filter %q: %v", f, filter, got)
				}
			}
		}
	})
}

func TestPeopleAreFoundByTheNamesThatTheSearcherMaySee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, test := range []struct {
			by    string
			found int
		}{{person, 0}, {guest, 0}, {app, 0}, {administrator, 0}, {admin, 1}, {hidden, 1}} {
			for _, cql := range []string{`user.fullname ~ "full hidden"`, `user.fullname = "Full hidden"`, `type = user and user.fullname ~ "hidden" and user.fullname ~ "full"`} {
				page, err := s.as(test.by).Users.SearchPage(t.Context(), cql, confluence.SearchOptions{})
				if err != nil || page.TotalSize != test.found || len(page.Results) != test.found {
					t.Errorf("%s by %s: %+v %v", cql, test.by, page, err)
				}
			}
		}
	})
}
