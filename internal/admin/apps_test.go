package admin_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/rosteradmin"
)

// credentials gets the access token of an app as itself.
func (b *bed) credentials(clientID, secret string) string {
	b.Helper()
	ask, err := json.Marshal(map[string]string{"grant_type": "client_credentials", "client_id": clientID, "client_secret": secret})
	b.ok(err)
	got := b.ask(http.MethodPost, b.url+"/oauth/token", string(ask))
	var out struct {
		AccessToken string `json:"access_token"`
	}
	if json.Unmarshal([]byte(got.body), &out) != nil {
		b.Errorf("%d %s", got.status, got.body)
	}
	return out.AccessToken
}

const current = "/wiki/rest/api/user/current"

// jwt is what a Connect app shows to ask who it is.
func (b *bed) jwt(app rosteradmin.AppWithSecret) string {
	b.Helper()
	now := time.Now()
	token, err := connect.Sign(connect.Claims{
		Issuer: app.Key, IssuedAt: now, ExpiresAt: now.Add(time.Minute), QSH: connect.QSH(http.MethodGet, strings.TrimPrefix(current, "/wiki"), ""),
	}, app.SharedSecret)
	b.ok(err)
	return "JWT " + token
}

func TestAnAppOfEachKindIsRegisteredAndCallsAsItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		apps := b.admin(p).Apps
		made, err := apps.Register(t.Context(), rosteradmin.NewApp{
			Kind: rosteradmin.OAuth, Name: "Calendar", RedirectURIs: []string{"http://localhost:3000/callback"}, Scopes: []string{"read:confluence-user", "offline_access"},
		})
		b.ok(err)
		if who := b.who(p, "Bearer "+b.credentials(made.ClientID, made.ClientSecret)); who != made.AccountID || made.AccountID == "" {
			t.Errorf("the OAuth app is %s, not %s", who, made.AccountID)
		}
		public, err := apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.OAuth, Name: "Page", Public: true, Scopes: []string{"read:me"}})
		if err != nil || public.ClientSecret != "" || !public.Public {
			t.Errorf("the public app is %+v (%v)", public, err)
		}
		forge, err := apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.Forge, Name: "Bot", Scopes: []string{"read:confluence-user"}, EmailApproved: true})
		b.ok(err)
		for as, want := range map[string]string{"": forge.AccountID, "bob": "bob", "Bob@Example.com": "bob"} {
			token, err := apps.Token(t.Context(), forge.ClientID, rosteradmin.NewAppToken{AsUser: as, ExpiresIn: rosteradmin.Lifetime(time.Hour)})
			if who := b.who(p, "Bearer "+token.Token); err != nil || who != want || token.AccountID != want {
				t.Errorf("the Forge app as %q is %s (%v)", as, who, err)
			}
			if left := time.Until(token.ExpiresAt); left > time.Hour || left < 59*time.Minute {
				t.Errorf("its token is good for %v", left)
			}
		}
		atlas, err := apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.Connect, Name: "Atlas", Key: "com.example.atlas", Scopes: []string{"READ"}})
		b.ok(err)
		described, err := apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.Connect, EmailApproved: true, Descriptor: json.RawMessage(
			`{"key":"com.example.fork","name":"Fork","baseUrl":"https://fork.example","authentication":{"type":"jwt"},"scopes":["read"]}`)})
		b.ok(err)
		for _, app := range []rosteradmin.AppWithSecret{atlas, described} {
			if who := b.who(p, b.jwt(app)); who != app.AccountID {
				t.Errorf("the Connect app %s is %s, not %s", app.Name, who, app.AccountID)
			}
		}
		all, err := apps.List(t.Context())
		if err != nil || len(all) != 5 {
			t.Errorf("there are %d apps (%v)", len(all), err)
		}
		for _, app := range all {
			if approved := app.Name == "Bot" || app.Name == "Fork"; app.EmailApproved != approved {
				t.Errorf("%s is approved for e-mail: %v", app.Name, app.EmailApproved)
			}
			if one, err := apps.Get(t.Context(), app.ClientID); err != nil || one.Name != app.Name || one.EmailApproved != app.EmailApproved {
				t.Errorf("%+v is shown as %+v (%v)", app, one, err)
			}
		}
	})
}

