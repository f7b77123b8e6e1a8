package admin_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/rosteradmin"
)

func TestAdministratorsListAccountsAPageAtATimeAndEachAddressIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		hidden := directory.DefaultVisibility()
		hidden[directory.NameField], hidden[directory.EmailField] = directory.OnlyMe, directory.OnlyMe
		_, err := b.dir.Add(t.Context(), p.ID, operator, directory.Account{ID: "eve", Email: "eve@example.com", PublicName: "Eve", DisplayName: "Eve Hidden", Visibility: hidden})
		b.ok(err)
		_, err = b.dir.Change(t.Context(), p.ID, operator, "eve", func(a *directory.Account) error { a.Status = directory.Inactive; return nil })
		b.ok(err)
		for _, tt := range []struct {
			f    rosteradmin.AccountFilter
			want []string
		}{
			{rosteradmin.AccountFilter{}, []string{"ada", "bob", "eve"}},
			{rosteradmin.AccountFilter{Status: "inactive"}, []string{"eve"}},
			{rosteradmin.AccountFilter{Status: "active", Type: "atlassian"}, []string{"ada", "bob"}},
			{rosteradmin.AccountFilter{Type: "app"}, nil},
			{rosteradmin.AccountFilter{Query: "hid"}, []string{"eve"}},
		} {
			var got []string
			for a, err := range b.admin(p).Accounts.All(t.Context(), tt.f) {
				b.ok(err)
				got = append(got, a.AccountID)
				if inactive := a.Status == "inactive"; inactive == a.DeactivatedAt.IsZero() || a.CreatedAt.IsZero() || a.Email != a.AccountID+"@example.com" {
					t.Errorf("%+v", a)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%+v lists %v, not %v", tt.f, got, tt.want)
			}
		}
		groups, _, err := b.dir.Groups(t.Context(), p.ID, directory.SiteAdmin, 0, 1)
		b.ok(err)
		var page rosteradmin.AccountPage
		err = b.admin(p).Do(t.Context(), http.MethodGet, "/_roster/accounts", url.Values{"group": {groups[0].ID}, "limit": {"1"}}, nil, &page)
		if err != nil || len(page.Results) != 1 || page.Results[0].AccountID != "ada" || page.Next != "" {
			t.Errorf("%+v (%v)", page, err)
		}
		told, err := db.All(t.Context(), d, db.Scalar[string], `SELECT DISTINCT target FROM changes
			WHERE site_id = $1 AND operation = 'account.email.disclose' AND actor = 'ada' ORDER BY target`, p.ID)
		if want := []string{"account:ada", "account:bob", "account:eve"}; err != nil || !slices.Equal(told, want) {
			t.Errorf("recorded are %v (%v)", told, err)
		}
	})
}

func TestAdministratorsListWhatAnAccountWatches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, standIn := range []bool{false, true} {
			b := serving(t, d, standIn)
			p := b.site(dbtest.Name(t) + map[bool]string{true: "-dev"}[standIn])
			store := &content.Store{Changes: b.dir.Changes}
			_, err := store.Add(t.Context(), p.ID, operator, content.Space{Key: "ENG", Name: "Engines"})
			b.ok(err)
			held, err := store.AddPage(t.Context(), p.ID, operator, "ENG", content.Page{Title: "Bob's"})
			b.ok(err)
			b.ok(store.Restrict(t.Context(), p.ID, operator, held.ID, []content.Restriction{{Operation: "read", Subject: content.Subject{Kind: content.User, ID: "bob"}}}))
			for _, w := range []content.Watchable{{Kind: content.WatchSpace, Name: "ENG"}, {Kind: content.WatchContent, Name: fmt.Sprint(held.ID)}} {
				b.ok(store.Watch(t.Context(), p.ID, operator, content.Viewer{AccountID: "bob", Licensed: true}, w, "bob"))
			}
			client := b.admin(p)
			if standIn {
				client, err = rosteradmin.NewClient(p.url, rosteradmin.WithHTTPClient(b.http))
				b.ok(err)
			}
			var got []string
			for w, err := range client.Accounts.Watches(t.Context(), "bob", "") {
				b.ok(err)
				got = append(got, string(w.Kind)+" "+w.Name+" "+w.SpaceKey)
			}
			if want := []string{"content  ", "space Engines ENG"}; !slices.Equal(got, want) { // a restricted title is not told
				t.Errorf("stand-in %v: bob watches %q", standIn, got)
			}
			for _, err := range client.Accounts.Watches(t.Context(), "nobody", "") {
				b.is(err, confluence.ErrNotFound)
			}
		}
	})
}

