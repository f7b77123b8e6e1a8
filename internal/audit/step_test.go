package audit_test

import (
	"fmt"
	"testing"

	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// inParts checks a site's seals in parts of at least most entries.
func inParts(t *testing.T, trail *audit.Trail, site int64, noted audit.Mark, most int64) (audit.Step, int64) {
	t.Helper()
	var from audit.Mark
	for checked := int64(0); ; {
		s, err := trail.VerifySome(t.Context(), site, from, noted, most)
		if err != nil {
			t.Fatal(err)
		}
		if checked += s.Checked; s.Done {
			return s, checked
		}
		if s.At.Seq < from.Seq+most {
			t.Fatalf("from %v the check came to %v only", from, s.At)
		}
		from = s.At
	}
}

func TestACheckInPartsFindsWhatAWholeOneDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		writeMany(t, log, s.ID, 50)
		sealSite(t, log, s.ID, 7)
		trail := &audit.Trail{Changes: log}
		whole, err := trail.Verify(t.Context(), s.ID, audit.Mark{})
		if err != nil || !whole.Intact {
			t.Fatal(whole, err)
		}
		for _, most := range []int64{1, 7, 10, 1000} {
			last, checked := inParts(t, trail, s.ID, whole.Head, most)
			if !last.Intact || checked != whole.Checked || last.At != whole.Head {
				t.Errorf("in parts of %d: %+v, %d checked", most, last, checked)
			}
			if last, _ := inParts(t, trail, s.ID, audit.Mark{Seq: 14, Hash: "other"}, most); last.Intact || last.BrokenAt != 14 {
				t.Errorf("in parts of %d, with another noted seal: %+v", most, last)
			}
			if last, _ := inParts(t, trail, s.ID, audit.Mark{Seq: 1400, Hash: "other"}, most); last.Intact || last.BrokenAt != 1400 {
				t.Errorf("in parts of %d, with a later noted seal: %+v", most, last)
			}
		}
		if err := d.Aside(t.Context(), `UPDATE changes SET target = 'thing:none' WHERE site_id = $1 AND seq = 33`, s.ID); err != nil {
			t.Fatal(err)
		}
		for _, most := range []int64{1, 10, 1000} {
			if last, _ := inParts(t, trail, s.ID, audit.Mark{}, most); last.Intact || last.BrokenAt != 33 {
				t.Errorf("in parts of %d, altered: %+v", most, last)
			}
		}
	})
}

func TestTheNewestEntriesComeInPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		writeMany(t, log, s.ID, 10)
		sealSite(t, log, s.ID, 100)
		writeMany(t, log, s.ID, 5)
		for _, most := range []int{1, 2, 5, 7, 100} {
			var got []string
			for next, more := "", true; more; more = next != "" {
				var page []change.Entry
				var err error
				if page, next, err = log.Newest(t.Context(), s.ID, change.Filter{Operation: "thing.update"}, next, most); err != nil {
					t.Fatal(err)
				}
				for _, e := range page {
					got = append(got, e.Target)
				}
			}
			if want := "[thing:4 thing:3 thing:2 thing:1 thing:0 thing:9 thing:8 thing:7 thing:6 thing:5 thing:4 thing:3 thing:2 thing:1 thing:0]"; fmt.Sprint(got) != want {
				t.Errorf("in pages of %d: %v", most, got)
			}
		}
	})
}
