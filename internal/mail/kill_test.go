package mail_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/mail"
)

// What a child process is told in its environment.
const (
	childPoint = "ROSTER_MAIL_CHILD" // where it says so and waits to be killed
	childDB    = "ROSTER_MAIL_DB"
	childPort  = "ROSTER_MAIL_PORT"
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
	server := &mail.SMTP{Host: "127.0.0.1", Port: os.Getenv(childPort), Hello: "localhost"}
	through := hand(func(ctx context.Context, e mail.Envelope, ready func([]int) error) []mail.Answer {
		reach("claimed")
		answers := server.Send(ctx, e, ready)
		reach("accepted")
		return answers
	})
	_, err = mail.NewWorker(mail.NewOutbox(change.New(d)), through, slog.New(slog.NewTextHandler(os.Stdout, nil))).Drain(ctx)
	reach("recorded")
	fmt.Println("the child ended at no point:", err)
	os.Exit(1)
}

// victim is a child process that is killed where the test says.
type victim struct {
	*exec.Cmd
	once sync.Once
	out  io.Reader
}

func begin(w *world, r *receiver, point string) *victim {
	w.Helper()
	v := &victim{Cmd: exec.Command(os.Args[0])}
	v.Env = append(os.Environ(), childPoint+"="+point, childDB+"="+w.url, childPort+"="+r.port)
	out, err := v.StdoutPipe()
	if err != nil {
		w.Fatal(err)
	}
	v.out, v.Stderr = out, v.Stdout
	if err := v.Start(); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(v.kill)
	return v
}

// kill ends the child as a power cut does, and waits until it is gone.
func (v *victim) kill() {
	v.once.Do(func() {
		_ = v.Process.Kill()
		_, _ = v.Process.Wait()
	})
}

// A sender that dies loses no message. A copy more than one leaves only where it died after the mail server
// took the message and before that was stored; a message sent at most once is parked from the moment that it
// is handed over.
func TestAKilledSenderLosesNothing(t *testing.T) {
	for _, point := range []struct {
		name   string
		server bool // the mail server sees the point, and kills
		copies map[mail.Delivery]int
		parked bool // when sent at most once
	}{
		{"claimed", false, map[mail.Delivery]int{mail.AtLeastOnce: 1, mail.AtMostOnce: 1}, false},
		{"connected", true, map[mail.Delivery]int{mail.AtLeastOnce: 1, mail.AtMostOnce: 1}, false},
		{"named", true, map[mail.Delivery]int{mail.AtLeastOnce: 1, mail.AtMostOnce: 1}, false},
		{"handing over", true, map[mail.Delivery]int{mail.AtLeastOnce: 1, mail.AtMostOnce: 0}, true},
		{"taken, unanswered", true, map[mail.Delivery]int{mail.AtLeastOnce: 2, mail.AtMostOnce: 1}, true},
		{"accepted", false, map[mail.Delivery]int{mail.AtLeastOnce: 2, mail.AtMostOnce: 1}, true},
		{"recorded", false, map[mail.Delivery]int{mail.AtLeastOnce: 1, mail.AtMostOnce: 1}, false},
	} {
		for delivery, copies := range point.copies {
			t.Run(point.name+" "+string(delivery), func(t *testing.T) {
				each(t, func(w *world) {
					m := letter("ada@example.com", "grace@example.com")
					m.Delivery = delivery
					if point.name == "handing over" {
						m.Attachments = []mail.Attachment{{Name: "large.bin", ContentType: "application/octet-stream", Content: make([]byte, 1<<20)}}
					}
					id := w.enqueue(m)
					r := killAt(w, point.name, point.server)
					want := mail.Sent
					if point.parked && delivery == mail.AtMostOnce {
						want = mail.Uncertain
					}
					w.clock.Pass(time.Since(w.clock.Now()) + time.Hour)
					for range 3 {
						w.drain(r.transport())
						w.clock.Pass(time.Hour)
					}
					w.states(id, want, want)
					taken := r.all()
					if len(taken) != copies {
						w.Errorf("%d copies arrived, not %d", len(taken), copies)
					}
					for _, copy := range taken {
						if copy.id != "<"+id+"@example.org>" || copy.data != taken[0].data || len(copy.to) != 2 {
							w.Errorf("a copy is %s to %v", copy.id, copy.to)
						}
					}
				})
			})
		}
	}
}

// killAt lets a child send what is due and kills it at a point. It returns the mail server that the child used,
// which from then on takes everything.
func killAt(w *world, point string, server bool) *receiver {
	w.Helper()
	var v *victim
	begun := make(chan struct{})
	var dead sync.Once
	kill := func(at string) {
		if server && at == point {
			dead.Do(func() { <-begun; v.kill() })
		}
	}
	r := receive(w.T, func(r *receiver) {
		r.connected = func() { kill("connected") }
		r.rcpt = func(to string) error {
			if strings.HasPrefix(to, "grace") {
				kill("named")
			}
			return nil
		}
		r.data = func(net.Conn, io.Reader) error {
			first := false
			if point == "handing over" {
				dead.Do(func() { <-begun; v.kill(); first = true })
			}
			if first {
				return errHungUp
			}
			return nil
		}
		r.received = func(net.Conn, []byte) error { kill("taken, unanswered"); return nil }
	})
	v = begin(w, r, point)
	close(begun)
	lines := bufio.NewScanner(v.out)
	for lines.Scan() {
		if lines.Text() != "reached "+point {
			w.Errorf("the child says: %s", lines.Text())
		}
		v.kill()
	}
	return r
}
