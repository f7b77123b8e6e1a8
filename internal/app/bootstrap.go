package app

import (
	"context"
	"fmt"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// bootstrapLife is how long the first administrator's token is good: long enough to make a lasting one.
const bootstrapLife = 24 * time.Hour

// errNotEmpty says that somebody else has made the first site.
var errNotEmpty = fmt.Errorf("the database has a site already")

// Bootstrap makes the first site of an empty database, with the groups that people expect and an
// administrator, and returns that administrator's token. It is shown here and never again. On a database that
// has a site it does nothing and returns "".
func (a *App) Bootstrap(ctx context.Context) (secret string, err error) {
	err = a.Changes.Write(ctx, 0, change.Actor{Via: change.Start}, func(tx *change.Tx) error {
		sites, _, err := db.One(ctx, tx, db.Scalar[int64], `SELECT count(*) FROM sites`)
		if err != nil || sites > 0 {
			return orNotEmpty(err)
		}
		s, err := a.Sites.AddIn(ctx, tx, site.Site{Name: "main", PublicURL: a.options.PublicURL})
		if err != nil {
			return err
		}
		admins, err := a.Directory.AddStandardGroupsIn(ctx, tx)
		if err != nil {
			return err
		}
		admin, err := a.Directory.AddIn(ctx, tx, directory.Account{DisplayName: "Administrator"}, admins)
		if err != nil {
			return err
		}
		secret = directory.NewSecret(s.CloudID)
		_, err = a.Directory.AddTokenIn(ctx, tx, admin, directory.Token{Label: "bootstrap", ExpiresAt: tx.Now.Add(bootstrapLife)}, secret)
		return err
	})
	if err == errNotEmpty {
		return "", nil
	}
	return secret, err
}

func orNotEmpty(err error) error {
	if err == nil {
		err = errNotEmpty
	}
	return err
}
