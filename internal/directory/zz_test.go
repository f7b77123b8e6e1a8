package directory_test

import (
	"testing"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

func TestZZ(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, id := newSite(t, d)
		held, _ := cache.New(d, 1<<22)
		resolver := &site.Resolver{Sites: &site.Store{Changes: dir.Changes}, Cache: held}
		s, _ := resolver.Sites.ByID(t.Context(), id)
		ada := add(t, dir, id, directory.Account{DisplayName: "Ada"})
		secret := directory.NewSecret(s.CloudID)
		_, err := dir.AddToken(t.Context(), id, operator, ada.ID, directory.Token{}, secret)
		t.Log(err)
		sh, found, err := dir.TokenBySecret(t.Context(), id, secret)
		t.Log("no cache", sh.ID, found, err)
		at, err := resolver.Resolve(t.Context(), "", "/ex/confluence/"+s.CloudID+"/wiki/")
		t.Logf("%+v %v", at, err)
		ctx := resolver.Context(t.Context(), at)
		t.Log(cache.On(ctx, id))
		sh, found, err = dir.TokenBySecret(ctx, id, secret)
		t.Log("cache", sh.ID, found, err)
	})
}
