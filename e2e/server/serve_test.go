package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db/dbtest"
)

const current = "/wiki/rest/api/user/current"

func TestTheFirstStartPrintsATokenOnceAndItWorks(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		first := start(t, "serve", "--db", database)
		if status, _, body := first.get(current, first.token); status != 200 || !strings.Contains(body, "Administrator") {
			t.Errorf("the token %q gives %d %s", first.token, status, body)
		}
		for _, path := range []string{"/healthz", "/readyz"} {
			if status, _, body := first.get(path, ""); status != 200 || body != "ok\n" {
				t.Errorf("%s gives %d %q", path, status, body)
			}
		}
		if status, _, _ := first.get("/_site/main"+current, first.token); status != 404 {
			t.Errorf("what only the stand-in has gives %d", status)
		}
		first.stop(syscall.SIGTERM)
		second := start(t, "serve", "--db", database)
		if second.token != "" {
			t.Error("the second start prints a token")
		}
		if status, _, _ := second.get(current, first.token); status != 200 {
			t.Errorf("after the second start the token gives %d", status)
		}
		second.stop(os.Interrupt)
		for _, p := range []*process{first, second} {
			if text := p.stderr.String(); strings.Contains(text, first.token) {
				t.Errorf("the log holds the token: %s", text)
			}
		}
	})
}

func TestFirstStartsAtTheSameTimePrintOneToken(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		const nodes = 4
		started := make([]*process, nodes)
		var all sync.WaitGroup
		for i := range nodes {
			all.Go(func() { started[i] = start(t, "serve", "--db", database) })
		}
		all.Wait()
		var token string
		for _, p := range started {
			if p == nil {
				t.Fatal("a node did not start")
			}
			if p.token != "" && token != "" {
				t.Error("two tokens were printed")
			}
			token += p.token
		}
		for i, p := range started {
			if status, _, _ := p.get(current, token); status != 200 {
				t.Errorf("at node %d the token gives %d", i, status)
			}
			p.stop(syscall.SIGTERM)
		}
	})
}

func TestAStartThatFindsItsPortTakenLeavesTheTokenToTheNext(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if out, err := run(t, "serve", "--db", database, "--listen", l.Addr().String()); err == nil || strings.Contains(out, "roster_") {
			t.Errorf("it ran: %s", out)
		}
		if p := start(t, "serve", "--db", database); p.token == "" {
			t.Error("no token was printed")
		}
	})
}

func TestARequestUnderWayIsAnsweredBeforeTheEnd(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		p := start(t, "serve", "--db", database)
		address := strings.TrimPrefix(p.url, "http://")
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		const body = `{"accountIds":["nobody"]}`
		fmt.Fprintf(conn, "POST /wiki/api/v2/users-bulk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
			p.token, len(body))
		// The server asks for the body, so it has begun.
		in := bufio.NewReader(conn)
		if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
			t.Fatalf("%q (%v)", line, err)
		}
		if _, err := in.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		p.signal(syscall.SIGTERM)
		eventually(t, "nobody listens", func() bool {
			again, err := net.Dial("tcp", address)
			if err == nil {
				again.Close()
			}
			return err != nil
		})
		io.WriteString(conn, body)
		got, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		if text, err := io.ReadAll(got.Body); err != nil || got.StatusCode != 200 || !strings.Contains(string(text), `"results":[]`) {
			t.Errorf("%d %s (%v)", got.StatusCode, text, err)
		}
		p.wait()
	})
}

func TestAServerIsReadyWhileItsDatabaseCanBeReached(t *testing.T) {
	t.Parallel()
	way, database := dbtest.NewWay(t)
	p := start(t, "serve", "--db", database)
	if status, _, body := p.get("/readyz", ""); status != 200 {
		t.Fatalf("at first: %d %s", status, body)
	}
	way.Cut()
	if status, _, body := p.get("/readyz", ""); status != 503 || strings.Contains(body, "127.0.0.1") {
		t.Errorf("without its database: %d %s", status, body)
	}
	if status, header, body := p.get(current, p.token); status != 503 || header.Get("Retry-After") == "" || strings.Contains(body, "127.0.0.1") {
		t.Errorf("a request without the database: %d %v %s", status, header, body)
	}
	if status, _, _ := p.get("/healthz", ""); status != 200 {
		t.Errorf("the process lives, but: %d", status)
	}
	way.Mend()
	// What works in the background may just now have found another of its connections cut.
	for _, path := range []string{"/readyz", current} {
		for end := time.Now().Add(time.Minute); ; <-time.After(20 * time.Millisecond) {
			status, _, body := p.get(path, p.token)
			if status == 200 {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("%s once it is back: %d %s", path, status, body)
			}
		}
	}
	p.stop(syscall.SIGTERM)
}
