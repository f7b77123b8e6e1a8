package audit_test

import (
	"fmt"
	"testing"

	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// sealed makes a site with 26 entries under three seals: 1 to 10, 11 to 20 and 21 to 26; and two unsealed ones.
func sealed(t *testing.T, d *db.DB) (*change.Log, int64) {
	t.Helper()
	log, s := newSite(t, d, dbtest.Name(t))
	writeMany(t, log, s.ID, 25)
	sealSite(t, log, s.ID, 10)
	writeMany(t, log, s.ID, 2)
	return log, s.ID
}

func TestWhatNobodyTouchedIsIntact(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, site := sealed(t, d)
		r := verify(t, log, site)
		head := r.Head
		if head.Seq != 26 || len(head.Hash) != 43 {
			t.Errorf("the last seal is %+v", head)
		}
		if want := (audit.Report{Intact: true, Head: head, Checked: 26, Seals: 3, Unsealed: 2}); r != want {
			t.Errorf("the check says %+v", r)
		}
		_, other := newSite(t, d, dbtest.Name(t))
		if r := verify(t, log, other.ID); r != (audit.Report{Intact: true, Unsealed: 1}) {
			t.Errorf("a site without a seal: %+v", r)
		}
	})
}

func TestWhatWasAlteredIsFoundAtTheFirstEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const row, seal, head = `UPDATE changes SET %s WHERE site_id = $1 AND seq = %d`, `UPDATE change_seals SET %s WHERE site_id = $1 AND last_seq = %d`, `UPDATE change_heads SET %s WHERE site_id = $1`
		for name, tt := range map[string]struct {
			at         int64
			statements []string
		}{
			"who":              {14, []string{fmt.Sprintf(row, `actor = 'x'`, 14)}},
			"which token":      {14, []string{fmt.Sprintf(row, `token_id = ''`, 14)}},
			"which request":    {14, []string{fmt.Sprintf(row, `request_id = ''`, 14)}},
			"which way":        {14, []string{fmt.Sprintf(row, `via = 'cli'`, 14)}},
			"what":             {1, []string{fmt.Sprintf(row, `operation = 'x'`, 1)}},
			"the target":       {26, []string{fmt.Sprintf(row, `target = 'x'`, 26)}},
			"the version":      {14, []string{fmt.Sprintf(row, `version = 7`, 14)}},
			"when":             {10, []string{fmt.Sprintf(row, `at = at + 1`, 10)}},
			"the change":       {11, []string{fmt.Sprintf(row, `change_id = 'x'`, 11)}},
			"from where":       {14, []string{fmt.Sprintf(row, `ip = '192.0.2.8'`, 14)}},
			"no address":       {14, []string{fmt.Sprintf(row, `ip = ''`, 14)}},
			"the values":       {14, []string{fmt.Sprintf(row, `detail = '{"Name":["Ada","Bob"]}'`, 14)}},
			"no values":        {14, []string{fmt.Sprintf(row, `detail = '{}'`, 14)}},
			"values for none":  {1, []string{fmt.Sprintf(row, `detail_salt = ''`, 1)}},
			"another digest":   {14, []string{fmt.Sprintf(row, `detail_salt = '', detail = '{}', detail_digest = 'x'`, 14)}},
			"two things":       {3, []string{fmt.Sprintf(row, `actor = 'x'`, 14), fmt.Sprintf(row, `actor = 'x'`, 3)}},
			"the hash":         {14, []string{fmt.Sprintf(row, `row_hash = 'x'`, 14)}},
			"a row deleted":    {12, []string{`DELETE FROM changes WHERE site_id = $1 AND seq = 12`}},
			"the first rows":   {1, []string{`DELETE FROM changes WHERE site_id = $1 AND seq < 5`}},
			"the last row":     {26, []string{`DELETE FROM changes WHERE site_id = $1 AND seq = 26`}},
			"a row unsealed":   {12, []string{fmt.Sprintf(row, `seq = NULL`, 12)}},
			"two rows swapped": {5, []string{fmt.Sprintf(row, `seq = 1000`, 5), fmt.Sprintf(row, `seq = 5`, 6), fmt.Sprintf(row, `seq = 6`, 1000)}},
			"a row moved up":   {27, []string{fmt.Sprintf(row, `seq = NULL`, 1000), `UPDATE changes SET seq = 27 WHERE site_id = $1 AND seq IS NULL AND target = 'thing:1'`}},
			"a seal's time":    {11, []string{fmt.Sprintf(seal, `at = at + 1`, 20)}},
			"a seal's rows":    {11, []string{fmt.Sprintf(seal, `rows_hash = 'x'`, 20)}},
			"a seal's hash":    {1, []string{fmt.Sprintf(seal, `hash = 'x'`, 10)}},
			"a seal's reach":   {11, []string{fmt.Sprintf(seal, `last_seq = 19`, 20)}},
			"a seal's start":   {11, []string{fmt.Sprintf(seal, `first_seq = 12`, 20)}},
			"the first seal":   {1, []string{`DELETE FROM change_seals WHERE site_id = $1 AND last_seq = 10`}},
			"a seal deleted":   {11, []string{`DELETE FROM change_seals WHERE site_id = $1 AND last_seq = 20`}},
			"the last seal":    {21, []string{`DELETE FROM change_seals WHERE site_id = $1 AND last_seq = 26`}},
			"all seals":        {1, []string{`DELETE FROM change_seals WHERE site_id = $1`}},
			"the head's hash":  {26, []string{fmt.Sprintf(head, `hash = 'x'`)}},
			"the head back":    {16, []string{fmt.Sprintf(head, `last_seq = 15`)}},
			"the head deleted": {1, []string{`DELETE FROM change_heads WHERE site_id = $1`}},
			"a false pruning":  {1, []string{fmt.Sprintf(head, `pruned = 20`)}},
			"half a pruning":   {1, []string{fmt.Sprintf(head, `pruned = 4`), `DELETE FROM changes WHERE site_id = $1 AND seq < 10`}},
		} {
			t.Run(name, func(t *testing.T) {
				log, site := sealed(t, d)
				for _, s := range tt.statements {
					tamper(t, d, s, site)
				}
				if r := verify(t, log, site); r.Intact || r.BrokenAt != tt.at || r.Problem == "" {
					t.Errorf("the check says %+v, want a fault at %d", r, tt.at)
				}
			})
		}
	})
}

func TestAChainCutBackToAnEarlierSealIsFoundByOneThatWasNoted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, site := sealed(t, d)
		trail := &audit.Trail{Changes: log}
		noted := verify(t, log, site).Head
		for _, mark := range []audit.Mark{noted, {}} {
			if r, err := trail.Verify(t.Context(), site, mark); err != nil || !r.Intact {
				t.Errorf("noted %+v: %+v, %v", mark, r, err)
			}
		}
		tamper(t, d, `DELETE FROM changes WHERE site_id = $1 AND seq > 20`, site)
		tamper(t, d, `DELETE FROM change_seals WHERE site_id = $1 AND last_seq > 20`, site)
		tamper(t, d, `UPDATE change_heads SET last_seq = 20, hash = (SELECT hash FROM change_seals s WHERE s.site_id = $1 AND s.last_seq = 20) WHERE site_id = $1`, site)
		if r := verify(t, log, site); !r.Intact {
			t.Errorf("by itself it looks whole: %+v", r)
		}
		if r, err := trail.Verify(t.Context(), site, noted); err != nil || r.Intact || r.BrokenAt != 26 {
			t.Errorf("noted %+v: %+v, %v", noted, r, err)
		}
	})
}
