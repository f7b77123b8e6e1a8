package seed_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/seed"
)

// withApps is a site with an app of each sort. It wants a name three times.
const withApps = `
site: {name: %s}
groups:
- {name: users, permissions: [use]}
- {name: others}
accounts: [{accountId: %s, email: ada@example.com, groups: [users]}]
apps:
- {kind: oauth, name: Calendar, redirectUris: ["http://localhost:3000/callback"], scopes: [read:me], emailApproved: true}
- {kind: oauth, name: Page, public: true, groups: [others]}
- {kind: oauth, name: Told, clientId: told-%s, secret: s3cret}
- {kind: connect, name: Atlas, key: com.example.atlas, sharedSecret: shared, scopes: [read, WRITE]}
- {kind: forge, name: Bot, scopes: [read:me, read:confluence-user], tokens: [{label: app}, {label: ada, asUser: ada@example.com, scopes: [read:me], expiresIn: 1h}]}
`

func TestASeededAppProvesItselfWithWhatItIsToldToHave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		name := dbtest.Name(t)
		log := newLog(d)
		made, err := seed.Apply(t.Context(), log, parse(t, withApps, name, name, name))
		if err != nil {
			t.Fatal(err)
		}
		dir, st := &directory.Directory{Changes: log}, made[0].Site
		for i, a := range made[0].Apps {
			r, err := dir.Registration(t.Context(), st.ID, a.ClientID)
			if err != nil || r.Name != a.Name || r.AccountID != a.AccountID || r.Key != a.Key || r.ClientKey != a.ClientKey {
				t.Errorf("%s is registered as %+v (%v)", a.Name, r, err)
			}
			if known, err := dir.KnowsSecret(t.Context(), st.ID, a.ClientID, a.ClientSecret); err != nil || known != (a.ClientSecret != "") {
				t.Errorf("%s: the secret is known: %v (%v)", a.Name, known, err)
			}
			standing, _, err := dir.StandingOf(t.Context(), st.ID, a.AccountID)
			if err != nil || standing.Type != directory.App || standing.CanUse != (i != 1) || standing.EmailApproved != (i == 0) {
				t.Errorf("%s is %+v (%v)", a.Name, standing, err)
			}
		}
		if told := made[0].Apps[2]; told.ClientID != "told-"+name || told.ClientSecret != "s3cret" {
			t.Errorf("what was told is %+v", told)
		}
		in, found, err := dir.InstalledBy(t.Context(), st.ID, "com.example.atlas")
		if err != nil || !found || in.SharedSecret != "shared" || strings.Join(in.Scopes, " ") != "READ WRITE" {
			t.Errorf("the Connect app is %+v (%v)", in, err)
		}
		bot := made[0].Apps[4]
		for i, want := range []struct {
			account, scopes string
			expires         time.Time
		}{
			{bot.AccountID, "read:confluence-user read:me", seed.DefaultTime().AddDate(100, 0, 0)},
			{name, "read:me", today.Add(time.Hour)},
		} {
			token, found, err := dir.TokenBySecret(t.Context(), st.ID, bot.Tokens[i].Text)
			if err != nil || !found || token.AccountID != want.account || strings.Join(token.Scopes, " ") != want.scopes || token.ExpiresAt != want.expires || token.ClientID != bot.ClientID {
				t.Errorf("the token %s is %+v (%v)", bot.Tokens[i].Label, token, err)
			}
		}
		again, err := seed.Ensure(t.Context(), log, parse(t, withApps, name, name, name))
		if err != nil || fmt.Sprint(again[0].Apps) != fmt.Sprint(made[0].Apps) {
			t.Errorf("the second time the apps are %+v (%v)", again, err)
		}
	})
}

func TestAnAppThatCannotBeIsNamedWithItsLine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for i, tt := range []struct{ app, want string }{
			{"{kind: oauth, name: x, groups: [y]}", `line 2: apps[0]: there is no group "y"`},
			{"{kind: oauth, name: x}\n- {kind: forge, name: x}", `line 3: apps[1]: apps[0] has the same name "x"`},
			{"{kind: connect, name: x, secret: y}", "line 2: apps[0]: a Connect app has a sharedSecret"},
			{"{kind: connect, name: x, tokens: [{label: y}]}", "line 2: apps[0]: a Connect app has a sharedSecret"},
			{"{kind: connect, name: x, scopes: [read:me]}", `line 2: apps[0]: "read:me" is not a Connect scope`},
			{"{kind: forge, name: x, key: y}", "line 2: apps[0]: only a Connect app has a key"},
			{"{kind: oauth, name: x, public: true, secret: y}", "line 2: apps[0]: a public app has no secret"},
			{"{kind: oauth, name: x, secret: a b}", "line 2: apps[0]: the secret is not 1 to 255"},
			{"{kind: oauth, name: x, public: true, tokens: [{label: y}]}", "apps[0].tokens[0]: A public app cannot act as itself"},
			{"{kind: forge, name: x, tokens: [{label: y}, {label: y}]}", `line 2: apps[0]: two tokens have the label "y"`},
			{"{kind: forge, name: x, tokens: [{label: y, asUser: nobody}]}", `line 2: apps[0].tokens[0]: there is no account "nobody"`},
			{"{kind: forge, name: x, tokens: [{label: y, scopes: [read:me]}]}", "apps[0].tokens[0]: The app is not registered with the scope"},
			{"{kind: forge, name: x, redirectUris: [https://a.example/]}", "line 2: apps[0]: Only an OAuth app has redirect URIs"},
			{"{kind: oauth, name: x, redirectUris: [javascript:alert(1)]}", "line 2: apps[0]: The redirect URI"},
			{"{kind: oauth, name: x, clientId: a b}", "line 2: apps[0]: The client ID"},
		} {
			text := fmt.Sprintf("apps:\n- %s\nsite: {name: %s-%d}\n", tt.app, dbtest.Name(t), i)
			s, err := seed.Parse(strings.NewReader(text))
			if err == nil {
				_, err = seed.Apply(t.Context(), newLog(d), s)
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v", tt.app, err)
			}
		}
		if _, err := seed.Parse(strings.NewReader("site: {name: x}\napps: [{kind: saml, name: x}]\n")); err == nil || !strings.Contains(err.Error(), `"saml" is none of oauth, connect, forge`) {
			t.Error(err)
		}
	})
}
