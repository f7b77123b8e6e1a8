package admin_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/rosteradmin"
)

// It is long because it lists everything that can be wrong.
func TestWhatIsWrongWithABodyIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, true)
		p := b.site(dbtest.Name(t))
		forge, err := b.admin(p).Apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.Forge, Name: "Bot", ClientID: "bot"})
		b.ok(err)
		oauth := func(more string) string { return `{"kind":"oauth","name":"x",` + more + `}` }
		connect := func(more string) string { return `{"kind":"connect",` + more + `}` }
		const descriptor = `"descriptor":{"key":"k","baseUrl":"https://x.example","authentication":{"type":"jwt"}}`
		for _, tt := range []struct{ path, body, says string }{
			{"apps", `{}`, "/kind "},
			{"apps", `{"kind":"saml","name":"x"}`, "/kind "},
			{"apps", `{"kind":1}`, "/kind "},
			{"apps", `{"kind":"oauth"}`, "no name"},
			{"apps", `{"kind":"oauth","name":"   "}`, "no name"},
			{"apps", `{"kind":"oauth","name":"a\u0000b"}`, "control character"},
			{"apps", `{"kind":"oauth","name":"` + strings.Repeat("ä", 256) + `"}`, "255 characters"},
			{"apps", oauth(`"clientSecret":"s3cret"`), "/clientSecret "},
			{"apps", oauth(`"public":true,"clientSecret":"s3cret"`), "/clientSecret "},
			{"apps", oauth(`"a/b~c":1`), "/a~1b~0c "},
			{"apps", oauth(`"Name":"y"`), "/Name "},
			{"apps", oauth(`"public":"yes"`), "/public "},
			{"apps", oauth(`"redirectUris":"https://a.example"`), "/redirectUris "},
			{"apps", oauth(`"redirectUris":[null]`), "/redirectUris/0 "},
			{"apps", oauth(`"redirectUris":[` + strings.Repeat(`"https://a.example/",`, 50) + `"https://a.example/"]`), "/redirectUris "},
			{"apps", oauth(`"scopes":["read:confluence-user","read:everything"]`), "/scopes/1"},
			{"apps", oauth(`"scopes":["READ"]`), "/scopes/0"},
			{"apps", oauth(`"scopes":["read:me offline_access"]`), "/scopes/0"},
			{"apps", oauth(`"key":"k"`), "/key "},
			{"apps", oauth(descriptor), "/descriptor "},
			{"apps", oauth(`"clientId":"a b"`), "client ID"},
			{"apps", oauth(`"clientId":"` + strings.Repeat("a", 129) + `"`), "client ID"},
			{"apps", oauth(`"name":"twice"`), "twice"},
			{"apps", `{"kind":"forge","name":"x","public":true}`, "public"},
			{"apps", `{"kind":"forge","name":"x","redirectUris":["https://a.example/"]}`, "redirect URIs"},
			{"apps", connect(`"name":"x","scopes":["read:confluence-user"]`), "/scopes"},
			{"apps", connect(`"name":"x","key":"a b"`), "/key "},
			{"apps", connect(`"name":"x","public":true`), "/public "},
			{"apps", connect(`"name":"x","redirectUris":["https://a.example/"]`), "/redirectUris "},
			{"apps", connect(`"name":"x",` + descriptor), "/name"},
			{"apps", connect(`"clientId":"x",` + descriptor), "/clientId "},
			{"apps", connect(`"descriptorUrl":"https://x.example",` + descriptor), "/descriptorUrl "},
			{"apps", connect(`"descriptor":"https://x.example"`), "descriptor"},
			{"apps", connect(`"descriptor":{}`), "no member key"},
			{"apps", connect(`"descriptorUrl":"file:///etc/passwd"`), "http or https"},
			{"apps", connect(`"descriptorUrl":"http://127.0.0.1:1/x"`), "could not be fetched"},
			{"apps", connect(`"descriptorUrl":"http://169.254.169.254/latest/meta-data"`), "could not be fetched"},
			{"apps", `[]`, "not a JSON object"},
			{"apps", `{"kind":"oauth"`, "not JSON"},
			{"apps", ` `, "not JSON"},
			{"apps", "{\"kind\":\"\xff\"}", "UTF-8"},
			{"apps", oauth(`"scopes":` + strings.Repeat("[", 100) + strings.Repeat("]", 100)), "nested"},
			{"apps", `{"kind":"` + strings.Repeat("x", 2<<20) + `"}`, "larger than"},
			{"apps/bot/block", `{"because":"x"}`, "/because "},
			{"apps/bot/approve-email", `{"approved":"no"}`, "/approved "},
			{"apps/bot/rotate", `[]`, "not a JSON object"},
			{"apps/bot/tokens", `{"asUser":"` + forge.AccountID + `"}`, "is an app"},
			{"apps/bot/tokens", `{"asUser":"a b"}`, "/asUser "},
			{"apps/bot/tokens", `{"expiresIn":"366d"}`, "at most a year"},
			{"apps/bot/tokens", `{"expiresIn":-1}`, "/expiresIn "},
			{"apps/bot/tokens", `{"scopes":["read:me"]}`, "/scopes "},
			{"tokens", `{}`, "/email "},
			{"tokens", `{"kind":"session","email":"bob@example.com"}`, "/kind "},
			{"tokens", `{"email":"bob@example.com","accountId":"bob"}`, "/accountId "},
			{"tokens", `{"email":"bob"}`, "/email "},
			{"tokens", `{"accountId":"bob@example.com"}`, "/accountId "},
			{"tokens", `{"accountId":"a\u0000"}`, "/accountId "},
			{"tokens", `{"email":"bob@example.com","kind":"scoped"}`, "/scopes "},
			{"tokens", `{"email":"bob@example.com","kind":"classic","scopes":["read:confluence-user"]}`, "/scopes "},
			{"tokens", `{"email":"bob@example.com","scopes":["offline_access"]}`, "/scopes/0"},
			{"tokens", `{"email":"bob@example.com","kind":"service"}`, "/email"},
			{"tokens", `{"email":"bob@example.com","label":"a\nb"}`, "label"},
			{"tokens", `{"email":"bob@example.com","expiresIn":0}`, "/expiresIn "},
			{"tokens", `{"email":"bob@example.com","expiresIn":"soon"}`, "/expiresIn "},
			{"tokens", `{"email":"bob@example.com","expiresIn":""}`, "/expiresIn "},
			{"tokens", `{"email":"bob@example.com","expiresIn":1.5}`, "/expiresIn "},
			{"tokens", `{"email":"bob@example.com","expiresIn":"99999999999999d"}`, "/expiresIn "},
			{"tokens", `{"email":"bob@example.com","expiresIn":"1w"}`, "/expiresIn "},
			{"tokens", `{"email":"bob@example.com","expiresIn":{}}`, "/expiresIn "},
			{"tokens", `{"email":"bob@example.com","expiresIn":"366d"}`, "at most a year"},
		} {
			got := b.ask(http.MethodPost, p.url+"/_roster/"+tt.path, tt.body)
			if got.status != 400 || !strings.Contains(got.body, tt.says) || !strings.HasPrefix(got.body, `{"statusCode":400,`) {
				t.Errorf("%s %.90s: %d %.200s", tt.path, tt.body, got.status, got.body)
			}
		}
		if got := b.ask(http.MethodPost, p.url+"/_roster/tokens", `{"email":"nobody@example.com"}`); got.status != 404 {
			t.Errorf("a token for nobody: %d %s", got.status, got.body)
		}
		if got := b.ask(http.MethodPost, p.url+"/_roster/tokens", `{"kind":"service"}`, "Content-Encoding", "gzip"); got.status != 415 {
			t.Errorf("a compressed body: %d %s", got.status, got.body)
		}
		apps, err := b.dir.Registrations(t.Context(), p.ID)
		if err != nil || len(apps) != 1 {
			t.Errorf("%d apps stand (%v)", len(apps), err)
		}
	})
}

