package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/site"
)

// caller is who makes a request, as the server finds out.
func (s *testSite) caller(a ask) (auth.Caller, error) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), a.method, a.path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for name, values := range a.header {
		r.Header[name] = values
	}
	if a.role != "" {
		r.Header.Set("Authorization", "Bearer "+s.secrets[a.role])
	}
	now, err := s.sites.Named(s.t.Context(), s.Name)
	if err != nil {
		s.t.Fatal(err)
	}
	way := site.ByName
	if a.base == s.gateway() {
		way = site.ByGateway
	}
	// The verdict is about the address too, so the caller is found where every kind is taken.
	now.Settings.Fidelity = site.Documented
	path, _, _ := strings.Cut(a.path, "?")
	return s.handler.(*Server).Auth.Caller(s.t.Context(), site.Found{Site: now, Way: way, Path: path}, r)
}

// decided are the checks that no parameter has a say in.
var decided = []explain.Check{explain.Host, explain.Scope, explain.CanUse, explain.Settings, explain.Credential}

// Every operation is called by every kind of caller of the matrix: what the doctor says is what the server does.
func TestTheDoctorSaysWhatTheServerDoes(t *testing.T) {
	for name, edit := range map[string]func(*site.Site){
		"documented": inFidelity(site.Documented), "observed": inFidelity(site.Observed), "strict": strictSite,
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				shut, open := newSite(t, d, edit), newSite(t, d, edit, with("anonymousAccess", "true"))
				shut.strangers()
				for i := range operations {
					if name != "documented" && i%3 != 0 {
						continue // each kind of operation is there all the same
					}
					for _, c := range callers {
						s := shut
						if c.open {
							s = open
						}
						if a, there := s.callOf(c, &operations[i]); there {
							s.agrees(c.name, &operations[i], a)
						}
					}
				}
			})
		})
	}
}

// strictSite has everything that a site can be strict about.
func strictSite(s *site.Site) {
	for name, value := range map[string]string{
		"viewProfiles": "groups", "emailApi": "false", "propertyAccess": "owner", "whoMayInvite": "administrators",
	} {
		with(name, value)(s)
	}
}

// callOf is the request by which a caller of the matrix calls an operation, where there is such a way in.
func (s *testSite) callOf(c caller, op *operation) (a ask, there bool) {
	s.t.Helper()
	a = op.request()
	a.role = c.role
	if c.far {
		a.base = s.gateway()
	}
	if c.by != nil {
		c.by(s, op, &a)
	}
	if c.with == nil {
		return a, true
	}
	held := c.with(op.scopes)
	if len(held) == 0 {
		return a, false
	}
	a.role = c.name + ":" + strings.Join(held, " ")
	if s.secrets[a.role] == "" {
		s.token(a.role, c.role, held...)
	}
	return a, true
}

// agrees compares the doctor's verdict with the server's answer.
func (s *testSite) agrees(name string, op *operation, a ask) {
	s.t.Helper()
	held, err := s.caller(a)
	if err != nil {
		return // no credential that is good, of which there is nothing to tell
	}
	way := site.ByName
	if a.base == s.gateway() {
		way = site.ByGateway
	}
	v := verdictOn(op, Examine(held, s.Site, way))
	got := s.ask(a)
	if got.status == op.status {
		s.undo(op)
	}
	if got.status < 400 {
		if !v.Allowed {
			s.t.Errorf("%s by %s: %d, but the doctor says %+v", op.id, name, got.status, v)
		}
		return
	}
	why := s.explanation(got)
	switch {
	case !v.Allowed && (why.Check != string(v.Check) || why.Reason != v.Reason && v.Check != explain.Host):
		s.t.Errorf("%s by %s: %d for %s, %q, but the doctor says %s, %q", op.id, name, got.status, why.Check, why.Reason, v.Check, v.Reason)
	case !v.Allowed:
	case slices.Contains(decided, explain.Check(why.Check)):
		s.t.Errorf("%s by %s: %d for %s, %q, but the doctor lets them", op.id, name, got.status, why.Check, why.Reason)
	case why.Check == string(explain.Permission) && slices.Contains(v.Conditions, onlyOwn):
		s.ownSucceeds(name, op, a, held.Standing.AccountID)
	case why.Check == string(explain.Permission) && slices.Contains(v.Conditions, onlyMade):
	case why.Check == string(explain.Permission) && !bySpace[op.id]:
		s.t.Errorf("%s by %s: %d for %q, but the doctor lets them without a condition", op.id, name, got.status, why.Reason)
	}
}

