package api

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// names collects what an iterator of the SDK yields.
func names[T any](t *testing.T, list iter.Seq2[T, error], name func(T) string) (all []string) {
	t.Helper()
	for entry, err := range list {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, name(entry))
	}
	return all
}

func TestWalkingTheSDKsPagesYieldsEachEntryOnceInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		byName := func(g confluence.Group) string { return g.Name }
		byID := func(u confluence.User) string { return u.AccountID }
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			c := s.as(person)
			for limit := range 5 {
				page := confluence.PageOptions{Limit: limit}
				for _, walk := range []struct {
					what      string
					got, want []string
				}{
					{
						"groups", names(t, c.Groups.List(t.Context(), confluence.GroupListOptions{Limit: limit}), byName),
						[]string{"confluence-admins", "empty", "Engineering", "guests", "site-admins", "users", "viewers"},
					},
					{
						"groups with access", names(t, c.Groups.List(t.Context(), confluence.GroupListOptions{Limit: limit, AccessType: "user"}), byName),
						[]string{"guests", "site-admins", "users"},
					},
					{"picker", names(t, c.Groups.Picker(t.Context(), "E", page), byName), []string{"confluence-admins", "empty", "Engineering", "guests", "site-admins", "users", "viewers"}},
					{"picker, in the middle", names(t, c.Groups.Picker(t.Context(), "ADMIN", page), byName), []string{"confluence-admins", "site-admins"}},
					{"memberof", names(t, c.Users.MemberOf(t.Context(), accountID(colleague), page), byName), []string{"users", "Engineering", "viewers"}},
					{
						"members", names(t, c.Groups.Members(t.Context(), groupID("users"), page), byID),
						ids(admin, administrator, person, colleague, external, app, approved, hidden, public, nonLatin),
					},
					{
						"search", names(t, c.Users.Search(t.Context(), "type=user", confluence.SearchOptions{Limit: limit, SitePermissionTypeFilter: "all"}),
							func(r confluence.SearchResult) string { return r.User.AccountID }),
						ids(admin, administrator, person, colleague, unlicensed, guest, external, app, approved, customer, hidden, public, nonLatin),
					},
				} {
					if !slices.Equal(walk.got, walk.want) {
						t.Errorf("%s, %s by %d: %v, want %v", f, walk.what, limit, walk.got, walk.want)
					}
				}
			}
		}
	})
}

// lists are the paths of all lists, which end in what may be followed by start and limit.
func lists() []string {
	return []string{
		"/wiki/rest/api/group?", "/wiki/rest/api/group?accessType=user&", "/wiki/rest/api/group/picker?query=e&shouldReturnTotalSize=true&",
		"/wiki/rest/api/user/memberof?accountId=" + accountID(colleague) + "&", "/wiki/rest/api/group/" + groupID("users") + "/membersByGroupId?expand=operations&",
		"/wiki/rest/api/search/user?cql=type%3Duser&",
	}
}

type listed struct {
	Results            []json.RawMessage
	Start, Limit, Size int
	TotalSize          *int
	Links              confluence.Links `json:"_links"`
}

func (s *testSite) list(path string) listed {
	s.t.Helper()
	got := s.get(person, path)
	var page listed
	if err := json.Unmarshal([]byte(got.body), &page); err != nil || got.status != 200 {
		s.t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	return page
}

func TestFollowingNextYieldsEachEntryOnceAndPrevLeadsBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, path := range lists() {
			whole := s.list(path + "limit=100")
			if _, more := whole.Links["next"]; more || whole.Size < 2 || whole.Size != len(whole.Results) {
				t.Errorf("%s: the whole list has a next page, or is too short: %d, %v", path, whole.Size, whole.Links)
			}
			var walked []string
			for next := strings.TrimPrefix(path, "/wiki") + "limit=2"; next != ""; {
				page := s.list("/wiki" + next)
				for _, r := range page.Results {
					walked = append(walked, string(r))
				}
				if page.Start > 0 {
					back := s.list("/wiki" + page.Links["prev"])
					if back.Start != page.Start-2 || back.Size != 2 {
						t.Errorf("%s: prev of %d leads to %d", path, page.Start, back.Start)
					}
				} else if page.Links["prev"] != "" {
					t.Errorf("%s: the first page has a page before it", path)
				}
				if next = page.Links["next"]; next != "" && !strings.HasPrefix(next, "/rest/api/") {
					t.Errorf("%s: next is %s", path, next)
				}
			}
			var want []string
			for _, r := range whole.Results {
				want = append(want, string(r))
			}
			if !slices.Equal(walked, want) {
				t.Errorf("%s: walked %d entries, not the %d of the whole", path, len(walked), len(want))
			}
		}
	})
}

func TestPastTheEndIsAnEmptyPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			for _, path := range lists() {
				for _, start := range []string{"1000", "2147483647"} {
					page := s.list(path + "start=" + start + "&limit=2")
					if page.Size != 0 || page.Results == nil || len(page.Results) != 0 || page.Links["next"] != "" || page.Limit != 2 {
						t.Errorf("%s%s: %+v", path, start, page)
					}
				}
				for _, empty := range []string{"limit=0", "start=1&limit=0"} {
					if page := s.list(path + empty); page.Size != 0 || page.Limit != 0 || page.Results == nil || page.Links["next"] != "" {
						t.Errorf("%s%s: %+v", path, empty, page)
					}
				}
				unset, plain := s.list(path+"start=&limit="), s.list(path)
				if unset.Size != plain.Size || unset.Limit != plain.Limit || unset.Start != 0 {
					t.Errorf("%s: empty parameters are not the default: %+v", path, unset)
				}
			}
		}
	})
}

func TestALimitAboveTheCapIsClampedAndEchoed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, with("pageCap", "3"))
		for _, path := range lists() {
			if page := s.list(path + "limit=199"); page.Limit != 3 || page.Size != 3 && !strings.Contains(path, "memberof") && !strings.Contains(path, "accessType") {
				t.Errorf("%s: limit %d, size %d", path, page.Limit, page.Size)
			}
		}
		bulk := "/wiki/rest/api/user/bulk?accountId=" + strings.Join(ids(admin, person, colleague, public), ",")
		s.set("bulkCap", "2")
		for given, want := range map[string]int{"": 2, "&limit=1": 1, "&limit=2": 2, "&limit=200": 2, "&limit=": 2} {
			if page := s.list(bulk + given); page.Limit != want || page.Size != want || page.Start != 0 {
				t.Errorf("bulk%s: limit %d, size %d, want %d", given, page.Limit, page.Size, want)
			}
		}
	})
}

func TestTheTotalIsTheWholeListsAndOnlyWhereAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		members := "/wiki/rest/api/group/" + groupID("users") + "/membersByGroupId?limit=1"
		for path, want := range map[string]int{
			members + "&shouldReturnTotalSize=true":                                           10,
			"/wiki/rest/api/group/picker?query=admins&limit=1&shouldReturnTotalSize=TRUE":     2,
			"/wiki/rest/api/group/picker?query=nothing&shouldReturnTotalSize=true":            0,
			"/wiki/rest/api/group/picker?query=%25&shouldReturnTotalSize=true":                0,
			"/wiki/rest/api/group/picker?query=_&shouldReturnTotalSize=true":                  0,
			"/wiki/rest/api/search/user?cql=type%3Duser&limit=1&start=3":                      11,
			"/wiki/rest/api/search/user?cql=type%3Duser&limit=0&sitePermissionTypeFilter=all": 13,
		} {
			if page := s.list(path); page.TotalSize == nil || *page.TotalSize != want {
				t.Errorf("%s: the total is not %d: %+v", path, want, page)
			}
		}
		for _, path := range []string{members, "/wiki/rest/api/group/picker?query=e", "/wiki/rest/api/group/picker?query=e&shouldReturnTotalSize=false"} {
			if page := s.list(path); page.TotalSize != nil {
				t.Errorf("%s: a total that nobody asked for", path)
			}
		}
	})
}
