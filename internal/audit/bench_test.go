package audit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func benchEach(b *testing.B, run func(*testing.B, *db.DB)) {
	for name, url := range map[string]func() string{
		"sqlite": func() string { return filepath.Join(b.TempDir(), "bench.db") },
		"postgres": func() string {
			if os.Getenv("ROSTER_TEST_POSTGRES") == "" {
				return ""
			}
			u, err := dbtest.NewSchema(fmt.Sprintf("audit_bench_%d_%d", os.Getpid(), time.Now().UnixNano()))
			if err != nil {
				b.Fatal(err)
			}
			return u
		},
	} {
		b.Run(name, func(b *testing.B) {
			u := url()
			if u == "" {
				b.Skip("ROSTER_TEST_POSTGRES is not set")
			}
			d, err := db.Open(b.Context(), u, db.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer d.Close()
			run(b, d)
		})
	}
}

// How many entries a second one sealer orders, chains and stores.
func BenchmarkSeal(b *testing.B) {
	benchEach(b, func(b *testing.B, d *db.DB) {
		log, s := newSite(b, d, "bench")
		targets := make([]string, 1000)
		for i := range targets {
			targets[i] = fmt.Sprintf("thing:%d", i)
		}
		for b.Loop() {
			b.StopTimer()
			write(b, log, s.ID, ada, targets...)
			b.StartTimer()
			sealOnce(b, log, s.ID, "bench", 1000)
		}
		b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "entries/s")
	})
}

// 16 writers beside a sealer and without one: as fast as they can, and 1,000 writes a second. "ms-behind" is the longest
// time that an entry waited for its seal.
func BenchmarkWriteBesideASealer(b *testing.B) {
	benchEach(b, func(b *testing.B, d *db.DB) {
		for _, tt := range []struct {
			name    string
			pace    time.Duration
			sealing bool
		}{{"alone", 0, false}, {"sealing", 0, true}, {"sealing/1000s", time.Millisecond, true}} {
			b.Run(tt.name, func(b *testing.B) { writeBeside(b, d, tt.pace, tt.sealing) })
		}
	})
}

func writeBeside(b *testing.B, d *db.DB, pace time.Duration, sealing bool) {
	log, s := newSite(b, d, fmt.Sprintf("bench-%d", time.Now().UnixNano()))
	ctx, stop := context.WithCancel(b.Context())
	var sealer sync.WaitGroup
	if sealing {
		sealer.Go(func() { newSealer(log).Run(ctx) })
	}
	var n atomic.Int64
	began := time.Now()
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			time.Sleep(time.Until(began.Add(time.Duration(i) * pace)))
			write(b, log, s.ID, ada, fmt.Sprintf("thing:%d", i))
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	stop()
	sealer.Wait()
	if !sealing {
		return
	}
	behind, _, err := db.One(context.Background(), d, db.Scalar[int64], `SELECT MAX(s.at - c.at) FROM changes c
		JOIN change_seals s ON s.site_id = c.site_id AND c.seq >= s.first_seq AND c.seq <= s.last_seq WHERE c.site_id = $1`, s.ID)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(behind)/1e3, "ms-behind")
}

// Closing an account with 10,000 sealed entries, and a check of the chain after it.
func BenchmarkEraseAndVerify(b *testing.B) {
	benchEach(b, func(b *testing.B, d *db.DB) {
		log, s := newSite(b, d, "bench")
		targets := make([]string, 1000)
		for i := range targets {
			targets[i] = []string{"account:ada", "thing:x"}[i%2]
		}
		var erasing, verifying time.Duration
		for b.Loop() {
			for range 20 {
				write(b, log, s.ID, change.Actor{AccountID: "admin", Via: change.API}, targets...)
			}
			sealSite(b, log, s.ID, 1000)
			began := time.Now()
			err := log.Write(b.Context(), s.ID, change.Actor{Via: change.CLI}, func(tx *change.Tx) error { return tx.EraseAccount(b.Context(), "ada") })
			if err != nil {
				b.Fatal(err)
			}
			erasing += time.Since(began)
			sealSite(b, log, s.ID, 1000)
			began = time.Now()
			if r := verify(b, log, s.ID); !r.Intact {
				b.Fatalf("the check says %+v", r)
			}
			verifying += time.Since(began)
		}
		b.ReportMetric(float64(erasing.Milliseconds())/float64(b.N), "ms-erasing")
		b.ReportMetric(float64(verifying.Milliseconds())/float64(b.N), "ms-verifying")
	})
}
