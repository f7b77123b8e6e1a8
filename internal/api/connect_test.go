package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// What each scope lets an app call, by what the rows of the table ask for.
var connectScopes = map[string][]string{
	"":                       {none},
	"READ":                   {none, read},
	"WRITE":                  {none, read, write},
	"DELETE":                 {none, read, write, deletes},
	"SPACE_ADMIN":            {none, read, write, deletes},
	"ADMIN":                  {none, read, write, deletes},
	"PROJECT_ADMIN":          {none},
	"ACT_AS_USER":            {none},
	"ACCESS_EMAIL_ADDRESSES": {none, emails},
	"READ ACCESS_EMAIL_ADDRESSES ACT_AS_USER": {none, read, emails},
}

func TestAConnectAppMayCallWhatItsScopesSay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for scopes, allowed := range connectScopes {
			for i := range operations {
				op := &operations[i]
				a := op.request()
				byJWT(strings.Fields(scopes)...)(s, op, &a)
				got := s.ask(a)
				refused := got.status == 401 && got.header.Get("X-Failure-Category") == "FAILURE_CLIENT_SCOPE_CHECK"
				if may := slices.Contains(allowed, op.connect); refused == may {
					t.Errorf("%s with %q: %d %s", op.id, scopes, got.status, got.body)
				}
				if got.status == op.status {
					s.undo(op)
				}
			}
		}
	})
}

func TestOnlyAnApprovedConnectAppReadsAddresses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		r, secrets := s.registered(directory.ConnectApp, "mailing", "READ", "ACCESS_EMAIL_ADDRESSES")
		path := "/wiki/rest/api/user/email?accountId=" + accountID(hidden)
		for _, approved := range []bool{true, false} {
			_, err := s.dir.Change(t.Context(), s.ID, operator, r.AccountID, func(a *directory.Account) error { a.EmailApproved = approved; return nil })
			if err != nil {
				t.Fatal(err)
			}
			got := s.ask(ask{path: path, header: s.signed(r, secrets, "GET", path)})
			if want := map[bool]int{true: 200, false: 400}[approved]; got.status != want || strings.Contains(got.body, "@") != approved {
				t.Errorf("approved %v: %d %s", approved, got.status, got.body)
			}
		}
	})
}

// forgery is a JWT that must not be taken, made by what is wrong with it.
type forgery struct {
	name string
	make func(connect.Claims) string
}

const jwtPath = "/wiki/rest/api/user?accountId=557058%3Aada&expand=operations"

