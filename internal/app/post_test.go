package app_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/site"
)

func TestAMailServerWithoutItsPortIsRefusedByTheSettingsName(t *testing.T) {
	t.Parallel()
	_, err := app.New(t.Context(), app.Options{DB: t.TempDir() + "/x.db", SMTP: "smtp://ada:secret@127.0.0.1:", MailFrom: "roster@example.org"})
	if err == nil || !strings.HasPrefix(err.Error(), "--smtp: the mail server 127.0.0.1 ") || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

func TestAServerDeletesOldMailByTheSettingOfEachSiteEvenIfItSendsNone(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		a := open(t, database)
		by := change.Actor{Via: change.CLI}
		ids := map[string]int64{}
		for name, days := range map[string]string{"usual": "90", "short": "7", "kept": "0"} {
			s, err := a.Sites.Add(t.Context(), by, site.Site{Name: name})
			if err == nil {
				_, err = a.Sites.Change(t.Context(), by, name, func(s *site.Site) error { return s.Settings.Set("mailRetentionDays", days) })
			}
			if err != nil {
				t.Fatal(err)
			}
			ids[name] = s.ID
		}
		outbox := mail.NewOutbox(&change.Log{DB: a.DB, Now: func() time.Time { return time.Now().AddDate(0, 0, -8) }})
		for _, id := range ids {
			err := outbox.Changes.Write(t.Context(), id, by, func(tx *change.Tx) error {
				m := mail.Message{From: mail.Address{Address: "roster@example.org"}, To: []mail.Address{{Address: "ada@example.com"}}, Subject: "x", Text: "x"}
				_, err := outbox.EnqueueIn(t.Context(), tx, m)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := mail.NewWorker(outbox, mail.Capture{}, slog.New(slog.DiscardHandler)).Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		l, err := app.Listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- a.Serve(ctx, l) }()
		defer func() {
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}()
		count := func(name string) int {
			n, _, err := db.One(context.Background(), a.DB, db.Scalar[int], `SELECT count(*) FROM outbox WHERE site_id = $1`, ids[name])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for end := time.Now().Add(time.Minute); count("short") != 0; <-time.After(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("the mail stays")
			}
		}
		if count("usual") != 1 || count("kept") != 1 {
			t.Error("mail is deleted that is to be kept")
		}
	})
}
