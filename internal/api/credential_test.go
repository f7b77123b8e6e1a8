package api

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// alike fails where answers differ in anything but the request's ID and the date.
func alike(t *testing.T, what string, answers ...response) {
	t.Helper()
	for _, a := range answers {
		a.header.Del("Date")
		if a.header.Get(requestID) == "" {
			t.Errorf("%s: an answer without the request's ID", what)
		}
		a.header.Del(requestID)
		a.header.Del(explainedBy)
		if a.status != answers[0].status || a.body != answers[0].body || !sameHeader(a.header, answers[0].header) {
			t.Errorf("%s:\n%d %v %s\n%d %v %s", what, a.status, a.header, a.body, answers[0].status, answers[0].header, answers[0].body)
		}
	}
}

func sameHeader(a, b http.Header) bool {
	for name := range b {
		if a.Get(name) != b.Get(name) {
			return false
		}
	}
	return len(a) == len(b)
}

func TestWhateverIsWrongWithACredentialTheAnswerIsTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s, other := newSite(t, d, inFidelity(f)), newSite(t, d)
			s.strangers()
			basicOf := func(email, secret string) string {
				return "Basic " + base64.StdEncoding.EncodeToString([]byte(email+":"+secret))
			}
			unknown := directory.NewSecret(s.CloudID)
			for _, id := range []string{"getUser", "getCurrentUser", "searchUser", "getPrivacyUnsafeUserEmail", "createGroup", "createBulkUserLookup", "checkAccessByEmail"} {
				op := operationCalled(id)
				var answers []response
				for _, credential := range []string{
					basicOf("person@example.com", unknown), basicOf("x@example.com", unknown), basicOf("closed@example.com", unknown),
					basicOf("x@example.com", s.secrets[person]), basicOf("admin@example.com", s.secrets[person]), basicOf("no address", s.secrets[person]),
					basicOf("x@example.com", s.secrets[app]), basicOf("closed@example.com", s.secrets[closed]), basicOf("deactivated@example.com", s.secrets[deactivated]),
					"Bearer " + unknown, "Bearer x", "Bearer " + s.secrets[closed], "Bearer " + s.secrets[deactivated], "bearer " + s.secrets["revoked"],
					"Bearer " + s.secrets["expired"], "Bearer " + other.secrets[person], "Bearer " + strings.ToUpper(s.secrets[person]),
					"Bearer " + s.secrets[person][:20], "Bearer " + strings.Repeat("x", 5000),
				} {
					a := op.request()
					a.header.Set("Authorization", credential)
					answers = append(answers, s.ask(a))
				}
				alike(t, string(f)+", "+op.id, answers...)
			}
		}
	})
}

// A secret that nobody knows is a wrong credential, which an operation refuses by the status that it lists; a header without
// one cannot be read, which is 401 everywhere.
func TestABearerThatNobodyKnowsIsRefusedAsTheOperationSaysAndOneWithoutASecretBy401(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for f, wanted := range map[site.Fidelity]map[string]int{
			site.Documented: {"getUser": 401, "getPrivacyUnsafeUserEmail": 401, "getCurrentUser": 403, "searchUser": 403, "createBulkUserLookup": 404},
			site.Observed:   {"getUser": 403, "getPrivacyUnsafeUserEmail": 403, "getCurrentUser": 403, "searchUser": 403, "createBulkUserLookup": 404},
		} {
			s := newSite(t, d, inFidelity(f))
			for id, want := range wanted {
				for credential, status := range map[string]int{"Bearer garbage": want, "Bearer": 401, "Bearer ": 401, "Bearer two words": 401} {
					a := operationCalled(id).request()
					a.header.Set("Authorization", credential)
					if got := s.ask(a); got.status != status {
						t.Errorf("%s, %s by %q: %d, not %d", f, id, credential, got.status, status)
					}
				}
			}
		}
	})
}

func TestATokenWorksAsBasicAndAsBearer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, email := range []string{"person@example.com", "PERSON@Example.COM"} {
			c := s.sdk(s.baseSite, confluence.WithHTTPClient(s.client), confluence.WithBasicAuth(email, s.secrets[person]))
			if u, err := c.Users.Current(t.Context()); err != nil || u.AccountID != accountID(person) {
				t.Errorf("%s: %v %v", email, u, err)
			}
		}
		secret := s.secrets[person]
		raw := base64.RawStdEncoding.EncodeToString([]byte("person@example.com:" + secret))
		for _, header := range []string{"bearer " + secret, "BEARER  " + secret, "basic " + raw} {
			got := s.ask(ask{path: "/wiki/rest/api/user/current", header: http.Header{"Authorization": {header}}})
			if got.status != 200 {
				t.Errorf("%.10s: %d", header, got.status)
			}
		}
	})
}

// refused reports what the SDK says to somebody who was let in a moment ago.
func refusedNow(err error) bool {
	return errors.Is(err, confluence.ErrUnauthenticated) || errors.Is(err, confluence.ErrForbidden)
}

