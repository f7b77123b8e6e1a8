package webhook_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/background/clock"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/webhook"
)

// What a child process is told in its environment.
const (
	childPoint = "ROSTER_WEBHOOK_CHILD" // where it says so and waits to be killed
	childDB    = "ROSTER_WEBHOOK_DB"
)

// child is a process that sends what is due, until it is killed.
func child() {
	reach := func(point string) {
		if os.Getenv(childPoint) == point {
			fmt.Println("reached " + point)
			select {}
		}
	}
	ctx := context.Background()
	d, err := db.Open(ctx, os.Getenv(childDB), db.Options{Throwaway: true})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	log := change.New(d)
	log.Now = func() time.Time { return clock.New().Now().Add(time.Hour) }
	worker := webhook.NewWorker(webhook.NewStore(log, near), slog.New(slog.NewTextHandler(os.Stdout, nil)))
	real := worker.Client.Transport
	worker.Client.Transport = serveFunc(func(r *http.Request) (*http.Response, error) {
		reach("claimed")
		got, err := real.RoundTrip(r)
		reach("answered")
		return got, err
	})
	_, err = worker.Drain(ctx)
	reach("recorded")
	fmt.Println("the child ended at no point:", err)
	os.Exit(1)
}

func TestAKilledWorkerLosesNothingAndRepeatsUnderTheSameID(t *testing.T) {
	for point, copies := range map[string]int{"claimed": 1, "taken, unanswered": 2, "answered": 2, "recorded": 1} {
		t.Run(point, func(t *testing.T) {
			each(t, func(w *world) {
				taken, killed := make(chan struct{}), make(chan struct{})
				r := receive(w, func(n int, _ delivery) int {
					if n == 1 && point == "taken, unanswered" {
						close(taken)
						<-killed
					}
					return 200
				})
				id, secret := w.hook(r.URL)
				w.add("ada")
				w.tell()
				victim := exec.Command(os.Args[0])
				victim.Env = append(os.Environ(), childPoint+"="+point, childDB+"="+w.url)
				out, err := victim.StdoutPipe()
				w.ok(err)
				w.ok(victim.Start())
				kill := sync.OnceFunc(func() {
					_ = victim.Process.Kill()
					_, _ = victim.Process.Wait()
				})
				w.Cleanup(kill)
				if point == "taken, unanswered" {
					<-taken
				} else {
					reached(w, out, point)
				}
				kill()
				close(killed)
				w.clock.Pass(2 * time.Hour)
				w.drain()
				w.counts(id, 0, 1, 0)
				all := r.all()
				if len(all) != copies || all[0].id != all[len(all)-1].id {
					w.Errorf("%d copies, not %d", len(all), copies)
				}
				for _, d := range all {
					w.ok(verify(secret, d))
				}
			})
		})
	}
}

// reached waits until a child says that it is at a point.
func reached(w *world, out io.Reader, point string) {
	w.Helper()
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "reached "+point {
			return
		}
		said = append(said, lines.Text())
	}
	w.Fatalf("the child ended: %s", strings.Join(said, "; "))
}
