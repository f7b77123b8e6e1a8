package directory_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// However often somebody asks for what there is not, what there is stays found, from the moment that it is there.
// The test is long because tokens and apps come and go in the same flood.
func TestAFloodOfUnknownCredentialsHidesNoKnownOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, id := newSite(t, d)
		held, err := cache.New(d, 1<<22)
		if err != nil {
			t.Fatal(err)
		}
		resolver := &site.Resolver{Sites: &site.Store{Changes: dir.Changes}, Cache: held}
		s, err := resolver.Sites.ByID(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		// request is the context of a request that arrives now.
		request := func() context.Context {
			at, err := resolver.Resolve(t.Context(), "", "/ex/confluence/"+s.CloudID+"/wiki/")
			if err != nil {
				t.Fatal(err)
			}
			return resolver.Context(t.Context(), at)
		}
		isToken := func(secret string) bool {
			_, found, err := dir.TokenBySecret(request(), id, secret)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		isApp := func(name string) bool {
			_, found, err := dir.InstalledBy(request(), id, name)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		ada := add(t, dir, id, directory.Account{DisplayName: "Ada"})
		var secrets []string
		for round := range 3 {
			flood := request()
			for range 3000 { // in which it pays to read what there is, but for one time in four hundred
				if _, found, err := dir.TokenBySecret(flood, id, directory.NewSecret(s.CloudID)); err != nil || found {
					t.Fatal("an unknown token is found", err)
				}
			}
			secret := directory.NewSecret(s.CloudID)
			if _, err := dir.AddToken(t.Context(), id, operator, ada.ID, directory.Token{}, secret); err != nil {
				t.Fatal(err)
			}
			secrets = append(secrets, secret)
			for _, known := range secrets {
				if !isToken(known) {
					t.Fatalf("round %d: a known token is not found", round)
				}
			}
			name := fmt.Sprintf("com.example.app%d", round)
			if isApp(name) {
				t.Fatal("an app that is not there is found")
			}
			r, _, err := dir.Register(t.Context(), id, s.CloudID, operator,
				directory.Registration{Kind: directory.ConnectApp, Name: "App", Key: name, ClientKey: name + "-client"}, directory.AppSecrets{})
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []string{name, r.ClientKey, r.ClientID} {
				if !isApp(n) {
					t.Fatalf("%s is not found", n)
				}
			}
			if _, err := dir.Unregister(t.Context(), id, operator, r.ClientID); err != nil {
				t.Fatal(err)
			}
			if isApp(name) {
				t.Fatal("an app that is gone is found")
			}
		}
	})
}
