package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/site"
)

// mailed works off what was asked and returns the site's mails, the oldest first.
func (s *testSite) mailed() []mail.Message {
	s.t.Helper()
	if err := s.invites.Work(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	all, err := s.invites.Outbox.Captured(s.t.Context(), s.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

// recipients are whom mails go to, in the order of their addresses.
func recipients(all []mail.Message) []string {
	list := []string{}
	for _, m := range all {
		for _, to := range m.To {
			list = append(list, to.Address)
		}
	}
	slices.Sort(list)
	return list
}

// linkIn is the path on its site of the link that a mail holds.
func (s *testSite) linkIn(m mail.Message) string {
	s.t.Helper()
	for line := range strings.Lines(m.Text) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), s.URL(s.server, true)); ok {
			return path
		}
	}
	s.t.Fatalf("no link to the site in %s", m.Text)
	return ""
}

// invited invites one address as somebody, and returns the link that was mailed.
func (s *testSite) invited(by, address string) string {
	s.t.Helper()
	before := map[string]bool{}
	for _, m := range s.mailed() {
		before[m.ID] = true
	}
	if err := s.as(by).Users.Invite(s.t.Context(), []string{address}); err != nil {
		s.t.Fatal(err)
	}
	fresh := slices.DeleteFunc(s.mailed(), func(m mail.Message) bool { return before[m.ID] })
	if len(fresh) != 1 {
		s.t.Fatalf("%s by %s: %d mails", address, by, len(fresh))
	}
	return s.linkIn(fresh[0])
}

func TestInvitingAnswersTheSameWhomeverTheAddressBelongsTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			for by, want := range map[string][]string{
				person: {"customer@example.com", "new@example.com", "unlicensed@example.com"},
				admin:  {"closed@example.com", "customer@example.com", "deactivated@example.com", "new@example.com", "unlicensed@example.com"},
			} {
				s := newSite(t, d, inFidelity(f))
				for _, address := range []string{
					"person@example.com", "PERSON@Example.com", "new@example.com", "New@EXAMPLE.com", "unlicensed@example.com", "customer@example.com",
					"deactivated@example.com", "closed@example.com", "no address", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "",
				} {
					got := s.ask(ask{method: "POST", path: invitePath, role: by, body: string(encode(confluence.EmailsRequest{Emails: []string{address}}))})
					if got.status != 200 || got.body != "" || got.header.Get("Content-Type") != "" {
						t.Errorf("%s, %q by %s: %d %q", f, address, by, got.status, got.body)
					}
				}
				if got := recipients(s.mailed()); !slices.Equal(got, want) {
					t.Errorf("%s: mail by %s went to %v, want %v", f, by, got, want)
				}
			}
		}
	})
}

func TestEverythingAboutAnInvitationIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		if err := s.as(person).Users.Invite(t.Context(), []string{"new@example.com", "person@example.com", "deactivated@example.com", "bad"}); err != nil {
			t.Fatal(err)
		}
		link := s.linkIn(s.mailed()[0])
		if got := s.ask(ask{method: "POST", path: link, body: "displayName=New", header: form()}); got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		rows, err := db.All(t.Context(), d, db.Scalar[string], `SELECT operation || ' by ' || CASE WHEN actor = $2 THEN 'person' WHEN actor = '' THEN 'nobody' ELSE 'the new one' END ||
			' ' || via || ' ' || detail FROM changes WHERE site_id = $1 AND operation LIKE 'invitation.%' ORDER BY change_id, item`, s.ID, accountID(person))
		if err != nil || len(rows) != 4 {
			t.Fatalf("%v (%v)", rows, err)
		}
		for i, want := range []string{
			`invitation.request by person api {"Addresses":[null,4],"Valid":[null,3]}`,
			`invitation.create by person api {"Administrator":[null,false],"Email":[null,"new@example.com"],`,
			`invitation.settle by person api {"CoolingDown":[null,0],"Invited":[null,1],"WithAccess":[null,1],"Withheld":[null,1]}`,
			`invitation.accept by the new one api {"Account":[null,"712020:`,
		} {
			if !strings.HasPrefix(rows[i], want) {
				t.Errorf("recorded %s\nwant %s", rows[i], want)
			}
		}
	})
}

