package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/rosteradmin"
)

// explanation asks, as a site administrator, why an answer was a refusal.
func (s *testSite) explanation(of response) rosteradmin.Refusal {
	s.t.Helper()
	var out rosteradmin.Refusal
	got := s.get(admin, explainPath+"/"+of.header.Get(explainedBy))
	if err := json.Unmarshal([]byte(got.body), &out); err != nil || got.status != 200 {
		s.t.Fatalf("of %d %v %s: %d %s", of.status, of.header, of.body, got.status, got.body)
	}
	return out
}

func (s *testSite) store() *explain.Store { return s.handler.(*Server).Refusals }

// It is long because it is a table: a row a situation.
func TestEachRefusalNamesTheCheckAndTheReason(t *testing.T) {
	write := func(path string) ask { return ask{method: "POST", path: path, role: person} }
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.strangers()
		s.token("wrong-scope", person, "read:jira-work")
		s.token("expandless", person, "read:user:confluence")
		pairs := s.hiddenPairs()
		if err := s.dir.DisableAdminKey(t.Context(), s.ID, operator, accountID(admin)); err != nil {
			t.Fatal(err)
		}
		groups := newSite(t, d, with("viewProfiles", "groups"), with("emailApi", "false"), with("accessApi", "false"))
		invites := newSite(t, d, with("whoMayInvite", "administrators"))
		owners := newSite(t, d, with("propertyAccess", "owner"))
		open := newSite(t, d, with("anonymousAccess", "true"))
		for _, tt := range []struct {
			name   string
			s      *testSite
			ask    ask
			check  explain.Check
			says   string
			remedy string
		}{
			{"no credential", s, getsUser(), explain.Credential, "anonymousAccess is off", "roster token add"},
			{"no credential where it needs one", open, getsEmail(), explain.Credential, "not for anonymous callers", ""},
			{"a token that nobody knows", s, by("wrong", getsUser())[0], explain.Credential, "No token of this site has this secret", ""},
			{"a revoked token", s, by("revoked", getsUser())[0], explain.Credential, "revoked", ""},
			{"an expired token", s, by("expired", getsUser())[0], explain.Credential, "expired", ""},
			{"a deactivated account", s, by(deactivated, getsUser())[0], explain.Credential, "inactive", ""},
			{"two credentials", s, showing("Authorization", "Bearer one\nBearer two", getsUser())[0], explain.Credential, "more than one", "one Authorization header"},
			{"no scope", s, by("wrong-scope", getsUser())[0], explain.Scope, "takes the classic scope read:confluence-user, or all of the granular read:content-details:confluence; the scoped API token has read:jira-work", "Make a token"},
			{"a scope of another operation", s, by("expandless", searches())[0], explain.Scope, "takes the scope read:content-details:confluence; the scoped API token has read:user:confluence", ""},
			{"no scope will do", s, by("wrong-scope", ask{path: "/wiki/api/v2/admin-key"})[0], explain.Scope, "No scope lets", "classic API token"},
			{"may not use", s, by(unlicensed, getsUser())[0], explain.CanUse, "permission use", `"users`},
			{"profiles are for groups", groups, by(person, getsUser())[0], explain.Permission, "viewProfiles is groups", "view-profiles"},
			{"profiles are not for strangers", open, getsUser(), explain.Permission, "anonymousProfiles is off", "anonymousProfiles=true"},
			{"e-mail is off", groups, by(approved, getsEmail())[0], explain.Settings, "emailApi is off", "emailApi=true"},
			{"access is off", groups, by(person, checks())[0], explain.Settings, "accessApi is off", "accessApi=true"},
			{"a person asks for addresses", s, by(person, getsEmail())[0], explain.Permission, "not an app", ""},
			{"an app that is not approved", s, by(app, getsEmail())[0], explain.Permission, "not approved", "--email-approved"},
			{"an administrator's write", s, by(person, posts(groupPath, `{"name":"New"}`))[0], explain.Permission, "site-admin", ""},
			{"invitations by administrators", invites, by(person, invitesOne())[0], explain.Permission, "whoMayInvite is administrators", "whoMayInvite=everyone"},
			{"another's property", owners, by(person, ask{path: userPathOf + "/" + accountID(colleague) + "/property"})[0], explain.Permission, "Only the user, an administrator or the app", "propertyAccess=contract"},
			{"no header", s, write(userPathOf + "/watch/label/" + onLabel), explain.XSRF, "0 times", "X-Atlassian-Token: no-check"},
			{"another header", s, showing(xsrfHeader, "please", write(userPathOf+"/watch/label/"+onLabel))[0], explain.XSRF, "something else", ""},
			{"another's watch", s, by(person, gets(userPathOf+"/watch/label/"+onLabel+"?accountId="+accountID(colleague))...)[0], explain.Permission, "Only an administrator of Confluence", "Call as"},
			{"another's watch in a hidden space", s, by(person, gets(userPathOf+"/watch/space/SECRET?accountId="+accountID(colleague))...)[0], explain.Permission, "a space that is not seen. The space is there", ""},
			{"another's watch in no space", s, by(person, gets(userPathOf+"/watch/space/MISSING?accountId="+accountID(colleague))...)[0], explain.Permission, "There is no space with this key", ""},
			{"a hidden space", s, by(person, gets(userPathOf+"/watch/"+pairs[2].hidden)...)[0], explain.Existence, "The space is there, and", ""},
			{"a missing space", s, by(person, gets(userPathOf+"/watch/"+pairs[2].missing)...)[0], explain.Existence, "There is no space with this key", ""},
			{"content of a hidden space", s, by(person, gets(userPathOf+"/watch/"+pairs[0].hidden)...)[0], explain.Existence, "in a space that the caller may not view", ""},
			{"restricted content", s, by(person, gets(userPathOf+"/watch/"+pairs[1].hidden)...)[0], explain.Existence, "restrictions on reading leave the caller out", ""},
			{"missing content", s, by(person, gets(userPathOf+"/watch/"+pairs[1].missing)...)[0], explain.Existence, "There is no content with this ID", ""},
			{"a missing label", s, by(person, gets(userPathOf+"/watch/label/nothing")...)[0], explain.Existence, "no such label", ""},
			{"a hidden space's own page", s, by(person, gets("/wiki/rest/api/space/SECRET")...)[0], explain.Existence, "The space is there, and", ""},
			{"no admin key", s, showing("Atl-Confluence-With-Admin-Key", "true", by(admin, gets("/wiki/rest/api/content")...)...)[0], explain.Permission, "enabled no admin key", ""},
			{"an admin key is not for everybody", s, showing("Atl-Confluence-With-Admin-Key", "true", by(person, gets("/wiki/rest/api/content")...)...)[0], explain.Permission, "for site administrators", ""},
			{"no admin key to read", s, by(admin, gets("/wiki/api/v2/admin-key")...)[0], explain.Existence, "enabled no admin key, or its key has expired", ""},
			{"nobody", s, by(person, gets(userPathOf+"?accountId=nobody")...)[0], explain.Existence, "no user with this account ID", ""},
			{"a parameter is missing", s, by(person, gets(userPathOf)...)[0], explain.Parameters, "accountId is required", ""},
			{"a number that is none", s, by(person, gets(groupPath+"?start=secret")...)[0], explain.Parameters, "start is not a whole number of 32 bits: …", ""},
			{"a body that is none", s, by(person, posts(v2BulkPath, `{`))[0], explain.Parameters, "is not JSON", ""},
			{"no path", s, by(person, gets(missingPath)...)[0], explain.Route, "nothing at this path", "openapi.json"},
			{"no method", s, by(person, ask{method: "PUT", path: userPathOf})[0], explain.Route, "does not take this method", "Allow"},
			{"a URL that is too long", s, by(person, gets(userPathOf+"?accountId="+strings.Repeat("x", 64<<10))...)[0], explain.Edge, "longer than", ""},
			{"no site", s, by(person, ask{base: s.server + "/ex/confluence/" + "00000000-0000-4000-8000-000000000000", path: userPathOf})[0], explain.Site, "No site here", "roster site list"},
			{"no invitation", s, ask{path: directory.InvitationPath + "roster_inv_nothing"}, explain.Existence, "No invitation of this site has this secret", ""},
		} {
			refused := tt.s.ask(tt.ask)
			got := tt.s.explanation(refused)
			if got.Check != string(tt.check) || !strings.Contains(got.Reason, tt.says) || !strings.Contains(got.Remedy, tt.remedy) || got.Status != refused.status || refused.status < 400 {
				t.Errorf("%s: %d, %+v", tt.name, refused.status, got)
			}
			if got.RequestID != refused.header.Get(requestID) || got.Node != tt.s.store().Name() || got.Kind == "" || got.At == "" {
				t.Errorf("%s: %+v", tt.name, got)
			}
		}
	})
}

