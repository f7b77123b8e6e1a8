package confluence

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ids returns n account IDs, from id(0) on.
func ids(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = "557058:" + strconv.Itoa(i)
	}
	return all
}

// backwards answers a bulk lookup in the worst way it may: in another order, and without the unknown.
func backwards(wanted []string) []map[string]string {
	found := []map[string]string{}
	for _, id := range slices.Backward(wanted) {
		if id != "unknown" {
			found = append(found, map[string]string{"accountId": id, "email": id + "@acme.example"})
		}
	}
	return found
}

// bulkSite answers every bulk lookup, and notes how many IDs each request named.
func bulkSite(named *[]int, largest int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var wanted []string
		switch {
		case r.Method == http.MethodPost:
			var body UsersBulkRequest
			json.NewDecoder(r.Body).Decode(&body)
			wanted = body.AccountIDs
		case strings.HasSuffix(r.URL.Path, "/email/bulk"):
			wanted = strings.Split(r.FormValue("accountId"), ",")
		default:
			wanted = r.URL.Query()["accountId"]
		}
		*named = append(*named, len(wanted))
		var out any = backwards(wanted)
		if !strings.HasSuffix(r.URL.Path, "/email/bulk") {
			out = map[string]any{"results": backwards(wanted[:min(largest, len(wanted))]), "limit": largest, "_links": Links{}}
		}
		body, _ := encode(out)
		answer(200, string(body))(w, r)
	}
}

func TestBulkLookupsTakeAnyNumberOfIDsAndKeepTheirOrder(t *testing.T) {
	t.Parallel()
	many := ids(251)
	doubled := slices.Concat(many[:120], []string{"unknown", many[3]}, many)
	for name, test := range map[string]struct {
		largest int
		in      []string
		want    []string
		named   map[string][]int
	}{
		"none":    {100, nil, nil, map[string][]int{}},
		"one":     {100, many[:1], many[:1], map[string][]int{"v1": {1}, "v2": {1}, "email": {1}}},
		"many":    {250, many, many, map[string][]int{"v1": {100, 100, 51}, "v2": {250, 1}, "email": {100, 100, 51}}},
		"doubled": {250, doubled, many, map[string][]int{"v1": {100, 100, 52}, "v2": {250, 2}, "email": {100, 100, 52}}},
	} {
		for kind, look := range map[string]func(*Client) ([]string, error){
			"v1": func(c *Client) ([]string, error) {
				found, err := c.Users.Bulk(t.Context(), test.in, "operations")
				return accounts(found), err
			},
			"v2": func(c *Client) ([]string, error) {
				found, err := c.Users.BulkV2(t.Context(), test.in)
				return accounts(found), err
			},
			"email": func(c *Client) ([]string, error) {
				found, err := c.Users.EmailBulk(t.Context(), test.in)
				return accounts(found), err
			},
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				var named []int
				c := serve(t, bulkSite(&named, test.largest))
				got, err := look(c.Client)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(test.named[kind], named); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func accounts[T interface{ id() string }](found []T) []string {
	var all []string
	for _, f := range found {
		all = append(all, f.id())
	}
	return all
}

func TestBulkAsksAgainForWhatTheSiteDropped(t *testing.T) {
	t.Parallel()
	var named []int
	c := serve(t, bulkSite(&named, 40))
	found, err := c.Users.Bulk(t.Context(), ids(100))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ids(100), accounts(found)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{100, 60, 20}, named); diff != "" {
		t.Error(diff)
	}
}

func TestABulkLookupThatFailsReturnsNothing(t *testing.T) {
	t.Parallel()
	asked := 0
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 2 {
			answer(403, `{"message":"no"}`)(w, r)
			return
		}
		answer(200, `{"results":[{"accountId":"557058:1"}],"emailsWithoutAccess":["a"]}`)(w, r)
	})
	found, err := c.Users.Bulk(t.Context(), ids(101))
	if found != nil || !errors.Is(err, ErrForbidden) {
		t.Errorf("got %v, %v", found, err)
	}
	asked = 0
	checked, err := c.Users.CheckAccess(t.Context(), ids(101))
	if checked != nil || !errors.Is(err, ErrForbidden) {
		t.Errorf("got %v, %v", checked, err)
	}
}

