package admin

import (
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/jsonbody"
	"github.com/rosterhq/roster/rosteradmin"
)

var errNoApp = failure.NotFound.Errorf("There is no such app on this site.")

// read reads the body of a request into the struct that in points to, and refuses what it does not know.
func (c *call) read(in any) error { return jsonbody.Read(c.Request, reflect.ValueOf(in).Elem(), true) }

// nothing reads the body of a request that needs none: an empty object, if any.
func (c *call) nothing() error {
	var in *struct{}
	return c.read(&in)
}

// app returns the registered app with this client ID.
func (s *Server) app(c *call, id string) (directory.Registration, error) {
	if !directory.ValidAccountID(id) {
		return directory.Registration{}, errNoApp
	}
	return s.Directory.Registration(c.Context(), c.site.ID, id)
}

// App is an app as it is answered.
func App(r directory.Registration, approved bool) rosteradmin.App {
	return rosteradmin.App{
		ClientID: r.ClientID, Kind: rosteradmin.Kind(r.Kind), Name: r.Name, AccountID: r.AccountID, Public: r.Public,
		RedirectURIs: append([]string{}, r.RedirectURIs...), Scopes: append([]string{}, r.Scopes...),
		Key: r.Key, ClientKey: r.ClientKey, EmailApproved: approved, Blocked: r.Blocked, CreatedAt: moment(r.CreatedAt),
	}
}

// moment is a time as it is answered: UTC, to the millisecond.
func moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// show is [App] for an app whose account is looked up.
func (s *Server) show(c *call, r directory.Registration) (rosteradmin.App, error) {
	a, err := s.Directory.Account(c.Context(), c.site.ID, r.AccountID)
	return App(r, a.EmailApproved), err
}

func (s *Server) listApps(c *call, _ string) (int, any, error) {
	all, err := s.Directory.Registrations(c.Context(), c.site.ID)
	if err != nil {
		return 0, nil, err
	}
	approved, err := s.Directory.ApprovedApps(c.Context(), c.site.ID)
	results := make([]rosteradmin.App, len(all))
	for i, r := range all {
		results[i] = App(r, slices.Contains(approved, r.AccountID))
	}
	return http.StatusOK, struct {
		Results []rosteradmin.App `json:"results"`
	}{results}, err
}

func (s *Server) showApp(c *call, id string) (int, any, error) {
	r, err := s.app(c, id)
	if err != nil {
		return 0, nil, err
	}
	out, err := s.show(c, r)
	return http.StatusOK, out, err
}

func (s *Server) revokeApp(c *call, id string) (int, any, error) {
	r, err := s.app(c, id)
	if err != nil {
		return 0, nil, err
	}
	_, untold, err := s.Installer.Remove(c.Context(), c.site.Site, c.by, r.ClientID)
	if untold != nil {
		s.Log.WarnContext(c.Context(), "a Connect app was not told that it is removed", "request", c.by.RequestID, "app", r.ClientID, "err", untold)
	}
	return http.StatusNoContent, nil, err
}

// approveEmail lets an app read addresses, unless the body says that it may no longer.
func (s *Server) approveEmail(c *call, id string) (int, any, error) {
	var in *struct {
		Approved *bool `json:"approved"`
	}
	if err := c.read(&in); err != nil {
		return 0, nil, err
	}
	r, err := s.app(c, id)
	if err != nil {
		return 0, nil, err
	}
	approved := in == nil || in.Approved == nil || *in.Approved
	a, err := s.Directory.Change(c.Context(), c.site.ID, c.by, r.AccountID, func(a *directory.Account) error {
		a.EmailApproved = approved
		return nil
	})
	return http.StatusOK, App(r, a.EmailApproved), err
}

// block makes the credentials of an app useless, or good again.
func block(blocked bool) operation {
	return func(s *Server, c *call, id string) (int, any, error) {
		if err := c.nothing(); err != nil {
			return 0, nil, err
		}
		r, err := s.app(c, id)
		if err != nil {
			return 0, nil, err
		}
		r, untold, err := s.Installer.Block(c.Context(), c.site.Site, c.by, r.ClientID, blocked)
		if err != nil {
			return 0, nil, err
		}
		out, err := s.show(c, r)
		out.Untold = words(untold)
		return http.StatusOK, out, err
	}
}

func (s *Server) rotateApp(c *call, id string) (int, any, error) {
	if err := c.nothing(); err != nil {
		return 0, nil, err
	}
	r, err := s.app(c, id)
	if err != nil {
		return 0, nil, err
	}
	secrets, untold, err := s.Installer.Rotate(c.Context(), c.site.Site, c.by, r.ClientID)
	if err != nil {
		return 0, nil, err
	}
	out, err := s.show(c, r)
	out.Untold = words(untold)
	return http.StatusOK, rosteradmin.AppWithSecret{App: out, ClientSecret: secrets.Client, SharedSecret: secrets.Shared}, err
}

// addAppToken makes the access token that a Forge app would send.
func (s *Server) addAppToken(c *call, id string) (int, any, error) {
	var in rosteradmin.NewAppToken
	if err := c.read(&in); err != nil {
		return 0, nil, err
	}
	r, err := s.app(c, id)
	if err != nil {
		return 0, nil, err
	}
	ask := directory.AppToken{AsUser: in.AsUser, Token: directory.Token{ExpiresAt: s.until(in.ExpiresIn)}}
	if in.AsUser != "" {
		person, err := s.account(c, "asUser", in.AsUser)
		if err != nil {
			return 0, nil, err
		}
		ask.AsUser = person.ID
	}
	return s.made(c, func(secret string, by change.Actor) (directory.Token, error) {
		return s.Directory.AddAppToken(c.Context(), c.site.ID, by, r.ClientID, ask, secret)
	})
}
