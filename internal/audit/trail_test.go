package audit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func targets(entries []change.Entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Target)
	}
	return all
}

func TestADisclosureSaysWhoSawWhatWhenAndFromWhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		people := &directory.Directory{Changes: log}
		if _, err := people.Add(t.Context(), s.ID, change.Actor{Via: change.CLI}, directory.Account{ID: "ada", Email: "ada@example.org", PublicName: "Ada"}); err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 2, 3, 4, 5, 6, 789000, time.UTC)
		log.Now = func() time.Time { return now }
		app := change.Actor{AccountID: "app", TokenID: "t1", RequestID: "r1", IP: "192.0.2.7", Via: change.API}
		if _, err := people.PrivacyUnsafeEmails(t.Context(), s.ID, app, []string{"ada"}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got := list(t, log, s.ID, change.Filter{Operation: "account.email.disclose"}, 0)
			if len(got) != 1 || got[0].Actor != app || got[0].Target != "account:ada" || !got[0].At.Equal(now) || string(got[0].Detail) != "{}" {
				t.Errorf("the disclosure is listed as %+v", got)
			}
			sealSite(t, log, s.ID, 100)
		}
	})
}

func TestAListIsInOrderWithTheUnsealedLast(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		writeMany(t, log, s.ID, 230)
		sealSite(t, log, s.ID, 100)
		writeMany(t, log, s.ID, 210)
		all := list(t, log, s.ID, change.Filter{}, 0)
		if len(all) != 441 {
			t.Fatalf("%d entries", len(all))
		}
		for i, e := range all {
			want := int64(i + 1)
			if i >= 231 {
				want = 0
			}
			if e.Seq != want {
				t.Fatalf("entry %d has seq %d, want %d", i, e.Seq, want)
			}
		}
		if all[230].Target != "thing:229" || all[231].Target != "thing:0" || all[440].Target != "thing:209" {
			t.Errorf("the order is lost: %s, %s, %s", all[230].Target, all[231].Target, all[440].Target)
		}
		for limit, want := range map[int]int{1: 1, 200: 200, 231: 231, 232: 232, 440: 440, 441: 441, 1000: 441} {
			if n := len(list(t, log, s.ID, change.Filter{}, limit)); n != want {
				t.Errorf("a limit of %d gives %d", limit, n)
			}
		}
		stop := errors.New("enough")
		if err := (&audit.Trail{Changes: log}).List(t.Context(), s.ID, change.Filter{}, 0, func(change.Entry) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestAnEntryThatIsSealedWhileItIsListedIsNotLeftOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		writeMany(t, log, s.ID, 450)
		seen := map[string]bool{}
		n := 0
		err := (&audit.Trail{Changes: log}).List(t.Context(), s.ID, change.Filter{}, 0, func(e change.Entry) error {
			if n++; n%60 == 0 {
				sealOnce(t, log, s.ID, "test", 100)
			}
			seen[e.Target] = true
			return nil
		})
		if err != nil || len(seen) != 451 {
			t.Errorf("%d of 451 were listed: %v", len(seen), err)
		}
	})
}

func TestAFilterPicksBySealedAndUnsealedAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		day := time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)
		for i, by := range []change.Actor{ada, {Via: change.CLI}, {AccountID: "bob", Via: change.API}} {
			log.Now = func() time.Time { return day.AddDate(0, 0, i) }
			write(t, log, s.ID, by, fmt.Sprintf("thing:%d", i))
		}
		for _, seal := range []bool{false, true} {
			if seal {
				sealSite(t, log, s.ID, 2)
			}
			for name, tt := range map[string]struct {
				filter change.Filter
				want   []string
			}{
				"actor":     {change.Filter{Actor: "bob"}, []string{"thing:2"}},
				"operation": {change.Filter{Operation: "thing.update"}, []string{"thing:0", "thing:1", "thing:2"}},
				"target":    {change.Filter{Target: "thing:1"}, []string{"thing:1"}},
				"via":       {change.Filter{Via: change.API}, []string{"thing:0", "thing:2"}},
				"until":     {change.Filter{Until: day.AddDate(0, 0, 1)}, []string{"thing:0"}},
				"between":   {change.Filter{Since: day.AddDate(0, 0, 1), Until: day.AddDate(0, 0, 2)}, []string{"thing:1"}},
				"both":      {change.Filter{Via: change.API, Actor: ada.AccountID}, []string{"thing:0"}},
				"nothing":   {change.Filter{Actor: "nobody"}, nil},
			} {
				if got := targets(list(t, log, s.ID, tt.filter, 0)); !slices.Equal(got, tt.want) {
					t.Errorf("by %s, sealed %t: %v, want %v", name, seal, got, tt.want)
				}
			}
		}
	})
}

func TestFollowingGoesOnWithWhatIsSealedUntilItIsStopped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, s := newSite(t, d, dbtest.Name(t))
		sealSite(t, log, s.ID, 100)
		ctx, stop := context.WithCancel(t.Context())
		ticks, came, ended := make(chan time.Time), make(chan int64), make(chan error)
		go func() {
			ended <- (&audit.Trail{Changes: log}).Follow(ctx, s.ID, change.Filter{}, 0, ticks, func(e change.Entry) error { came <- e.Seq; return nil })
		}()
		next := func(want int64) {
			t.Helper()
			for {
				select {
				case ticks <- time.Time{}:
				case seq := <-came:
					if seq != want {
						t.Errorf("%d comes, want %d", seq, want)
					}
					return
				case err := <-ended:
					t.Fatalf("it ended before %d came: %v", want, err)
				}
			}
		}
		next(1)
		writeMany(t, log, s.ID, 2)
		for range 2 { // the second is taken when it has looked for the first
			select {
			case ticks <- time.Time{}:
			case seq := <-came:
				t.Errorf("%d comes, which is not sealed", seq)
			}
		}
		sealSite(t, log, s.ID, 100)
		next(2)
		next(3)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
