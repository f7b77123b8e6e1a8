package audit_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var ada = change.Actor{AccountID: "557058:ada", TokenID: "token-1", RequestID: "request-1", IP: "192.0.2.7", Via: change.API}

// newSite returns a log and a fresh site in it.
func newSite(t testing.TB, d *db.DB, name string) (*change.Log, site.Site) {
	t.Helper()
	log := change.New(d)
	s, err := (&site.Store{Changes: log}).Add(context.Background(), change.Actor{Via: change.CLI}, site.Site{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return log, s
}

// write makes one change with so many records.
func write(t testing.TB, log *change.Log, site int64, by change.Actor, targets ...string) {
	t.Helper()
	err := log.Write(context.Background(), site, by, func(tx *change.Tx) error {
		for i, target := range targets {
			tx.Record(change.Record{Operation: "thing.update", Target: target, Version: int64(i + 1), Fields: change.Fields{"Name": {"Ada", "Augusta"}}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// writeMany makes so many changes of one record.
func writeMany(t testing.TB, log *change.Log, site int64, n int) {
	t.Helper()
	for i := range n {
		write(t, log, site, ada, fmt.Sprintf("thing:%d", i))
	}
}

// sealSite seals all that there is of one site, so many entries under a seal.
func sealSite(t testing.TB, log *change.Log, site int64, most int) {
	t.Helper()
	for {
		if n := sealOnce(t, log, site, "test", most); n < most {
			return
		}
	}
}

func sealOnce(t testing.TB, log *change.Log, site int64, name string, most int) int {
	t.Helper()
	ctx := context.Background()
	leads, err := log.Lead(ctx, site, name, 1<<40)
	if err != nil || !leads {
		t.Fatalf("%s does not lead: %v", name, err)
	}
	batch, err := log.Prepare(ctx, site, name, most)
	if err != nil {
		t.Fatal(err)
	}
	if err := batch.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	return batch.Len()
}

func newSealer(log *change.Log) *audit.Sealer {
	return audit.NewSealer(log, slog.New(slog.DiscardHandler))
}

func verify(t testing.TB, log *change.Log, site int64) audit.Report {
	t.Helper()
	r, err := (&audit.Trail{Changes: log}).Verify(context.Background(), site, audit.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func list(t testing.TB, log *change.Log, site int64, f change.Filter, limit int) []change.Entry {
	t.Helper()
	var all []change.Entry
	err := (&audit.Trail{Changes: log}).List(context.Background(), site, f, limit, func(e change.Entry) error {
		all = append(all, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// tamper does to the database what only somebody with its password can.
func tamper(t testing.TB, d *db.DB, statement string, args ...any) {
	t.Helper()
	if err := d.Aside(context.Background(), statement, args...); err != nil {
		t.Fatal(err)
	}
}
