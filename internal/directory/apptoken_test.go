package directory_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

func register(t *testing.T, dir *directory.Directory, site int64, r directory.Registration) (directory.Registration, directory.AppSecrets) {
	t.Helper()
	r, s, err := dir.AddApp(t.Context(), site, uuid.NewString(), operator, r, directory.AppSecrets{}, false)
	if err != nil {
		t.Fatal(err)
	}
	return r, s
}

func TestAnAccessTokenIsMadeForAForgeAppAloneAndNoFurtherThanItGoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		ada := add(t, dir, site, directory.Account{DisplayName: "Ada", Email: "ada@example.com"})
		gone := add(t, dir, site, directory.Account{DisplayName: "Gone", Status: directory.Inactive})
		robot := add(t, dir, site, directory.Account{DisplayName: "Robot", Type: directory.App})
		scopes := []string{"read:me", "offline_access"}
		forge, _ := register(t, dir, site, directory.Registration{Kind: directory.ForgeApp, Name: "Bot", Scopes: scopes})
		blocked, _ := register(t, dir, site, directory.Registration{Kind: directory.ForgeApp, Name: "Blocked"})
		if _, err := dir.ChangeRegistration(t.Context(), site, operator, blocked.ClientID, func(r *directory.Registration) error { r.Blocked = true; return nil }); err != nil {
			t.Fatal(err)
		}
		oauth, _ := register(t, dir, site, directory.Registration{Kind: directory.OAuthApp, Name: "Calendar"})
		connect, _ := register(t, dir, site, directory.Registration{Kind: directory.ConnectApp, Name: "Atlas", Key: "atlas", ClientKey: uuid.NewString()})
		for _, tt := range []struct {
			app  string
			ask  directory.AppToken
			want failure.Kind
		}{
			{oauth.ClientID, directory.AppToken{}, failure.Invalid},
			{connect.ClientID, directory.AppToken{}, failure.Invalid},
			{blocked.ClientID, directory.AppToken{}, failure.Conflict},
			{"nothing", directory.AppToken{}, failure.NotFound},
			{forge.ClientID, directory.AppToken{AsUser: "nobody"}, failure.NotFound},
			{forge.ClientID, directory.AppToken{AsUser: gone.ID}, failure.Invalid},
			{forge.ClientID, directory.AppToken{AsUser: robot.ID}, failure.Invalid},
			{forge.ClientID, directory.AppToken{Token: directory.Token{Scopes: []string{"read:everything"}}}, failure.Invalid},
			{forge.ClientID, directory.AppToken{Token: directory.Token{ExpiresAt: time.Now().Add(-time.Hour)}}, failure.Invalid},
		} {
			if _, err := dir.AddAppToken(t.Context(), site, operator, tt.app, tt.ask, directory.NewSecret(uuid.NewString())); kindOf(err) != tt.want {
				t.Errorf("%+v for %s: %v", tt.ask, tt.app, err)
			}
		}
		for as, want := range map[string]string{"": forge.AccountID, "ada@example.com": ada.ID} {
			made, err := dir.AddAppToken(t.Context(), site, operator, forge.ClientID, directory.AppToken{AsUser: as}, directory.NewSecret(uuid.NewString()))
			if err != nil || made.AccountID != want || !slices.Equal(made.Scopes, []string{"read:me"}) || made.Kind != directory.Delegated {
				t.Errorf("as %q: %+v (%v)", as, made, err)
			}
			if left := time.Until(made.ExpiresAt); left > time.Hour || left < 59*time.Minute {
				t.Errorf("it is good for %v", left)
			}
		}
	})
}

func TestAnAppThatIsCopiedKeepsItsSecretAndGetsAnAccountOfItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, home := newSite(t, d)
		_, away := newSite(t, d)
		was, secrets := register(t, dir, home, directory.Registration{
			Kind: directory.OAuthApp, Name: "Calendar", RedirectURIs: []string{"https://a.example/x"}, Scopes: []string{"read:me"},
		})
		if _, err := dir.ChangeRegistration(t.Context(), home, operator, was.ClientID, func(r *directory.Registration) error { r.Blocked = true; return nil }); err != nil {
			t.Fatal(err)
		}
		now, err := dir.CopyApp(t.Context(), away, operator, was.ClientID)
		if err != nil || now.ClientID != was.ClientID || now.AccountID == was.AccountID || now.Blocked || now.Name != was.Name ||
			!slices.Equal(now.RedirectURIs, was.RedirectURIs) || !slices.Equal(now.Scopes, was.Scopes) {
			t.Errorf("%+v became %+v (%v)", was, now, err)
		}
		if known, err := dir.KnowsSecret(t.Context(), away, was.ClientID, secrets.Client); err != nil || !known {
			t.Errorf("the secret is known: %v (%v)", known, err)
		}
		if _, err := dir.CopyApp(t.Context(), away, operator, was.ClientID); kindOf(err) != failure.Conflict {
			t.Errorf("copied twice: %v", err)
		}
		if _, err := dir.CopyApp(t.Context(), away, operator, "nothing"); kindOf(err) != failure.NotFound {
			t.Errorf("copied from nowhere: %v", err)
		}
		public, _ := register(t, dir, home, directory.Registration{Kind: directory.OAuthApp, Name: "Page", Public: true})
		if _, err := dir.CopyApp(t.Context(), away, operator, public.ClientID); err != nil {
			t.Error(err)
		}
		if known, err := dir.KnowsSecret(t.Context(), away, public.ClientID, ""); err != nil || known {
			t.Errorf("a public app has a secret: %v (%v)", known, err)
		}
		connect, _ := register(t, dir, home, directory.Registration{Kind: directory.ConnectApp, Name: "Atlas", Key: "atlas", ClientKey: uuid.NewString()})
		if _, err := dir.CopyApp(t.Context(), away, operator, connect.ClientID); kindOf(err) != failure.Invalid {
			t.Errorf("a Connect app is copied: %v", err)
		}
		if _, _, err := dir.AddApp(t.Context(), away, uuid.NewString(), operator, directory.Registration{Kind: directory.OAuthApp, Name: "Thief", ClientID: connect.ClientID},
			directory.AppSecrets{}, false); kindOf(err) != failure.Conflict {
			t.Errorf("another site takes the client ID: %v", err)
		}
	})
}
