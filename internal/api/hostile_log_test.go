package api

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/jsonbody"
	"github.com/rosterhq/roster/internal/site"
)

// logged is a log that is kept.
type logged struct {
	sync.Mutex
	bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.Write(p)
}

func (l *logged) String() string {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.String()
}

// loggingHandler answers for the test site and logs everything there is.
func (s *testSite) loggingHandler(to io.Writer) http.Handler {
	return (&Server{
		Sites: &site.Resolver{Sites: s.sites, Named: true}, Directory: s.dir, Content: &content.Store{Changes: s.dir.Changes},
		Auth: &auth.Authenticator{Directory: s.dir, Now: time.Now}, PublicURL: s.server,
		Log: slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}).Handler()
}

// straight calls a handler without a network, with headers by name and value, and returns the status.
func (s *testSite) straight(to http.Handler, role, method, path, body string, header ...string) int {
	r := httptest.NewRequestWithContext(s.t.Context(), method, "/_site/"+s.Name+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.secrets[role])
	for i := 0; i < len(header); i += 2 {
		r.Header[header[i]] = []string{header[i+1]}
	}
	w := httptest.NewRecorder()
	to.ServeHTTP(w, r)
	return w.Code
}

// Neither a secret nor an address is ever logged, also when the database fails and everything is.
func TestTheLogHoldsNoSecretAndNoAddress(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		s := newSite(t, d)
		var log logged
		handler := s.loggingHandler(&log)
		call := func(role, method, path, body string, header ...string) int {
			return s.straight(handler, role, method, path, body, header...)
		}
		secret := s.secrets[person]
		everything := func() {
			for i := range operations {
				request := operations[i].request()
				for _, role := range []string{admin, approved, "nobody"} {
					call(role, request.method, request.path, request.body, "X-Atlassian-Token", "no-check")
				}
			}
			call(person, "GET", "/wiki/rest/api/user?accountId=colleague@example.com&token="+secret, "")
			call(person, "GET", "/wiki/colleague@example.com/"+secret, "")
			call(person, "POST", checkPath, `{"emails":["Ada@example.com","bad@","`+secret+`"]}`)
			call(person, "GET", "/wiki/rest/api/user/current", "", "Authorization", basic("person@example.com:"+secret))
			call(person, "GET", "/wiki/rest/api/user/current", "", "Authorization", basic("person@example.com:"+secret+":"))
			call(person, "GET", "/wiki/rest/api/user/current", "", "Authorization", secret)
			call(person, "GET", "/wiki/rest/api/group/picker?query=person@example.com", "")
			call(person, "GET", searchPath+"?cql=user.fullname~%22person@example.com%22", "")
		}
		everything()
		if err := d.Aside(t.Context(), `ALTER TABLE changes RENAME TO changes_away`); err != nil {
			t.Fatal(err)
		}
		everything()
		if err := d.Aside(t.Context(), `ALTER TABLE global_permissions RENAME TO permissions_away`); err != nil {
			t.Fatal(err)
		}
		everything()
		if status := call(person, "GET", "/wiki/rest/api/user/current", ""); status != 500 {
			t.Errorf("a broken database gives %d", status)
		}
		text := log.String()
		if !strings.Contains(text, "request failed") || !strings.Contains(text, `"operation":"getUser"`) {
			t.Errorf("the log does not say what failed: %.1000s", text)
		}
		for line := range strings.Lines(text) {
			if strings.Contains(line, "@") || strings.Contains(line, "roster_") || strings.Contains(line, "Basic ") {
				t.Errorf("this is logged: %.500s", line)
			}
		}
	})
}

// counted is a body that never ends, and counts what is read of it.
type counted struct{ n int }

func (c *counted) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	c.n += len(p)
	return len(p), nil
}

func TestABodyWithoutEndIsReadNoFurtherThanItsBound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for i := range operations {
			if operations[i].serve.params.body == nil {
				continue
			}
			request := operations[i].request()
			body := &counted{}
			r := httptest.NewRequestWithContext(t.Context(), request.method, "/_site/"+s.Name+request.path, body)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Atlassian-Token", "no-check")
			r.Header.Set("Authorization", "Bearer "+s.secrets[admin])
			w := httptest.NewRecorder()
			s.handler.ServeHTTP(w, r)
			if w.Code != 413 && w.Code != 501 || body.n > 2*jsonbody.Largest {
				t.Errorf("%s: %d after %d bytes", operations[i].id, w.Code, body.n)
			}
		}
	})
}

func TestEveryKindOfFailureHasItsAnswers(t *testing.T) {
	t.Parallel()
	for kind := failure.Internal; kind <= failure.Unavailable; kind++ {
		if row, ok := refusals[kind]; !ok || row.documented == nil || row.observed == nil {
			t.Errorf("kind %d has no answer", kind)
		}
	}
}
