package rosteradmin

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Tokens makes and revokes API tokens.
type Tokens struct{ client *Client }

const tokensPath = "/_roster/tokens"

// All goes through the API tokens of an account, or of the whole site where accountID is "": by ID, a page at a time
// as they are needed. An error ends it.
func (t *Tokens) All(ctx context.Context, accountID string) iter.Seq2[Token, error] {
	return func(yield func(Token, error) bool) {
		query := url.Values{}
		if accountID != "" {
			query.Set("accountId", accountID)
		}
		for {
			var page tokens
			path := tokensPath
			if len(query) > 0 {
				path += "?" + query.Encode()
			}
			if err := t.client.call(ctx, http.MethodGet, path, nil, &page); err != nil {
				yield(Token{}, err)
				return
			}
			for _, one := range page.Results {
				if !yield(one, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			query.Set("after", page.Next)
		}
	}
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
