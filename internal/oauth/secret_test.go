package oauth_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/oauth"
)

// The server logs at its most talkative while everything goes well, badly, and with a broken database.
func TestNoSecretAndNoAddressIsLogged(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		b := newBed(t, d, dbtest.Name(t))
		c := b.registered()
		code, unused := b.code(c, "scope", readUser+" read:me offline_access"), b.code(c)
		first := b.exchange(c, code)
		access, refresh := first.get("access_token"), first.get("refresh_token")
		next := b.refresh(c, refresh)
		own := b.asItself(c).get("access_token")
		secrets := []string{c.secret, code, unused, access, refresh, next.get("access_token"), next.get("refresh_token"), own, verifier, b.ada.Email, "Ada Lovelace", "xyz"}
		everything := func() {
			b.exchange(c, code, "code_verifier", verifier)
			b.exchange(c, unused, "code_verifier", verifier)
			b.refresh(c, refresh)
			b.refresh(c, refresh, "client_secret", c.secret+"x")
			b.asItself(c)
			b.post(oauth.RevokePath, c.proof("token", own))
			b.post(oauth.TokenPath+"?code="+unused, c.proof("grant_type", unused), "Authorization", basic(c.ClientID, c.secret))
			b.raw(oauth.TokenPath, jsonType, `{"code":"`+code+`","code":"`+code+`"}`)
			for _, path := range []string{oauth.ResourcesPath, oauth.MePath} {
				b.get(path, access)
				b.get(path+"?access_token="+access, own)
			}
			b.server.Read(t.Context(), c.query())
		}
		everything()
		b.pass(time.Hour)
		everything()
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		quiet := &quietTB{TB: t}
		b.TB = quiet
		everything()
		if quiet.failures == 0 || !strings.Contains(b.logged.String(), "request failed") {
			t.Errorf("nothing failed without a database: %s", b.logged)
		}
		for _, secret := range secrets {
			if strings.Contains(b.logged.String(), secret) {
				t.Errorf("%q is in the log: %s", secret, b.logged)
			}
		}
	})
}

// quietTB counts failures that a test wants.
type quietTB struct {
	testing.TB
	failures int
}

func (q *quietTB) Errorf(string, ...any) { q.failures++ }

func TestAnAnswerOfABrokenServerTellsNothing(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		b := newBed(t, d, dbtest.Name(t))
		c := b.registered()
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		b.TB = &quietTB{TB: t}
		for name, a := range map[string]answer{
			"token": b.asItself(c), "revoke": b.post(oauth.RevokePath, c.proof("token", directory.NewSecret(b.site.CloudID))), "me": b.get(oauth.MePath, directory.NewSecret(b.site.CloudID)),
		} {
			if a.status != http.StatusInternalServerError && a.status != http.StatusServiceUnavailable || strings.Contains(a.text, "sql") || strings.Contains(a.text, "closed") {
				t.Errorf("%s: %d %s", name, a.status, a.text)
			}
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, oauth.MetadataPath, nil)
		if a := b.send(r); a.status != http.StatusOK {
			t.Errorf("metadata: %d %s", a.status, a.text)
		}
	})
}