func TestWhatIsTakenAwayIsGoneFromTheNextRequestOn(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		open := func() *db.DB {
			d, err := db.Open(t.Context(), url, db.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { d.Close() })
			return d
		}
		s := newSite(t, open())
		// Another process, such as the command line, has a connection of its own.
		elsewhere := &directory.Directory{Changes: change.New(open())}
		account := func(role string, edit func(*directory.Account)) func() error {
			return func() error {
				_, err := elsewhere.Change(t.Context(), s.ID, operator, accountID(role), func(a *directory.Account) error { edit(a); return nil })
				return err
			}
		}
		for _, test := range []struct {
			what, role string
			take       func() error
		}{
			{"a revoked token", person, func() error {
				_, err := elsewhere.RevokeToken(t.Context(), s.ID, operator, s.tokens[person])
				return err
			}},
			{"a deactivated account", colleague, account(colleague, func(a *directory.Account) { a.Status = directory.Inactive })},
			{"a closed account", public, account(public, func(a *directory.Account) { a.Status = directory.Closed })},
			{"the last group with access", hidden, func() error {
				_, err := elsewhere.RemoveMember(t.Context(), s.ID, operator, groupID("users"), accountID(hidden))
				return err
			}},
			{"the group's access", guest, func() error {
				_, err := elsewhere.Grant(t.Context(), s.ID, operator, groupID("guests"), directory.Use, false)
				return err
			}},
			{"the clock", nonLatin, func() error { s.ahead.Store(int64(48 * time.Hour)); return nil }},
		} {
			reused := false
			ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) { reused = c.Reused }})
			c := s.as(test.role)
			for range 2 {
				if _, err := c.Users.Current(ctx); err != nil {
					t.Fatalf("%s: %v", test.what, err)
				}
			}
			if err := test.take(); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Users.Current(ctx); !refusedNow(err) || !reused {
				t.Errorf("%s: %v on the next request of an open connection (%v)", test.what, err, reused)
			}
		}
	})
}

func TestAChangeOfVisibilityOrPermissionCountsFromTheNextRequestOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		c := s.as(person)
		email := func() string {
			u, err := c.Users.Get(t.Context(), accountID(public))
			if err != nil {
				t.Fatal(err)
			}
			return u.Email
		}
		if email() == "" {
			t.Error("a public address is hidden")
		}
		_, err := s.dir.Change(t.Context(), s.ID, operator, accountID(public), func(a *directory.Account) error { return a.Visibility.Set("email", "me") })
		if err != nil {
			t.Fatal(err)
		}
		if email() != "" {
			t.Error("a hidden address is shown")
		}
		s.set("viewProfiles", "groups")
		if _, err := c.Users.Get(t.Context(), accountID(public)); !errors.Is(err, confluence.ErrForbidden) {
			t.Errorf("profiles are for groups, and a person without one gets %v", err)
		}
		s.set("fidelity", string(site.Documented))
	})
}

func TestASiteSeesNothingOfAnother(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, other := newSite(t, d), newSite(t, d)
		stranger, err := other.dir.Add(t.Context(), other.ID, operator, directory.Account{DisplayName: "Stranger", Email: "stranger@example.com"}, groupID("users"))
		theirs, err2 := other.dir.AddGroup(t.Context(), other.ID, operator, directory.Group{Name: "Theirs"})
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		s.secrets["foreign"] = other.secrets[admin]
		for base, want := range map[string]error{
			s.baseSite: confluence.ErrUnauthenticated, s.gateway(): confluence.ErrNotFound, s.gateway() + "/wiki": confluence.ErrNotFound,
		} {
			if _, err := s.at(base, "foreign").Users.Get(t.Context(), accountID(person)); !errors.Is(err, want) {
				t.Errorf("a token of another site at %s: %v", base, err)
			}
		}
		c := s.as(admin)
		for _, get := range []func() error{
			func() error { _, err := c.Users.Get(t.Context(), stranger.ID); return err },
			func() error {
				_, err := c.Users.MemberOfPage(t.Context(), stranger.ID, confluence.PageOptions{})
				return err
			},
			func() error { _, err := c.Groups.Get(t.Context(), theirs.ID); return err },
			func() error {
				_, err := c.Groups.MembersPage(t.Context(), theirs.ID, confluence.PageOptions{})
				return err
			},
			func() error { _, err := s.as(approved).Users.Email(t.Context(), stranger.ID); return err },
		} {
			if err := get(); !errors.Is(err, confluence.ErrNotFound) {
				t.Errorf("somebody of another site: %v", err)
			}
		}
		bulk, err := c.Users.Bulk(t.Context(), []string{stranger.ID, accountID(person)})
		if err != nil || len(bulk) != 1 || bulk[0].AccountID != accountID(person) {
			t.Errorf("bulk: %v %v", bulk, err)
		}
		v2, err := c.Users.BulkV2(t.Context(), []string{stranger.ID, accountID(person)})
		if err != nil || len(v2) != 1 || v2[0].AccountID != accountID(person) {
			t.Errorf("users-bulk: %v %v", v2, err)
		}
		found, err := c.Users.SearchPage(t.Context(), `user.fullname ~ "stranger" or user = "`+stranger.ID+`"`, confluence.SearchOptions{SitePermissionTypeFilter: "all"})
		if err != nil || found.TotalSize != 0 {
			t.Errorf("search: %+v %v", found, err)
		}
		access, err := c.Users.CheckAccess(t.Context(), []string{"stranger@example.com"})
		if err != nil || len(access.EmailsWithoutAccess) != 1 {
			t.Errorf("access: %+v %v", access, err)
		}
		if emails, err := s.as(approved).Users.EmailBulk(t.Context(), []string{stranger.ID}); err != nil || len(emails) != 0 {
			t.Errorf("addresses: %v %v", emails, err)
		}
		if got := s.get(admin, "/wiki/aa-avatar/"+stranger.ID); got.status != 404 {
			t.Errorf("the picture of somebody of another site: %d", got.status)
		}
	})
}
