package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/site"
)

// benchServer serves one operation that does nothing, on a site that lets everybody in.
func benchServer(b *testing.B) *Server {
	b.Helper()
	d, err := db.Open(b.Context(), filepath.Join(b.TempDir(), "roster.db"), db.Options{Throwaway: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	changes := change.New(d)
	sites := &site.Store{Changes: changes}
	settings := site.DefaultSettings()
	settings.AnonymousAccess = true
	if _, err := sites.Add(b.Context(), change.Actor{Via: change.CLI}, site.Site{Name: "bench", Settings: settings}); err != nil {
		b.Fatal(err)
	}
	return &Server{
		Sites: &site.Resolver{Sites: sites, Named: true},
		Auth:  &auth.Authenticator{Directory: &directory.Directory{Changes: changes}, Now: time.Now},
		Log:   slog.New(slog.DiscardHandler), Refusals: &explain.Store{},
		router: newRouter([]operation{{
			id: "idle", route: "GET /wiki/rest/api/idle", needs: canUse, status: 200,
			serve: do(func(*Server, context.Context, *call, nothing) (nothing, error) { return nothing{}, nil }),
		}}),
	}
}

func (s *Server) benchCall(path string) int {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/_site/bench/wiki/rest/api/"+path, nil))
	return w.Code
}

// A served request takes no lock and leaves nothing behind, so it costs the same while others are refused and kept
// but for the processor that they take; serving alone and after 10,000 refusals shows the cost of what is kept.
func BenchmarkServing(b *testing.B) {
	serve := func(b *testing.B, s *Server, path string, want int) {
		b.ReportAllocs()
		for b.Loop() {
			if got := s.benchCall(path); got != want {
				b.Fatal(got)
			}
		}
	}
	b.Run("served", func(b *testing.B) { serve(b, benchServer(b), "idle", 200) })
	b.Run("served after 10,000 refusals", func(b *testing.B) {
		s := benchServer(b)
		for range 10_000 {
			s.benchCall("nothing")
		}
		serve(b, s, "idle", 200)
	})
	b.Run("served while one other is refused", func(b *testing.B) {
		s := benchServer(b)
		done := make(chan struct{})
		var other sync.WaitGroup
		other.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					s.benchCall("nothing")
				}
			}
		})
		serve(b, s, "idle", 200)
		close(done)
		other.Wait()
	})
	b.Run("refused", func(b *testing.B) { serve(b, benchServer(b), "nothing", 404) })
}
