package rosteradmin

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Tokens makes and revokes API tokens.
type Tokens struct{ client *Client }

const tokensPath = "/_roster/tokens"

// All goes through the API tokens of an account, or of the whole site where accountID is "": by ID, a page at a time
// as they are needed. An error ends it.
func (t *Tokens) All(ctx context.Context, accountID string) iter.Seq2[Token, error] {
	return t.Matching(ctx, TokenFilter{AccountID: accountID})
}

// Matching goes through the API tokens that a filter admits, revoked and expired ones included unless it says otherwise:
// a page at a time as they are needed. An error ends it.
func (t *Tokens) Matching(ctx context.Context, f TokenFilter) iter.Seq2[Token, error] {
	q := url.Values{}
	set(q, "accountId", f.AccountID)
	if !f.ExpiresBefore.IsZero() {
		q.Set("expiresBefore", f.ExpiresBefore.UTC().Format(time.RFC3339Nano))
	}
	return pages(ctx, t.client, tokensPath, q, func(p TokenPage) ([]Token, string) { return p.Results, p.Next })
}

// Make makes an API token of an account. An account that there is not is confluence.ErrNotFound.
func (t *Tokens) Make(ctx context.Context, ask NewToken) (MadeToken, error) {
	var made MadeToken
	err := t.client.call(ctx, http.MethodPost, tokensPath, ask, &made)
	return made, err
}

// Revoke makes a token useless from the next request on.
func (t *Tokens) Revoke(ctx context.Context, tokenID string) error {
	return t.client.call(ctx, http.MethodDelete, tokensPath+"/"+url.PathEscape(tokenID), nil, nil)
}
