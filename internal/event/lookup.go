package event

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
)

// lookUps is how many keys one statement looks for: SQLite's driver takes time by the square of that.
const lookUps = 64

// lookUp returns the events with the names of groups and the types of accounts as they are now.
func lookUp(ctx context.Context, tx *change.Tx, events []Event) ([]Event, error) {
	var accounts, groups []string
	for _, e := range events {
		accounts = append(accounts, e.AccountID)
		if e.Group != nil {
			groups = append(groups, e.Group.ID)
		}
	}
	types, err := texts(ctx, tx, `SELECT account_id, account_type FROM accounts WHERE site_id = $1 AND account_id IN `, accounts)
	if err != nil {
		return nil, fmt.Errorf("look up accounts: %w", err)
	}
	names, err := texts(ctx, tx, `SELECT group_id, name FROM groups WHERE site_id = $1 AND group_id IN `, groups)
	if err != nil {
		return nil, fmt.Errorf("look up groups: %w", err)
	}
	told := slices.Clone(events)
	for i := range told {
		e := &told[i]
		e.AccountType = types[e.AccountID]
		if e.Group != nil {
			e.Group = &Group{e.Group.ID, names[e.Group.ID]}
		}
	}
	return told, nil
}

// texts returns the text of each key, for those that have one.
func texts(ctx context.Context, tx *change.Tx, query string, keys []string) (map[string]string, error) {
	slices.Sort(keys)
	found := map[string]string{}
	for chunk := range slices.Chunk(slices.Compact(keys), lookUps) {
		list, args := db.In(chunk, any(tx.Site))
		rows, err := db.All(ctx, tx, func(rows *sql.Rows) (pair [2]string, err error) { return pair, rows.Scan(&pair[0], &pair[1]) },
			query+`(`+list+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, pair := range rows {
			found[pair[0]] = pair[1]
		}
	}
	return found, nil
}
