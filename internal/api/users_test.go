package api

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestTheCurrentUserIsWhomTheTokenBelongsTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, role := range []string{admin, person, guest, external, app, approved, hidden, nonLatin} {
			u, err := s.as(role).Users.Current(t.Context(), "operations", "personalSpace")
			if err != nil {
				t.Fatal(err)
			}
			want, err := s.as(role).Users.Get(t.Context(), accountID(role), "operations,personalSpace")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, u); diff != "" || u.AccountID != accountID(role) {
				t.Errorf("%s: get and current differ:\n%s", role, diff)
			}
		}
	})
}

func TestExpansionsAreReadInEveryFormAndUnknownOnesIgnored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		get := func(query string) string {
			got := s.get(person, "/wiki/rest/api/user?accountId="+accountID(public)+"&"+query)
			if got.status != 200 {
				t.Fatalf("%s: %d", query, got.status)
			}
			return got.body
		}
		want := get("expand=operations,personalSpace")
		for _, same := range []string{
			"expand=personalSpace%2Coperations", "expand=operations&expand=personalSpace", "expand=%20operations%20,,personalSpace,operations",
			"expand=operations,personalSpace,nonsense,operations.deeper.still", "expand=operations,personalSpace&unknown=1",
			"expand=personalSpace,operations," + strings.Repeat("x,", 90),
			"expand=operations,personalSpace,a.b.c.d.e.f.g.h.i.j",
		} {
			if got := get(same); got != want {
				t.Errorf("%s answers %s\nwant %s", same, got, want)
			}
		}
		for _, nothing := range []string{"", "expand=", "expand=Operations", "expand=isExternalCollaborator", "expand=.operations", "expand=" + strings.Repeat("x", 5000)} {
			if got := get(nothing); strings.Contains(got, `"operations":[`) || !strings.Contains(got, `"_expandable":{"details":"","operations":"","personalSpace":""}`) {
				t.Errorf("%q expands something: %s", nothing, got)
			}
		}
		if nested := get("expand=personalSpace.icon"); !strings.Contains(nested, `"icon":{`) || strings.Contains(nested, `"icon":""`) {
			t.Errorf("personalSpace.icon: %s", nested)
		}
	})
}

func TestBulkAnswersInTheOrderAskedForEachOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			asked := ids(public, nobody, person, admin, public, closed, customer)
			want := ids(public, person, admin, closed, customer)
			v1, err := s.as(person).Users.Bulk(t.Context(), asked)
			if err != nil {
				t.Fatal(err)
			}
			v2, err := s.as(person).Users.BulkV2(t.Context(), asked)
			if err != nil {
				t.Fatal(err)
			}
			var first, second []string
			for i := range v1 {
				first, second = append(first, v1[i].AccountID), append(second, v2[i].AccountID)
			}
			if !slices.Equal(first, want) || !slices.Equal(second, want) {
				t.Errorf("%s: v1 %v\nv2 %v\nwant %v", f, first, second, want)
			}
			for _, query := range []string{
				strings.Join(asked, "&accountId="), strings.Join(asked, ","), strings.Join(asked[:3], ",") + "&accountId=" + strings.Join(asked[3:], "&accountId="),
				url.QueryEscape(strings.Join(asked, ",")), "," + strings.Join(asked, ",%20,") + ",",
			} {
				if got := s.list("/wiki/rest/api/user/bulk?accountId=" + query); got.Size != len(want) {
					t.Errorf("%s: %s answers %d", f, query, got.Size)
				}
			}
			// The cap counts what is asked for, duplicates once, before anybody is looked for.
			if got := s.list("/wiki/rest/api/user/bulk?limit=2&accountId=" + strings.Join(asked, ",")); got.Size != 1 || got.Limit != 2 {
				t.Errorf("%s: the first two are one user and nobody: %+v", f, got)
			}
		}
	})
}

func TestBulkTakesUpTo250IDsAndTheSDKAnyNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		many := make([]string, 0, 300)
		for len(many) < 299 {
			many = append(many, directory.NewAccountID())
		}
		many = append(many, accountID(person))
		v1, err := s.as(person).Users.Bulk(t.Context(), many)
		if err != nil || len(v1) != 1 || v1[0].AccountID != accountID(person) {
			t.Errorf("v1: %v %v", v1, err)
		}
		v2, err := s.as(person).Users.BulkV2(t.Context(), many)
		if err != nil || len(v2) != 1 || v2[0].AccountID != accountID(person) {
			t.Errorf("v2: %v %v", v2, err)
		}
		for n, want := range map[int]int{0: 400, 1: 200, 250: 200, 251: 400} {
			body := `{"accountIds":["` + strings.Join(many[300-n:], `","`) + `"]}`
			if n == 0 {
				body = `{"accountIds":[]}`
			}
			a := posts(v2BulkPath, body)
			a.role = person
			if got := s.ask(a); got.status != want {
				t.Errorf("%d IDs: %d %s", n, got.status, got.body)
			}
		}
	})
}

func TestAnAccountIDIsMatchedExactlyAfterOneDecoding(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		id := accountID(colleague)
		escaped := url.QueryEscape(id)
		for query, want := range map[string]int{
			id: 200, escaped: 200, strings.ReplaceAll(escaped, "%3A", "%3a"): 200,
			strings.ReplaceAll(escaped, "%", "%25"): 404, "%20" + id: 404, id + "%20": 404, id + "%00": 404, "%00": 404, id + "%0A": 404,
			id[:len(id)-1]: 404, strings.Repeat("7", 4096): 404, "%E2%80%AE" + id: 404, "%27%20OR%201%3D1": 404, "../../admin": 404,
			id + "," + accountID(person): 404, "%25": 404, strings.ToUpper("557058:abc"): 404, "%ff": 400,
		} {
			for _, path := range []string{"/wiki/rest/api/user?accountId=", "/wiki/rest/api/user/memberof?accountId="} {
				if got := s.get(person, path+query); got.status != want {
					t.Errorf("%s%.60s: %d, want %d", path, query, got.status, want)
				}
			}
		}
		_, err := s.as(person).Users.Get(t.Context(), "nobody")
		if !errors.Is(err, confluence.ErrNotFound) {
			t.Errorf("the SDK says %v", err)
		}
	})
}

