package confluence

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// groups is a site's list of n groups, with the ways in which sites differ.
type groups struct {
	n          int
	largest    int          // page size that the site honours
	echoAsked  bool         // whether limit echoes what was asked, not what was honoured
	noNext     bool         // whether the link to the next page is forgotten
	hidden     map[int]bool // entries left out of their page
	deaf       bool         // whether start is ignored
	emptyNext  bool         // whether even an empty page links to a next one
	failsAfter int          // from which start on the site fails; 0 is never
}

func (g groups) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start, _ := strconv.Atoi(r.FormValue("start"))
	limit := 200
	if text := r.FormValue("limit"); text != "" {
		limit, _ = strconv.Atoi(text)
	}
	if g.deaf {
		start = 0
	}
	if g.failsAfter > 0 && start >= g.failsAfter {
		answer(500, `{"message":"broken"}`)(w, r)
		return
	}
	out := GroupArray{Results: []Group{}, Start: start, Limit: min(limit, g.largest), Links: Links{}}
	end := min(start+out.Limit, g.n)
	for i := start; i < end; i++ {
		if !g.hidden[i] {
			out.Results = append(out.Results, Group{Type: "group", ID: strconv.Itoa(i)})
		}
	}
	out.Size = len(out.Results)
	if end < g.n && !g.noNext || g.emptyNext {
		out.Links["next"] = fmt.Sprintf("/rest/api/group?next=true&limit=%d&start=%d", out.Limit, end)
	}
	if g.echoAsked {
		out.Limit = limit
	}
	body, _ := encode(out)
	answer(200, string(body))(w, r)
}

func TestIteratorsReachTheEndOfEveryKindOfList(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		site  groups
		first GroupListOptions
		want  []string
		asked int
	}{
		"links":                     {groups{n: 5, largest: 2}, GroupListOptions{}, []string{"0", "1", "2", "3", "4"}, 3},
		"full last page with links": {groups{n: 4, largest: 2, noNext: false}, GroupListOptions{}, []string{"0", "1", "2", "3"}, 3},
		"no links":                  {groups{n: 5, largest: 2, noNext: true}, GroupListOptions{}, []string{"0", "1", "2", "3", "4"}, 3},
		"no links, full last page":  {groups{n: 4, largest: 2, noNext: true}, GroupListOptions{}, []string{"0", "1", "2", "3"}, 3},
		"no groups":                 {groups{n: 0, largest: 2}, GroupListOptions{}, nil, 1},
		"from the middle":           {groups{n: 5, largest: 200}, GroupListOptions{Start: 3, Limit: 2}, []string{"3", "4"}, 2},
		"past the end":              {groups{n: 5, largest: 200}, GroupListOptions{Start: 9}, nil, 1},
		"clamped":                   {groups{n: 5, largest: 2, noNext: true}, GroupListOptions{Limit: 1000}, []string{"0", "1", "2", "3", "4"}, 3},
		"left out":                  {groups{n: 5, largest: 2, hidden: map[int]bool{1: true}}, GroupListOptions{}, []string{"0", "2", "3", "4"}, 3},
		"clamped but echoed, links": {groups{n: 5, largest: 2, echoAsked: true}, GroupListOptions{}, []string{"0", "1", "2", "3", "4"}, 3},
		"links without an end":      {groups{n: 3, largest: 2, emptyNext: true}, GroupListOptions{}, []string{"0", "1", "2"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, test.site.ServeHTTP)
			var got []string
			for group, err := range c.Groups.List(t.Context(), test.first) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, group.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if len(c.asked) > test.asked {
				t.Errorf("asked for %q", c.addresses())
			}
		})
	}
}

func TestAnIteratorEndsWithAnError(t *testing.T) {
	t.Parallel()
	for name, site := range map[string]groups{
		"of the site":                 {n: 5, largest: 2, failsAfter: 2},
		"when the site ignores start": {n: 5, largest: 2, deaf: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, site.ServeHTTP)
			var got []string
			var failed error
			for group, err := range c.Groups.List(t.Context(), GroupListOptions{}) {
				if failed != nil {
					t.Fatal("it went on after the error")
				}
				if failed = err; err == nil {
					got = append(got, group.ID)
				}
			}
			if diff := cmp.Diff([]string{"0", "1"}, got); diff != "" || failed == nil {
				t.Error(failed, diff)
			}
		})
	}
}

