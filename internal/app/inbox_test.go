package app

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// server is a program that answers requests, with the token of its first administrator.
type server struct {
	*httptest.Server
	token string
}

func serving(t *testing.T, o Options) server {
	t.Helper()
	o.Throwaway, o.Now, o.Log, o.MailFrom = true, time.Now, slog.New(slog.DiscardHandler), "Roster <roster@example.org>"
	a, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	token, err := a.Bootstrap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(nil)
	s.Config.Handler = a.Handler("http://" + s.Listener.Addr().String())
	s.Start()
	t.Cleanup(s.Close)
	return server{s, token}
}

func (s server) inbox(t *testing.T, method, path string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	all, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, strings.TrimSpace(string(all))
}

func (s server) invite(t *testing.T, address string) {
	t.Helper()
	c, err := confluence.NewClient(s.URL, confluence.WithBearer(s.token), confluence.WithHTTPClient(s.Client()))
	if err == nil {
		err = c.Users.Invite(t.Context(), []string{address})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestAStandInShowsTheMailOfASiteAtOnce(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		s := serving(t, Options{DB: url, StandIn: true, SMTP: "capture:"})
		for _, path := range []string{inboxPath, "/_site/main" + inboxPath} {
			if status, body := s.inbox(t, http.MethodGet, path); status != 200 || body != `{"messages":[]}` {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
		s.invite(t, "new@example.com")
		if status, body := s.inbox(t, http.MethodGet, inboxPath); status != 200 || !strings.Contains(body, s.URL+"/invitation/roster_inv_") {
			t.Errorf("%d %s", status, body)
		}
		if status, _ := s.inbox(t, http.MethodPost, inboxPath); status != 405 {
			t.Errorf("POST: %d", status)
		}
		if status, _ := s.inbox(t, http.MethodGet, "/_site/nobody"+inboxPath); status != 404 {
			t.Errorf("no such site: %d", status)
		}
	})
}

func TestADirectoryShowsItsMailToNobody(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		s := serving(t, Options{DB: url, PublicURL: "https://people.example", SMTP: "capture:"})
		s.invite(t, "new@example.com")
		for _, path := range []string{inboxPath, "/_site/main" + inboxPath} {
			if status, body := s.inbox(t, http.MethodGet, path); status != 404 || strings.Contains(body, "new@") {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
	})
}

func TestABadMailSettingIsOneSentenceWithoutThePassword(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ smtp, from, want string }{
		{"log:", "", "--smtp needs --mail-from, which says who mail is from"},
		{"log:", "nobody", "--mail-from takes an address, such as Roster <roster@example.com>"},
		{"smtp://ada:secret@mail.example/?x=1", "a@example.com", "--smtp: the mail server mail.example has an option other than ?tls=required"},
	} {
		if _, err := openPost(tt.smtp, tt.from, os.Stderr); err == nil || err.Error() != tt.want {
			t.Errorf("%s from %q: %v", tt.smtp, tt.from, err)
		}
	}
	if p, err := openPost("", "", nil); p != nil || err != nil {
		t.Errorf("without a mail server: %v %v", p, err)
	}
}
