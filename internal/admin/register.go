package admin

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/rosteradmin"
)

// addApp registers an app.
func (s *Server) addApp(c *call, _ string) (int, any, error) {
	var in rosteradmin.NewApp
	if err := c.read(&in); err != nil {
		return 0, nil, err
	}
	if in.Kind != rosteradmin.Connect {
		return s.addOther(c, in)
	}
	return s.addConnect(c, in)
}

// addOther registers an OAuth or Forge app.
func (s *Server) addOther(c *call, in rosteradmin.NewApp) (int, any, error) {
	switch {
	case in.Kind != rosteradmin.OAuth && in.Kind != rosteradmin.Forge:
		return 0, nil, failure.Invalid.Errorf("/kind is none of oauth, connect, forge.")
	case in.Key != "":
		return 0, nil, failure.Invalid.Errorf("/key is for a Connect app only.")
	case in.Descriptor != nil || in.DescriptorURL != "":
		return 0, nil, failure.Invalid.Errorf("/descriptor and /descriptorUrl are for a Connect app only.")
	}
	if err := s.checkScopes(in.Scopes, append(slices.Clone(s.Scopes), s.AppScopes...)); err != nil {
		return 0, nil, err
	}
	return s.store(c, in, directory.Registration{RedirectURIs: in.RedirectURIs, Public: in.Public})
}

// checkScopes refuses a scope that there is not.
func (s *Server) checkScopes(scopes, known []string) error {
	for i, scope := range scopes {
		if !slices.Contains(known, scope) {
			return failure.Invalid.Errorf("/scopes/%d: no operation asks for the scope %.200q.", i, scope)
		}
	}
	return nil
}

// addConnect registers a Connect app: by its descriptor, or by what is asked for where there is none.
func (s *Server) addConnect(c *call, in rosteradmin.NewApp) (int, any, error) {
	switch {
	case in.Public:
		return 0, nil, failure.Invalid.Errorf("/public is for an OAuth app only.")
	case len(in.RedirectURIs) > 0:
		return 0, nil, failure.Invalid.Errorf("/redirectUris are for an OAuth app only.")
	case in.Descriptor != nil && in.DescriptorURL != "":
		return 0, nil, failure.Invalid.Errorf("/descriptor and /descriptorUrl are given both.")
	}
	if in.Descriptor == nil && in.DescriptorURL == "" {
		return s.addUndescribed(c, in)
	}
	if in.Name+in.Key != "" || len(in.Scopes) > 0 {
		return 0, nil, failure.Invalid.Errorf("The descriptor of a Connect app tells its /name, /key and /scopes.")
	}
	if in.ClientID != "" {
		return 0, nil, failure.Invalid.Errorf("/clientId of an app that is installed by its descriptor cannot be chosen.")
	}
	return s.install(c, in)
}

// install installs a Connect app by its descriptor. One that is installed already becomes what the descriptor says now.
func (s *Server) install(c *call, in rosteradmin.NewApp) (int, any, error) {
	var got install.Installation
	var err error
	if in.DescriptorURL != "" {
		got, err = s.Installer.InstallConnectFrom(c.Context(), c.site.Site, c.by, in.DescriptorURL)
	} else {
		got, err = s.Installer.InstallConnect(c.Context(), c.site.Site, c.by, in.Descriptor)
	}
	if err != nil {
		return 0, nil, err
	}
	a, err := s.Directory.Change(c.Context(), c.site.ID, c.by, got.AccountID, func(a *directory.Account) error {
		a.EmailApproved = a.EmailApproved || in.EmailApproved
		return nil
	})
	out := App(got.Registration, a.EmailApproved)
	out.Untold = words(got.Untold)
	return http.StatusCreated, rosteradmin.AppWithSecret{App: out, SharedSecret: got.Shared}, err
}

// words tells administrators why a Connect app could not be told of something.
func words(untold error) string {
	if untold == nil {
		return ""
	}
	if kind, message := failure.Of(untold); kind != failure.Internal {
		return message
	}
	return "The app could not be told."
}

var validKey = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// addUndescribed registers a Connect app that has no descriptor, such as a test's.
func (s *Server) addUndescribed(c *call, in rosteradmin.NewApp) (int, any, error) {
	scopes, err := connect.ParseScopes(in.Scopes...)
	if err != nil {
		return 0, nil, failure.Invalid.Errorf("/scopes: %v.", err)
	}
	if in.ClientID == "" {
		in.ClientID = directory.NewClientID()
	}
	key := in.Key
	if key == "" {
		key = in.ClientID
	}
	if !validKey.MatchString(key) {
		return 0, nil, failure.Invalid.Errorf("/key is not 1 to 64 letters, digits, dots, hyphens and underscores.")
	}
	in.Scopes = scopes
	return s.store(c, in, directory.Registration{Key: key, ClientKey: uuid.NewString()})
}

// store registers r, which has what only its kind has, with what in says of every kind.
func (s *Server) store(c *call, in rosteradmin.NewApp, r directory.Registration) (int, any, error) {
	r.Kind, r.Name, r.ClientID, r.Scopes = directory.AppKind(in.Kind), in.Name, in.ClientID, in.Scopes
	r, secrets, err := s.Directory.AddApp(c.Context(), c.site.ID, c.site.CloudID, c.by, r, directory.AppSecrets{}, in.EmailApproved)
	return registered(r, secrets, in.EmailApproved, err)
}

func registered(r directory.Registration, secrets directory.AppSecrets, approved bool, err error) (int, any, error) {
	return http.StatusCreated, rosteradmin.AppWithSecret{App: App(r, approved), ClientSecret: secrets.Client, SharedSecret: secrets.Shared}, err
}