// Its clock runs ahead, and whoever works invitations off does so for all sites: so the database is its own.
func TestAnAddressGetsNoSecondMailBeforeTheCoolDownIsOver(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		s := newSite(t, opened(t, url))
		first := s.invited(person, "new@example.com")
		for _, by := range []string{person, colleague, admin} {
			if err := s.as(by).Users.Invite(t.Context(), []string{"NEW@example.com"}); err != nil {
				t.Error(err)
			}
		}
		if n := len(s.mailed()); n != 1 {
			t.Errorf("%d mails", n)
		}
		s.ahead.Store(int64(61 * time.Minute))
		second := s.invited(person, "new@example.com")
		if s.get("", first).status != 404 || s.get("", second).status != 200 {
			t.Error("the second link does not take the place of the first")
		}
	})
}

func TestOnlyAdministratorsInviteWhereTheSiteSaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f), with("whoMayInvite", site.ByAdministrators))
			for _, role := range []string{person, administrator, app} {
				if err := s.as(role).Users.Invite(t.Context(), []string{role + "-new@example.com"}); !errors.Is(err, confluence.ErrNotFound) {
					t.Errorf("%s, %s: %v", f, role, err)
				}
			}
			s.invited(admin, "new@example.com")
		}
	})
}

func TestAnyNumberOfAddressesIsInvitedByTheHundred(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		var many []string
		for i := range 250 {
			many = append(many, fmt.Sprintf("new-%d@example.com", i))
		}
		if err := s.as(person).Users.Invite(t.Context(), append(many, many[0])); err != nil {
			t.Fatal(err)
		}
		slices.Sort(many)
		if got := recipients(s.mailed()); !slices.Equal(got, many) {
			t.Errorf("%d mails", len(got))
		}
		if n := s.requests(); n != 3 {
			t.Errorf("%d calls", n)
		}
	})
}

// requests counts the calls that invited.
func (s *testSite) requests() (n int64) {
	s.t.Helper()
	n, _, err := db.One(s.t.Context(), s.dir.Changes.DB, db.Scalar[int64],
		`SELECT count(*) FROM changes WHERE site_id = $1 AND operation = 'invitation.request'`, s.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestAFloodOfAddressesOrCallsIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f), with("accessCallsPerMinute", "5"))
			flood := `{"emails":["` + strings.Repeat(`a@example.com","`, 50_000) + `a@example.com"]}`
			for _, path := range []string{invitePath, checkPath} {
				if got := s.ask(ask{method: "POST", path: path, role: person, body: flood}); got.status != 400 {
					t.Errorf("%s with 50,001 addresses: %d", path, got.status)
				}
			}
			for i := range 5 {
				path := []string{invitePath, checkPath}[i%2]
				if got := s.ask(ask{method: "POST", path: path, role: person, body: `{"emails":["new@example.com"]}`}); got.status != 200 {
					t.Errorf("call %d: %d", i, got.status)
				}
			}
			for _, path := range []string{invitePath, checkPath} {
				got := s.ask(ask{method: "POST", path: path, role: person, body: `{"emails":["new@example.com"]}`})
				if got.status != 429 || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, `"code":"TOO_MANY_REQUESTS"`) {
					t.Errorf("one too many: %d %v %s", got.status, got.header, got.body)
				}
			}
			if _, err := s.as(person).Users.CheckAccess(t.Context(), []string{"new@example.com"}); !errors.Is(err, confluence.ErrRateLimited) {
				t.Errorf("the SDK says %v", err)
			}
			if _, err := s.as(colleague).Users.CheckAccess(t.Context(), []string{"new@example.com"}); err != nil {
				t.Errorf("somebody else: %v", err)
			}
			s.ahead.Store(int64(time.Minute))
			if _, err := s.as(person).Users.CheckAccess(t.Context(), []string{"new@example.com"}); err != nil {
				t.Errorf("a minute later: %v", err)
			}
			s.ahead.Store(0)
		}
	})
}

