package rosteradmin

import (
	"context"
	"net/http"
	"net/url"
)

// Apps registers a site's apps and looks after them. A client ID that the site has no app of is confluence.ErrNotFound.
type Apps struct{ client *Client }

const appsPath = "/_roster/apps"

func (a *Apps) path(clientID, more string) string {
	return appsPath + "/" + url.PathEscape(clientID) + more
}

// List returns the apps of the site, by client ID.
func (a *Apps) List(ctx context.Context) ([]App, error) {
	var all apps
	err := a.client.call(ctx, http.MethodGet, appsPath, nil, &all)
	return all.Results, err
}

// Get returns one app.
func (a *Apps) Get(ctx context.Context, clientID string) (App, error) {
	var app App
	err := a.client.call(ctx, http.MethodGet, a.path(clientID, ""), nil, &app)
	return app, err
}

// Register registers an app, with an account of its own that can use the site. A client ID or a Connect key that is
// taken is confluence.ErrConflict; only the descriptor of a Connect app that is installed already brings that up to date.
func (a *Apps) Register(ctx context.Context, app NewApp) (AppWithSecret, error) {
	var made AppWithSecret
	err := a.client.call(ctx, http.MethodPost, appsPath, app, &made)
	return made, err
}

// Revoke removes an app: none of its credentials is good from the next request on, and its account is deactivated.
func (a *Apps) Revoke(ctx context.Context, clientID string) error {
	return a.client.call(ctx, http.MethodDelete, a.path(clientID, ""), nil, nil)
}

// ApproveEmail lets an app read addresses by the e-mail operations, or no longer.
func (a *Apps) ApproveEmail(ctx context.Context, clientID string, approved bool) (App, error) {
	var app App
	err := a.client.call(ctx, http.MethodPost, a.path(clientID, "/approve-email"), map[string]bool{"approved": approved}, &app)
	return app, err
}

// Block makes every credential of an app useless until it is unblocked.
func (a *Apps) Block(ctx context.Context, clientID string) (App, error) {
	return a.post(ctx, clientID, "/block")
}

// Unblock makes the credentials of an app good again.
func (a *Apps) Unblock(ctx context.Context, clientID string) (App, error) {
	return a.post(ctx, clientID, "/unblock")
}

func (a *Apps) post(ctx context.Context, clientID, what string) (App, error) {
	var app App
	err := a.client.call(ctx, http.MethodPost, a.path(clientID, what), nil, &app)
	return app, err
}

// Rotate gives an app a new secret. The old one is useless from the next request on.
func (a *Apps) Rotate(ctx context.Context, clientID string) (AppWithSecret, error) {
	var app AppWithSecret
	err := a.client.call(ctx, http.MethodPost, a.path(clientID, "/rotate"), nil, &app)
	return app, err
}

// Token makes the access token that Forge's asApp or asUser would send.
func (a *Apps) Token(ctx context.Context, clientID string, ask NewAppToken) (MadeToken, error) {
	var made MadeToken
	err := a.client.call(ctx, http.MethodPost, a.path(clientID, "/tokens"), ask, &made)
	return made, err
}
