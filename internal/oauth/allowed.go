package oauth

import (
	"context"
	"slices"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// Allowed is what a person lets an app do on a site, by all of their grants together: each time that an app asks makes
// one.
type Allowed struct {
	ClientID string
	AppName  string
	Scopes   []string // sorted
	Since    time.Time
	Last     time.Time // of the newest grant
}

// Allowed returns the apps that a person lets in and has not taken that back from: the first that they let in first.
func (s *Server) Allowed(ctx context.Context, siteID int64, accountID string) ([]Allowed, error) {
	grants, err := db.All(ctx, s.Changes.DB, scanGrant, `SELECT `+grantColumns+` FROM grants g
		JOIN apps p ON p.site_id = g.site_id AND p.client_id = g.client_id
		WHERE g.site_id = $1 AND g.account_id = $2 AND g.revoked_at = 0 ORDER BY g.created_at, g.grant_id`, siteID, accountID)
	all := []Allowed{}
	for _, g := range grants {
		i := slices.IndexFunc(all, func(a Allowed) bool { return a.ClientID == g.ClientID })
		if i < 0 {
			i = len(all)
			all = append(all, Allowed{ClientID: g.ClientID, AppName: g.AppName, Since: g.CreatedAt})
		}
		a := &all[i]
		a.Last = g.CreatedAt
		a.Scopes = append(a.Scopes, g.Scopes...)
		slices.Sort(a.Scopes)
		a.Scopes = slices.Compact(a.Scopes)
	}
	return all, err
}

// Disallow takes back all that a person allowed an app: every token of it is useless from the next request on. It
// reports whether there was anything.
func (s *Server) Disallow(ctx context.Context, siteID int64, by change.Actor, accountID, clientID string) (was bool, err error) {
	err = s.Changes.Write(ctx, siteID, by, func(tx *change.Tx) error {
		grants, err := db.All(ctx, tx, db.Scalar[string], `SELECT grant_id FROM grants
			WHERE site_id = $1 AND account_id = $2 AND client_id = $3 AND revoked_at = 0 ORDER BY grant_id`, siteID, accountID, clientID)
		if err != nil {
			return err
		}
		for _, id := range grants {
			if err := revokeGrantIn(ctx, tx, id); err != nil {
				return err
			}
		}
		was = len(grants) > 0
		return nil
	})
	return was, err
}
