package directory_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// However often somebody asks for what there is not, what there is stays found, from the moment that it is there.
func TestAFloodOfUnknownCredentialsHidesNoKnownOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		held, err := cache.New(d, 1<<22)
		if err != nil {
			t.Fatal(err)
		}
		resolver := &site.Resolver{Sites: &site.Store{Changes: b.dir.Changes}, Named: true, Cache: held}
		ada := b.add(directory.Account{DisplayName: "Ada"})
		found := func(secret string) bool {
			t.Helper()
			at, err := resolver.Resolve(t.Context(), "", "/_site/"+b.site.Name+"/")
			if err != nil {
				t.Fatal(err)
			}
			_, found, err := b.dir.TokenBySecret(resolver.Context(t.Context(), at), b.site.ID, secret)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		installed := func(name string) bool {
			t.Helper()
			at, err := resolver.Resolve(t.Context(), "", "/_site/"+b.site.Name+"/")
			if err != nil {
				t.Fatal(err)
			}
			_, found, err := b.dir.InstalledBy(resolver.Context(t.Context(), at), b.site.ID, name)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		var secrets []string
		for round := range 3 {
			secret := directory.NewSecret(b.site.CloudID)
			for range 1500 {
				if found(directory.NewSecret(b.site.CloudID)) {
					t.Fatal("an unknown token is found")
				}
			}
			if _, err := b.dir.AddToken(t.Context(), b.site.ID, operator, ada.ID, directory.Token{Label: strconv.Itoa(round)}, secret); err != nil {
				t.Fatal(err)
			}
			secrets = append(secrets, secret)
			for _, s := range secrets {
				if !found(s) {
					t.Fatalf("round %d: a known token is not found", round)
				}
			}
			name := fmt.Sprintf("com.example.app%d", round)
			if installed(name) {
				t.Fatal("an app that is not there is found")
			}
			r, _, err := b.dir.Register(t.Context(), b.site.ID, b.site.CloudID, operator,
				directory.Registration{Kind: directory.ConnectApp, Name: "App", Key: name, ClientKey: name + "-client"}, directory.AppSecrets{})
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []string{name, r.ClientKey, r.ClientID} {
				if !installed(n) {
					t.Fatalf("%s is not found", n)
				}
			}
			if _, err := b.dir.Unregister(t.Context(), b.site.ID, operator, r.ClientID); err != nil {
				t.Fatal(err)
			}
			if installed(name) {
				t.Fatal("an app that is gone is found")
			}
		}
	})
}
