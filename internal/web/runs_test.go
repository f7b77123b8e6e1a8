package web_test

import (
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/workflow"
)

// alone is [dbtest.Each] with databases whose runs nobody else's runner takes.
func alone(t *testing.T, test func(*testing.T, *db.DB)) {
	t.Helper()
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		test(t, d)
	})
}

// started starts the workflow own and returns the path of its run.
func (w *browser) started(pairs ...string) string {
	w.t.Helper()
	got := w.post("/workflows/own/run", append([]string{"key", w.key("/workflows/own"), "in.to", "ada@example.com"}, pairs...)...)
	_, id, found := strings.Cut(got.header.Get("Location"), "runs/")
	if got.status != http.StatusSeeOther || !found {
		w.t.Fatal(got)
	}
	return "/runs/" + id
}

// drain runs what is due.
func (b *bed) drain(s *workflow.Store) {
	b.t.Helper()
	r := workflow.NewRunner(s, action.All(api.Actions()), slog.New(slog.DiscardHandler))
	r.Outbox, r.From = b.outbox(), mail.Address{Address: "roster@example.com"}
	_, err := r.Drain(b.t.Context())
	b.must(err)
}

var looked = regexp.MustCompile(`hx-get="[^"]*(\?look=[^"]+)"`)

func TestTheRunsOfWorkflowsAreListedAndFollowed(t *testing.T) {
	alone(t, func(t *testing.T, d *db.DB) {
		b, s := flows(t, d)
		boss := b.boss()
		boss.stored(mailer("own", ""))
		path := boss.started()
		before := boss.get(path)
		look := looked.FindStringSubmatch(before.body)
		if !before.has("queued", "No step is finished yet") || look == nil {
			t.Fatal(before)
		}
		asks := http.Header{"Hx-Request": {"true"}, "Hx-Target": {"progress"}}
		if got := boss.do(http.MethodGet, path+look[1], nil, asks); got.status != http.StatusNoContent || got.body != "" {
			t.Error("what has not changed is sent again", got.status)
		}
		b.drain(s)
		got := boss.do(http.MethodGet, path+look[1], nil, asks)
		if got.status != http.StatusOK || got.has("<html") || !got.has("succeeded", "mail.send", "ada@example.com", "/do/2/mail", `<g class="step call done">`) || got.has("<i>Hello") {
			t.Error(got)
		}
		if list := boss.get("/runs?workflow=own&state=succeeded"); !list.has(strings.TrimPrefix(path, "/"), "by hand") {
			t.Error(list)
		}
		if list := boss.get("/runs?state=failed"); !list.has("No run is like this") {
			t.Error(list.status)
		}
		for _, odd := range []string{"?state=x", "?workflow=%00%ff", "?after=x'", "?workflow=%3Cscript%3E"} {
			if got := boss.get("/runs" + odd); got.status >= 500 || got.has("<script>") {
				t.Error(odd, got.status)
			}
		}
		for _, odd := range []string{"x", "%00", "01890000-0000-7000-8000-000000000000", "%2e%2e"} {
			if got := boss.get("/runs/" + odd); got.status != http.StatusNotFound {
				t.Error(odd, got.status)
			}
		}
	})
}

func TestARunIsCancelledAfterTheQuestion(t *testing.T) {
	alone(t, func(t *testing.T, d *db.DB) {
		b, s := flows(t, d)
		boss := b.boss()
		boss.stored(mailer("own", ""))
		path := boss.started()
		if got := boss.get(path + "/cancel"); !got.has("Cancel this run?") {
			t.Error(got.status)
		}
		if got := boss.post(path + "/cancel"); got.status != http.StatusSeeOther {
			t.Error(got)
		}
		if got := boss.get(path); !got.has("cancelled") || got.has("/cancel\"") {
			t.Error(got)
		}
		if got := boss.post(path + "/cancel"); got.status != http.StatusBadRequest {
			t.Error(got.status)
		}
		b.drain(s)
		if letters, err := b.outbox().Captured(t.Context(), b.site.ID); err != nil || len(letters) != 0 {
			t.Error(letters, err)
		}
	})
}

func TestAPersonDecidesAboutMailOfARunThatIsUncertain(t *testing.T) {
	t.Parallel()
	for do, want := range map[string]mail.State{"resend": mail.Queued, "sent": mail.Sent} {
		t.Run(do, func(t *testing.T) {
			alone(t, func(t *testing.T, d *db.DB) {
				b, s := flows(t, d)
				boss := b.boss()
				boss.stored(mailer("own", "  metadata:\n    delivery: at_most_once\n"))
				path := boss.started()
				b.drain(s)
				letters, err := b.outbox().Captured(t.Context(), b.site.ID)
				b.must(err)
				if len(letters) != 1 {
					t.Fatal(letters)
				}
				b.loses(letters[0].ID)
				if got := boss.get(path); !got.has("Nobody knows whether it was done", "uncertain", "Do it again") {
					t.Fatal(got)
				}
				if got := boss.post(path+"/decide", "do", "perhaps"); got.status != http.StatusBadRequest {
					t.Error(got.status)
				}
				if got := boss.get(path + "/decide?do=" + do); got.status != http.StatusOK || !got.has("The uncertain mail of the run of", "Cancel") || b.stateOf(letters[0].ID) != mail.Uncertain {
					t.Error(got)
				}
				if got := boss.post(path + "/decide?do=" + do); got.status != http.StatusSeeOther {
					t.Fatal(got)
				}
				if got := b.stateOf(letters[0].ID); got != want {
					t.Error(got)
				}
				if got := boss.get(path + "/decide?do=" + do); got.status != http.StatusSeeOther {
					t.Error("it asks about what is decided", got.status)
				}
				if got := boss.get(path); got.has("Nobody knows") || !got.has("succeeded") {
					t.Error(got.status)
				}
			})
		})
	}
}
