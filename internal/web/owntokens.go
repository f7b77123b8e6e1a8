package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

const (
	ownTokensPath      = "/profile/tokens"
	ownTokenNewPath    = "/profile/tokens/new"
	ownTokenPath       = "/profile/tokens/{token}"
	ownTokenRevokePath = "/profile/tokens/{token}/revoke"
)

// ownTokens are the API tokens of a person.
type ownTokens struct {
	ownPage
	Tokens []ownToken
	Next   string
}

type ownToken struct {
	directory.Token
	Expired bool
	Soon    bool // expires within two weeks
}

func (v *visit) ownToken(t directory.Token) ownToken {
	now := v.Directory.Changes.Now()
	return ownToken{t, !now.Before(t.ExpiresAt), now.Add(14 * 24 * time.Hour).After(t.ExpiresAt)}
}

func (v *visit) ownTokens() error {
	tokens, next, err := v.Directory.TokensOf(v.ctx(), v.site.ID, v.who.account.ID, v.r.URL.Query().Get("before"), ownPageSize)
	if err != nil {
		return err
	}
	page := ownTokens{ownPage: v.ownPage("tokens")}
	for _, t := range tokens {
		page.Tokens = append(page.Tokens, v.ownToken(t))
	}
	if next != "" {
		page.Next = "?" + url.Values{"before": {next}}.Encode()
	}
	return v.show(http.StatusOK, "owntokens", page)
}

// shownToken returns the API token that the path names, if it is the visitor's own and was not revoked.
func (v *visit) shownToken() (directory.Shown, error) {
	t, found, err := v.Directory.TokenByID(v.ctx(), v.site.ID, v.r.PathValue("token"))
	if err == nil && (!found || t.AccountID != v.who.account.ID || t.Kind != directory.Classic && t.Kind != directory.Scoped || !t.RevokedAt.IsZero()) {
		err = failure.NotFound.Errorf("You have no such token.")
	}
	return t, err
}

// ownTokenTest tells what a token is good for.
type ownTokenTest struct {
	ownPage
	Token      ownToken
	Meanings   []meaning
	Operations []api.Verdict
	Allowed    int
	Of         int
	Only       string // allowed, refused or all of them
	Gateway    bool   // by which the token is shown; else to the site itself
	Useless    string // why the token is good for nothing; empty for one that is
}

// testToken asks the API which operations it would let a token call.
func (v *visit) testToken() error {
	t, err := v.shownToken()
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	page := ownTokenTest{ownPage: v.ownPage("tokens"), Token: v.ownToken(t.Token), Only: word(q.Get("only")), Meanings: v.meanings(t.Scopes)}
	page.Gateway = q.Get("by") == "gateway" || t.Kind == directory.Scoped && q.Get("by") == ""
	caller, err := v.Auth.Holder(t)
	if err != nil {
		page.Useless = failure.ReasonOf(err)
		return v.show(http.StatusOK, "owntoken", page)
	}
	way := site.ByHost
	if page.Gateway {
		way = site.ByGateway
	}
	for _, verdict := range api.Examine(caller, v.site.Site, way) {
		page.Of++
		if verdict.Allowed {
			page.Allowed++
		}
		if page.Only == "allowed" && !verdict.Allowed || page.Only == "refused" && verdict.Allowed {
			continue
		}
		page.Operations = append(page.Operations, verdict)
	}
	return v.show(http.StatusOK, "owntoken", page)
}

// meanings are scopes with what they let somebody do.
func (v *visit) meanings(scopes []string) []meaning {
	var all []meaning
	for _, scope := range inOrder(scopes) {
		text, _ := v.OAuth.Meaning(scope)
		all = append(all, meaning{scope, text})
	}
	return all
}

// revokeToken asks, and then makes a token useless.
func (v *visit) revokeToken() error {
	t, err := v.shownToken()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.confirm("token", t.Label, "tokens")
	}
	if _, err := v.Directory.RevokeToken(v.ctx(), v.site.ID, v.by, t.ID); err != nil {
		return err
	}
	return v.goTo(withQuery(ownTokensPath, "done", "revoked", "of", t.Label))
}
