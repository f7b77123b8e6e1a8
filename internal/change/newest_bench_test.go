package change_test

import (
	"path/filepath"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

// BenchmarkNewest reads a page of each filter from 1,000,000 entries, of which nearly all are of one actor, target and
// operation, and few of others.
//
//	scripts/with-postgres.sh go test -run '^$' -bench Newest ./internal/change
func BenchmarkNewest(b *testing.B) {
	open := map[string]string{"sqlite": filepath.Join(b.TempDir(), "bench.db")}
	if url, err := dbtest.NewSchema("bench_newest"); err == nil {
		open["postgres"] = url
	}
	for engine, url := range open {
		b.Run(engine, func(b *testing.B) {
			d, err := db.Open(b.Context(), url, db.Options{Throwaway: true})
			if err != nil {
				b.Fatal(err)
			}
			defer d.Close()
			log := change.New(d)
			s, err := (&site.Store{Changes: log}).Add(b.Context(), change.Actor{Via: change.CLI}, site.Site{Name: "bench"})
			if err != nil {
				b.Fatal(err)
			}
			fillRecord(b, d, s.ID, 1_000_000)
			for name, f := range filters() {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						if _, _, err := log.Newest(b.Context(), s.ID, f, "", 50); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}
