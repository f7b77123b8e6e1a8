package change_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

func TestAnErasureNamesItsEntriesInSpans(t *testing.T) {
	t.Parallel()
	for want, seqs := range map[string][]int64{"": {}, "7": {7}, "1-2": {1, 2}, "1-3,7,9-10": {1, 2, 3, 7, 9, 10}} {
		if text, _ := change.Spans(seqs); text != want {
			t.Errorf("%v is written %q", seqs, text)
		}
	}
}

func TestAnErasureCoversWhatItNamesAndNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.MapOf(rapid.Int64Range(1, 60), rapid.Just(true)).Draw(t, "seqs")
		text, erasure := change.Spans(slices.Sorted(maps.Keys(set)))
		for seq := int64(-1); seq <= 62; seq++ {
			if erasure.Covers(seq) != set[seq] {
				t.Fatalf("%q covers %d: %t", text, seq, !set[seq])
			}
		}
	})
}

func TestAnErasureThatCannotBeReadCoversNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x", "1-", "-1", "3-1", "1,x", "3,1", "1-3,3-5", "1,1", "1-2-3", "1,", " 1", "9223372036854775808"} {
		erasure := change.ReadSpans(text)
		for seq := range int64(6) {
			if erasure.Covers(seq) {
				t.Errorf("%q covers %d", text, seq)
			}
		}
	}
}

func TestWhatIsErasedBeforeItIsSealedLeavesNoRecordOfItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, site := newSite(t, d)
		act := func(operation string, erase bool) {
			t.Helper()
			err := log.Write(t.Context(), site, change.Actor{AccountID: "ada", IP: "192.0.2.7", Via: change.API}, func(tx *change.Tx) error {
				tx.Record(change.Record{Operation: operation, Target: "account:ada", Fields: change.Fields{"Name": {"Ada", "Augusta"}}})
				if !erase {
					return nil
				}
				return tx.EraseAccount(t.Context(), "ada")
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		act("account.update", false)
		act("account.close", true)
		all, err := log.Unsealed(t.Context(), site, "", 0, change.Filter{Actor: "ada"}, 10)
		if err != nil || len(all) != 2 {
			t.Fatalf("%d records: %v", len(all), err)
		}
		if e := all[0]; !e.ErasedIP || !e.ErasedDetail || len(e.Blanks()) != 0 || e.IP != "" || string(e.Detail) != "{}" {
			t.Errorf("what was recorded before is %+v", e)
		}
		if e := all[1]; e.ErasedIP || e.ErasedDetail || e.IP != "" || string(e.Detail) != "{}" {
			t.Errorf("what was recorded with the erasure is %+v", e)
		}
	})
}
