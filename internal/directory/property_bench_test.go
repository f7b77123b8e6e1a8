package directory_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

const (
	benchWriters = 16
	benchRounds  = 5
	benchTime    = time.Second

	// The least ratios that stand.
	leastOnSQLite   = 2.0
	leastOnPostgres = 0.7
)

// BenchmarkPropertyWrites has 16 writers change properties of 16 users, durably, and compares that with the
// same statements, the record of the change among them, sent by database/sql in a transaction each. It reports
// the median of the ratios of several rounds, in which both take turns, and fails where that is too low.
//
//	scripts/with-postgres.sh go test -run '^$' -bench PropertyWrites -benchtime 1x ./internal/directory
func BenchmarkPropertyWrites(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		path := filepath.Join(b.TempDir(), "bench.db")
		bed := newBench(b, path)
		query := url.Values{"_txlock": {"immediate"}, "_pragma": {
			"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(ON)", "mmap_size(1073741824)", "cache_size(-20000)", "synchronous(FULL)",
		}}
		dsn := (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}).String()
		bed.compare(b, "one transaction each, 16 connections", pool(b, "sqlite", dsn, benchWriters), nil, leastOnSQLite)
		bed.compare(b, "one transaction each, 1 connection", pool(b, "sqlite", dsn, 1), nil, leastOnSQLite)
	})
	b.Run("postgres", func(b *testing.B) {
		if os.Getenv("ROSTER_TEST_POSTGRES") == "" {
			b.Skip("ROSTER_TEST_POSTGRES is not set")
		}
		dsn, err := dbtest.NewSchema(fmt.Sprintf("bench_%d", os.Getpid()))
		if err != nil {
			b.Fatal(err)
		}
		bed := newBench(b, dsn)
		bed.compare(b, "the bare statements", pool(b, "pgx", dsn, benchWriters), &sql.TxOptions{Isolation: sql.LevelSerializable}, leastOnPostgres)
	})
}

func pool(b *testing.B, driver, dsn string, conns int) *sql.DB {
	b.Helper()
	p, err := sql.Open(driver, dsn)
	if err != nil {
		b.Fatal(err)
	}
	p.SetMaxOpenConns(conns)
	p.SetMaxIdleConns(conns)
	b.Cleanup(func() { p.Close() })
	return p
}

// bench is a durable database with a property of each of 16 users.
type bench struct {
	dir  *directory.Directory
	site int64
	n    atomic.Int64 // makes every value another one
}

func newBench(b *testing.B, dsn string) *bench {
	b.Helper()
	d, err := db.Open(b.Context(), dsn, db.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	log := change.New(d)
	bed := &bench{dir: &directory.Directory{Changes: log}}
	s, err := (&site.Store{Changes: log}).Add(b.Context(), operator, site.Site{Name: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	bed.site = s.ID
	for i := range benchWriters {
		_, err := bed.dir.Add(b.Context(), s.ID, operator, directory.Account{ID: fmt.Sprint("user", i), PublicName: "Ada"})
		if err == nil {
			_, err = bed.dir.AddProperty(b.Context(), s.ID, operator, fmt.Sprint("user", i), directory.Property{Key: "k", Value: `{}`}, roomy)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return bed
}

func (bed *bench) value() string { return fmt.Sprintf(`{"n":%d}`, bed.n.Add(1)) }

// rate is how many writes a second 16 writers get done.
func rate(b *testing.B, write func(ctx context.Context, user string) error) float64 {
	b.Helper()
	var done atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for i := range benchWriters {
		all.Go(func() {
			for time.Since(began) < benchTime {
				if err := write(b.Context(), fmt.Sprint("user", i)); err != nil {
					b.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	return float64(done.Load()) / time.Since(began).Seconds()
}

func (bed *bench) compare(b *testing.B, with string, plain *sql.DB, how *sql.TxOptions, least float64) {
	b.Run(with, func(b *testing.B) {
		var ours, theirs, ratios []float64
		for b.Loop() {
			for range benchRounds {
				ours = append(ours, rate(b, func(ctx context.Context, user string) error {
					return bed.dir.ChangeProperty(ctx, bed.site, operator, user, "", "k", bed.value(), roomy)
				}))
				theirs = append(theirs, rate(b, func(ctx context.Context, user string) error { return bed.plainly(ctx, plain, how, user) }))
				ratios = append(ratios, ours[len(ours)-1]/theirs[len(theirs)-1])
			}
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(median(ours), "writes/s")
		b.ReportMetric(median(theirs), "plain/s")
		b.ReportMetric(median(ratios), "ratio")
		if got := median(ratios); got < least {
			b.Errorf("%.2f times the writes of %s, and at least %.1f are wanted", got, with, least)
		}
	})
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// plainly changes a property without the layers of this program, and again where PostgreSQL asks for that.
func (bed *bench) plainly(ctx context.Context, pool *sql.DB, how *sql.TxOptions, user string) error {
	for {
		err := bed.once(ctx, pool, how, user)
		if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.Code != "40001" && e.Code != "40P01" {
			return err
		}
	}
}

// What a record of a change holds besides: as long as it is, made beforehand.
var (
	digest = strings.Repeat("0123456789abcdef", 4)
	salt   = digest[:32]
	detail = `{"Bytes":[12,12]}`
)

func (bed *bench) once(ctx context.Context, pool *sql.DB, how *sql.TxOptions, user string) error {
	tx, err := pool.BeginTx(ctx, how)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var id, key, value, app string
	var version, created, updated int64
	err = tx.QueryRowContext(ctx, `SELECT property_id, property_key, value, app, version, created_at, updated_at FROM properties
		WHERE site_id = $1 AND account_id = $2 AND property_key = $3`, bed.site, user, "k").Scan(&id, &key, &value, &app, &version, &created, &updated)
	if err != nil {
		return err
	}
	now := time.Now().UnixMicro()
	if _, err := tx.ExecContext(ctx, `UPDATE properties SET value = $4, version = $5, updated_at = $6
		WHERE site_id = $1 AND account_id = $2 AND property_key = $3`, bed.site, user, "k", bed.value(), version+1, now); err != nil {
		return err
	}
	changeID, err := uuid.NewV7()
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO changes (site_id, change_id, item, at, actor, token_id, request_id, ip, via, operation, target, version, detail,
			ip_salt, ip_digest, detail_salt, detail_digest)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		bed.site, changeID.String(), 0, now, "", "", "", "", "cli", "property.update", "property:"+user+"/k", version+1, detail, "", "", salt, digest); err != nil {
		return err
	}
	return tx.Commit()
}
