package app_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// ask gets a URL.
func ask(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	answer, err := new(http.Client).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestADirectoryServesMetricsNowhereButOnTheirOwnAddress(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		a := open(t, database)
		if _, err := a.Bootstrap(t.Context()); err != nil {
			t.Fatal(err)
		}
		l, err := app.Listen(t.Context(), "127.0.0.1:0")
		if err == nil {
			a.MetricsListener, err = app.Listen(t.Context(), "127.0.0.1:0")
		}
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- a.Serve(ctx, l) }()
		if status, body := ask(t, app.URL(l)+"/metrics"); status != http.StatusNotFound || strings.Contains(body, "roster_") {
			t.Errorf("on the API's address: %d %s", status, body)
		}
		measures := app.URL(a.MetricsListener)
		if status, body := ask(t, measures+"/metrics"); !shown(status, body) {
			t.Errorf("on their own address: %d %s", status, body)
		}
		for _, path := range []string{"/", "/healthz", "/wiki/rest/api/user/current", "/login"} {
			if status, _ := ask(t, measures+path); status != http.StatusNotFound {
				t.Errorf("the metrics' address answers %s with %d", path, status)
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestAStandInServesMetricsBesideTheAPI(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		a := open(t, database, func(o *app.Options) { o.StandIn = true })
		server := httptest.NewServer(a.Handler("http://roster.example"))
		defer server.Close()
		if status, body := ask(t, server.URL+"/metrics"); !shown(status, body) {
			t.Errorf("%d %s", status, body)
		}
	})
}

// shown reports whether an answer is that of the metrics.
func shown(status int, body string) bool {
	return status == http.StatusOK && strings.Contains(body, "roster_database_up 1")
}
