package audit_test

import (
	"context"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

func TestRetentionDeletesOldEntriesAndTheRestCanStillBeChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		now := time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)
		log.Now = func() time.Time { return now }
		writeMany(t, log, s.ID, 20)
		sealSite(t, log, s.ID, 10) // 1 to 10, 11 to 20, and 21
		now = now.AddDate(0, 0, 100)
		writeMany(t, log, s.ID, 5)
		sealSite(t, log, s.ID, 10) // 22 to 26
		noted := verify(t, log, s.ID).Head

		trail := &audit.Trail{Changes: log}
		prune := func(want int64) {
			t.Helper()
			if n, err := trail.Prune(t.Context(), s.ID, now.AddDate(0, 0, -90)); err != nil || n != want {
				t.Errorf("%d entries are deleted, want %d: %v", n, want, err)
			}
		}
		prune(21)
		prune(0)
		all := list(t, log, s.ID, change.Filter{}, 0)
		if len(all) != 6 || all[0].Seq != 22 || all[5].Operation != "audit.prune" || string(all[5].Detail) != `{"Seq":[0,21]}` {
			t.Errorf("what is left: %+v", all)
		}
		if r, err := trail.Verify(t.Context(), s.ID, noted); err != nil || !r.Intact || r.Pruned != 21 || r.Checked != 5 || r.Seals != 4 || r.Unsealed != 1 {
			t.Errorf("the check says %+v, %v", r, err)
		}
		sealSite(t, log, s.ID, 10)
		if r := verify(t, log, s.ID); !r.Intact || r.Checked != 6 {
			t.Errorf("the check says %+v", r)
		}
		now = now.AddDate(0, 0, 100)
		prune(6)
		if r := verify(t, log, s.ID); !r.Intact || r.Checked != 0 || r.Pruned != 27 || r.Seals != 5 {
			t.Errorf("with all deleted: %+v", r)
		}
		tamper(t, d, `UPDATE change_seals SET at = at + 1 WHERE site_id = $1 AND last_seq = 20`, s.ID)
		if r := verify(t, log, s.ID); r.Intact || r.BrokenAt != 11 {
			t.Errorf("a seal of deleted entries was altered: %+v", r)
		}
	})
}

func TestASealerDeletesByTheSettingOfEachSite(t *testing.T) {
	fresh(t, func(t *testing.T, d *db.DB) {
		log, kept := newSite(t, d, "kept")
		_, swept := newSite(t, d, "swept")
		now := time.Now()
		log.Now = func() time.Time { return now }
		_, err := (&site.Store{Changes: log}).Change(t.Context(), change.Actor{Via: change.CLI}, "swept", func(s *site.Site) error {
			return s.Settings.Set("auditRetentionDays", "7")
		})
		if err != nil {
			t.Fatal(err)
		}
		run := func() {
			ctx, stop := context.WithCancel(t.Context())
			ticks := make(chan time.Time)
			sealer := newSealer(log)
			sealer.Ticker = func(time.Duration) (<-chan time.Time, func()) { return ticks, func() {} }
			ended := make(chan struct{})
			go func() { defer close(ended); sealer.Run(ctx) }()
			ticks <- now
			stop()
			<-ended
		}
		run()
		now = now.AddDate(0, 0, 6)
		run()
		if r := verify(t, log, swept.ID); r.Pruned != 0 || r.Checked != 2 {
			t.Errorf("too early: %+v", r)
		}
		now = now.AddDate(0, 0, 2)
		run()
		if r := verify(t, log, swept.ID); !r.Intact || r.Pruned != 2 || r.Checked != 1 {
			t.Errorf("after the time: %+v", r)
		}
		if r := verify(t, log, kept.ID); !r.Intact || r.Pruned != 0 || r.Checked != 1 {
			t.Errorf("a site that keeps all: %+v", r)
		}
	})
}