func TestWhatHappensToAnAppHappensToItsCredentialsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p := b.site(dbtest.Name(t))
		apps := b.admin(p).Apps
		made, err := apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.Forge, Name: "Bot", Scopes: []string{"read:confluence-user"}})
		b.ok(err)
		atlas, err := apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.Connect, Name: "Atlas", Scopes: []string{"READ"}})
		b.ok(err)
		token, err := apps.Token(t.Context(), made.ClientID, rosteradmin.NewAppToken{AsUser: "bob"})
		b.ok(err)
		ways := map[string]func() (rosteradmin.AppWithSecret, string){
			made.ClientID:  func() (rosteradmin.AppWithSecret, string) { return made, "Bearer " + token.Token },
			atlas.ClientID: func() (rosteradmin.AppWithSecret, string) { return atlas, b.jwt(atlas) },
		}
		for id, way := range ways {
			app, shows := way()
			good := b.who(p, shows)
			if app, err := apps.Block(t.Context(), id); err != nil || !app.Blocked || b.who(p, shows) != nobody {
				t.Errorf("blocked: %+v (%v)", app, err)
			}
			if app, err := apps.Unblock(t.Context(), id); err != nil || app.Blocked || b.who(p, shows) != good || good == nobody {
				t.Errorf("unblocked: %+v (%v)", app, err)
			}
			for _, approved := range []bool{true, true, false} {
				if app, err := apps.ApproveEmail(t.Context(), id, approved); err != nil || app.EmailApproved != approved {
					t.Errorf("approved %v: %+v (%v)", approved, app, err)
				}
			}
			rotated, err := apps.Rotate(t.Context(), id)
			if err != nil || rotated.ClientSecret+rotated.SharedSecret == "" || rotated.ClientSecret+rotated.SharedSecret == app.ClientSecret+app.SharedSecret {
				t.Errorf("rotated: %+v (%v)", rotated, err)
			}
			if app.Kind == rosteradmin.Connect && (b.who(p, b.jwt(app)) != nobody || b.who(p, b.jwt(rotated)) != app.AccountID) {
				t.Error("the old secret is good, or the new one is not")
			}
			b.ok(apps.Revoke(t.Context(), id))
			if b.who(p, shows) != nobody {
				t.Error("a credential of a revoked app is good")
			}
			_, err = apps.Get(t.Context(), id)
			b.is(err, confluence.ErrNotFound)
			b.is(apps.Revoke(t.Context(), id), confluence.ErrNotFound)
		}
	})
}

func TestOfManyRegistrationsOfOneClientIDOneStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, true)
		p, other := b.site(dbtest.Name(t)), b.site(dbtest.Name(t)+"-other")
		statuses := make([]int, 50)
		var all sync.WaitGroup
		for i := range statuses {
			at := p.url
			if i%5 == 4 {
				at = other.url
			}
			all.Go(func() {
				statuses[i] = b.ask(http.MethodPost, at+"/_roster/apps", `{"kind":"oauth","name":"x","clientId":"one-`+p.Name+`"}`).status
			})
		}
		all.Wait()
		made := map[int]int{}
		for _, s := range statuses {
			made[s]++
		}
		if made[201] != 1 || made[201]+made[409]+made[503] != 50 || made[503] > 10 {
			t.Errorf("the statuses are %v", made)
		}
		left := 0
		for _, at := range []place{p, other} {
			apps, err := b.dir.Registrations(t.Context(), at.ID)
			b.ok(err)
			left += len(apps)
		}
		if left != 1 {
			t.Errorf("there are %d apps", left)
		}
	})
}

func TestTwoAppsOfOneConnectKeyAreAConflict(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, true)
		p := b.site(dbtest.Name(t))
		apps := b.admin(p).Apps
		ask := rosteradmin.NewApp{Kind: rosteradmin.Connect, Name: "Atlas", Key: "com.example.atlas"}
		first, err := apps.Register(t.Context(), ask)
		b.ok(err)
		_, err = apps.Register(t.Context(), ask)
		b.is(err, confluence.ErrConflict)
		_, err = apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.OAuth, Name: "Thief", ClientID: ask.Key})
		b.is(err, confluence.ErrConflict)
		described := rosteradmin.NewApp{Kind: rosteradmin.Connect, Descriptor: json.RawMessage(
			`{"key":"com.example.atlas","name":"Atlas 2","baseUrl":"https://atlas.example","authentication":{"type":"jwt"},"scopes":["WRITE"]}`)}
		again, err := apps.Register(t.Context(), described)
		if err != nil || again.ClientID != first.ClientID || again.SharedSecret != first.SharedSecret || again.Name != "Atlas 2" {
			t.Errorf("brought up to date: %+v (%v)", again, err)
		}
	})
}

func TestAnAppOfOneSiteIsAbsentFromAnother(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, false)
		p, other := b.site(dbtest.Name(t)), b.site(dbtest.Name(t)+"-other")
		made, err := b.admin(p).Apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.Forge, Name: "Bot", Scopes: []string{"read:confluence-user"}})
		b.ok(err)
		token, err := b.admin(p).Tokens.Make(t.Context(), rosteradmin.NewToken{Email: "bob@example.com"})
		b.ok(err)
		apps := b.admin(other).Apps
		_, err = apps.Get(t.Context(), made.ClientID)
		b.is(err, confluence.ErrNotFound)
		_, err = apps.Block(t.Context(), made.ClientID)
		b.is(err, confluence.ErrNotFound)
		_, err = apps.ApproveEmail(t.Context(), made.ClientID, true)
		b.is(err, confluence.ErrNotFound)
		_, err = apps.Rotate(t.Context(), made.ClientID)
		b.is(err, confluence.ErrNotFound)
		_, err = apps.Token(t.Context(), made.ClientID, rosteradmin.NewAppToken{})
		b.is(err, confluence.ErrNotFound)
		b.is(apps.Revoke(t.Context(), made.ClientID), confluence.ErrNotFound)
		b.is(b.admin(other).Tokens.Revoke(t.Context(), token.TokenID), confluence.ErrNotFound)
		_, err = apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.OAuth, Name: "Thief", ClientID: made.ClientID})
		b.is(err, confluence.ErrConflict)
		if all, err := apps.List(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("the other site has %d apps (%v)", len(all), err)
		}
		// The administrator of one site is nobody on another.
		stranger := other
		stranger.token = p.token
		_, err = b.admin(stranger).Apps.List(t.Context())
		b.is(err, confluence.ErrUnauthenticated)
		if b.who(p, "Bearer "+token.Token) != "bob" {
			t.Error("another site's administrator revoked the token")
		}
	})
}
