package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/web"
	"github.com/rosterhq/roster/internal/workflow"
)

// tokenWay is a way to a site that tells whose a token of the bed's site is: in an answer within this process.
type tokenWay struct{ *bed }

func (w tokenWay) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	_, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	t, found, err := w.people.TokenBySecret(r.Context(), w.site.ID, secret)
	switch {
	case err != nil:
		return nil, err
	case !found || t.Useless(w.people.Changes.Now()) != "":
		answer.WriteHeader(http.StatusUnauthorized)
	default:
		json.NewEncoder(answer).Encode(map[string]string{"type": "known", "accountId": t.AccountID, "displayName": "Name of <" + t.AccountID + ">"})
	}
	return answer.Result(), nil
}

// connecting is a bed whose server's connections lead to its site, and elsewhere by a client.
func connecting(t *testing.T, d *db.DB, remote *http.Client) (*bed, *workflow.Store) {
	var s *workflow.Store
	var b *bed
	b = newBed(t, d, func(server *web.Server) {
		s = workflow.NewStore(server.Directory.Changes, workflow.Files(action.All(api.Actions())))
		s.Released = func(ctx context.Context, tx *change.Tx, was workflow.Connection) error {
			return directory.RevokeLabelledIn(ctx, tx, was.Fingerprint, workflow.TokenLabel(was.Name))
		}
		server.Workflows = s
		server.Way = workflow.Way{
			Local: func(context.Context, int64) (string, http.RoundTripper, error) {
				return "http://site.example", tokenWay{b}, nil
			},
			Remote: remote,
		}
	})
	return b, s
}

// tokens are those of an account that are good.
func (b *bed) tokens(account string) (good []directory.Token) {
	b.t.Helper()
	all, err := b.people.Tokens(b.t.Context(), b.site.ID, account)
	b.must(err)
	for _, t := range all {
		if t.RevokedAt.IsZero() {
			good = append(good, t)
		}
	}
	return good
}

func TestAConnectionAsOneselfHasATokenThatEndsWithIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, s := connecting(t, d, nil)
		boss := b.boss()
		b.kept("/connections", "/connections/_new", "/connections/mine", "/connections/mine/token", "/connections/mine/remove")
		if got := boss.get("/connections/_new?kind=me"); !got.has("Grace", "they see people as you do", "among", "90 days") {
			t.Error(got)
		}
		if got := boss.post("/connections/_new?kind=me", "name", "mine", "days", "30"); got.status != http.StatusSeeOther {
			t.Fatal(got)
		}
		made := b.tokens("boss")
		if len(made) != 1 || made[0].Label != "Workflows: connection mine" || made[0].ExpiresAt.After(b.people.Changes.Now().AddDate(0, 0, 31)) {
			t.Fatalf("%+v", made)
		}
		if got := boss.get("/connections"); !got.has("mine", "Grace", "this server", "good until", "no workflow") {
			t.Error(got)
		}
		if got := boss.post("/connections/mine"); !got.has("It works", "Name of &lt;boss&gt;", "people/boss") || got.has("<boss>") {
			t.Error(got)
		}
		if got := boss.post("/connections/_new?kind=me", "name", "mine"); got.status != http.StatusUnprocessableEntity || !got.has("already", `aria-invalid="true"`) || len(b.tokens("boss")) != 1 {
			t.Error(got)
		}
		boss.post("/workflows/_add", "text", mailer("own", ""), "connection", "mine")
		if got := boss.get("/connections/mine/remove"); !got.has("These workflows use it", "workflow=own") || got.has("Remove it") {
			t.Error(got)
		}
		if got := boss.post("/connections/mine/remove"); got.status != http.StatusConflict || !got.has("uses connection") {
			t.Error(got)
		}

		if got := boss.post("/connections/mine/token", "days", "365"); got.status != http.StatusSeeOther {
			t.Fatal(got)
		}
		renewed := b.tokens("boss")
		if len(renewed) != 1 || renewed[0].ID == made[0].ID {
			t.Fatalf("%+v", renewed)
		}
		boss.post("/workflows/own/remove")
		if got := boss.get("/connections/mine/remove"); !got.has("is revoked", "Remove it") {
			t.Error(got)
		}
		if got := boss.post("/connections/mine/remove"); got.status != http.StatusSeeOther || len(b.tokens("boss")) != 0 {
			t.Error(got, b.tokens("boss"))
		}
		if all, err := s.Connections(t.Context(), b.site.ID); err != nil || len(all) != 0 {
			t.Error(all, err)
		}
		for _, gone := range []string{"/connections/mine", "/connections/mine/token", "/connections/mine/remove", "/connections/%00", "/connections/x'y"} {
			if got := boss.get(gone); got.status != http.StatusNotFound {
				t.Errorf("%s: %d", gone, got.status)
			}
		}
		if got := boss.get("/connections/_new?kind=other"); got.status != http.StatusBadRequest {
			t.Error(got.status)
		}
	})
}