// forgeries are the ways to get in with what one has seen, guessed or been given elsewhere. It is long because they are many.
func forgeries(t *testing.T, r directory.Registration, held, elsewhere directory.AppSecrets, public []byte) []forgery {
	t.Helper()
	signed := func(c connect.Claims, secret string) string {
		text, err := connect.Sign(c, secret)
		if err != nil {
			t.Error(err)
		}
		return text
	}
	claimed := func(change func(*connect.Claims)) func(connect.Claims) string {
		return func(c connect.Claims) string {
			change(&c)
			return signed(c, held.Shared)
		}
	}
	other := func(method, path, query string) func(connect.Claims) string {
		return claimed(func(c *connect.Claims) { c.QSH = connect.QSH(method, path, query) })
	}
	// with signs the payload of a good JWT under another header.
	with := func(header string, sum func(string) []byte) func(connect.Claims) string {
		return func(c connect.Claims) string {
			body := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + strings.Split(signed(c, held.Shared), ".")[1]
			return body + "." + base64.RawURLEncoding.EncodeToString(sum(body))
		}
	}
	mac := func(key []byte) func(string) []byte {
		return func(body string) []byte {
			h := hmac.New(sha256.New, key)
			h.Write([]byte(body))
			return h.Sum(nil)
		}
	}
	return []forgery{
		{"another method", other("POST", "/rest/api/user", "accountId=557058%3Aada&expand=operations")},
		{"another path", other("GET", "/rest/api/user/bulk", "accountId=557058%3Aada&expand=operations")},
		{"the path with the context", other("GET", "/wiki/rest/api/user", "accountId=557058%3Aada&expand=operations")},
		{"another value", other("GET", "/rest/api/user", "accountId=557058%3Abob&expand=operations")},
		{"one parameter less", other("GET", "/rest/api/user", "accountId=557058%3Aada")},
		{"one parameter more", other("GET", "/rest/api/user", "accountId=557058%3Aada&expand=operations&start=0")},
		{"no parameters", other("GET", "/rest/api/user", "")},
		{"the hash of a page", claimed(func(c *connect.Claims) { c.QSH = connect.ContextQSH })},
		{"no hash", claimed(func(c *connect.Claims) { c.QSH = "" })},
		{"a hash in capitals", claimed(func(c *connect.Claims) { c.QSH = strings.ToUpper(c.QSH) })},
		{"no issuer", claimed(func(c *connect.Claims) { c.Issuer = "" })},
		{"an unknown issuer", claimed(func(c *connect.Claims) { c.Issuer = "com.example.nobody" })},
		{"an issuer in capitals", claimed(func(c *connect.Claims) { c.Issuer = strings.ToUpper(r.Key) })},
		{"an odd issuer", claimed(func(c *connect.Claims) { c.Issuer = r.Key + "\x00" })},
		{"no end", claimed(func(c *connect.Claims) { c.ExpiresAt = time.Time{} })},
		{"no beginning", claimed(func(c *connect.Claims) { c.IssuedAt = time.Time{} })},
		{"an end before the beginning", claimed(func(c *connect.Claims) { c.ExpiresAt = c.IssuedAt.Add(-time.Second) })},
		{"a life of two days", claimed(func(c *connect.Claims) { c.ExpiresAt = c.IssuedAt.Add(48 * time.Hour) })},
		{"the secret of the app on another site", func(c connect.Claims) string { return signed(c, elsewhere.Shared) }},
		{"the client ID as secret", func(c connect.Claims) string { return signed(c, r.ClientID) }},
		{"alg none", with(`{"typ":"JWT","alg":"none"}`, func(string) []byte { return []byte{0} })},
		{"alg none and the right signature", with(`{"typ":"JWT","alg":"none"}`, mac([]byte(held.Shared)))},
		{"alg None", with(`{"typ":"JWT","alg":"None"}`, mac([]byte(held.Shared)))},
		{"no alg", with(`{"typ":"JWT"}`, mac([]byte(held.Shared)))},
		{"alg in small letters", with(`{"typ":"JWT","alg":"hs256"}`, mac([]byte(held.Shared)))},
		{"two algs", with(`{"alg":"none","alg":"HS256"}`, mac([]byte(held.Shared)))},
		{"alg HS512", with(`{"typ":"JWT","alg":"HS512"}`, mac([]byte(held.Shared)))},
		{"a critical extension", with(`{"typ":"JWT","alg":"HS256","crit":["exp"]}`, mac([]byte(held.Shared)))},
		{"the public key as secret", with(`{"typ":"JWT","alg":"HS256"}`, mac(public))},
		{"the public key as secret of RS256", with(`{"typ":"JWT","alg":"RS256"}`, mac(public))},
		{"an empty secret", with(`{"typ":"JWT","alg":"HS256"}`, mac(nil))},
		{"no signature", func(c connect.Claims) string { return cutLast(signed(c, held.Shared)) + "." }},
		{"two parts", func(c connect.Claims) string { return cutLast(signed(c, held.Shared)) }},
		{"a padded signature", func(c connect.Claims) string { return signed(c, held.Shared) + "=" }},
		{"more after it", func(c connect.Claims) string { return signed(c, held.Shared) + ".x" }},
		{"nothing at all", func(connect.Claims) string { return ".." }},
		{"no JSON", func(connect.Claims) string { return "e30.e.e" }},
		{"a huge one", func(c connect.Claims) string { return signed(c, held.Shared) + strings.Repeat("a", connect.MaxToken) }},
	}
}

func cutLast(token string) string { return token[:strings.LastIndexByte(token, '.')] }

// A JWT lets the app in that has the secret, to the request that it was made for, while it holds, on its own site. The test is
// long because a good one and all the bad ones are shown to the same sites in every way.
func TestNoForgedJWTLetsAnybodyIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, far := newSite(t, d), newSite(t, d)
		r, secrets := s.registered(directory.ConnectApp, "com.example.jwt", "READ")
		_, elsewhere := far.registered(directory.ConnectApp, "com.example.jwt", "READ")
		key, err := connect.NewKey()
		if err != nil {
			t.Fatal(err)
		}
		public, err := connect.PublicPEM(key)
		if err != nil {
			t.Fatal(err)
		}
		good := func() connect.Claims {
			bare, query, _ := strings.Cut(strings.TrimPrefix(jwtPath, wikiContext), "?")
			return connect.Claims{Issuer: r.Key, QSH: connect.QSH("GET", bare, query), IssuedAt: time.Now(), ExpiresAt: time.Now().Add(3 * time.Minute)}
		}
		// Somebody who calls gets 404, as there is no such user; nobody gets 401. However it is shown, the answer is the same.
		show := map[string]func(token string) response{
			"header": func(token string) response {
				return s.ask(ask{path: jwtPath, header: http.Header{"Authorization": {"JWT " + token}}})
			},
			"query": func(token string) response { return s.ask(ask{path: jwtPath + "&jwt=" + token}) },
		}
		right, err := connect.Sign(good(), secrets.Shared)
		if err != nil {
			t.Fatal(err)
		}
		rs256, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
			"iss": r.Key, "qsh": good().QSH, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
		}).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		all := append(forgeries(t, r, secrets, elsewhere, []byte(public)), forgery{"a real RS256", func(connect.Claims) string { return rs256 }})
		for way, get := range show {
			if got := get(right); got.status != 404 {
				t.Fatalf("%s: a good one: %d %s", way, got.status, got.body)
			}
			bodies := map[string]string{}
			for _, f := range all {
				got := get(f.make(good()))
				if got.status != 401 {
					t.Errorf("%s: %s: %d %s", way, f.name, got.status, got.body)
				}
				bodies[got.body] = f.name
			}
			if len(bodies) > 4 {
				t.Errorf("%s: the answers tell what is wrong: %v", way, bodies)
			}
		}
		if got := far.ask(ask{path: jwtPath, header: http.Header{"Authorization": {"JWT " + right}}}); got.status != 401 {
			t.Errorf("on the other site: %d %s", got.status, got.body)
		}
		for name, header := range map[string]string{"Bearer": "Bearer " + right, "the secret as Bearer": "Bearer " + secrets.Shared, "two": "JWT " + right + " " + right} {
			if got := s.ask(ask{path: jwtPath, header: http.Header{"Authorization": {header}}}); got.status != 401 {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		if got := s.ask(ask{path: jwtPath + "&jwt=" + right, header: http.Header{"Authorization": {"Bearer " + directory.NewSecret(s.CloudID)}}}); got.status != 401 {
			t.Errorf("a good JWT beside a bad header: %d", got.status)
		}
	})
}