func TestEveryKindOfFailureHasWordsAndACheck(t *testing.T) {
	t.Parallel()
	for kind := range refusals {
		if words, check := explain.Of(kind); words == "" || !slices.Contains(explain.Checks, check) {
			t.Errorf("kind %d is %q, from the check %q", kind, words, check)
		}
	}
}

func invitesOne() ask { return posts(invitePath, `{"emails":["ada@example.com"]}`) }

func TestASpaceThatKeepsAppsOutSaysSoToAdministrators(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		_, err := s.spaces.Change(t.Context(), s.ID, operator, "~colleague", func(sp *content.Space) error { sp.AppsBlocked = true; return nil })
		if err != nil {
			t.Fatal(err)
		}
		got := s.explanation(s.get(app, userPathOf+"/watch/"+watchPaths[0]))
		if got.Check != string(explain.AppRule) || !strings.Contains(got.Reason, "keeps apps out") || got.Operation != "getContentWatchStatus" {
			t.Errorf("%+v", got)
		}
	})
}

func TestARefusalSaysWhoCalledAndNothingThatTheySent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		got := s.explanation(s.get(person, userPathOf+"/watch/space/HUSH-HUSH?accountId="+accountID(person)))
		want := rosteradmin.Refusal{
			CloudID: s.CloudID, Method: "GET", Operation: "isWatchingSpace", Route: "/wiki/rest/api/user/watch/space/{spaceKey}", Status: 403,
			Kind: "forbidden", Check: string(explain.Existence), AccountID: accountID(person), CallerKind: "classic API token",
		}
		want.ID, want.At, want.RequestID, want.Node, want.Reason, want.Remedy, want.TokenID = got.ID, got.At, got.RequestID, got.Node, got.Reason, got.Remedy, got.TokenID
		if got != want || got.TokenID == "" || strings.Contains(got.Reason+got.Remedy, "HUSH") {
			t.Errorf("%+v", got)
		}
		for method, route := range map[string]string{userPathOf + "x": "", explainPath + "/x": explainPath + "/{id}", avatarPath + "nobody": avatarPath + "{accountId}"} {
			if got := s.explanation(s.get(person, method)); got.Route != route || got.Operation != "" {
				t.Errorf("%s: %+v", method, got)
			}
		}
	})
}

