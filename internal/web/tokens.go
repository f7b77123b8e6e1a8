package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

const (
	tokensPath = "/tokens"

	tokensShown = 50
	tokensOfOne = 200 // that are shown of an account
)

// beforeAllTokens is the place before every token, those included that have expired.
var beforeAllTokens = "0." + uuid.Nil.String()

// lastTokens is after the expiry of every token.
var lastTokens = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

// tokensPage lists the API tokens of the site.
type tokensPage struct {
	Frame
	Filter tokenFilter
	Tokens []owned
	Next   string
	Begun  bool
	More   bool // the account has more of them
}

// tokenFilter is what the list is narrowed by, as the address says it.
type tokenFilter struct {
	Owner  string // an account, by ID or address
	Within string // days in which a token expires
	State  string // good or, by itself, expired
}

// Any reports whether the list is narrowed at all.
func (f tokenFilter) Any() bool { return f != tokenFilter{} }

// owned is a token as it is shown, with the name of whose it is.
type owned struct {
	directory.Token
	Owner string
	Soon  bool // it expires within a week
	Over  bool // it has expired
}

func (v *visit) owned(tokens []directory.Token) ([]owned, error) {
	var ids []string
	for _, t := range tokens {
		if !slices.Contains(ids, t.AccountID) {
			ids = append(ids, t.AccountID)
		}
	}
	names, err := v.names(ids)
	all, now := make([]owned, len(tokens)), v.Directory.Changes.Now()
	for i, t := range tokens {
		over := !t.ExpiresAt.After(now)
		all[i] = owned{t, cmp.Or(names[t.AccountID], t.AccountID), !over && t.ExpiresAt.Before(now.AddDate(0, 0, 7)), over}
	}
	return all, err
}

// tokens lists the tokens that are good, or those that have expired: the first to expire first.
func (v *visit) tokens() error {
	q := v.r.URL.Query()
	page := tokensPage{Frame: v.frame(), Begun: q.Get("after") != "", Filter: tokenFilter{
		Owner: strings.TrimSpace(clipped(q.Get("owner"))), Within: q.Get("within"), State: q.Get("state"),
	}}
	f := page.Filter
	now := v.Directory.Changes.Now()
	before, after := lastTokens, clipped(q.Get("after"))
	switch days, err := strconv.ParseUint(f.Within, 10, 16); {
	case f.State == "expired":
		before, after = now, cmp.Or(after, beforeAllTokens)
	case f.State != "" && f.State != "good":
		return failure.Invalid.Errorf("The state %.60q is none of good, expired.", f.State)
	case f.Within != "" && err != nil:
		return failure.Invalid.Errorf("within takes a number of days, not %.60q.", f.Within)
	case f.Within != "":
		before = now.AddDate(0, 0, int(days))
	}
	var found []directory.Token
	var next string
	var err error
	if f.Owner != "" {
		found, err = v.tokensOf(f.Owner, before, f.State == "expired")
		page.More = len(found) > tokensOfOne
		found = found[:min(len(found), tokensOfOne)]
	} else {
		found, next, err = v.Directory.TokensExpiring(v.ctx(), v.site.ID, "", before, after, tokensShown)
	}
	if err == nil {
		page.Tokens, err = v.owned(found)
	}
	if err != nil {
		return err
	}
	if next != "" {
		page.Next = withQuery("tokens", "within", f.Within, "state", f.State, "after", next)
	}
	return v.show(http.StatusOK, "tokens", page)
}

// tokensOf are the tokens of one account, in the same order: those that expire before a time, and are good unless over.
func (v *visit) tokensOf(owner string, before time.Time, over bool) ([]directory.Token, error) {
	a, err := v.Directory.Account(v.ctx(), v.site.ID, owner)
	if err != nil {
		return nil, err
	}
	all, err := v.Directory.Tokens(v.ctx(), v.site.ID, a.ID)
	now := v.Directory.Changes.Now()
	all = slices.DeleteFunc(all, func(t directory.Token) bool {
		return !t.RevokedAt.IsZero() || !t.ExpiresAt.Before(before) || t.ExpiresAt.After(now) == over
	})
	slices.SortFunc(all, func(a, b directory.Token) int {
		return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.ID, b.ID))
	})
	return all, err
}

// tokenPage shows a token.
type tokenPage struct {
	Frame
	Token owned
	Here  bool // it is the session of who asks
}

func (v *visit) token() error {
	t, err := v.tokenAsked()
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "token", tokenPage{v.frame(), t, t.ID == v.who.TokenID})
}

// revokeAnyToken asks, and then makes a token of the site useless. One that is already is only shown.
func (v *visit) revokeAnyToken() error {
	t, err := v.tokenAsked()
	if err != nil {
		return err
	}
	to := tokensPath + "/" + url.PathEscape(t.ID)
	switch {
	case !t.RevokedAt.IsZero() || t.Over:
		return v.goTo(to)
	case !v.posted():
		return v.question("token", t.Label, to, t.ID == v.who.TokenID)
	}
	if _, err := v.Directory.RevokeToken(v.ctx(), v.site.ID, v.by, t.ID); err != nil {
		return err
	}
	return v.goTo(withQuery(to, "done", "revoke"))
}

// tokenAsked returns the token that the path names.
func (v *visit) tokenAsked() (owned, error) {
	id := strings.ToLower(v.r.PathValue("token"))
	if uuid.Validate(id) != nil {
		return owned{}, failure.NotFound.Errorf("There is no such token on this site.")
	}
	t, found, err := v.Directory.TokenByID(v.ctx(), v.site.ID, id)
	if err == nil && !found {
		err = failure.NotFound.Errorf("There is no such token on this site, or not any more.")
	}
	if err != nil {
		return owned{}, err
	}
	shown, err := v.owned([]directory.Token{t.Token})
	return shown[0], err
}
