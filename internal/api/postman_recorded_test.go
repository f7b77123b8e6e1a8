package api

import (
	"bytes"
	"cmp"
	"database/sql"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/seed"
	"github.com/rosterhq/roster/internal/site"
)

// demoSite is the demo with a clock that stands still, and what a collection asks for as its variables.
type demoSite struct {
	*Server
	variables map[string]string
}

func newDemoSite(t *testing.T, d *db.DB) *demoSite {
	t.Helper()
	now := func() time.Time { return seed.DefaultTime().Add(time.Hour) }
	log := &change.Log{DB: d, Now: now}
	plan, err := seed.Demo()
	if err != nil {
		t.Fatal(err)
	}
	applied, err := seed.Apply(t.Context(), log, plan)
	if err != nil {
		t.Fatal(err)
	}
	const server = "http://roster.test"
	people := &directory.Directory{Changes: log}
	s := &demoSite{
		Server: &Server{
			Sites:     &site.Resolver{Sites: &site.Store{Changes: log}, Named: true},
			Directory: people, Content: &content.Store{Changes: log}, Auth: &auth.Authenticator{Directory: people, Now: now},
			PublicURL: server, Log: slog.New(slog.DiscardHandler),
			Invitations: directory.NewInvitations(people, mail.NewOutbox(log), mail.Address{Address: "roster@example.org"}),
		},
		variables: map[string]string{
			"baseUrl": applied[0].Site.URL(server, true), "email": applied[0].Admin.Email, "token": applied[0].Admin.Tokens[0].Text,
			"serverUrl": server, padding: strings.Repeat("x", longestURL),
		},
	}
	for variable, role := range map[string]string{"appToken": "app, approved for e-mail", memberToken: "person", outsiderToken: "unlicensed"} {
		i := slices.IndexFunc(applied[0].People, func(p seed.Person) bool { return p.Role == role })
		s.variables[variable] = applied[0].People[i].Tokens[0].Text
	}
	s.Handler()
	return s
}

// fill puts the values of variables into a text.
func (s *demoSite) fill(text string) string {
	for name, value := range s.variables {
		text = strings.ReplaceAll(text, "{{"+name+"}}", value)
	}
	return text
}

// send sends a request of a collection as Postman does.
func (s *demoSite) send(t *testing.T, p postmanRequest) *httptest.ResponseRecorder {
	t.Helper()
	address := p.URL.Raw
	for _, v := range p.URL.Variable {
		address = strings.Replace(address, ":"+v.Key, url.PathEscape(v.Value), 1)
	}
	path, query, _ := strings.Cut(s.fill(address), "?")
	body := ""
	if p.Body != nil {
		body = s.fill(p.Body.Raw)
	}
	r := httptest.NewRequestWithContext(t.Context(), p.Method, path, strings.NewReader(body))
	r.URL.RawQuery = strings.NewReplacer(" ", "%20", `"`, "%22").Replace(query)
	r.RequestURI = r.URL.RequestURI()
	for _, h := range p.Header {
		r.Header.Set(h.Key, s.fill(h.Value))
	}
	switch credential := cmp.Or(p.Auth, postmanCollection(nil).Auth); credential.Type {
	case "basic":
		r.SetBasicAuth(s.fill(credential.Basic[0].Value), s.fill(credential.Basic[1].Value))
	case "bearer":
		r.Header.Set("Authorization", "Bearer "+s.fill(credential.Bearer[0].Value))
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// What differs from one run to the next, and what is nobody's business.
var (
	took    = regexp.MustCompile(`"searchDuration":\d+`)
	madeID  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	address = regexp.MustCompile(`[a-z0-9.-]+@example\.(com|org)`)
)

// recorded is an answer in the form in which it is kept.
func (s *demoSite) recorded(w *httptest.ResponseRecorder) recordedAnswer {
	settled := func(text string) string {
		text = took.ReplaceAllString(text, `"searchDuration":0`)
		text = madeID.ReplaceAllString(text, "01890a5d-ac96-774b-bcce-b302099a8057")
		text = address.ReplaceAllString(text, "nobody@example.com")
		return strings.NewReplacer(s.variables["baseUrl"], anySite, s.PublicURL, anyServer).Replace(text)
	}
	a := recordedAnswer{Body: json.RawMessage(settled(w.Body.String()))}
	w.Header().Del("Content-Length") // the addresses in the body differ in length
	for _, name := range slices.Sorted(maps.Keys(w.Header())) {
		a.Header = append(a.Header, postmanPair{Key: name, Value: settled(w.Header().Get(name))})
	}
	return a
}

// change edits the settings of the site.
func (s *demoSite) change(t *testing.T, edit func(*site.Settings)) {
	t.Helper()
	_, err := s.Sites.Sites.Change(t.Context(), operator, "demo", func(s *site.Site) error {
		edit(&s.Settings)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// lose puts the database out of the server's reach: in its place there is one whose folder is gone, so that whoever is not
// connected to it cannot connect.
func (s *demoSite) lose(t *testing.T) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	gone, err := db.Open(t.Context(), filepath.Join(folder, "roster.db"), db.Options{Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { gone.Close() })
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	for err == nil { // each takes a connection that there is
		var rows *sql.Rows
		if rows, err = gone.QueryContext(t.Context(), `SELECT 1`); err == nil {
			t.Cleanup(func() { rows.Close() })
		}
	}
	s.Sites.Sites.Changes.DB = gone
}

// state is the one of the site in which an answer comes: most come in any, which is "".
func (a savedAnswer) state() string {
	switch {
	case a.cause == switchedOff || a.cause == disabled:
		return "switched off"
	case a.status == http.StatusTooManyRequests:
		return "limited"
	case a.status == http.StatusServiceUnavailable:
		return "lost"
	}
	return ""
}

// Every request of the collection is sent to the demo site in the order of the collection: first those of the answers that
// come in any state, and then those of each state.
func TestTheAnswersOfThePostmanCollectionAreThoseOfTheDemoSite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newDemoSite(t, d)
		all := map[string]recordedAnswer{}
		record := func(state string) {
			eachSavedAnswer(func(op *operation, a savedAnswer) {
				if a.state() != state {
					return
				}
				if state == "limited" {
					s.send(t, a.request) // which is all that the site grants
				}
				w := s.send(t, a.request)
				if w.Code != a.status {
					t.Errorf("%s is answered %d %s", a.recordedAs(op), w.Code, w.Body)
				}
				all[a.recordedAs(op)] = s.recorded(w)
			})
		}
		record("")
		s.change(t, func(s *site.Settings) { s.EmailAPI, s.AccessAPI = false, false })
		record("switched off")
		s.change(t, func(s *site.Settings) { s.RateLimit, s.RateLimitPerSecond, s.RateLimitWritesPerSecond = "burst", 1, 1 })
		record("limited")
		s.lose(t)
		record("lost")
		var text bytes.Buffer
		for i, name := range slices.Sorted(maps.Keys(all)) {
			text.WriteString(string("{,"[min(i, 1)]) + "\n" + `"` + name + `":`)
			text.Write(encode(all[name]))
		}
		text.WriteString("\n}\n")
		goldenFile(t, "postman_recorded.json", func(string) string { return text.String() })
	})
}

// eachSavedAnswer goes through a collection in its order.
func eachSavedAnswer(do func(*operation, savedAnswer)) {
	for _, tag := range tags {
		for _, op := range inRunningOrder(operations) {
			if string(op.tag) != tag.Name {
				continue
			}
			for _, a := range op.savedAnswers() {
				do(op, a)
			}
		}
	}
}