func TestTokensThatExpireSoonAreListedByATimeOrByHowLongFromNow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		for _, days := range []int{20, 3, 5} {
			_, err := b.admin(p).Tokens.Make(t.Context(), rosteradmin.NewToken{AccountID: "bob", Label: fmt.Sprint(days), ExpiresIn: rosteradmin.Lifetime(time.Duration(days) * 24 * time.Hour)})
			b.ok(err)
		}
		var got []string
		for token, err := range b.admin(p).Tokens.Matching(t.Context(), rosteradmin.TokenFilter{ExpiresBefore: time.Now().Add(14 * 24 * time.Hour)}) {
			b.ok(err)
			got = append(got, token.Label)
		}
		if want := []string{"3", "5"}; !slices.Equal(got, want) {
			t.Errorf("%v expire soon, not %v", got, want)
		}
		var all []string
		for q := (url.Values{"expiresBefore": {"30d"}, "accountId": {"bob"}, "limit": {"2"}}); ; {
			var page rosteradmin.TokenPage
			b.ok(b.admin(p).Do(t.Context(), http.MethodGet, "/_roster/tokens", q, nil, &page))
			for _, token := range page.Results {
				all = append(all, token.Label)
			}
			if page.Next == "" {
				break
			}
			q.Set("after", page.Next)
		}
		if want := []string{"3", "5", "20"}; !slices.Equal(all, want) {
			t.Errorf("%v expire in a month, not %v", all, want)
		}
	})
}

func TestWhatIsWrongWithAListIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		for path, want := range map[string]int{
			"accounts?status=asleep":           400,
			"accounts?type=robot":              400,
			"accounts?limit=0":                 400,
			"accounts?limit=251":               400,
			"accounts?limit=250":               200,
			"accounts?after=%00":               400,
			"accounts?group=staff":             400,
			"accounts?start=1":                 400,
			"accounts?status=active&status=":   400,
			"accounts?%zz":                     400,
			"accounts?query=%ff":               400,
			"accounts?query=%00":               200,
			"accounts?query=' OR 1=1":          200,
			"accounts/bob":                     404,
			"accounts/bob/watches?kind=page":   400,
			"accounts/bob/watches?after=x":     400,
			"accounts/bob/watches?limit=999":   400,
			"accounts/%2e%2e/watches":          404,
			"accounts/%00/watches":             404,
			"accounts//watches":                404,
			"accounts/bob/groups":              404,
			"tokens?expiresBefore=soon":        400,
			"tokens?expiresBefore=":            400,
			"tokens?expiresBefore=1d&after=x":  400,
			"tokens?expiresBefore=0d":          400,
			"tokens?expiresBefore=14d":         200,
			"accounts?group=" + missing:        404,
			"accounts?query=" + long:           400,
			"tokens?after=" + missing:          200,
			"accounts/nobody/watches":          404,
			"accounts/bob/watches?kind=space":  200,
			"accounts/bob/watches?after=a:1":   400,
			"accounts/bob/watches?after=label": 400,
		} {
			got := b.ask(http.MethodGet, p.url+"/_roster/"+strings.ReplaceAll(path, " ", "%20"), "", "Authorization", "Bearer "+p.token)
			if got.status != want {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
		if got := b.ask(http.MethodPost, p.url+"/_roster/accounts", "{}", "Authorization", "Bearer "+p.token); got.status != 405 || got.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST: %d %v", got.status, got.header)
		}
	})
}

const missing = "00000000-0000-0000-0000-000000000000"

var long = strings.Repeat("a", 256)

func TestAPathThatIsNotOfTheAdministratorsAPIIsNotAskedFor(t *testing.T) {
	t.Parallel()
	c, err := rosteradmin.NewClient("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "/wiki/rest/api/user", "/_roster/accounts?x=1", "/_roster/x#y", "//elsewhere.example/_roster/x"} {
		if err := c.Do(t.Context(), http.MethodGet, path, nil, nil, nil); err == nil || !strings.Contains(err.Error(), "must start with /_roster/") {
			t.Errorf("%q: %v", path, err)
		}
	}
}