func TestAConnectionByATokenCallsAsTheTokensAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, s := connecting(t, d, nil)
		boss := b.boss()
		secret := directory.NewSecret(b.site.CloudID)
		token, err := b.people.AddToken(t.Context(), b.site.ID, operator, "ada", directory.Token{Label: "report " + hostile}, secret)
		b.must(err)
		ended, err := b.people.AddSession(t.Context(), b.site.ID, b.site.CloudID, operator, "ada", "test")
		b.must(err)
		for _, wrong := range []string{"", "nothing", ended, secret + "0", "\x00", strings.Repeat("x", 20<<10)} {
			if got := boss.post("/connections/_new?kind=token", "name", "reports", "token", wrong); got.status != http.StatusUnprocessableEntity || !got.has("no API token of this site", `value="reports"`) || wrong != "" && got.has(wrong) {
				t.Errorf("%.20q: %d", wrong, got.status)
			}
		}
		if got := boss.post("/connections/_new?kind=token", "name", "reports", "token", " "+secret+" "); got.status != http.StatusSeeOther {
			t.Fatal(got)
		}
		page := boss.get("/connections/reports")
		if !page.has("Ada", "tokens/"+token.ID, "report &lt;script&gt;") || page.has(secret) || page.has("<script>alert") {
			t.Error(page)
		}
		if got := boss.post("/connections/reports"); !got.has("It works", "people/ada") || got.has(secret) {
			t.Error(got)
		}
		if c, err := s.Connection(t.Context(), b.site.ID, "reports"); err != nil || c.AccountID != "ada" {
			t.Error(c, err)
		}
		if got := boss.get("/connections/reports/token?kind=token"); !got.has("stays good for others", `autocomplete="off"`) {
			t.Error(got)
		}
		_, err = b.people.RevokeToken(t.Context(), b.site.ID, operator, token.ID)
		b.must(err)
		if got := boss.get("/connections"); !got.has("no good any more") {
			t.Error(got)
		}
		if got := boss.post("/connections/reports"); !got.has("The connection is not let in") {
			t.Error(got)
		}
		if got := boss.post("/connections/reports/token", "days", "7"); got.status != http.StatusSeeOther || len(b.tokens("boss")) != 1 {
			t.Error(got)
		}
		if got := boss.post("/connections/reports"); !got.has("people/boss") {
			t.Error(got)
		}
		if strings.Contains(b.log.String(), secret) {
			t.Error("the log holds a token")
		}
	})
}

func TestAnAccountsOwnTokensStayGoodWhenAConnectionIsRemoved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, _ := connecting(t, d, nil)
		boss := b.boss()
		secret := directory.NewSecret(b.site.CloudID)
		_, err := b.people.AddToken(t.Context(), b.site.ID, operator, "ada", directory.Token{Label: workflow.TokenLabel("another")}, secret)
		b.must(err)
		boss.post("/connections/_new?kind=token", "name", "reports", "token", secret)
		if got := boss.post("/connections/reports/remove"); got.status != http.StatusSeeOther || len(b.tokens("ada")) != 1 {
			t.Error(got, b.tokens("ada"))
		}
	})
}

func TestAConnectionElsewhereIsTestedThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const secret = "a token of elsewhere"
		elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			email, token, _ := r.BasicAuth()
			switch {
			case token == secret && email == "ada@example.com":
				w.Write([]byte(`{"type":"known","accountId":"5b10","displayName":"Ada <elsewhere>"}`))
			case token == secret:
				w.WriteHeader(http.StatusForbidden)
			default:
				w.Write([]byte(`{"type":"anonymous","displayName":"Anonymous"}`))
			}
		}))
		defer elsewhere.Close()
		b, s := connecting(t, d, elsewhere.Client())
		boss := b.boss()
		for _, wrong := range [][]string{
			{"url", "ftp://elsewhere.example", "token", secret},
			{"url", "https://user:pass@elsewhere.example", "token", secret},
			{"url", elsewhere.URL, "token", ""},
			{"url", elsewhere.URL, "token", "x"},
			{"url", elsewhere.URL, "token", "xx\x00xx"},
			{"url", elsewhere.URL, "token", secret, "email", "ada\x01@example.com"},
		} {
			got := boss.post("/connections/_new?kind=remote", append(wrong, "name", "there")...)
			if got.status != http.StatusUnprocessableEntity || !got.has(`id="problem"`) || got.has(secret) {
				t.Errorf("%q: %d %s", wrong, got.status, got.body)
			}
		}
		if got := boss.post("/connections/_new?kind=remote", "name", "th ere", "url", elsewhere.URL, "token", secret); got.status != http.StatusUnprocessableEntity || !got.has("letters, digits") {
			t.Error(got)
		}
		if got := boss.post("/connections/_new?kind=remote", "name", "there", "url", elsewhere.URL+"/", "email", "ada@example.com", "token", secret); got.status != http.StatusSeeOther {
			t.Fatal(got)
		}
		if got := boss.post("/connections/there"); !got.has("It works", "Ada &lt;elsewhere&gt;", "<code>5b10</code>") || got.has(secret) {
			t.Error(got)
		}
		if got := boss.post("/connections/there/token", "email", "eve@example.com", "token", secret, "url", "https://other.example"); got.status != http.StatusSeeOther {
			t.Error(got)
		}
		if c, err := s.Connection(t.Context(), b.site.ID, "there"); err != nil || c.BaseURL != elsewhere.URL || c.Email != "eve@example.com" {
			t.Error(c, err)
		}
		if got := boss.post("/connections/there"); !got.has("The connection is not let in") {
			t.Error(got)
		}
		boss.post("/connections/there/token", "token", "another")
		if got := boss.post("/connections/there"); !got.has("does not know the token") {
			t.Error(got)
		}
		elsewhere.Close()
		if got := boss.post("/connections/there"); !got.has("The site did not tell") || got.has("another") {
			t.Error(got)
		}
	})
}

func TestAWorkflowsOwnConnectionIsMadeAnewOnceItsTokenIsNoGood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, s := connecting(t, d, nil)
		boss := b.boss()
		if got := boss.get("/workflows/_add"); !got.has("makes a token of 90 days", "sees people as the account of its connection does") {
			t.Error(got)
		}
		boss.post("/workflows/_add", "text", mailer("own", ""), "connection", "+me")
		made := b.tokens("boss")
		if len(made) != 1 || made[0].Label != workflow.TokenLabel("this-server") || made[0].ExpiresAt.After(b.people.Changes.Now().AddDate(0, 0, 91)) {
			t.Fatalf("%+v", made)
		}
		if got := boss.get("/workflows/_add"); got.has("+me") || !got.has("this-server (this server, as Grace)") {
			t.Error(got)
		}
		b.ahead.Add(int64(100 * 24 * time.Hour))
		boss = b.signed("boss")
		if got := boss.get("/workflows/_add"); !got.has("+me", "no good any more") {
			t.Error(got)
		}
		boss.post("/workflows/_add", "text", mailer("next", ""), "connection", "+me")
		if w, err := s.Workflow(t.Context(), b.site.ID, "next"); err != nil || w.Connection != "this-server-2" {
			t.Error(w, err)
		}
	})
}
