package metrics_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/metrics"
	"github.com/rosterhq/roster/internal/site"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var operator = change.Actor{Via: change.CLI}

// bed is a server with a database of its own, and what it counts.
type bed struct {
	*testing.T
	close   func()
	source  *metrics.Source
	site    site.Site
	handler http.Handler
}

func newBed(t *testing.T, url string) *bed {
	t.Helper()
	d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	changes := change.New(d)
	b := &bed{T: t, close: sync.OnceFunc(func() { d.Close() })}
	t.Cleanup(b.close)
	quiet := slog.New(slog.DiscardHandler)
	b.source = &metrics.Source{
		Meter: api.NewMeter(), DB: d, Sites: &site.Store{Changes: changes}, Directory: &directory.Directory{Changes: changes},
		Outbox: mail.NewOutbox(changes), Log: quiet,
	}
	if b.site, err = b.source.Sites.Add(t.Context(), operator, site.Site{Name: "acme"}); err != nil {
		t.Fatal(err)
	}
	b.handler = (&api.Server{
		Sites: &site.Resolver{Sites: b.source.Sites}, Directory: b.source.Directory, Content: &content.Store{Changes: changes},
		Auth: &auth.Authenticator{Directory: b.source.Directory, Now: time.Now}, PublicURL: "http://roster.example", Log: quiet, Meter: b.source.Meter,
	}).Handler()
	return b
}

func (b *bed) call(path, secret string) int {
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "http://roster.example"+path, nil)
	r.Header.Set("Authorization", "Bearer "+secret)
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w.Code
}

func (b *bed) scrape() string {
	b.Helper()
	w := httptest.NewRecorder()
	b.source.Handler().ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/metrics", nil))
	body, err := io.ReadAll(w.Body)
	if err != nil || w.Code != http.StatusOK {
		b.Fatalf("%d %s (%v)", w.Code, body, err)
	}
	return string(body)
}

func (b *bed) token(life time.Duration) string {
	b.Helper()
	groups, _, err := b.source.Directory.Groups(b.Context(), b.site.ID, directory.Use, 0, 1)
	var in []string
	for _, g := range groups {
		in = append(in, g.ID)
	}
	a, err2 := b.source.Directory.Add(b.Context(), b.site.ID, operator, directory.Account{DisplayName: "Ada"}, in...)
	secret := directory.NewSecret(b.site.CloudID)
	_, err3 := b.source.Directory.AddToken(b.Context(), b.site.ID, operator, a.ID, directory.Token{ExpiresAt: time.Now().Add(life)}, secret)
	if err != nil || err2 != nil || err3 != nil {
		b.Fatal(err, err2, err3)
	}
	return secret
}

func TestAScrapeShowsWhatHappened(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		b := newBed(t, url)
		g, err := b.source.Directory.AddGroup(t.Context(), b.site.ID, operator, directory.Group{Name: "users"})
		if err == nil {
			_, err = b.source.Directory.Grant(t.Context(), b.site.ID, operator, g.ID, directory.Use, true)
		}
		if err != nil {
			t.Fatal(err)
		}
		secret := b.token(3 * 24 * time.Hour)
		b.token(20 * 24 * time.Hour)
		b.token(200 * 24 * time.Hour)
		err = b.source.Outbox.Changes.Write(t.Context(), b.site.ID, operator, func(tx *change.Tx) error {
			_, err := b.source.Outbox.EnqueueIn(t.Context(), tx, mail.Message{
				From: mail.Address{Address: "roster@example.org"}, To: []mail.Address{{Address: "ada@example.org"}, {Address: "bob@example.org"}}, Subject: "x", Text: "x",
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if got := b.call("/wiki/rest/api/user/current", secret); got != 200 {
				t.Fatal(got)
			}
		}
		b.call("/wiki/rest/api/user/current", "nonsense")
		b.call("/wiki/rest/api/nothing", secret)
		got := b.scrape()
		for _, line := range []string{
			`roster_requests_total{class="2xx",operation="getCurrentUser"} 3`,
			`roster_requests_total{class="4xx",operation="getCurrentUser"} 1`,
			`roster_requests_total{class="4xx",operation="other"} 1`,
			`roster_request_seconds_count{operation="getCurrentUser"} 4`,
			`roster_request_seconds_bucket{operation="getCurrentUser",le="+Inf"} 4`,
			`roster_request_seconds_bucket{operation="getCurrentUser",le="10"} 4`,
			`roster_refusals_total{check="credential"} 1`, `roster_refusals_total{check="route"} 1`, `roster_refusals_total{check="can use"} 0`,
			`roster_tokens_expiring{site="acme",within="7d"} 1`, `roster_tokens_expiring{site="acme",within="30d"} 2`, `roster_tokens_expired{site="acme"} 0`,
			`roster_outbox_recipients{state="queued"} 2`, `roster_outbox_recipients{state="uncertain"} 0`, `roster_database_up 1`,
		} {
			if !strings.Contains(got, line+"\n") {
				t.Errorf("there is no %s in\n%s", line, got)
			}
		}
		if !strings.Contains(got, "\ngo_goroutines ") || strings.Contains(got, secret) || strings.Contains(got, "@") {
			t.Error(got)
		}
		for _, f := range metrics.Families {
			if !strings.Contains(got, "# TYPE "+f.Name+" "+f.Type+"\n") {
				t.Errorf("%s is not shown", f.Name)
			}
		}
		if n := strings.Count(got, "# TYPE roster_"); n != len(metrics.Families) {
			t.Errorf("%d families are shown, %d are listed", n, len(metrics.Families))
		}
	})
}

func TestWhereTheDatabaseIsDownTheRestIsStillShown(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		b := newBed(t, url)
		b.call("/wiki/rest/api/user/current", "nonsense")
		b.close()
		got := b.scrape()
		if !strings.Contains(got, "roster_database_up 0\n") || !strings.Contains(got, `roster_requests_total{class="4xx",operation="getCurrentUser"} 1`) ||
			strings.Contains(got, "roster_tokens_") || strings.Contains(got, "roster_outbox_") {
			t.Error(got)
		}
	})
}

func TestTwoSourcesDoNotShareARegistry(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		b := newBed(t, url)
		b.scrape()
		if got := b.scrape(); strings.Count(got, "\nroster_database_up 1\n") != 1 {
			t.Error(got)
		}
	})
}

func TestTheManualListsEveryMetric(t *testing.T) {
	t.Parallel()
	const path, from, to = "../../docs/operating.md", "<!-- metrics -->\n", "<!-- /metrics -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(text), from)
	listed, tail, closed := strings.Cut(rest, to)
	if !found || !closed {
		t.Fatalf("%s has no list of metrics", path)
	}
	var want strings.Builder
	want.WriteString("| metric | type | labels | what it is |\n|---|---|---|---|\n")
	for _, f := range metrics.Families {
		labels := ""
		if len(f.Labels) > 0 {
			labels = "`" + strings.Join(f.Labels, "`, `") + "`"
		}
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s |\n", f.Name, f.Type, labels, f.Help)
	}
	if listed == want.String() {
		return
	}
	if os.Getenv("UPDATE_GOLDEN") == "" {
		t.Fatalf("%s does not list the metrics as they are; UPDATE_GOLDEN=1 writes them:\n%s", path, want.String())
	}
	if err := os.WriteFile(path, []byte(head+from+want.String()+to+tail), 0o666); err != nil {
		t.Fatal(err)
	}
}
