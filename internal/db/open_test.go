package db_test

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

var schemas atomic.Int64

// newSchema returns the URL of an empty schema, or skips the test where there is no PostgreSQL.
func newSchema(t *testing.T) string {
	t.Helper()
	dbtest.PostgresURL(t)
	u, err := dbtest.NewSchema(fmt.Sprintf("db_%d_%d", os.Getpid(), schemas.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// refusedToOpen returns the one sentence with which a database is refused.
func refusedToOpen(t *testing.T, database string) string {
	t.Helper()
	began := time.Now()
	d, err := db.Open(t.Context(), database, db.Options{})
	if err == nil {
		d.Close()
		t.Fatalf("%s was opened", database)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	text := err.Error()
	if strings.Contains(text, "\n") || strings.Contains(text, "goroutine") || strings.Contains(text, "%!") {
		t.Errorf("this is no sentence: %q", text)
	}
	return text
}

func TestAFileThatIsNoDatabaseIsRefusedInASentence(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	noise := make([]byte, 20_000)
	rand.Read(noise)
	whole, err := os.ReadFile(closedDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte{}, whole...)
	for i := 4096; i < len(flipped); i++ {
		flipped[i] ^= 0xa5
	}
	for path, want := range map[string]string{
		file("noise.db", noise): "damaged or is not a SQLite database",
		file("text.db", []byte("Dear diary, \nthis is text and quite a bit of it, so that it is longer than a header of one hundred bytes.\n")): "damaged or is not a SQLite database",
		file("truncated.db", whole[:len(whole)/2]): "damaged",
		file("flipped.db", flipped):                "damaged",
		folder:                                     "is a folder",
		"":                                         "no file name",
		filepath.Join(folder, "no", "such", "x.db"): "cannot be opened",
		"mysql://root:hunter2@localhost/x":          "neither a file nor a postgres:// URL",
	} {
		text := refusedToOpen(t, path)
		if !strings.Contains(text, want) || strings.Contains(text, "hunter2") {
			t.Errorf("%s: %q does not say %q", filepath.Base(path), text, want)
		}
	}
}

// closedDatabase returns the path of a database with something in it.
func closedDatabase(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "whole.db")
	d, err := db.Open(t.Context(), path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, "CREATE TABLE scratch_g (name keytext PRIMARY KEY, n bigint NOT NULL)")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAPostgreSQLOutOfReachIsRefusedInASentenceWithoutItsPassword(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	for _, address := range []string{
		"postgres://roster:hunter2@" + closed + "/roster",
		"postgresql://roster:hunter2@" + closed + "/roster?sslmode=disable",
		"postgres://roster@" + closed + "/roster?password=hunter2",
		"postgres://roster:hunter2@" + closed + "/roster?sslmode=nonsense",
		"postgres://roster:hunter2@[::bad/roster",
		"postgres://roster:hunter2@127.0.0.1:notaport/roster",
	} {
		if text := refusedToOpen(t, address); strings.Contains(text, "hunter2") || !strings.Contains(text, "PostgreSQL") && !strings.Contains(text, "database URL") {
			t.Errorf("%s: %q", address, text)
		}
	}
}

func TestAServerThatDoesNotSpeakPostgreSQLIsGivenUp(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			c.Close()
		}
	}()
	refusedToOpen(t, "postgres://roster:hunter2@"+l.Addr().String()+"/roster?sslmode=disable")
}

func TestBothSchemesOfPostgreSQLOpen(t *testing.T) {
	t.Parallel()
	postgres := newSchema(t)
	for _, address := range []string{postgres, strings.Replace(postgres, "postgres://", "postgresql://", 1)} {
		d := open(t, address)
		if d.Engine != db.Postgres || strings.Contains(d.Name, "search_path") {
			t.Errorf("%s is %s, shown as %s", address, d.Engine, d.Name)
		}
	}
}

func TestThePasswordIsNotInTheShownName(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(newSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(u.User.Username(), "hunter2")
	if d := open(t, u.String()); strings.Contains(d.Name, "hunter2") {
		t.Errorf("the name is %s", d.Name)
	}
}

func TestFileNamesMayHoldAnything(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"with spaces.db", "what?.db", "?mode=memory", "a#b.db", "100%.db", "%41.db", "quote'\".db", "naïve-データ.db", "-dash.db", ":memory:", "file:x.db", "a&_pragma=x.db", "semi;colon",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name)
			d, err := db.Open(t.Context(), path, db.Options{})
			if err != nil {
				t.Fatal(err)
			}
			write(t, d, "CREATE TABLE scratch_g (n bigint NOT NULL)", "INSERT INTO scratch_g (n) VALUES (42)")
			if err := d.Close(); err != nil {
				t.Error(err)
			}
			entries, err := os.ReadDir(filepath.Dir(path))
			if err != nil || len(entries) != 1 || entries[0].Name() != name {
				t.Errorf("the folder holds %v (%v), not one file %q", entries, err, name)
			}
			if n := number(t, open(t, path), "SELECT n FROM scratch_g"); n != 42 {
				t.Errorf("n is %d", n)
			}
		})
	}
}

func TestAnUnwritableDatabaseIsRefusedInASentence(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may write anything")
	}
	path := closedDatabase(t)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if text := refusedToOpen(t, path); !strings.Contains(text, "cannot be opened for writing") {
		t.Error(text)
	}
}

func TestManyOpenersOfOneFreshDatabaseAllSucceed(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, address string) {
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				d, err := db.Open(t.Context(), address, db.Options{})
				if err != nil {
					t.Error(err)
					return
				}
				defer d.Close()
				if err := d.Ready(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}