// asServe answers one request as roster serve does: by the host alone, without an address of its own but a configured one.
func (s *testSite) asServe(invitations *directory.Invitations, host, configured string, r *http.Request) *httptest.ResponseRecorder {
	handler := (&Server{
		Sites: &site.Resolver{Sites: s.sites}, Directory: s.dir, Content: s.spaces, Auth: &auth.Authenticator{Directory: s.dir, Now: time.Now},
		PublicURL: "http://127.0.0.1:8080", ConfiguredURL: configured, Log: slog.New(slog.DiscardHandler), Invitations: invitations,
	}).Handler()
	r.Host = host
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.secrets[person])
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func invitation(t *testing.T) *http.Request {
	return httptest.NewRequestWithContext(t.Context(), http.MethodPost, invitePath, strings.NewReader(`{"emails":["new@example.com"]}`))
}

func TestInvitationsThatCannotBeMailedAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		host := dbtest.Name(t) + ".example"
		s := newSite(t, d, func(x *site.Site) { x.Hosts, x.PublicURL = []string{host}, "https://"+host })
		other := dbtest.Name(t) + ".example"
		placeless := newSite(t, d, func(x *site.Site) { x.Hosts = []string{other} })
		for _, tt := range []struct {
			got  *httptest.ResponseRecorder
			want string
		}{
			{s.asServe(nil, host, "", invitation(t)), "sends no mail"},
			{placeless.asServe(s.invites, other, "", invitation(t)), "no public URL"},
			{placeless.asServe(s.invites, other, "https://default.example", invitation(t)), "no public URL"}, // that is the default site's
		} {
			if tt.got.Code != 503 || tt.got.Header().Get("Retry-After") != "" || !strings.Contains(tt.got.Body.String(), tt.want) {
				t.Errorf("%d %v %s", tt.got.Code, tt.got.Header(), tt.got.Body)
			}
		}
		if n := len(s.mailed()) + len(placeless.mailed()); n != 0 {
			t.Errorf("%d mails", n)
		}
	})
}

func TestTheDefaultSitesLinksLeadToTheServersConfiguredURL(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		s := newSite(t, opened(t, url))
		for configured, want := range map[string]int{"": 503, "https://default.example": 200} {
			if got := s.asServe(s.invites, "anything.example", configured, invitation(t)); got.Code != want {
				t.Errorf("%q: %d %s", configured, got.Code, got.Body)
			}
		}
		if all := s.mailed(); len(all) != 1 || !strings.Contains(all[0].Text, "\nhttps://default.example/invitation/roster_inv_") {
			t.Errorf("%v", all)
		}
	})
}

func TestLinksLeadToTheConfiguredURLWhateverTheRequestSays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		host := dbtest.Name(t) + ".example"
		s := newSite(t, d, func(x *site.Site) { x.Hosts, x.PublicURL = []string{host}, "https://people.example/at" })
		r := invitation(t)
		r.RequestURI = "http://evil.example" + invitePath
		for name, value := range map[string]string{
			"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "ftp", "Forwarded": "host=evil.example;proto=ftp",
			"Origin": "https://evil.example", "Referer": "https://evil.example/", "X-Original-URL": "https://evil.example/",
		} {
			r.Header.Set(name, value)
		}
		if got := s.asServe(s.invites, host, "", r); got.Code != 200 {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
		m := s.mailed()[0]
		for _, text := range []string{m.Text, m.HTML} {
			if !strings.Contains(text, "https://people.example/at/invitation/roster_inv_") || strings.Contains(text, "evil") || strings.Contains(text, host) {
				t.Errorf("the mail says\n%s", text)
			}
		}
		evil := invitation(t)
		if got := s.asServe(s.invites, "evil.example", "", evil); got.Code == 200 {
			t.Error("invited by another host's name")
		}
	})
}

// opened is a database of the test's own.
func opened(t *testing.T, url string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestInvitationsSwitchedOffAre503(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, with("accessApi", "false"))
		got := s.ask(ask{method: "POST", path: invitePath, role: person, body: `{"emails":["new@example.com"]}`})
		if got.status != 503 || got.header.Get("Retry-After") != "" || !strings.Contains(got.body, `"status":503`) {
			t.Errorf("%d %v %s", got.status, got.header, got.body)
		}
	})
}