func TestAnIteratorAsksOnlyAsFarAsItIsRead(t *testing.T) {
	t.Parallel()
	c := serve(t, groups{n: 5, largest: 2}.ServeHTTP)
	list := c.Groups.List(t.Context(), GroupListOptions{})
	if len(c.asked) != 0 {
		t.Error("it asked before it was read")
	}
	for range list {
		break
	}
	if len(c.asked) != 1 {
		t.Errorf("asked for %q", c.addresses())
	}
	// It may be read again, from the beginning.
	n := 0
	for range list {
		n++
	}
	if n != 5 {
		t.Errorf("read %d groups the second time", n)
	}
}

func TestListsAreAskedForWithTheirOptions(t *testing.T) {
	t.Parallel()
	options := PageOptions{Start: 1, Limit: 2, Expand: []string{"operations", "personalSpace.icon"}, TotalSize: true}
	const query = "expand=operations%2CpersonalSpace.icon&limit=2"
	c := serve(t, answer(200, `{"results":[],"start":1,"limit":2,"size":0,"totalSize":7,"_links":{}}`))
	ctx := t.Context()
	members, err := c.Groups.MembersPage(ctx, "a/b", options)
	if err != nil || members.TotalSize == nil || *members.TotalSize != 7 {
		t.Errorf("got %+v, %v", members, err)
	}
	picked, err := c.Groups.PickerPage(ctx, "op", PageOptions{TotalSize: true})
	if err != nil || picked.TotalSize == nil || *picked.TotalSize != 7 {
		t.Errorf("got %+v, %v", picked, err)
	}
	_, err1 := c.Groups.ListPage(ctx, GroupListOptions{AccessType: "site-admin"})
	_, err2 := c.Users.MemberOfPage(ctx, "557058:ada", PageOptions{Limit: -1})
	_, err3 := c.Users.SearchPage(ctx, "type=user", SearchOptions{SitePermissionTypeFilter: "all", Limit: 2, Expand: options.Expand})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Error(err)
	}
	want := []string{
		"/wiki/rest/api/group/a%2Fb/membersByGroupId?" + query + "&shouldReturnTotalSize=true&start=1",
		"/wiki/rest/api/group/picker?query=op&shouldReturnTotalSize=true",
		"/wiki/rest/api/group?accessType=site-admin",
		"/wiki/rest/api/user/memberof?accountId=557058%3Aada&limit=-1",
		"/wiki/rest/api/search/user?cql=type%3Duser&" + query + "&sitePermissionTypeFilter=all",
	}
	if diff := cmp.Diff(want, c.addresses()); diff != "" {
		t.Error(diff)
	}
}

func TestEveryListHasAnIterator(t *testing.T) {
	t.Parallel()
	c := serve(t, answer(200, `{"results":[{}],"start":0,"limit":5,"size":1,"_links":{}}`))
	ctx, n := t.Context(), 0
	count := func(err error) {
		if err == nil {
			n++
		}
	}
	for _, err := range c.Groups.Picker(ctx, "op", PageOptions{}) {
		count(err)
	}
	for _, err := range c.Groups.Members(ctx, "1", PageOptions{}) {
		count(err)
	}
	for _, err := range c.Users.MemberOf(ctx, "557058:ada", PageOptions{}) {
		count(err)
	}
	for _, err := range c.Users.Search(ctx, "type=user", SearchOptions{}) {
		count(err)
	}
	if n != 4 || len(c.asked) != 4 {
		t.Errorf("%d entries from %q", n, c.addresses())
	}
}

func TestAGroupWithoutAnIDIsNotAskedFor(t *testing.T) {
	t.Parallel()
	c := serve(t, answer(200, `{"results":[]}`))
	for _, id := range []string{"", ".", ".."} {
		for _, err := range c.Groups.Members(t.Context(), id, PageOptions{}) {
			if err == nil {
				t.Errorf("%q was taken for a group", id)
			}
		}
	}
	if len(c.asked) > 0 {
		t.Errorf("asked for %q", c.addresses())
	}
}
