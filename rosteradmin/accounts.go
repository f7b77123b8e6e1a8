package rosteradmin

import (
	"context"
	"iter"
	"net/url"
)

// Accounts lists who is in the directory, which Confluence's API does not.
type Accounts struct{ client *Client }

const accountsPath = "/_roster/accounts"

// All goes through the accounts that a filter admits, by ID, a page at a time as they are needed. An error ends it. The
// server records each address that it tells as disclosed.
func (a *Accounts) All(ctx context.Context, f AccountFilter) iter.Seq2[Account, error] {
	q := url.Values{}
	set(q, "type", f.Type)
	set(q, "status", f.Status)
	set(q, "group", f.GroupID)
	set(q, "query", f.Query)
	return pages(ctx, a.client, accountsPath, q, func(p AccountPage) ([]Account, string) { return p.Results, p.Next })
}

// Watches goes through what an account watches, of one kind or of all where kind is "": by kind and ID, a page at a time as
// they are needed. An account that there is not is confluence.ErrNotFound.
func (a *Accounts) Watches(ctx context.Context, accountID string, kind WatchKind) iter.Seq2[Watch, error] {
	q := url.Values{}
	set(q, "kind", string(kind))
	path := accountsPath + "/" + url.PathEscape(accountID) + "/watches"
	return pages(ctx, a.client, path, q, func(p WatchPage) ([]Watch, string) { return p.Results, p.Next })
}