func TestNoTrickMakesARedirectURIOfWhatIsNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, true)
		p := b.site(dbtest.Name(t))
		for _, uri := range []string{
			"", "/callback", "//a.example/", "a.example/callback", "https:", "https://", "https:///x", "https://:443/", "https://a.example/#x", "https://a.example/#",
			"https://ada@a.example/", "https://a.example\\\\@evil.example/", "https://a.example/ x", "https://a.example/\\n", "https://а.example/",
			"https://a.example/\u00a0https://evil.example/", "https://a.example/\u2028", "javascript:alert(1)", "JavaScript://a.example/%0aalert(1)",
			"data:text/html,x", "vbscript://a/", "file:///etc/passwd", "blob:https://a.example/x", "about:blank", "https://a.example/" + strings.Repeat("a", 2000), "https://a.example/%zz",
		} {
			got := b.ask(http.MethodPost, p.url+"/_roster/apps", `{"kind":"oauth","name":"x","redirectUris":["`+uri+`"]}`)
			if got.status != 400 || !strings.Contains(strings.ToLower(got.body), "redirect uri") {
				t.Errorf("%.80q: %d %s", uri, got.status, got.body)
			}
		}
		good := []string{"http://localhost:3000/callback", "https://a.example/x?y=z", "com.example.app:/done", "http://[::1]:8080/", "https://a.example"}
		made, err := b.admin(p).Apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.OAuth, Name: "x", RedirectURIs: good})
		b.ok(err)
		if strings.Join(made.RedirectURIs, " ") != strings.Join(good, " ") {
			t.Errorf("%q became %q", good, made.RedirectURIs)
		}
	})
}

func TestANameIsKeptAsItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := serving(t, d, true)
		p := b.site(dbtest.Name(t))
		for _, name := range []string{`<script>alert(1)</script>`, `"; DROP TABLE apps; --`, "日本語 👩‍🚀", "%s%n{{.}}", strings.Repeat("x", 255)} {
			made, err := b.admin(p).Apps.Register(t.Context(), rosteradmin.NewApp{Kind: rosteradmin.Forge, Name: name})
			if err != nil || made.Name != name {
				t.Errorf("%.40q is %.40q (%v)", name, made.Name, err)
			}
			if got, err := b.admin(p).Apps.Get(t.Context(), made.ClientID); err != nil || got.Name != name {
				t.Errorf("%.40q is shown as %.40q (%v)", name, got.Name, err)
			}
		}
	})
}
