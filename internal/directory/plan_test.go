package directory

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

// What every request reads must cost the same however many people there are: each step of its plan goes by an index,
// and by all of the index's columns that the statement knows.
func TestEveryRequestReadsByIndexes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := change.New(d)
		s, err := (&site.Store{Changes: log}).Add(t.Context(), change.Actor{Via: change.CLI}, site.Site{Name: dbtest.Name(t)})
		if err != nil {
			t.Fatal(err)
		}
		fillForPlans(t, log, s.ID)
		for _, tt := range hotStatements(s.ID) {
			if strings.Contains(tt.query, "LIMIT $") || strings.Contains(tt.query, "OFFSET $") {
				t.Errorf("%s: SQLite compiles this anew each time:\n%s", tt.name, tt.query)
			}
			lines := planOf(t, d, tt.query, tt.args)
			wanted := tt.sqlite
			if d.Engine == db.Postgres {
				wanted = tt.postgres
			}
			plan := strings.Join(lines, "\n")
			for _, part := range wanted {
				if !strings.Contains(plan, part) {
					t.Errorf("%s: %q is not in the plan\n%s", tt.name, part, plan)
				}
			}
			if slices.ContainsFunc(lines, scansATable) {
				t.Errorf("%s scans a table:\n%s", tt.name, plan)
			}
		}
	})
}

// statement is one that every request, or every request for a page, begins with.
type statement struct {
	name, query string
	args        []any
	sqlite      []string // what its plan must say
	postgres    []string
}

func hotStatements(site int64) []statement {
	four, args := db.In([]string{"p:1", "p:2", "p:3", "p:4"}, any(site))
	return []statement{
		{
			"the token that was shown", shownWhere + `t.secret_hash = $2`,
			[]any{site, "x"},
			[]string{"tokens_by_secret (site_id=? AND secret_hash=?)", "(site_id=? AND account_id=?)"},
			[]string{"tokens_by_secret", "accounts_pkey"},
		},
		{
			"what an account may do", heldBy,
			[]any{site, "p:1"},
			[]string{"(site_id=? AND group_id=? AND account_id=?)"},
			[]string{"account_id"},
		},
		{
			"accounts by ID", accountsWhere + `a.account_id IN (` + four + `)`, args,
			[]string{"(site_id=? AND account_id=?)", "memberships_by_account (site_id=? AND account_id=?)"},
			[]string{"accounts_pkey", "account_id"},
		},
		{
			"the marks of a group's members", allMarks,
			[]any{site, "members/x"},
			[]string{"(site_id=? AND list=?)"},
			[]string{"list_marks_pkey"},
		},
		{
			"a page of a group's members", pageOfMembers,
			[]any{site, "x", "p:1", 25, 3},
			[]string{"memberships_listed (site_id=? AND group_id=? AND account_id>?)"},
			[]string{"Index Cond", "'x'", "'p:1'"}, // by which index, and with which casts, depends on what it believes of the table
		},
		{
			"a page of an account's groups", pageOfGroups,
			[]any{site, "p:1", 25, 3},
			[]string{"memberships_by_account (site_id=? AND account_id=?)", "(site_id=? AND group_id=?)"},
			[]string{"account_id = 'p:1'"},
		},
		{
			"the accounts with a word", wordBlocks,
			[]any{site, "anyone", "ad", "", "ae", 100},
			[]string{"(site_id=? AND audience=? AND (word,account_id)>(?,?)"},
			[]string{"Index Cond", "ROW("},
		},
	}
}

// fillForPlans makes a site of a few hundred people, and has PostgreSQL look at how many there are.
func fillForPlans(t *testing.T, log *change.Log, site int64) {
	t.Helper()
	people := &Directory{Changes: log}
	err := log.Write(t.Context(), site, change.Actor{Via: change.CLI}, func(tx *change.Tx) error {
		var edits []Edit
		for i := range 500 {
			edits = append(edits, Edit{ID: fmt.Sprintf("p:%d", i), Groups: []string{"everybody"}, Set: func(a *Account) error {
				a.PublicName = fmt.Sprintf("Ada %d", i)
				return nil
			}})
		}
		all, err := people.BulkIn(t.Context(), tx, edits, Newcomers{})
		for i := 0; i < len(all) && err == nil; i++ {
			_, err = people.AddTokenIn(t.Context(), tx, all[i].After, Token{}, NewSecret(""))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if log.DB.Engine == db.Postgres {
		for _, table := range []string{"accounts", "account_words", "groups", "memberships", "list_marks", "global_permissions", "tokens"} {
			if err := log.DB.Aside(t.Context(), "ANALYZE "+table); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// planOf is how the engine would run a query, a line a step.
func planOf(t *testing.T, d *db.DB, query string, args []any) []string {
	t.Helper()
	explain := "EXPLAIN "
	if d.Engine == db.SQLite {
		explain = "EXPLAIN QUERY PLAN "
	}
	lines, err := db.All(t.Context(), d, func(rows *sql.Rows) (text string, err error) {
		columns, err := rows.Columns()
		if err != nil {
			return "", err
		}
		to := make([]any, len(columns))
		for i := range to {
			to[i] = new(any)
		}
		to[len(to)-1] = &text
		return text, rows.Scan(to...)
	}, explain+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// scansATable reports whether a step reads a table from end to end. What SQLite calls a scan of page or a is one of
// what the step before has found.
func scansATable(step string) bool {
	if strings.Contains(step, "Seq Scan") {
		return true
	}
	what, scan := strings.CutPrefix(step, "SCAN ")
	return scan && what != "page" && what != "a" && !strings.HasPrefix(what, "(subquery")
}
