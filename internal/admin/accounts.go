package admin

import (
	"cmp"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/rosteradmin"
)

const (
	mostAccounts = 250 // that a page holds
	mostWatches  = 250
	longestText  = 255 // characters of what is looked for
)

// listAccounts answers with a page of the site's accounts, names and addresses included: the directory is the
// administrators' own. Each address is recorded as told.
func (s *Server) listAccounts(c *call, _ string) (int, any, error) {
	q, err := c.query("status", "type", "group", "query", "after", "limit")
	if err != nil {
		return 0, nil, err
	}
	limit, err := q.limit(mostAccounts)
	err = cmp.Or(err,
		q.among("status", "active", "inactive", "closed"), q.among("type", "atlassian", "app", "customer"),
		q.check("group", directory.ValidGroupID, "no ID of a group"), q.check("after", directory.ValidAccountID, "no ID"),
		q.check("query", isLine, "longer than "+strconv.Itoa(longestText)+" characters, or no text"))
	if err != nil {
		return 0, nil, err
	}
	f := directory.Filter{Status: directory.Status(q["status"]), Type: directory.Type(q["type"]), GroupID: q["group"], Text: q["query"]}
	if f.GroupID != "" {
		if _, err := s.Directory.Group(c.Context(), c.site.ID, f.GroupID); err != nil {
			return 0, nil, err
		}
	}
	list, next, err := s.Directory.List(c.Context(), c.site.ID, c.by, f, q["after"], limit)
	page := rosteradmin.AccountPage{Results: make([]rosteradmin.Account, len(list)), Next: next}
	for i, a := range list {
		page.Results[i] = rosteradmin.Account{
			AccountID: a.ID, Type: string(a.Type), Status: string(a.Status), DisplayName: a.DisplayName, PublicName: a.PublicName, Email: a.Email,
			CreatedAt: moment(a.CreatedAt), UpdatedAt: moment(a.UpdatedAt), DeactivatedAt: moment(a.DeactivatedAt),
		}
	}
	return http.StatusOK, page, err
}

// isLine reports whether a text can be looked for.
func isLine(text string) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= longestText
}

// listWatches answers with a page of what an account watches.
func (s *Server) listWatches(c *call, id string) (int, any, error) {
	q, err := c.query("kind", "after", "limit")
	if err != nil {
		return 0, nil, err
	}
	limit, err := q.limit(mostWatches)
	if err = cmp.Or(err, q.among("kind", "content", "label", "space")); err != nil {
		return 0, nil, err
	}
	if !directory.ValidAccountID(id) {
		return 0, nil, failure.NotFound.Errorf("There is no user with this account ID.")
	}
	store := &content.Store{Changes: s.Directory.Changes}
	list, next, err := store.WatchesOf(c.Context(), c.site.ID, c.contentViewer(), id, content.WatchKind(q["kind"]), q["after"], limit)
	page := rosteradmin.WatchPage{Results: make([]rosteradmin.Watch, len(list)), Next: next}
	for i, w := range list {
		page.Results[i] = rosteradmin.Watch{
			Kind: rosteradmin.WatchKind(w.Kind), ID: strconv.FormatInt(w.ID, 10), Name: w.Name, SpaceKey: w.SpaceKey, Since: moment(w.Since),
		}
	}
	return http.StatusOK, page, err
}

// contentViewer is the caller as one who sees content. Who needs no credential sees what an administrator does.
func (c *call) contentViewer() content.Viewer {
	standing := c.caller.Standing
	return content.Viewer{AccountID: standing.AccountID, Licensed: standing.CanUse, Administrator: standing.Administrator || c.silent}
}
