package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// openSQLite opens path with as many readers as cores and one writer.
func openSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	if path == "" {
		return nil, errors.New("the database has no file name")
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	if info, err := os.Stat(full); err == nil && info.IsDir() {
		return nil, fmt.Errorf("the database %s is a folder", path)
	}
	// Pragmas belong in the DSN: a pool opens connections at will and each needs them.
	// busy_timeout comes first, so that switching to WAL can wait.
	pragmas := []string{fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "journal_mode(WAL)", "foreign_keys(ON)", "mmap_size(1073741824)", "cache_size(-20000)", "temp_store(MEMORY)"}
	if o.Throwaway {
		pragmas = append(pragmas, "synchronous(OFF)")
	} else {
		pragmas = append(pragmas, "synchronous(FULL)")
	}
	if o.Offline {
		// WAL can only be left by who is alone. Who comes back to it under this locking mode stays alone.
		pragmas = append([]string{"busy_timeout(500)", "journal_mode(DELETE)", "locking_mode(EXCLUSIVE)"}, pragmas[1:]...)
		// What is mapped is not kept in the cache, and looked for in the log each time.
		pragmas = append(pragmas, "mmap_size(0)", fmt.Sprintf("cache_size(-%d)", offlineCache))
	}
	open := func(extra url.Values, conns int, pragmas ...string) (*sql.DB, error) {
		extra["_pragma"] = pragmas
		pool, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: full, RawQuery: extra.Encode()}).String())
		if err != nil {
			return nil, err
		}
		pool.SetMaxOpenConns(conns)
		pool.SetMaxIdleConns(conns)
		return pool, nil
	}
	// Profiles and addresses are in it: nobody else on the machine shall read a file that we make.
	if f, err := os.OpenFile(full, os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		f.Close()
	}
	write, err := open(url.Values{"_txlock": {"immediate"}}, 1, pragmas...)
	if err != nil {
		return nil, err
	}
	// The writer connects first: it creates the file, and a file that is no database shows itself here.
	if err := firstLook(ctx, write, o); err != nil {
		err = describeSQLite(path, err)
		if o.Offline && errors.Is(err, errLocked) {
			err = fmt.Errorf("%w; nothing else, such as roster serve, may have it open now", err)
		}
		return nil, errors.Join(err, write.Close())
	}
	if o.Offline {
		return &DB{read: write, writer: newGroupWriter(write, true), Engine: SQLite, Name: path}, nil
	}
	read, err := open(url.Values{}, max(4, runtime.NumCPU())+1, append(pragmas, "query_only(ON)")...) // one is for [DB.Version]
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	return &DB{read: read, compiled: &compiled{pool: read, all: map[string]*sql.Stmt{}}, writer: newGroupWriter(write, false), Engine: SQLite, Name: path}, nil
}

// offlineCache is how much of the file is kept in memory at most while it is written offline, in KiB.
const offlineCache = 1 << 20

// patience is how long a writer waits for the lock of another program.
const patience = 10 * time.Second

// firstLook makes a pool's first connection. It tries again where the file is locked: who switches a fresh
// file to WAL at the same time as others is refused at once, whatever busy_timeout says.
func firstLook(ctx context.Context, pool *sql.DB, o Options) error {
	for began := time.Now(); ; {
		_, err := pool.ExecContext(ctx, "SELECT count(*) FROM sqlite_schema")
		e, _ := errors.AsType[*sqlite.Error](err)
		if e == nil || e.Code()&0xff != sqlite3.SQLITE_BUSY || o.Offline || time.Since(began) > patience {
			return err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

var errLocked = errors.New("locked by another program")

func describeSQLite(path string, err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			return fmt.Errorf("the file %s is damaged or is not a SQLite database", path)
		case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY:
			return fmt.Errorf("the database %s cannot be opened for writing", path)
		case sqlite3.SQLITE_BUSY:
			return fmt.Errorf("the database %s is %w", path, errLocked)
		}
	}
	return fmt.Errorf("database %s: %w", path, err)
}