const (
	onlyOwn  = "Only for the caller's own account."
	onlyMade = "Of other users only the properties that the app made itself."
)

// bySpace are the operations whose permission is that of the space or content that they are about.
var bySpace = map[string]bool{
	"createContent": true, "deleteContent": true, "deleteSpace": true, "addLabelsToContent": true, "removeLabelFromContent": true,
	"removeLabelFromContentUsingQueryParameter": true,
}

// ownSucceeds wants the same request about the caller alone to pass the check of permission.
func (s *testSite) ownSucceeds(name string, op *operation, a ask, id string) {
	s.t.Helper()
	a.path = strings.ReplaceAll(a.path, accountID(colleague), url.PathEscape(id))
	a.body = strings.ReplaceAll(a.body, accountID(colleague), id)
	if a.header.Get("Authorization") != "" {
		return // a JWT is for the one path that it was made for
	}
	if got := s.ask(a); got.status >= 400 && s.explanation(got).Check == string(explain.Permission) {
		s.t.Errorf("%s by %s about themselves: %d %s", op.id, name, got.status, got.body)
	}
}

func verdictOn(op *operation, all []Verdict) Verdict {
	return all[slices.IndexFunc(all, func(v Verdict) bool { return v.ID == op.id })]
}

func TestACallerIsToldWhatTheyCanCall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			s.strangers()
			s.token("scoped", person, "read:content-details:confluence")
			var told struct {
				Caller     holderOut
				Gateway    bool
				Operations []Verdict
			}
			got := s.ask(ask{role: "scoped", path: operationsPath, base: s.gateway()})
			if err := json.Unmarshal([]byte(got.body), &told); err != nil || got.status != 200 || got.header.Get("Cache-Control") != "no-store" {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if told.Caller.AccountID != accountID(person) || told.Caller.TokenID != s.tokens["scoped"] || !told.Gateway || len(told.Operations) != len(operations) {
				t.Errorf("%s: %+v", f, told)
			}
			for _, v := range told.Operations {
				if may := v.ClassicScope == "read:content-details:confluence" || slices.Equal(v.GranularScopes, []string{"read:content-details:confluence"}); v.Allowed != may {
					t.Errorf("%s: %+v", f, v)
				}
			}
			for _, role := range []string{"", "wrong", "revoked", "expired", deactivated} {
				if got := s.get(role, operationsPath); got.status != 401 || strings.Contains(got.body, "getUser") {
					t.Errorf("%s: %q is answered %d %s", f, role, got.status, got.body)
				}
			}
			got = s.get("scoped", operationsPath)
			if f == site.Observed && (got.status != 401 || !strings.Contains(got.body, "gateway")) || f == site.Documented && got.status != 200 {
				t.Errorf("%s: on the site it is answered %d %s", f, got.status, got.body)
			}
			if got := s.get(unlicensed, operationsPath); got.status != 200 || !strings.Contains(got.body, "can use") || strings.Contains(got.body, "These hold it") {
				t.Errorf("%s: %d %s", f, got.status, got.body)
			}
		}
	})
}

func TestATokenAtTheWrongAddressIsToldTheRightOne(t *testing.T) {
	t.Parallel()
	st := site.Site{CloudID: "11111111-2222-4333-8444-555555555555", Settings: site.DefaultSettings()}
	st.Settings.Fidelity = site.Observed
	scoped := auth.Caller{Kind: auth.ScopedToken, Scopes: Scopes()}
	scoped.Standing.CanUse = true
	for way, allowed := range map[site.Way]bool{site.ByHost: false, site.ByName: false, site.ByGateway: true} {
		v := verdictOn(operationCalled("getCurrentUser"), Examine(scoped, st, way))
		if v.Allowed != allowed || !allowed && (v.Check != explain.Host || !strings.Contains(v.Remedy, "/ex/confluence/"+st.CloudID)) {
			t.Errorf("way %d: %+v", way, v)
		}
	}
}

func TestTheTableIsShownWhole(t *testing.T) {
	t.Parallel()
	all := Operations()
	for i, o := range all {
		if op := operations[i]; o.ID != op.id || o.Method+" "+o.Path != op.route || len(o.Permission) == 0 || o.ConnectScope != op.connect {
			t.Errorf("%+v", o)
		}
	}
	watch := all[slices.IndexFunc(all, func(o Operation) bool { return o.ID == "addContentWatcher" })]
	if text := strings.Join(watch.Permission, " "); watch.AppRule != "applies" || strings.Count(text, "To name another user") != 1 || !strings.Contains(text, "or the space") {
		t.Errorf("%+v", watch)
	}
}
