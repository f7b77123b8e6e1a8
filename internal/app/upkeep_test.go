package app_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/site"
)

// expiringSite makes a site with somebody who has a session and, for twenty days, an API token.
func expiringSite(t *testing.T, a *app.App, name, noticeDays string) int64 {
	t.Helper()
	by := change.Actor{Via: change.CLI}
	s, err := a.Sites.Add(t.Context(), by, site.Site{Name: name})
	if err == nil {
		_, err = a.Sites.Change(t.Context(), by, name, func(s *site.Site) error { return s.Settings.Set("tokenExpiryNoticeDays", noticeDays) })
	}
	if err != nil {
		t.Fatal(err)
	}
	ada, err := a.Directory.Add(t.Context(), s.ID, by, directory.Account{DisplayName: "Ada", Email: "ada@example.org"})
	if err == nil {
		_, err = a.Directory.AddSession(t.Context(), s.ID, s.CloudID, by, ada.ID, "a browser")
	}
	if err == nil {
		token := directory.Token{Label: "engine", ExpiresAt: time.Now().Add(20 * 24 * time.Hour)}
		_, err = a.Directory.AddToken(t.Context(), s.ID, by, ada.ID, token, directory.NewSecret(s.CloudID))
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.ID
}

func TestAServerTellsOfTokensAndDeletesWhatEndedByTheSettingOfEachSite(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		var ahead atomic.Int64
		a := open(t, database, func(o *app.Options) {
			o.SMTP, o.MailFrom, o.StandIn = "capture:", "Roster <roster@example.org>", true
			o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		})
		ids := map[string]int64{}
		for name, days := range map[string]string{"usual": "7", "quiet": "0", "late": "1"} {
			ids[name] = expiringSite(t, a, name, days)
		}
		ahead.Store(int64(16 * 24 * time.Hour))
		l, err := app.Listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- a.Serve(ctx, l) }()
		tokens := func(name string) int {
			n, _, err := db.One(context.Background(), a.DB, db.Scalar[int], `SELECT count(*) FROM tokens WHERE site_id = $1`, ids[name])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for end := time.Now().Add(time.Minute); tokens("usual")+tokens("quiet")+tokens("late") != 3; <-time.After(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the sessions stay")
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		outbox := mail.NewOutbox(a.Changes)
		for name, want := range map[string]int{"usual": 1, "quiet": 0, "late": 0} {
			got, err := outbox.Captured(t.Context(), ids[name])
			if err != nil || len(got) != want || want == 1 && !strings.Contains(got[0].Text, "engine") {
				t.Errorf("of %s there is mail %+v (%v)", name, got, err)
			}
		}
	})
}
