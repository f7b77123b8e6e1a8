package db_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
)

func TestADatabaseThatIsOpenElsewhereIsNotOpenedOffline(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "roster.db")
	server, err := db.Open(t.Context(), path, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, use := range []func(*testing.T, *db.DB){
		func(*testing.T, *db.DB) {},
		func(t *testing.T, d *db.DB) {
			if err := d.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		use(t, server)
		d, err := db.Open(t.Context(), path, db.Options{Offline: true})
		if err == nil || !strings.HasSuffix(err.Error(), "is locked by another program; nothing else, such as roster serve, may have it open now") {
			t.Errorf("%v", err)
		}
		if err == nil {
			d.Close()
		}
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), path, db.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	write := func(tx *db.Tx) error {
		_, err := tx.ExecContext(context.Background(), `INSERT INTO content_ids (site_id, last) VALUES (1, 1)`)
		return err
	}
	if err := d.Transact(t.Context(), write); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestNobodyOpensADatabaseThatIsOffline(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits for a lock")
	}
	path := filepath.Join(t.TempDir(), "roster.db")
	d, err := db.Open(t.Context(), path, db.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if server, err := db.Open(t.Context(), path, db.Options{}); err == nil || !strings.HasSuffix(err.Error(), "is locked by another program") {
		t.Errorf("%v", err)
		if err == nil {
			server.Close()
		}
	}
}
