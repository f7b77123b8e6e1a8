package transfer_test

import (
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/transfer"
)

func BenchmarkImport(b *testing.B) {
	const n = 20_000
	text := people(n)
	for _, bb := range []struct {
		name  string
		again bool
		apply bool
	}{{"create", false, true}, {"unchanged", true, true}, {"try", false, false}} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				d, err := db.Open(b.Context(), filepath.Join(b.TempDir(), "bench.db"), db.Options{})
				if err != nil {
					b.Fatal(err)
				}
				log := change.New(d)
				s, err := (&site.Store{Changes: log}).Add(b.Context(), operator, site.Site{Name: "bench"})
				if err != nil {
					b.Fatal(err)
				}
				o := transfer.Options{
					Directory: &directory.Directory{Changes: log}, Site: s.ID, Apply: true,
					Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
				}
				if bb.again {
					if _, err := transfer.Run(b.Context(), o); err != nil {
						b.Fatal(err)
					}
				}
				o.Apply = bb.apply
				b.StartTimer()
				if r, err := transfer.Run(b.Context(), o); err != nil || r.Accounts.Create+r.Accounts.Unchanged != n {
					b.Fatalf("%+v %v", r, err)
				}
				b.StopTimer()
				d.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
		})
	}
}