func TestAJWTHoldsWhileItsTimesSayWithinTheLeeway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		r, secrets := s.registered(directory.ConnectApp, "com.example.clock", "READ")
		path := "/wiki/rest/api/user?accountId=" + accountID(colleague)
		made := s.signed(r, secrets, "GET", path) // for three minutes
		for _, step := range []struct {
			ahead time.Duration
			want  int
		}{
			{0, 200},
			{3*time.Minute - 5*time.Second, 200},
			{3*time.Minute + connect.Leeway - 10*time.Second, 200},
			{3*time.Minute + connect.Leeway + 5*time.Second, 401},
			{24 * time.Hour, 401},
			{-connect.Leeway + 10*time.Second, 200},
			{-connect.Leeway - 5*time.Second, 401},
			{0, 200}, // as often as it is shown
		} {
			s.ahead.Store(int64(step.ahead))
			if got := s.ask(ask{path: path, header: made}); got.status != step.want {
				t.Errorf("%v from now: %d, not %d", step.ahead, got.status, step.want)
			}
		}
	})
}

// Paths and queries that clients and servers write in more than one way still have one hash.
func TestAJWTIsHeldAgainstTheRequestAsItWasSent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		r, secrets := s.registered(directory.ConnectApp, "com.example.awkward", "READ")
		id := accountID(colleague)
		for _, path := range []string{
			"/wiki/rest/api/user?accountId=" + strings.ReplaceAll(id, ":", "%3A"),
			"/wiki/rest/api/user?expand=operations,details.personal&accountId=" + id,
			"/wiki/rest/api/user/bulk?accountId=" + id + "&accountId=" + accountID(person),
			"/wiki/rest/api/search/user?cql=" + "user.fullname~%22Ada+L%C3%B6%22",
			"/wiki/rest/api/search/user?cql=" + "user.fullname~%22Ada%20L%22&start=0&limit=&x",
			"/wiki/rest/api/user/watch/label/a%2Fb",
			"/wiki/rest/api/group/picker?query=%2B%26%3D%2C",
		} {
			for _, base := range []string{s.baseSite, s.gateway()} {
				a := ask{path: path, base: base, header: s.signed(r, secrets, "GET", path)}
				got := s.ask(a)
				a.role, a.header = person, nil
				if want := s.ask(a); got.status == 401 || want.status == 200 && got.status != 200 {
					t.Errorf("%s: %d %s, and by a person %d", path, got.status, got.body, want.status)
				}
			}
		}
	})
}

func TestWhyAJWTIsRefusedIsForAdministrators(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		r, secrets := s.registered(directory.ConnectApp, "com.example.puzzled", "READ")
		path := "/wiki/rest/api/user?accountId=" + accountID(colleague)
		refused := s.ask(ask{path: path + "&start=1", header: s.signed(r, secrets, "GET", path)})
		id := refused.header.Get(explainedBy)
		got := s.get(admin, explainPath+"/"+id)
		if refused.status != 401 || strings.Contains(refused.body, "qsh") || !strings.Contains(got.body, "qsh") || !strings.Contains(got.body, r.ClientID) {
			t.Errorf("%d %s is explained by %s", refused.status, refused.body, got.body)
		}
		if strings.Contains(got.body, secrets.Shared) {
			t.Error(fmt.Sprint("the explanation holds the secret: ", got.body))
		}
	})
}
