package directory_test

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
)

// BenchmarkFirstSearch searches what nobody has searched before in a database of bench/generate:
//
//	ROSTER_BENCH_DB=big.db go test -run '^$' -bench FirstSearch -benchtime 300x ./internal/directory
func BenchmarkFirstSearch(b *testing.B) {
	url := os.Getenv("ROSTER_BENCH_DB")
	if url == "" {
		b.Skip("ROSTER_BENCH_DB is not set")
	}
	d, err := db.Open(b.Context(), url, db.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	dir := &directory.Directory{Changes: change.New(d)}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		q, err := cql.Parse(fmt.Sprintf(`user.fullname ~ "%s*"`, []string{"ada", "ma", "gra", "k", "lovel", "b", "mary", "j"}[i%8]))
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		profiles, total, err := dir.Search(b.Context(), 1, directory.Viewer{AccountID: "712020:00000001", Member: true}, q, directory.LicensedOnly, 0, 25)
		if took = append(took, time.Since(began)); err != nil || len(profiles) != 25 || total == 0 {
			b.Fatal(len(profiles), total, err)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
