// Package dbtest runs one test on every engine.
package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rosterhq/roster/internal/db"
)

// engines holds the package's one migrated database per engine. Tests share it and keep to a site each.
var engines struct {
	folder           string
	sqlite, postgres func() (*db.DB, error)
	opened           []*db.DB
	mu               sync.Mutex
}

// Main is the TestMain of a package that uses [Each]: it removes the databases afterwards.
func Main(m *testing.M) {
	folder, err := os.MkdirTemp("", "roster-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	engines.folder = folder
	engines.sqlite = sync.OnceValues(func() (*db.DB, error) {
		return keep(db.Open(context.Background(), filepath.Join(folder, "test.db"), db.Options{Throwaway: true}))
	})
	engines.postgres = sync.OnceValues(func() (*db.DB, error) {
		schema, err := NewSchema(fmt.Sprintf("test_%d", os.Getpid()))
		if err != nil {
			return nil, err
		}
		return keep(db.Open(context.Background(), schema, db.Options{}))
	})
	code := m.Run()
	for _, d := range engines.opened {
		d.Close()
	}
	os.RemoveAll(folder)
	os.Exit(code)
}

func keep(d *db.DB, err error) (*db.DB, error) {
	if err == nil {
		engines.mu.Lock()
		defer engines.mu.Unlock()
		engines.opened = append(engines.opened, d)
	}
	return d, err
}

// Each runs test on SQLite and, where ROSTER_TEST_POSTGRES names a server, on PostgreSQL: side by side,
// on databases that the whole package shares. Where ROSTER_TEST_ALL is set, a missing server is a failure.
func Each(t *testing.T, test func(*testing.T, *db.DB)) {
	t.Helper()
	t.Parallel()
	if engines.folder == "" {
		t.Fatal("the package needs func TestMain(m *testing.M) { dbtest.Main(m) }")
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, must(t, engines.sqlite))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		PostgresURL(t)
		test(t, must(t, engines.postgres))
	})
}

// EachFresh is [Each] for tests that need a database of their own, given by its URL, empty.
func EachFresh(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, filepath.Join(t.TempDir(), "fresh.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		PostgresURL(t)
		test(t, freshSchema(t, "fresh"))
	})
}

var schemas atomic.Int64

// freshSchema makes a schema with a name of its own that says what kind it is, and returns the URL that opens it.
func freshSchema(t *testing.T, kind string) string {
	t.Helper()
	fresh, err := NewSchema(fmt.Sprintf("%s_%d_%d", kind, os.Getpid(), schemas.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

// PostgresURL returns the test server's URL, or skips the test where there is none.
func PostgresURL(t *testing.T) string {
	t.Helper()
	server := os.Getenv("ROSTER_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("ROSTER_TEST_ALL") != "" {
			t.Fatal("ROSTER_TEST_POSTGRES is not set")
		}
		t.Skip("ROSTER_TEST_POSTGRES is not set")
	}
	return server
}

// NewSchema makes an empty schema on the test server and returns the URL that opens it.
func NewSchema(name string) (string, error) {
	u, err := url.Parse(os.Getenv("ROSTER_TEST_POSTGRES"))
	if err != nil {
		return "", err
	}
	admin, err := sql.Open("pgx", u.String())
	if err != nil {
		return "", err
	}
	defer admin.Close()
	if _, err := admin.Exec("CREATE SCHEMA " + name); err != nil {
		return "", fmt.Errorf("create schema %s: %w", name, err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func must(t *testing.T, open func() (*db.DB, error)) *db.DB {
	t.Helper()
	d, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var named atomic.Int64

// Name returns a name that no other test of this run uses, fit for a site.
func Name(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("t%d-%d", os.Getpid(), named.Add(1))
}
