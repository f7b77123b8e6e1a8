package audit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

const (
	blankValues  = `UPDATE changes SET detail = '{}', detail_salt = '' WHERE site_id = $1 AND seq = %d`
	blankAddress = `UPDATE changes SET ip = '', ip_salt = '' WHERE site_id = $1 AND seq = %d`
)

// closedHistory is a [history] of which all was sealed before one of the two people went. The entries:
//
//	1  the site      4  ada renames ada          7  the addresses of 4 and 5 are erased
//	2  ada comes     5  ada changes bob          8  the values of 2, 4 and 6 are erased
//	3  bob comes     6  the admin changes ada    9  ada is closed
func closedHistory(t *testing.T, d *db.DB) *history {
	t.Helper()
	h := newHistory(t, d)
	sealSite(t, h.log, h.site, 100)
	h.edit(t, h.admin, "ada", closeAccount)
	sealSite(t, h.log, h.site, 100)
	return h
}

func wantIntact(t *testing.T, h *history, checked, erased, erasing int64) {
	t.Helper()
	if r := verify(t, h.log, h.site); !r.Intact || r.Checked != checked || r.Erased != erased || r.Erasing != erasing {
		t.Errorf("the check says %+v, want %d entries, %d erased, %d of them by what is not sealed", r, checked, erased, erasing)
	}
}

func wantFault(t *testing.T, h *history, at int64) {
	t.Helper()
	if r := verify(t, h.log, h.site); r.Intact || r.BrokenAt != at || r.Problem == "" {
		t.Errorf("the check says %+v, want a fault at %d", r, at)
	}
}

func TestWhatIsGoneWithoutASealedErasureIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const forge = `UPDATE changes SET detail = '{"Seq":[null,"1-6"]}'%s WHERE site_id = $1 AND seq = 8`
		const record = `INSERT INTO changes (site_id, change_id, item, at, actor, token_id, request_id, ip, via, operation, version, seq, target, detail)
			VALUES ($1, '0', %d, 1, '', '', '', '', 'cli', 'audit.values.erase', %[1]d, `
		const put = record + `%[2]d, 'erasure:account:bob', '{"Seq":[null,"3"]}')`
		const unsealed = record + `NULL, 'erasure:%[2]s', '{"Seq":[null,"1-9"]}')`
		for name, tt := range map[string]struct {
			at         int64
			statements []string
		}{
			"values of somebody who stays":              {3, []string{fmt.Sprintf(blankValues, 3)}},
			"the address of somebody who stays":         {6, []string{fmt.Sprintf(blankAddress, 6)}},
			"the values of what an erased account did":  {5, []string{fmt.Sprintf(blankValues, 5)}},
			"the address where values were erased":      {2, []string{fmt.Sprintf(blankAddress, 2)}},
			"values from after the closing":             {9, []string{fmt.Sprintf(blankValues, 9)}},
			"what an erasure of addresses erased":       {4, []string{fmt.Sprintf(blankValues, 7)}},
			"what an erasure of values erased":          {2, []string{fmt.Sprintf(blankValues, 8)}},
			"an erasure":                                {2, []string{`DELETE FROM changes WHERE site_id = $1 AND seq = 8`}},
			"an erasure, as if before it was sealed":    {2, []string{fmt.Sprintf(blankValues, 8), `UPDATE changes SET detail_digest = 'erased' WHERE site_id = $1 AND seq = 8`}},
			"values, as if before they were sealed":     {3, []string{fmt.Sprintf(blankValues, 3), `UPDATE changes SET detail_digest = 'erased' WHERE site_id = $1 AND seq = 3`}},
			"an erasure that names more":                {8, []string{fmt.Sprintf(forge, "")}},
			"an erasure that names more and its digest": {8, []string{fmt.Sprintf(forge, `, detail_digest = 'x'`)}},
			"an erasure that cannot be read":            {2, []string{`UPDATE changes SET detail = '{"Seq":[null,"6-2,x"]}' WHERE site_id = $1 AND seq = 8`}},
			"an erasure of somebody else": {2, []string{
				fmt.Sprintf(blankValues, 3), `UPDATE changes SET target = 'erasure:account:bob', detail = '{"Seq":[null,"3"]}' WHERE site_id = $1 AND seq = 8`,
			}},
			"an entry made into an erasure": {9, []string{
				fmt.Sprintf(blankValues, 3), `UPDATE changes SET operation = 'audit.values.erase', target = 'erasure:account:bob', detail = '{"Seq":[null,"3"]}' WHERE site_id = $1 AND seq = 9`,
			}},
			"an erasure put behind the last seal": {10, []string{fmt.Sprintf(blankValues, 3), fmt.Sprintf(put, 3, 10)}},
			"an erasure put before its entries":   {3, []string{fmt.Sprintf(blankValues, 3), fmt.Sprintf(put, 3, 0)}},
			"an erasure, by one of it and of what it erased": {8, []string{
				fmt.Sprintf(blankValues, 8), fmt.Sprintf(unsealed, 6, "account:ada"), fmt.Sprintf(unsealed, 8, "erasure:account:ada"),
			}},
			"an erasure put before the first": {1, []string{fmt.Sprintf(put, 3, -1)}},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				h := closedHistory(t, d)
				wantIntact(t, h, 9, 4, 0)
				for _, s := range tt.statements {
					tamper(t, d, s, h.site)
				}
				wantFault(t, h, tt.at)
			})
		}
	})
}

