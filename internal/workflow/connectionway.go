package workflow

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/workflow/dsl"
	"github.com/rosterhq/roster/rosteradmin"
)

// Way is how connections lead to sites.
type Way struct {
	// Local leads a local connection to a site: its address, and what serves it. nil where there is no server.
	Local func(ctx context.Context, site int64) (base string, through http.RoundTripper, err error)
	// Remote calls sites elsewhere.
	Remote *http.Client
}

// caller returns the client of the API that a request is of, which calls as the account of a connection.
func (w Way) caller(ctx context.Context, site int64, c Connection, request action.Request) (_ caller, err error) {
	base, client := c.BaseURL, w.Remote
	if c.Kind == Local {
		if w.Local == nil {
			return nil, &dsl.Failure{Type: dsl.ConfigurationError, Status: 500, Title: "There is no server here", Detail: "A local connection needs one."}
		}
		through := http.RoundTripper(nil)
		if base, through, err = w.Local(ctx, site); err != nil {
			return nil, fmt.Errorf("connect to this server: %w", err)
		}
		client = &http.Client{Transport: through}
	}
	if request.Header != nil {
		with := *client
		with.Transport = headed{request.Header, client.Transport}
		client = &with
	}
	var api caller
	if strings.HasPrefix(request.Path, "/_roster/") {
		sign := rosteradmin.WithBearer(string(c.secret))
		if c.Email != "" {
			sign = rosteradmin.WithBasicAuth(c.Email, string(c.secret))
		}
		api, err = rosteradmin.NewClient(base, sign, rosteradmin.WithHTTPClient(client))
	} else {
		sign := confluence.WithBearer(string(c.secret))
		if c.Email != "" {
			sign = confluence.WithBasicAuth(c.Email, string(c.secret))
		}
		api, err = confluence.NewClient(base, sign, confluence.WithHTTPClient(client), confluence.WithRetries(3, 5*time.Second))
	}
	if err != nil {
		return nil, &dsl.Failure{Type: dsl.ConfigurationError, Status: 500, Title: "The connection cannot be used", Detail: err.Error()}
	}
	return api, nil
}

// Acting is the account as which a connection calls, as the site that it leads to has it.
type Acting struct {
	AccountID string // empty where the site lets anybody in, and does not know the secret
	Name      string
}

// Ask asks the site that a connection leads to as whom it calls there. What keeps it from telling is a *[dsl.Failure].
func (s *Store) Ask(ctx context.Context, site int64, name string, w Way) (Acting, error) {
	c, err := existingConnection(ctx, s.Changes.DB, site, name)
	if err != nil {
		return Acting{}, err
	}
	const path = "/wiki/rest/api/user/current"
	api, err := w.caller(ctx, site, c, action.Request{Path: path})
	if err != nil {
		return Acting{}, err
	}
	var me confluence.User
	if err := api.Do(ctx, http.MethodGet, path, nil, nil, &me); err != nil {
		return Acting{}, refused(err)
	}
	return Acting{me.AccountID, cmp.Or(me.DisplayName, me.PublicName)}, nil
}
