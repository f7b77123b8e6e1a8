package e2e

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Mail and calls of which nobody knows whether they arrived are decided about in a browser.
func TestWhatIsUncertainIsDecidedAboutInABrowser(t *testing.T) {
	binary(t)
	t.Parallel()
	post, door := startForgetfulPost(t), startForgetfulDoor(t)
	database := filepath.Join(t.TempDir(), "roster.db")
	said := standIn(t, database, "--smtp", "smtp://"+post.address, "--http-hosts", "127.0.0.1")
	for _, file := range []string{mailOnce, fmt.Sprintf(callOnce, door.URL)} {
		path := filepath.Join(t.TempDir(), "workflow.yaml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		roster(t, "workflow", "add", path, "--db", database, "--site", said.Sites[0].Name)
	}
	tell(t, "uncertain.mjs", pageFacts{Server: said.URL, Email: said.Sites[0].AdminEmail, Token: said.Sites[0].AdminToken})
	// Each was lost the first time. What a person said had arrived must not have come again.
	for what, times := range map[string]int{"outbox-again": 2, "outbox-sent": 1, "run-again": 2, "run-sent": 1, "twice": 1} {
		if got := post.count(what); got != times {
			t.Errorf("mail %s came %d times, want %d", what, got, times)
		}
	}
	for what, times := range map[string]int{"call-again": 2, "call-sent": 1} {
		if got := door.count(what); got != times {
			t.Errorf("call %s came %d times, want %d", what, got, times)
		}
	}
}

const mailOnce = `document: {dsl: 1.0.0, namespace: test, name: mail-once, version: 1.0.0, title: Mail once, metadata: {delivery: at_most_once}}
input: {schema: {document: {type: object, required: [subject], properties: {subject: {type: string, title: Subject}}}}}
do:
  - mail:
      call: mail.send
      with: {to: grace.hopper@example.com, subject: "${ .subject }", text: Hello}
`

const callOnce = `document: {dsl: 1.0.0, namespace: test, name: call-once, version: 1.0.0, title: Call once}
input: {schema: {document: {type: object, required: [subject], properties: {subject: {type: string, title: Subject}}}}}
do:
  - ring:
      call: http
      with: {method: POST, endpoint: "%s", body: "${ .subject }"}
`

// forgetful counts what arrives, and answers nothing to what arrives for the first time.
type forgetful struct {
	mu   sync.Mutex
	came map[string]int
}

// first reports whether it is the first time.
func (f *forgetful) first(what string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.came[what]++
	return f.came[what] == 1
}

func (f *forgetful) count(what string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.came[what]
}

// forgetfulDoor is a web service that takes what it is sent and then cuts the line.
type forgetfulDoor struct {
	forgetful
	*httptest.Server
}

func startForgetfulDoor(t *testing.T) *forgetfulDoor {
	d := &forgetfulDoor{forgetful: forgetful{came: map[string]int{}}}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 100)
		n, _ := r.Body.Read(body)
		if d.first(string(body[:n])) {
			panic(http.ErrAbortHandler)
		}
		fmt.Fprint(w, "rung")
	}))
	t.Cleanup(d.Close)
	return d
}

// forgetfulPost is a mail server that takes a message and then cuts the line.
type forgetfulPost struct {
	forgetful
	address string
}

func startForgetfulPost(t *testing.T) *forgetfulPost {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &forgetfulPost{forgetful{came: map[string]int{}}, l.Addr().String()}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.talk(conn)
		}
	}()
	return p
}

// talk takes messages, which it tells by their subjects.
func (p *forgetfulPost) talk(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewScanner(conn)
	fmt.Fprint(conn, "220 mx.example.org\r\n")
	for in.Scan() {
		switch command, _, _ := strings.Cut(strings.ToUpper(in.Text()), " "); command {
		case "DATA":
			fmt.Fprint(conn, "354 go on\r\n")
			subject := ""
			for in.Scan() && in.Text() != "." {
				if s, is := strings.CutPrefix(in.Text(), "Subject: "); is {
					subject = s
				}
			}
			if p.first(subject) {
				return
			}
			fmt.Fprint(conn, "250 taken\r\n")
		case "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 mx.example.org\r\n")
		}
	}
}