func TestNothingPrivateIsKeptOfAnyRefusal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		beds := map[site.Fidelity]*testSite{}
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			s.strangers()
			s.token("wrong-scope", person, "read:jira-work")
			s.token("scoped", person, "read:confluence-user", "read:user:confluence")
			beds[f] = s
			secret := s.secrets[person]
			for _, path := range []string{
				"/wiki/rest/api/user?accountId=" + url.QueryEscape(secret), "/wiki/rest/api/user?accountId=ada@example.com", "/wiki/ada@example.com/" + secret,
				"/wiki/rest/api/group?start=" + secret, "/wiki/rest/api/space/" + secret, "/wiki/rest/api/content/ada@example.com",
				"/wiki/rest/api/user/watch/label/ada@example.com", "/wiki/rest/api/user/watch/space/" + secret,
				searchPath + "?cql=" + url.QueryEscape(`user.fullname ~ `+secret), searchPath + "?cql=" + url.QueryEscape(`ada@example.com = 1`),
				explainPath + "/" + secret, explainPath + "?" + secret + "=1", avatarPath + secret, directory.InvitationPath + secret,
				"/wiki/rest/api/user/" + accountID(colleague) + "/property/" + secret + "@", "/wiki/rest/api/group?accessType=" + secret,
			} {
				for _, role := range []string{person, admin} {
					s.get(role, path)
				}
			}
			for _, body := range []string{`{"` + secret + `":1,"` + secret + `":2}`, `{"accountIds":"` + secret + `"}`, `{"emails":["ada@example.com"`, secret} {
				s.ask(ask{method: "POST", path: v2BulkPath, role: person, body: body})
			}
			for _, header := range []string{"Basic " + secret, basic("ada@example.com:" + secret), basic("ada@example.com:" + secret + ":"), secret, "JWT " + secret} {
				s.ask(showing("Authorization", header, getsUser())[0])
			}
			s.straight(s.handler, person, "roster_method", "/wiki", "")
		}
		for _, situation := range slices.Concat(credentialSituations(), parameterSituations(), protocolSituations()) {
			situation.answers(beds)
		}
		for f, s := range beds {
			kept := s.store().Latest(s.ID, 100_000, func(*explain.Refusal) bool { return true })
			if len(kept) < 150 {
				t.Errorf("%s: only %d refusals are kept", f, len(kept))
			}
			for _, r := range slices.Concat(kept, s.store().Latest(0, 100_000, func(*explain.Refusal) bool { return true })) {
				text, err := json.Marshal(r)
				if err != nil {
					t.Fatal(err)
				}
				for _, private := range []string{"@", "roster_", "example.com", s.secrets[person][10:30]} {
					if strings.Contains(string(text), private) {
						t.Errorf("%s: this is kept: %s", f, text)
					}
				}
				if r.Reason == "" || r.Kind == "" || r.Check == "" || r.CallerKind == "" || r.Status < 400 || strings.Contains(r.Reason, "left out") {
					t.Errorf("%s: this says little: %s", f, text)
				}
			}
		}
	})
}