func TestMembersLeaveOutSuspendedPeopleUntilTheyReturn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		members := func() []string {
			return names(t, s.as(person).Groups.Members(t.Context(), groupID("Engineering"), confluence.PageOptions{Limit: 2}),
				func(u confluence.User) string { return roleOf(u.AccountID) })
		}
		if got := members(); !slices.Equal(got, []string{person, colleague, nonLatin}) {
			t.Errorf("members: %v", got)
		}
		_, err := s.dir.Change(t.Context(), s.ID, operator, accountID(deactivated), func(a *directory.Account) error { a.Status = directory.Active; return nil })
		if err != nil {
			t.Fatal(err)
		}
		if got := members(); !slices.Equal(got, []string{person, colleague, deactivated, nonLatin}) {
			t.Errorf("members, with who has returned: %v", got)
		}
	})
}

func TestGroupsAreFoundByIDAndName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			c := s.as(person)
			g, err := c.Groups.Get(t.Context(), groupID("Engineering"))
			if err != nil || g.Name != "Engineering" || g.Type != "group" {
				t.Errorf("%s: %+v %v", f, g, err)
			}
			for access, want := range map[string][]string{"user": {"guests", "site-admins", "users"}, "admin": {"confluence-admins", "site-admins"}, "site-admin": {"site-admins"}} {
				page, err := c.Groups.ListPage(t.Context(), confluence.GroupListOptions{AccessType: access})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, g := range page.Results {
					got = append(got, g.Name)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s, %s: %v", f, access, got)
				}
			}
			for _, gone := range []string{"/wiki/rest/api/group/users", "/wiki/rest/api/group/users/member", "/wiki/rest/api/group/by-name?name=users", "/wiki/rest/api/group/member?name=users"} {
				if got := s.get(person, gone); got.status != 404 {
					t.Errorf("%s: %s answers %d", f, gone, got.status)
				}
			}
		}
	})
}

func TestAnApprovedAppReadsAddressesAndEachDisclosureIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c := s.as(approved)
		one, err := c.Users.Email(t.Context(), accountID(hidden))
		if err != nil || one.Email != "hidden@example.com" {
			t.Errorf("%+v %v", one, err)
		}
		list, err := c.Users.EmailBulk(t.Context(), ids(person, hidden, app, closed, nobody, deactivated, person))
		want := []confluence.AccountIDEmailRecord{
			{AccountID: accountID(person), Email: "person@example.com"},
			{AccountID: accountID(hidden), Email: "hidden@example.com"},
			{AccountID: accountID(deactivated), Email: "deactivated@example.com"},
		}
		if diff := cmp.Diff(want, list); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		for role, n := range map[string]int64{hidden: 2, person: 1, deactivated: 1, app: 0, closed: 0} {
			if got := s.changes("account.email.disclose", "account:"+accountID(role)); got != n {
				t.Errorf("%d disclosures of %s are recorded, want %d", got, role, n)
			}
		}
		for _, role := range []string{app, person, admin, guest} {
			if _, err := s.as(role).Users.Email(t.Context(), accountID(hidden)); !errors.Is(err, confluence.ErrBadRequest) {
				t.Errorf("%s: %v", role, err)
			}
		}
		if _, err := s.as("").Users.Email(t.Context(), accountID(hidden)); !errors.Is(err, confluence.ErrUnauthenticated) {
			t.Errorf("nobody: %v", err)
		}
		for _, role := range []string{nobody, closed, app} {
			if _, err := c.Users.Email(t.Context(), accountID(role)); !errors.Is(err, confluence.ErrNotFound) {
				t.Errorf("the address of %s: %v", role, err)
			}
		}
		s.set("emailApi", "false")
		if _, err := c.Users.Email(t.Context(), accountID(hidden)); !errors.Is(err, confluence.ErrNotEnabled) {
			t.Errorf("switched off: %v", err)
		}
	})
}

func TestCheckingAccessSortsAddressesAndIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		got, err := s.as(person).Users.CheckAccess(t.Context(), []string{
			"hidden@example.com", "unlicensed@example.com", "Guest@EXAMPLE.com", "deactivated@example.com", "x@example.com", "X@example.com",
			"no address", "a@b, c@d", `"quoted"@example.com`, "é@example.com", "a@münchen.example", " a@example.com", "no address",
		})
		want := &confluence.CheckAccess{
			EmailsWithoutAccess: []string{"unlicensed@example.com", "deactivated@example.com", "x@example.com", "a@münchen.example"},
			InvalidEmails:       []string{"no address", "a@b, c@d", `"quoted"@example.com`, "é@example.com", " a@example.com"},
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		if n := s.changes("access.check", "site"); n != 1 {
			t.Errorf("%d checks are recorded", n)
		}
		s.set("accessApi", "false")
		if _, err := s.as(person).Users.CheckAccess(t.Context(), []string{"x@example.com"}); !errors.Is(err, confluence.ErrUnavailable) {
			t.Errorf("switched off: %v", err)
		}
	})
}
