package change_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var operator = change.Actor{Via: change.CLI}

// newSite returns a log and a fresh site in it.
func newSite(t *testing.T, d *db.DB) (*change.Log, int64) {
	t.Helper()
	log := change.New(d)
	s, err := (&site.Store{Changes: log}).Add(t.Context(), operator, site.Site{Name: dbtest.Name(t)})
	if err != nil {
		t.Fatal(err)
	}
	return log, s.ID
}

// touch writes something that a change would be about.
func touch(ctx context.Context, tx *change.Tx, token string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO token_uses (site_id, token_id, last_used_at) VALUES ($1, $2, 1)`, tx.Site, token)
	return err
}

func touched(t *testing.T, q db.Querier, site int64) int64 {
	t.Helper()
	n, _, err := db.One(t.Context(), q, db.Scalar[int64], `SELECT count(*) FROM token_uses WHERE site_id = $1`, site)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func epoch(t *testing.T, q db.Querier, site int64) int64 {
	t.Helper()
	n, _, err := db.One(t.Context(), q, db.Scalar[int64], `SELECT epoch FROM site_epochs WHERE site_id = $1`, site)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

type row struct {
	id, actor, token, request, ip, via, operation, target, detail string
	item, at, version                                             int64
}

// records returns the records of a site after those of its making.
func records(t *testing.T, d *db.DB, site int64) []row {
	t.Helper()
	all, err := db.All(t.Context(), d, func(rows *sql.Rows) (r row, err error) {
		return r, rows.Scan(&r.id, &r.item, &r.at, &r.actor, &r.token, &r.request, &r.ip, &r.via, &r.operation, &r.target, &r.version, &r.detail)
	}, `SELECT change_id, item, at, actor, token_id, request_id, ip, via, operation, target, version, detail FROM changes
		WHERE site_id = $1 AND operation <> 'site.create' ORDER BY change_id, item`, site)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAWriteWithoutARecordFailsAndLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, site := newSite(t, d)
		err := log.Write(t.Context(), site, operator, func(tx *change.Tx) error { return touch(t.Context(), tx, "a") })
		if err == nil || !strings.Contains(err.Error(), "without recording") {
			t.Errorf("the error is %v", err)
		}
		if n := touched(t, d, site); n != 0 {
			t.Errorf("%d rows stand", n)
		}
	})
}

func TestATransactionThatOnlyReadsNeedsNoRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, site := newSite(t, d)
		before := epoch(t, d, site)
		err := log.Write(t.Context(), site, operator, func(tx *change.Tx) error { touched(t, tx, site); return nil })
		if err != nil || len(records(t, d, site)) != 0 || epoch(t, d, site) != before {
			t.Errorf("a read changed something: %v", err)
		}
	})
}

func TestAFailedWriteLeavesNoRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, site := newSite(t, d)
		refused := errors.New("refused")
		err := log.Write(t.Context(), site, operator, func(tx *change.Tx) error {
			tx.Record(change.Record{Operation: "x", Target: "y", Access: true})
			return errors.Join(touch(t.Context(), tx, "a"), refused)
		})
		if !errors.Is(err, refused) || len(records(t, d, site)) != 0 || touched(t, d, site) != 0 {
			t.Errorf("something stands after %v", err)
		}
	})
}

func TestRecordsKeepWhoWhatWhenAndTheirOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, site := newSite(t, d)
		now := time.Date(2026, 2, 3, 4, 5, 6, 123456789, time.FixedZone("east", 7200))
		log.Now = func() time.Time { return now }
		by := change.Actor{AccountID: "557058:ada", TokenID: "token-1", RequestID: "request-1", IP: "192.0.2.1", Via: change.API}
		err := log.Write(t.Context(), site, by, func(tx *change.Tx) error {
			if !tx.Now.Equal(now.Truncate(time.Microsecond)) || tx.Now.Location() != time.UTC || tx.Site != site {
				t.Errorf("the transaction is at %v of site %d", tx.Now, tx.Site)
			}
			for i := range 3 {
				tx.Record(change.Record{
					Operation: fmt.Sprintf("thing.step%d", i), Target: "thing:1", Version: int64(i),
					Fields: change.Fields{"Name": {nil, "Ada <a@b.example>"}, "Count": {i, i + 1}},
				})
			}
			return touch(t.Context(), tx, "a")
		})
		if err != nil {
			t.Fatal(err)
		}
		got := records(t, d, site)
		if len(got) != 3 {
			t.Fatalf("%d records", len(got))
		}
		for i, r := range got {
			var detail map[string][2]any
			if err := json.Unmarshal([]byte(r.detail), &detail); err != nil {
				t.Fatal(err)
			}
			if detail["Name"][0] != nil || detail["Name"][1] != "Ada <a@b.example>" || detail["Count"][1] != float64(i+1) {
				t.Errorf("record %d says %s", i, r.detail)
			}
			r.id, r.detail = "", ""
			want := row{
				actor: "557058:ada", token: "token-1", request: "request-1", ip: "192.0.2.1", via: "api",
				operation: fmt.Sprintf("thing.step%d", i), target: "thing:1", item: int64(i), at: now.UnixMicro(), version: int64(i),
			}
			if r != want {
				t.Errorf("record %d is %+v, want %+v", i, r, want)
			}
		}
	})
}

func TestOnlyAnAccessChangeRaisesTheEpochOfItsSite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, ours := newSite(t, d)
		_, other := newSite(t, d)
		for i, tt := range []struct {
			records []change.Record
			raised  int64
		}{
			{[]change.Record{{Operation: "a", Target: "x"}}, 0},
			{[]change.Record{{Operation: "a", Target: "x", Access: true}}, 1},
			{[]change.Record{{Operation: "a", Target: "x"}, {Operation: "b", Target: "x", Access: true}, {Operation: "c", Target: "x", Access: true}}, 1},
		} {
			before, beforeOther := epoch(t, d, ours), epoch(t, d, other)
			err := log.Write(t.Context(), ours, operator, func(tx *change.Tx) error {
				for _, r := range tt.records {
					tx.Record(r)
				}
				return touch(t.Context(), tx, fmt.Sprint(i))
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := epoch(t, d, ours) - before; got != tt.raised {
				t.Errorf("%d: the epoch rose by %d, want %d", i, got, tt.raised)
			}
			if epoch(t, d, other) != beforeOther {
				t.Errorf("%d: another site's epoch rose", i)
			}
		}
	})
}

func TestWhatCannotBeEncodedCannotBeWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, site := newSite(t, d)
		err := log.Write(t.Context(), site, operator, func(tx *change.Tx) error {
			tx.Record(change.Record{Operation: "x", Target: "y", Fields: change.Fields{"Bad": {nil, func() {}}}})
			return touch(t.Context(), tx, "a")
		})
		if err == nil || touched(t, d, site) != 0 {
			t.Errorf("it stands: %v", err)
		}
	})
}

var schemas atomic.Int64

// throughCutter returns a log on a database of its own behind a cutter, and a site in it.
func throughCutter(t *testing.T) (*cutter, *change.Log, int64) {
	t.Helper()
	t.Parallel()
	dbtest.PostgresURL(t)
	direct, err := dbtest.NewSchema(fmt.Sprintf("change_%d_%d", os.Getpid(), schemas.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	c := newCutter(t, direct)
	d, err := db.Open(t.Context(), c.url, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	log, site := newSite(t, d)
	return c, log, site
}

func TestAChangeWhoseCommitWasCutOffIsLookedUpAndStands(t *testing.T) {
	c, log, site := throughCutter(t)
	for i := range 5 {
		c.cutAt("commit", true)
		err := log.Write(t.Context(), site, operator, func(tx *change.Tx) error {
			tx.Record(change.Record{Operation: "x", Target: "y"})
			return touch(t.Context(), tx, fmt.Sprint(i))
		})
		if err != nil {
			t.Errorf("write %d: it stands, but the writer was told %v", i, err)
		}
		if n := touched(t, log.DB, site); n != int64(i)+1 || c.count() != i+1 {
			t.Errorf("write %d: %d rows stand after %d cuts", i, n, c.count())
		}
	}
}

func TestAChangeWhoseCommitNeverArrivedIsSaidToBeUnknown(t *testing.T) {
	c, log, site := throughCutter(t)
	c.cutAt("commit", false)
	runs := 0
	err := log.Write(t.Context(), site, operator, func(tx *change.Tx) error {
		runs++
		tx.Record(change.Record{Operation: "x", Target: "y"})
		return touch(t.Context(), tx, "a")
	})
	if !errors.Is(err, db.ErrCommitUnknown) || !db.IsUnavailable(err) {
		t.Errorf("the error is %v", err)
	}
	if n := touched(t, log.DB, site); n != 0 || runs != 1 || c.count() != 1 {
		t.Errorf("%d rows stand after %d runs and %d cuts", n, runs, c.count())
	}
}

func TestAStatementCutOffIsUnavailableAndTheNextWriteWorks(t *testing.T) {
	c, log, site := throughCutter(t)
	add := func(token string) error {
		return log.Write(t.Context(), site, operator, func(tx *change.Tx) error {
			tx.Record(change.Record{Operation: "x", Target: "y"})
			return touch(t.Context(), tx, token)
		})
	}
	if err := add("first"); err != nil {
		t.Fatal(err)
	}
	for _, forward := range []bool{true, false} {
		c.cutAt("cut-here", forward)
		if err := add("cut-here"); !db.IsUnavailable(err) || errors.Is(err, db.ErrCommitUnknown) {
			t.Errorf("the error is %v", err)
		}
		if n := touched(t, log.DB, site); n != 1 {
			t.Errorf("%d rows stand", n)
		}
	}
	if err := add("after"); err != nil {
		t.Errorf("the next write: %v", err)
	}
}

func TestWhatIsCheckedAtTheEndUndoesEverythingWhereItFails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		refused := errors.New("refused")
		ran := ""
		var log []string
		err := change.New(d).Write(t.Context(), 7, change.Actor{}, func(tx *change.Tx) error {
			if tx.Awaits("rule") {
				t.Error("a check waits that nobody asked for")
			}
			tx.AtEnd("rule", func() error { log = append(log, "first"+ran); return refused })
			tx.AtEnd("rule", func() error { log = append(log, "second"); return nil })
			if !tx.Awaits("rule") {
				t.Error("the check does not wait")
			}
			ran = " after the rest"
			tx.Record(change.Record{Operation: "checked", Target: "nothing"})
			return nil
		})
		n, _, lookErr := db.One(t.Context(), d, db.Scalar[int64], `SELECT count(*) FROM changes WHERE site_id = 7 AND operation = 'checked'`)
		if err != refused || lookErr != nil || n != 0 || len(log) != 1 || log[0] != "first after the rest" {
			t.Errorf("%v, %d recorded, %v", err, n, log)
		}
	})
}
