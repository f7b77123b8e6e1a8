package directory

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

// markedList is a list of members with very small blocks, beside a plain model of it.
type markedList struct {
	*change.Log
	site    int64
	list    ordered
	members []string // the model: sorted
}

func newMarkedList(t *testing.T, d *db.DB) *markedList {
	t.Helper()
	m := &markedList{Log: change.New(d)}
	s, err := (&site.Store{Changes: m.Log}).Add(t.Context(), change.Actor{Via: change.CLI}, site.Site{Name: dbtest.Name(t)})
	if err != nil {
		t.Fatal(err)
	}
	m.site = s.ID
	people := &Directory{Changes: m.Log}
	err = m.Write(t.Context(), m.site, change.Actor{}, func(tx *change.Tx) error {
		for i := range keys {
			if _, err := people.AddIn(t.Context(), tx, Account{ID: key(i), DisplayName: "Somebody"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// keys is how many accounts there are to choose members from.
const keys = 40

// begin makes a new, empty group with blocks of the given size.
func (m *markedList) begin(t *rapid.T, group string, block int64) {
	m.list = memberList(group)
	m.list.block = block
	m.members = nil
	m.write(t, func(ctx context.Context, tx *change.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO groups (site_id, group_id, version, name, name_key, usage_type, managed_by, created_at)
			VALUES ($1, $2, 1, $3, $4, '', '', 0)`, m.site, group, group, group)
		return err
	})
}

func key(i int) string { return fmt.Sprintf("k%02d", i) }

func (m *markedList) write(t *rapid.T, do func(context.Context, *change.Tx) error) {
	err := m.Write(context.Background(), m.site, change.Actor{}, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "test", Target: "list"})
		return do(context.Background(), tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (m *markedList) store(ctx context.Context, tx *change.Tx, keys ...string) error {
	for _, k := range keys {
		if _, err := tx.ExecContext(ctx, `INSERT INTO memberships (site_id, group_id, account_id, listed) VALUES ($1, $2, $3, true)`, tx.Site, m.list.args[0], k); err != nil {
			return err
		}
	}
	return nil
}

// missing returns those of the drawn keys that are not in the list, sorted.
func (m *markedList) missing(drawn []int) []string {
	var keys []string
	for _, i := range drawn {
		if !slices.Contains(m.members, key(i)) {
			keys = append(keys, key(i))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

var anyKey = rapid.IntRange(0, keys-1)

func (m *markedList) addOne(t *rapid.T) {
	for _, k := range m.missing([]int{anyKey.Draw(t, "key")}) {
		m.write(t, func(ctx context.Context, tx *change.Tx) error {
			if err := m.store(ctx, tx, k); err != nil {
				return err
			}
			return m.list.add(ctx, tx, k)
		})
		m.members = append(m.members, k)
		slices.Sort(m.members)
	}
}

func (m *markedList) addMany(t *rapid.T) {
	some := m.missing(rapid.SliceOfN(anyKey, 0, 20).Draw(t, "keys"))
	m.write(t, func(ctx context.Context, tx *change.Tx) error {
		if err := m.store(ctx, tx, some...); err != nil {
			return err
		}
		return m.list.addMany(ctx, tx, some)
	})
	m.members = append(m.members, some...)
	slices.Sort(m.members)
}

func (m *markedList) removeOne(t *rapid.T) {
	if len(m.members) == 0 {
		return
	}
	at := rapid.IntRange(0, len(m.members)-1).Draw(t, "place")
	m.write(t, func(ctx context.Context, tx *change.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM memberships WHERE site_id = $1 AND group_id = $2 AND account_id = $3`,
			tx.Site, m.list.args[0], m.members[at]); err != nil {
			return err
		}
		return m.list.remove(ctx, tx, m.members[at])
	})
	m.members = slices.Delete(m.members, at, at+1)
}

// check compares the marks, and one place of the list or beyond it, with the model.
func (m *markedList) check(t *rapid.T) {
	ctx := context.Background()
	marks, err := db.All(ctx, m.DB, scanMark, `SELECT first, entries FROM list_marks WHERE site_id = $1 AND list = $2 ORDER BY first`, m.site, m.list.name)
	if err != nil {
		t.Fatal(err)
	}
	for i, mark := range marks {
		standing := 0
		for _, k := range m.members {
			if k >= mark.first && (i+1 == len(marks) || k < marks[i+1].first) {
				standing++
			}
		}
		if int64(standing) != mark.entries || standing == 0 || mark.entries >= 2*m.list.block {
			t.Fatalf("block %+v of %v holds %d of %v", mark, marks, standing, m.members)
		}
	}
	start := rapid.IntRange(0, len(m.members)+2).Draw(t, "start")
	from, offset, total, err := m.list.seek(ctx, m.DB, m.site, start)
	if err != nil || total != int64(len(m.members)) {
		t.Fatalf("%d entries (%v), want %d", total, err, len(m.members))
	}
	if start >= len(m.members) {
		return
	}
	if at := slices.IndexFunc(m.members, func(k string) bool { return k >= from }) + offset; at != start || int64(offset) >= 2*m.list.block {
		t.Fatalf("entry %d is said to stand %d after %q, that is at %d of %v", start, offset, from, at, m.members)
	}
}

func TestMarksAlwaysSayWhatStandsInTheList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := newMarkedList(t, d)
		groups := 0
		rapid.Check(t, func(t *rapid.T) {
			groups++
			m.begin(t, fmt.Sprintf("group-%d", groups), rapid.Int64Range(1, 5).Draw(t, "block"))
			for range rapid.IntRange(1, 8).Draw(t, "steps") {
				step := rapid.SampledFrom([]func(*markedList, *rapid.T){(*markedList).addOne, (*markedList).addMany, (*markedList).removeOne}).Draw(t, "step")
				step(m, t)
				m.check(t)
			}
			m.write(t, func(ctx context.Context, tx *change.Tx) error { return m.list.drop(ctx, tx) })
			m.members = nil
			m.check(t)
		})
	})
}
