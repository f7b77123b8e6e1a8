package app_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func open(t *testing.T, database string, edit ...func(*app.Options)) *app.App {
	t.Helper()
	o := app.Options{DB: database, Throwaway: true, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	for _, e := range edit {
		e(&o)
	}
	a, err := app.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func bootstrap(t *testing.T, a *app.App) string {
	t.Helper()
	secret, err := a.Bootstrap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func TestBootstrappingMakesOneAdministratorOnce(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		a := open(t, database, func(o *app.Options) { o.PublicURL = "https://People.example:8443" })
		secret := bootstrap(t, a)
		s, err := a.Sites.Named(t.Context(), "")
		if err != nil || s.Name != "main" || s.PublicURL != "https://People.example:8443" || len(s.Hosts) != 1 || s.Hosts[0] != "people.example" {
			t.Errorf("the site is %+v (%v)", s, err)
		}
		token, found, err := a.Directory.TokenBySecret(t.Context(), s.ID, secret)
		if err != nil || !found || !token.Standing.SiteAdmin || !token.Standing.CanUse || token.Kind != directory.Classic {
			t.Errorf("the token is %+v (%v)", token, err)
		}
		if life := token.ExpiresAt.Sub(token.CreatedAt); life != 24*time.Hour {
			t.Errorf("it lives for %v", life)
		}
		if again := bootstrap(t, a); again != "" {
			t.Error("it was made twice")
		}
		if tokens, err := a.Directory.Tokens(t.Context(), s.ID, ""); err != nil || len(tokens) != 1 {
			t.Errorf("there are %d tokens (%v)", len(tokens), err)
		}
	})
}

func TestOfManyNodesThatStartTogetherOneBootstraps(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		secrets := make([]string, 6)
		var all sync.WaitGroup
		for i := range secrets {
			a := open(t, database)
			all.Go(func() {
				var err error
				if secrets[i], err = a.Bootstrap(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := strings.Join(secrets, ""); strings.Count(got, "roster_") != 1 {
			t.Errorf("the tokens are %q", secrets)
		}
	})
}

func TestAServerWithoutItsTablesIsAliveAndNotReady(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		a := open(t, database)
		bootstrap(t, a)
		handler := a.Handler("http://roster.example")
		get := func(path string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
			return w
		}
		if got := get("/readyz").Code; got != 200 {
			t.Errorf("ready: %d", got)
		}
		if err := a.DB.Aside(t.Context(), `DROP TABLE schema_steps`); err != nil {
			t.Fatal(err)
		}
		if got := get("/readyz"); got.Code != 503 || strings.Contains(got.Body.String(), "schema_steps") {
			t.Errorf("not ready: %d %s", got.Code, got.Body)
		}
		if got := get("/healthz").Code; got != 200 {
			t.Errorf("alive: %d", got)
		}
	})
}

// Not parallel: goroutines of other tests would count.
func TestAServerThatIsStoppedLeavesNothingRunning(t *testing.T) {
	before := goleak.IgnoreCurrent()
	a, err := app.New(t.Context(), app.Options{DB: filepath.Join(t.TempDir(), "x.db"), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	secret := bootstrap(t, a)
	l, err := app.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- a.Serve(ctx, l) }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, app.URL(l)+"/wiki/rest/api/user/current", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	client := &http.Client{Transport: &http.Transport{}}
	got, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, got.Body)
	got.Body.Close()
	stop()
	if err := <-ended; err != nil || got.StatusCode != 200 {
		t.Errorf("%d, then %v", got.StatusCode, err)
	}
	client.CloseIdleConnections()
	// The use of the token was written on the way out.
	s, err := a.Sites.Named(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if tokens, err := a.Directory.Tokens(t.Context(), s.ID, ""); err != nil || len(tokens) != 1 || tokens[0].LastUsed.IsZero() {
		t.Errorf("the tokens are %+v (%v)", tokens, err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	goleak.VerifyNone(t, before)
}

func TestListeningWhereOneCannotIsOneSentence(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, address := range []string{taken.Addr().String(), "nonsense", "127.0.0.1:99999", "256.0.0.1:0"} {
		l, err := app.Listen(t.Context(), address)
		if err == nil {
			l.Close()
			t.Fatalf("it listens on %s", address)
		}
		if text := err.Error(); !strings.HasPrefix(text, "cannot listen on "+address+": ") || strings.Contains(text, "%!") || strings.Contains(text, "\n") {
			t.Error(text)
		}
	}
}

func TestAListenerOnEveryAddressIsReachedAtThisMachinesOwn(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"127.0.0.1:0": "http://127.0.0.1:", "0.0.0.0:0": "http://127.0.0.1:", ":0": "http://127.0.0.1:"} {
		l, err := app.Listen(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if got := app.URL(l); !strings.HasPrefix(got, want) {
			t.Errorf("%s is reached at %s", address, got)
		}
	}
}

func TestAReadyFileIsReplacedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "ready.json")
	if err := app.WriteReady("", app.Readiness{}); err != nil {
		t.Error(err)
	}
	if err := app.WriteReady(path, app.Readiness{URL: "http://first"}); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.WriteReady(path, app.Readiness{URL: "http://second"}); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil || os.SameFile(before, after) {
		t.Errorf("it was written in place (%v)", err)
	}
	if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), "http://second") || !strings.HasSuffix(string(text), "}\n") {
		t.Errorf("%s (%v)", text, err)
	}
	for _, bad := range []string{filepath.Join(folder, "no", "such", "ready.json"), folder} {
		if err := app.WriteReady(bad, app.Readiness{}); err == nil || !strings.HasPrefix(err.Error(), "write the ready file: ") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("there are %v (%v)", entries, err)
	}
}