func TestCheckAccessTakesAnyNumberOfAddresses(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var in EmailsRequest
		json.NewDecoder(r.Body).Decode(&in)
		out := CheckAccess{EmailsWithoutAccess: in.Emails[:1], InvalidEmails: in.Emails[len(in.Emails)-1:]}
		body, _ := encode(out)
		answer(200, string(body))(w, r)
	})
	emails := ids(150)
	got, err := c.Users.CheckAccess(t.Context(), append(emails, emails[0]))
	if err != nil {
		t.Fatal(err)
	}
	want := &CheckAccess{EmailsWithoutAccess: []string{emails[0], emails[100]}, InvalidEmails: []string{emails[99], emails[149]}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	none, err := c.Users.CheckAccess(t.Context(), nil)
	if err != nil || none.EmailsWithoutAccess == nil || none.InvalidEmails == nil {
		t.Errorf("of no addresses: %#v, %v", none, err)
	}
}

func TestSearchGoesOnUntilAPageIsShort(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows    int
		limit   int
		asked   []string // start and limit of each request
		largest int
	}{
		"several pages":       {250, 0, []string{" 100", "100 100", "200 100"}, 100},
		"full last page":      {200, 0, []string{" 100", "100 100", "200 100"}, 100},
		"limit above 100":     {150, 1000, []string{" 100", "100 100"}, 100},
		"small pages":         {5, 2, []string{" 2", "2 2", "4 2"}, 100},
		"clamped and said so": {50, 0, []string{" 100", "20 100", "40 100"}, 20},
		"nothing":             {0, 0, []string{" 100"}, 100},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				start, _ := strconv.Atoi(r.FormValue("start"))
				limit, _ := strconv.Atoi(r.FormValue("limit"))
				limit = min(limit, test.largest)
				page := SearchPage{Results: []SearchResult{}, Start: start, Limit: limit}
				for i := start; i < min(start+limit, test.rows); i++ {
					page.Results = append(page.Results, SearchResult{Title: strconv.Itoa(i)})
				}
				body, _ := encode(page)
				answer(200, string(body))(w, r)
			})
			n := 0
			for result, err := range c.Users.Search(t.Context(), "type=user", SearchOptions{Limit: test.limit}) {
				if err != nil || result.Title != strconv.Itoa(n) {
					t.Fatalf("result %d is %q, %v", n, result.Title, err)
				}
				n++
			}
			var asked []string
			for _, r := range c.asked {
				asked = append(asked, fmt.Sprint(r.URL.Query().Get("start"), " ", r.URL.Query().Get("limit")))
			}
			if diff := cmp.Diff(test.asked, asked); n != test.rows || diff != "" {
				t.Error(n, diff)
			}
		})
	}
}

func TestSingleLookupsAskForWhatTheyAreNamedAfter(t *testing.T) {
	t.Parallel()
	c := serve(t, answer(200, `{"type":"known","accountId":"557058:ada","email":"ada@acme.example","id":"g","displayName":"Ada"}`))
	ctx := t.Context()
	user, err1 := c.Users.Get(ctx, "557058:ada", "operations", "personalSpace")
	me, err2 := c.Users.Current(ctx, "operations")
	anonymous, err3 := c.Users.Anonymous(ctx)
	email, err4 := c.Users.Email(ctx, "557058:ada")
	group, err5 := c.Groups.Get(ctx, "g")
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	got := []string{user.AccountID, me.AccountID, anonymous.DisplayName, email.Email, group.ID}
	if diff := cmp.Diff([]string{"557058:ada", "557058:ada", "Ada", "ada@acme.example", "g"}, got); diff != "" {
		t.Error(diff)
	}
	want := []string{
		"/wiki/rest/api/user?accountId=557058%3Aada&expand=operations%2CpersonalSpace",
		"/wiki/rest/api/user/current?expand=operations",
		"/wiki/rest/api/user/anonymous",
		"/wiki/rest/api/user/email?accountId=557058%3Aada",
		"/wiki/rest/api/group/by-id?id=g",
	}
	if diff := cmp.Diff(want, c.addresses()); diff != "" {
		t.Error(diff)
	}
}

func TestANullUserIsNotFound(t *testing.T) {
	t.Parallel()
	c := serve(t, answer(200, `null`))
	if user, err := c.Users.Get(t.Context(), "557058:ada"); user != nil || !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, %v", user, err)
	}
}

func TestAnAnonymousCallerIsACurrentUser(t *testing.T) {
	t.Parallel()
	c := serve(t, answer(200, `{"type":"anonymous","profilePicture":{"path":"/p","width":48,"height":48,"isDefault":true},"displayName":"Anonymous","_links":{}}`))
	me, err := c.Users.Current(t.Context())
	if err != nil || me.Type != "anonymous" || me.AccountID != "" || me.DisplayName != "Anonymous" {
		t.Errorf("got %+v, %v", me, err)
	}
}
