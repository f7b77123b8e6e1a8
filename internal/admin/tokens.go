package admin

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/rosteradmin"
)

// mostTokens is how many tokens a page holds.
const mostTokens = 200

// listTokens answers with a page of the site's API tokens: by ID, or those that are good and expire soon by when they do.
func (s *Server) listTokens(c *call, _ string) (int, any, error) {
	q, err := c.query("accountId", "expiresBefore", "after", "limit")
	if err != nil {
		return 0, nil, err
	}
	limit, err := q.limit(mostTokens)
	if err = cmp.Or(err, q.check("accountId", directory.ValidAccountID, "no ID")); err != nil {
		return 0, nil, err
	}
	list := s.tokensByID
	if _, soon := q["expiresBefore"]; soon {
		list = s.tokensByExpiry
	}
	all, next, err := list(c, q, limit)
	page := rosteradmin.TokenPage{Results: make([]rosteradmin.Token, len(all)), Next: next}
	for i, t := range all {
		page.Results[i] = rosteradmin.Token{
			TokenID: t.ID, AccountID: t.AccountID, Label: t.Label, Kind: rosteradmin.TokenKind(t.Kind), Scopes: append([]string{}, t.Scopes...),
			CreatedAt: moment(t.CreatedAt), ExpiresAt: moment(t.ExpiresAt), LastUsedAt: moment(t.LastUsed), RevokedAt: moment(t.RevokedAt),
		}
	}
	return http.StatusOK, page, err
}

func (s *Server) tokensByID(c *call, q query, limit int) ([]directory.Token, string, error) {
	if err := q.check("after", func(id string) bool { return uuid.Validate(id) == nil }, "no ID"); err != nil {
		return nil, "", err
	}
	all, err := s.Directory.TokensAfter(c.Context(), c.site.ID, q["accountId"], q["after"], limit+1)
	if len(all) <= limit {
		return all, "", err
	}
	return all[:limit], all[limit-1].ID, err
}

func (s *Server) tokensByExpiry(c *call, q query, limit int) ([]directory.Token, string, error) {
	before, err := s.momentOf(q["expiresBefore"])
	if err != nil {
		return nil, "", err
	}
	return s.Directory.TokensExpiring(c.Context(), c.site.ID, q["accountId"], before, q["after"], limit)
}

// momentOf reads a time, as such or as how long it is from now: who asks may not know what time it is here.
func (s *Server) momentOf(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	var life rosteradmin.Lifetime
	quoted, err := json.Marshal(text)
	if err == nil {
		err = life.UnmarshalJSON(quoted)
	}
	if err != nil {
		return time.Time{}, failure.Invalid.Errorf("expiresBefore is neither a time such as 2026-03-01T12:00:00Z nor how long from now, such as 14d.")
	}
	return s.until(life), nil
}

// addToken makes an API token.
func (s *Server) addToken(c *call, _ string) (int, any, error) {
	var in rosteradmin.NewToken
	err := c.read(&in)
	if err == nil {
		err = s.checkToken(in)
	}
	if err != nil {
		return 0, nil, err
	}
	t := directory.Token{Label: in.Label, Scopes: in.Scopes, ExpiresAt: s.until(in.ExpiresIn)}
	if in.Email+in.AccountID == "" {
		return s.made(c, func(secret string, by change.Actor) (directory.Token, error) {
			return s.Directory.AddServiceToken(c.Context(), c.site.ID, by, cmp.Or(in.Label, "Service account"), t, secret)
		})
	}
	name := "accountId"
	if in.Email != "" {
		name = "email"
	}
	owner, err := s.account(c, name, cmp.Or(in.Email, in.AccountID))
	if err != nil {
		return 0, nil, err
	}
	if in.Kind == rosteradmin.Service && owner.Type != directory.App {
		return 0, nil, failure.Invalid.Errorf("/%s: account %s is no app, so it can have no service token.", name, owner.ID)
	}
	return s.made(c, func(secret string, by change.Actor) (directory.Token, error) {
		return s.Directory.AddToken(c.Context(), c.site.ID, by, owner.ID, t, secret)
	})
}

// checkToken refuses what cannot be meant.
func (s *Server) checkToken(in rosteradmin.NewToken) error {
	switch {
	case in.Kind != "" && in.Kind != rosteradmin.Classic && in.Kind != rosteradmin.Scoped && in.Kind != rosteradmin.Service:
		return failure.Invalid.Errorf("/kind is none of classic, scoped, service.")
	case in.Email != "" && in.AccountID != "":
		return failure.Invalid.Errorf("/email and /accountId are given both.")
	case in.Email+in.AccountID == "" && in.Kind != rosteradmin.Service:
		return failure.Invalid.Errorf("/email or /accountId must say whose token it is; only a service token makes an account.")
	case in.Kind == rosteradmin.Classic && len(in.Scopes) > 0:
		return failure.Invalid.Errorf("/scopes are for a scoped token; a classic one may do all that its account may.")
	case in.Kind == rosteradmin.Scoped && len(in.Scopes) == 0:
		return failure.Invalid.Errorf("/scopes are required for a scoped token.")
	}
	return s.checkScopes(in.Scopes, s.Scopes)
}

// account returns the account that a member of the body names by its ID or address.
func (s *Server) account(c *call, member, ref string) (directory.Account, error) {
	_, err := directory.EmailKey(ref)
	isEmail := err == nil
	switch {
	case member == "email" && !isEmail:
		return directory.Account{}, failure.Invalid.Errorf("/email is no e-mail address.")
	case member == "accountId" && !directory.ValidAccountID(ref), !isEmail && !directory.ValidAccountID(ref):
		return directory.Account{}, failure.Invalid.Errorf("/%s is no account ID.", member)
	}
	return s.Directory.Account(c.Context(), c.site.ID, ref)
}

// until is when what is made now ends; zero where nobody said how long it is good.
func (s *Server) until(life rosteradmin.Lifetime) time.Time {
	if life == 0 {
		return time.Time{}
	}
	return s.Directory.Changes.Now().UTC().Truncate(time.Microsecond).Add(time.Duration(life))
}

// made answers with the token that add makes.
func (s *Server) made(c *call, add func(secret string, by change.Actor) (directory.Token, error)) (int, any, error) {
	secret := directory.NewSecret(c.site.CloudID)
	t, err := add(secret, c.by)
	return http.StatusCreated, rosteradmin.MadeToken{Token: secret, TokenID: t.ID, AccountID: t.AccountID, ExpiresAt: moment(t.ExpiresAt)}, err
}

func (s *Server) revokeToken(c *call, id string) (int, any, error) {
	if id = strings.ToLower(id); uuid.Validate(id) != nil {
		return 0, nil, failure.NotFound.Errorf("There is no such token on this site.")
	}
	_, err := s.Directory.RevokeToken(c.Context(), c.site.ID, c.by, id)
	return http.StatusNoContent, nil, err
}
