package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/seed"
)

// BenchmarkMakingASite makes sites of the demo seed, without HTTP, and resets them.
//
//	scripts/with-postgres.sh go test -run '^$' -bench MakingASite ./internal/app
func BenchmarkMakingASite(b *testing.B) {
	databases := map[string]func(b *testing.B) string{
		"sqlite": func(b *testing.B) string { return filepath.Join(b.TempDir(), "bench.db") },
		"postgres": func(b *testing.B) string {
			if os.Getenv("ROSTER_TEST_POSTGRES") == "" {
				b.Skip("ROSTER_TEST_POSTGRES is not set")
			}
			url, err := dbtest.NewSchema(fmt.Sprintf("bench_%d_%d", os.Getpid(), time.Now().UnixNano()))
			if err != nil {
				b.Fatal(err)
			}
			return url
		},
	}
	for engine, database := range databases {
		b.Run(engine, func(b *testing.B) {
			s := standIn(b, database(b))
			plan, err := seed.Demo()
			if err != nil {
				b.Fatal(err)
			}
			sites := s.ControlSites(plan)
			made, err := sites.Make(b.Context(), change.Actor{}, "")
			if err != nil {
				b.Fatal(err)
			}
			b.Run("make", func(b *testing.B) {
				for b.Loop() {
					if _, err := sites.Make(b.Context(), change.Actor{}, ""); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("reset", func(b *testing.B) {
				for b.Loop() {
					if _, err := sites.Reset(b.Context(), change.Actor{}, made.Site.CloudID); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