func TestOnlySiteAdministratorsAreToldAndOnlyOfTheirOwnSite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s, other := newSite(t, d, inFidelity(f)), newSite(t, d, inFidelity(f))
			s.strangers()
			s.token("scoped-admin", admin, Scopes()...)
			id := s.get(person, missingPath).header.Get(explainedBy)
			foreign := other.get(person, missingPath).header.Get(explainedBy)
			for _, path := range []string{explainPath, explainPath + "/" + id} {
				for role, want := range map[string]int{"": 401, "wrong": 401, "revoked": 401, person: 403, administrator: 403, app: 403, "scoped-admin": 403, admin: 200} {
					got := s.get(role, path)
					if role == "scoped-admin" && f == site.Observed {
						want = 401 // shown at the wrong host
					}
					if got.status != want || got.status == 200 && got.header.Get(explainedBy) != "" || got.status != 200 && !strings.Contains(got.body, `"statusCode":`) {
						t.Errorf("%s, %s by %q: %d %v %s", f, path, role, got.status, got.header, got.body)
					}
				}
			}
			for path, says := range map[string]string{
				explainPath + "/" + foreign: "ask there", explainPath + "/" + s.store().Name() + "-" + strings.Repeat("0", 26): "no such refusal",
				explainPath + "/": "not the ID", explainPath + "/%00": "not the ID",
			} {
				if got := s.get(admin, path); got.status != 404 || !strings.Contains(got.body, says) {
					t.Errorf("%s, %s: %d %s", f, path, got.status, got.body)
				}
			}
			// The same server answers for both sites, and tells each only of its own.
			elsewhere := s.ask(ask{base: s.server + "/_site/" + other.Name, path: missingPath}).header.Get(explainedBy)
			if got := s.get(admin, explainPath+"/"+elsewhere); got.status != 404 || !strings.Contains(got.body, "no such refusal") {
				t.Errorf("%s: another site's refusal: %d %s", f, got.status, got.body)
			}
		}
	})
}

func TestRefusalsAreListedTheLatestFirstAndByWhatIsAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.ask(getsUser())
		s.get(person, userPathOf+"?accountId=nobody")
		s.get(colleague, missingPath)
		list := func(query string) (operations []string, limit int) {
			t.Helper()
			got := s.get(admin, explainPath+query)
			var out struct {
				Results []rosteradmin.Refusal
				Size    int
				Limit   int
				Node    string
			}
			if err := json.Unmarshal([]byte(got.body), &out); err != nil || got.status != 200 || out.Size != len(out.Results) || out.Node != s.store().Name() {
				t.Errorf("%s: %d %s", query, got.status, got.body)
			}
			for _, r := range out.Results {
				operations = append(operations, r.Operation+":"+string(r.Check))
			}
			return operations, out.Limit
		}
		for query, want := range map[string]string{
			"":                                 ":route getUser:existence getUser:credential",
			"?limit=2":                         ":route getUser:existence",
			"?operation=getUser":               "getUser:existence getUser:credential",
			"?check=route":                     ":route",
			"?check=can+use":                   "",
			"?accountId=" + accountID(person):  "getUser:existence",
			"?accountId=":                      "getUser:credential",
			"?tokenId=nothing":                 "",
			"?operation=getUser&check=route":   "",
			"?operation=getUser&check=scope":   "",
			"?limit=1&operation=getUser":       "getUser:existence",
			"?check=existence&operation=nixda": "",
		} {
			if got, _ := list(query); strings.Join(got, " ") != want {
				t.Errorf("%s lists %q, want %q", query, got, want)
			}
		}
		if _, limit := list(""); limit != defaultRefusals {
			t.Errorf("%d by default", limit)
		}
		for _, bad := range []string{"?limit=0", "?limit=1001", "?limit=x", "?limit=1&limit=2", "?check=x", "?accountid=x", "?a=%zz"} {
			if got := s.get(admin, explainPath+bad); got.status != 400 || got.header.Get(explainedBy) == "" {
				t.Errorf("%s: %d %s", bad, got.status, got.body)
			}
		}
		if got := s.ask(ask{method: http.MethodPost, path: explainPath, role: admin, body: `{}`}); got.status != 404 {
			t.Errorf("POST: %d", got.status)
		}
	})
}

func TestWhatIsServedLeavesNoTrace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for _, a := range []ask{by(person, getsUser())[0], by(person, getsBulkV2())[0], by(admin, gets(explainPath)...)[0]} {
			if got := s.ask(a); got.status != 200 || got.header.Get(explainedBy) != "" {
				t.Errorf("%s: %d %v", a.path, got.status, got.header)
			}
		}
		if kept := s.store().Latest(s.ID, 10, func(*explain.Refusal) bool { return true }); len(kept) != 0 {
			t.Errorf("%v", kept)
		}
	})
}