func TestWhatWasBlankedBeforeItsAccountWasClosedStaysAFault(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHistory(t, d)
		sealSite(t, h.log, h.site, 100)
		tamper(t, d, fmt.Sprintf(blankValues, 4), h.site)
		wantFault(t, h, 4)
		h.edit(t, h.admin, "ada", closeAccount)
		wantFault(t, h, 4)
		sealSite(t, h.log, h.site, 100)
		wantFault(t, h, 4)
	})
}

func TestAnErasureThatIsNotSealedYetIsCountedByItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHistory(t, d)
		sealSite(t, h.log, h.site, 100)
		h.edit(t, h.admin, "ada", closeAccount)
		wantIntact(t, h, 6, 4, 4)
		sealOnce(t, h.log, h.site, "test", 1) // the addresses
		wantIntact(t, h, 7, 4, 3)
		sealOnce(t, h.log, h.site, "test", 1)
		wantIntact(t, h, 8, 4, 0)
		tamper(t, d, fmt.Sprintf(blankAddress, 1), h.site) // there was none
		wantIntact(t, h, 8, 4, 0)
	})
}

func TestWhatIsErasedAgainLeavesTheFirstErasureAsItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := closedHistory(t, d)
		h.edit(t, h.admin, "ada", closeAccount) // which changes nothing
		wantIntact(t, h, 9, 4, 0)
		h.edit(t, h.admin, "ada", func(a *directory.Account) { a.External = true })
		sealSite(t, h.log, h.site, 100)
		wantIntact(t, h, 11, 5, 0)
		again := list(t, h.log, h.site, change.Filter{Target: "erasure:account:ada"}, 0)
		if len(again) != 3 || again[1].ErasedDetail || string(again[2].Detail) != `{"Seq":[null,"9"]}` {
			t.Errorf("what was erased: %+v", again)
		}
		h.edit(t, h.self, "bob", closeAccount) // by somebody whose address is erased already
		sealSite(t, h.log, h.site, 100)
		h.close(t, "admin")
		sealSite(t, h.log, h.site, 100)
		if r := verify(t, h.log, h.site); !r.Intact || r.Erasing != 0 {
			t.Errorf("with all of them gone: %+v", r)
		}
		tamper(t, d, fmt.Sprintf(blankValues, 8), h.site)
		wantFault(t, h, 2)
	})
}

