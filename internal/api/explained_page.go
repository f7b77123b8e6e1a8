package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/rosteradmin"
)

// explainPath is where administrators ask why requests were refused: all of them, or below it one by its ID.
const explainPath = "/_roster/explain"

// explanationOf returns what serves a path that explains refusals, or nil where it does not.
func explanationOf(path string) page {
	if path == explainPath {
		return forAdministrators((*Server).listRefusals)
	}
	if id, ok := strings.CutPrefix(path, explainPath+"/"); ok {
		return forAdministrators(func(s *Server, w http.ResponseWriter, r *http.Request, c *call) error {
			return s.showRefusal(w, r, c, id)
		})
	}
	return nil
}

// forAdministrators is a page for site administrators who show a credential that no scope limits. Real sites have no
// such page, so it answers alike in both fidelities.
func forAdministrators(show page) page {
	return func(s *Server, w http.ResponseWriter, r *http.Request, c *call) error {
		c.site.Settings.Fidelity = site.Documented
		w.Header().Set("Cache-Control", "no-store")
		switch {
		case c.caller.Kind == auth.Anonymous:
			return failure.Because(failure.Unauthenticated.Errorf("This needs the credential of a site administrator."), "The request shows no credential that is good.")
		case !c.caller.Standing.SiteAdmin:
			return failure.Because(failure.Forbidden.Errorf("Only a site administrator may do this."),
				"No group of the account holds the permission %s.", directory.SiteAdmin)
		case c.caller.Kind != auth.Token && c.caller.Kind != auth.Session:
			return failure.Because(failure.Forbidden.Errorf("Only a site administrator may do this, by a credential that no scope limits."),
				"The account is a site administrator, but no scope lets a credential of this kind (%s) do this.", c.caller.Kind)
		}
		return show(s, w, r, c)
	}
}

// refusal is a refusal as it is answered.
func (c *call) refusal(r explain.Refusal) rosteradmin.Refusal {
	out := rosteradmin.Refusal{
		ID: r.ID, At: moment(r.At), RequestID: r.RequestID, Node: r.Node, Method: r.Method, Operation: r.Operation, Route: r.Route,
		Status: r.Status, Kind: r.Kind, Check: string(r.Check), Reason: r.Reason, Remedy: r.Remedy,
		AccountID: r.AccountID, TokenID: r.TokenID, CallerKind: r.CallerKind,
	}
	if r.Site == c.site.ID {
		out.CloudID = c.site.CloudID
	}
	return out
}

// mostGroups bounds how many groups a remedy names.
const mostGroups = 10

// showRefusal answers with one refusal. Where 'Can use' was missing, it also names the groups that give it now.
func (s *Server) showRefusal(w http.ResponseWriter, r *http.Request, c *call, id string) error {
	found, err := s.Refusals.Find(c.site.ID, id)
	if err != nil {
		return err
	}
	if found.Check == explain.CanUse {
		groups, err := GroupsThatGive(r.Context(), s.Directory, c.site.ID, directory.Use)
		if err != nil {
			return err
		}
		found.Remedy += groups
	}
	writeJSON(w, http.StatusOK, c.refusal(found))
	return nil
}

// GroupsThatGive names groups that hold a permission, in a sentence that follows on another; empty where none does.
func GroupsThatGive(ctx context.Context, d *directory.Directory, siteID int64, p directory.Permission) (string, error) {
	groups, _, err := d.Groups(ctx, siteID, p, 0, mostGroups)
	if err != nil || len(groups) == 0 {
		return "", err
	}
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = strconv.Quote(g.Name)
	}
	return " These hold it: " + strings.Join(names, ", ") + ".", nil
}

const (
	defaultRefusals = 50
	mostRefusals    = 1000
)

// listRefusals answers with a site's last refusals, the newest first.
func (s *Server) listRefusals(w http.ResponseWriter, r *http.Request, c *call) error {
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	limit, fits, err := readRefusalFilter(query)
	if err != nil {
		return err
	}
	results := []rosteradmin.Refusal{}
	for _, found := range s.Refusals.Latest(c.site.ID, limit, fits) {
		results = append(results, c.refusal(found))
	}
	writeJSON(w, http.StatusOK, struct {
		Results []rosteradmin.Refusal `json:"results"`
		Size    int                   `json:"size"`
		Limit   int                   `json:"limit"`
		Node    string                `json:"node"` // the only one whose refusals these are
	}{results, len(results), limit, s.Refusals.Name()})
	return nil
}

// readRefusalFilter reads how many refusals are asked for, and which.
func readRefusalFilter(query url.Values) (limit int, fits func(*explain.Refusal) bool, err error) {
	limit = defaultRefusals
	for name, values := range query {
		if len(values) > 1 {
			return 0, nil, failure.Invalid.Errorf("%.40q is given %d times.", name, len(values))
		}
		switch name {
		case "limit":
			if limit, err = strconv.Atoi(values[0]); err != nil || limit < 1 || limit > mostRefusals {
				return 0, nil, failure.Invalid.Errorf("limit is not 1 to %d.", mostRefusals)
			}
		case "check":
			if !slices.Contains(explain.Checks, explain.Check(values[0])) {
				return 0, nil, failure.Invalid.Errorf("check is none of %s.", checkNames())
			}
		case "tokenId", "accountId", "operation":
		default:
			return 0, nil, failure.Invalid.Errorf("%.40q is no parameter of this.", name)
		}
	}
	is := func(name, value string) bool { return !query.Has(name) || query.Get(name) == value }
	return limit, func(r *explain.Refusal) bool {
		return is("tokenId", r.TokenID) && is("accountId", r.AccountID) && is("operation", r.Operation) && is("check", string(r.Check))
	}, nil
}

func checkNames() string {
	names := make([]string, len(explain.Checks))
	for i, c := range explain.Checks {
		names[i] = string(c)
	}
	return strings.Join(names, ", ")
}
