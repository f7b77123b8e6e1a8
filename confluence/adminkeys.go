package confluence

import (
	"context"
	"net/http"
)

// AdminKeys are the operations documented under "Admin Key": a key lets a site administrator see everything for a
// while. They answer [ErrNotFound] to everybody else.
type AdminKeys struct{ c *Client }

const adminKeyPath = "/wiki/api/v2/admin-key"

// Get returns the caller's admin key. Without one that is in force it is [ErrNotFound].
func (a *AdminKeys) Get(ctx context.Context) (*AdminKeyResponse, error) {
	out := new(AdminKeyResponse)
	return orNil(out, a.c.get(ctx, adminKeyPath, nil, out))
}

// Enable gives the caller an admin key for up to 60 minutes from now on, in place of the one there may be.
// With 0 minutes the site chooses, which is 10.
func (a *AdminKeys) Enable(ctx context.Context, minutes int) (*AdminKeyResponse, error) {
	out := new(AdminKeyResponse)
	return orNil(out, a.c.do(ctx, call{
		method: http.MethodPost, path: adminKeyPath, in: AdminKeyRequest{DurationInMinutes: minutes}, out: out, idempotent: true,
	}))
}

// Disable takes the caller's admin key away. Without one it does nothing.
func (a *AdminKeys) Disable(ctx context.Context) error {
	return a.c.do(ctx, call{method: http.MethodDelete, path: adminKeyPath})
}