// close erases an account that is none of the directory's.
func (h *history) close(t *testing.T, id string) {
	t.Helper()
	err := h.log.Write(t.Context(), h.site, h.admin, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "account.update", Target: "account:" + id})
		return tx.EraseAccount(t.Context(), id)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestManyErasuresAreToldApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		h := &history{log: log, site: s.ID, admin: ada}
		things := make([]string, 260) // more than a check keeps in memory
		for i := range things {
			things[i] = fmt.Sprintf("thing:%d", i)
		}
		write(t, log, s.ID, ada, things...)
		erase := func(targets ...string) {
			t.Helper()
			sealSite(t, log, s.ID, 1000)
			err := log.Write(t.Context(), s.ID, ada, func(tx *change.Tx) error {
				for _, target := range targets {
					if err := tx.EraseTarget(t.Context(), target); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			sealSite(t, log, s.ID, 1000)
		}
		erase(things...)
		wantIntact(t, h, 1+260+260, 260, 0)
		for range 10 {
			write(t, log, s.ID, ada, "thing:0", "thing:x")
			erase("thing:0")
		}
		wantIntact(t, h, 1+260+260+30, 270, 0)
		tamper(t, d, fmt.Sprintf(blankValues, 523), s.ID) // the first of thing:x
		wantFault(t, h, 523)
	})
}

func TestALongHistoryIsErasedInRecordsOfBoundedLength(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		h := &history{log: log, site: s.ID, admin: change.Actor{AccountID: "admin", Via: change.API}}
		targets := make([]string, 500)
		for i := range targets {
			targets[i] = []string{"account:ada", "thing:x"}[i%2]
		}
		for range 5 {
			write(t, log, s.ID, ada, targets...)
		}
		sealSite(t, log, s.ID, 1000)
		h.close(t, "ada")
		sealSite(t, log, s.ID, 1000)
		wantIntact(t, h, 1+2500+2+1, 1250, 0)
		named := list(t, log, s.ID, change.Filter{Target: "erasure:account:ada"}, 0)
		if len(named) != 2 {
			t.Fatalf("%d records", len(named))
		}
		for _, e := range named {
			if len(e.Detail) > 20<<10 {
				t.Errorf("a record of %d bytes", len(e.Detail))
			}
		}
		tamper(t, d, fmt.Sprintf(blankValues, 2003), s.ID) // between two that were erased
		wantFault(t, h, 2003)
	})
}

func TestWhatRetentionLeavesOfAnErasureCanStillBeChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHistory(t, d)
		h.edit(t, h.self, "ada", func(a *directory.Account) { a.Position = "Countess" })
		// As of a change that began after the closing did, and was through before it.
		tamper(t, d, `UPDATE changes SET change_id = 'ffffffff-ffff-7fff-8fff-ffffffffffff' WHERE site_id = $1 AND seq IS NULL AND actor = 'ada' AND target = 'account:ada'`, h.site)
		h.edit(t, h.admin, "ada", closeAccount)
		sealSite(t, h.log, h.site, 1)
		wantIntact(t, h, 10, 5, 0)
		if late := list(t, h.log, h.site, change.Filter{}, 0)[9]; late.Operation != "account.update" || !late.ErasedDetail || !late.ErasedIP {
			t.Fatalf("the last entry is %+v", late)
		}
		seals, err := h.log.Seals(t.Context(), h.site, 0, 100)
		if err != nil || len(seals) != 8 {
			t.Fatalf("%d seals: %v", len(seals), err)
		}
		erased := []int64{4, 3, 2, 1, 1, 1, 1, 0} // that are left after each
		for i, seal := range seals {
			n, err := (&audit.Trail{Changes: h.log}).Prune(t.Context(), h.site, seal.At.Add(time.Microsecond))
			if err != nil || n != seal.Last-seal.First+1 {
				t.Fatalf("%d entries are deleted: %v", n, err)
			}
			wantIntact(t, h, 10-seal.Last, erased[i], 0)
		}
	})
}
