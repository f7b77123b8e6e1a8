package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/directory"
)

// registered registers an app on the site, approved for e-mail addresses. It has the same scopes whenever it is asked
// for by the same name.
func (s *testSite) registered(kind directory.AppKind, name string, scopes ...string) (directory.Registration, directory.AppSecrets) {
	s.t.Helper()
	r := directory.Registration{ClientID: name, Kind: kind, Name: name, Scopes: scopes}
	if kind == directory.ConnectApp {
		r.Key, r.ClientKey = name, name+"-installed"
	}
	r, secrets, err := s.dir.Register(s.t.Context(), s.ID, s.CloudID, operator, r, directory.AppSecrets{})
	if err == nil {
		_, err = s.dir.Change(s.t.Context(), s.ID, operator, r.AccountID, func(a *directory.Account) error { a.EmailApproved = true; return nil })
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return r, secrets
}

// access gives an app a token under a name of its own: for somebody, or as itself where accountID is "".
func (s *testSite) access(name string, r directory.Registration, accountID string, scopes ...string) {
	s.t.Helper()
	if accountID == "" {
		accountID = r.AccountID
	}
	s.secrets[name] = directory.NewSecret(s.CloudID)
	t, err := s.dir.AddToken(s.t.Context(), s.ID, operator, accountID,
		directory.Token{Kind: directory.Delegated, Scopes: scopes, ClientID: r.ClientID, ExpiresAt: time.Now().Add(24 * time.Hour)}, s.secrets[name])
	if err != nil {
		s.t.Fatal(err)
	}
	s.tokens[name] = t.ID
}

// oauthApp registers an OAuth app and gives it a token as itself, under the app's name.
func (s *testSite) oauthApp(name string, scopes ...string) directory.Registration {
	s.t.Helper()
	r, _ := s.registered(directory.OAuthApp, name, scopes...)
	s.access(name, r, "", scopes...)
	return r
}

// signed is the header by which a Connect app makes one request.
func (s *testSite) signed(r directory.Registration, secrets directory.AppSecrets, method, path string) http.Header {
	s.t.Helper()
	path, query, _ := strings.Cut(strings.TrimPrefix(path, wikiContext), "?")
	now := time.Now().Add(time.Duration(s.ahead.Load()))
	token, err := connect.Sign(connect.Claims{Issuer: r.Key, QSH: connect.QSH(method, path, query), IssuedAt: now, ExpiresAt: now.Add(3 * time.Minute)}, secrets.Shared)
	if err != nil {
		s.t.Fatal(err)
	}
	return http.Header{"Authorization": {"JWT " + token}}
}

// session is the header of a browser in which somebody signed in.
func (s *testSite) session(role string) http.Header {
	s.t.Helper()
	secret, err := s.dir.AddSession(s.t.Context(), s.ID, s.CloudID, operator, accountID(role), "a browser")
	if err != nil {
		s.t.Fatal(err)
	}
	return http.Header{"Cookie": {auth.SessionCookie + "=" + secret}, "Sec-Fetch-Site": {"same-origin"}}
}

// way is a way in that needs more than a role's API token: it adds to a request what makes the caller.
type way func(s *testSite, op *operation, a *ask)

// throughApp calls by the token of an app, for an ordinary person or as itself, with the scopes that the operation
// asks for.
func throughApp(kind directory.AppKind, asItself bool) way {
	return func(s *testSite, op *operation, a *ask) {
		name := string(kind) + " app for " + op.id
		scopes := strings.Fields(op.scopes.classic + " " + op.scopes.granular)
		if kind == directory.ConnectApp {
			scopes = []string{"READ", "WRITE", "ACCESS_EMAIL_ADDRESSES"}
		}
		who := accountID(person)
		if asItself {
			name, who = name+" as itself", ""
		}
		if s.secrets[name] == "" {
			r, _ := s.registered(kind, strings.ReplaceAll(name, " ", "-"), scopes...)
			s.access(name, r, who, scopes...)
		}
		a.role = name
		if kind != directory.ConnectApp {
			a.base = s.gateway()
		}
	}
}

// byJWT calls as a Connect app with these scopes.
func byJWT(scopes ...string) way {
	return func(s *testSite, _ *operation, a *ask) {
		name := "connect-" + strings.ToLower(strings.Join(scopes, "-"))
		held, known := s.installed[name]
		if !known {
			held.Registration, held.AppSecrets = s.registered(directory.ConnectApp, name, scopes...)
			s.installed[name] = held
		}
		method := a.method
		if method == "" {
			method = http.MethodGet
		}
		a.add(s.signed(held.Registration, held.AppSecrets, method, a.path))
	}
}

// bySession calls from the browser of somebody who signed in.
func bySession(role string) way {
	return func(s *testSite, _ *operation, a *ask) { a.add(s.session(role)) }
}

// installedApp is a Connect app of a test.
type installedApp struct {
	directory.Registration
	directory.AppSecrets
}

// add sends more headers along.
func (a *ask) add(more http.Header) {
	all := a.header.Clone()
	if all == nil {
		all = http.Header{}
	}
	for name, values := range more {
		all[name] = values
	}
	a.header = all
}
