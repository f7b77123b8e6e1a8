package workflow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/change"
)

// mentions are the accounts that a run's history speaks of: false until that is stored.
type mentions map[string]bool

// mostMentions bounds how many accounts of one run are listed. One that speaks of more is taken to speak of everybody.
const mostMentions = 500

// find adds the accounts that a value of JSON names in members such as accountId.
func (m mentions) find(value any) {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			m.find(one)
		}
	case map[string]any:
		for name, one := range v {
			if name = strings.ToLower(name); strings.HasSuffix(name, "accountid") || strings.HasSuffix(name, "accountids") {
				m.add(one)
			}
			m.find(one)
		}
	}
}

// add adds the account, or the list of accounts, that a member holds.
func (m mentions) add(value any) {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			m.add(one)
		}
	case string:
		if v == "" || len(v) > 128 || !utf8.ValidString(v) || strings.Contains(v, "\x00") {
			return
		}
		if _, there := m[v]; !there && len(m) >= mostMentions {
			v = ""
		}
		if _, there := m[v]; !there {
			m[v] = false
		}
	}
}

// store stores those that are not stored yet.
func (m mentions) store(ctx context.Context, tx *change.Tx, run string) error {
	_, err := tx.Insert(context.WithoutCancel(ctx), `INSERT INTO workflow_mentions (site_id, account_id, run_id)`, `ON CONFLICT DO NOTHING`, func(yield func([]any) bool) {
		for _, account := range slices.Sorted(maps.Keys(m)) {
			if !m[account] && !yield([]any{tx.Site, account, run}) {
				return
			}
		}
	})
	if err != nil {
		return fmt.Errorf("note whom run %s speaks of: %w", run, err)
	}
	return nil
}

// stored says that all are stored: once the transaction stands.
func (m mentions) stored() {
	for account := range m {
		m[account] = true
	}
}
