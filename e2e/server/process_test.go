package server

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a program may take to start or to end.
const patience = 60 * time.Second

// process is a running program.
type process struct {
	*testing.T
	cmd    *exec.Cmd
	url    string
	token  string // the bootstrap token it printed; empty without one
	temp   string // its folder for temporary files
	stderr bytes.Buffer
	ended  chan struct{}
	err    error // once ended
}

var (
	servesAt = regexp.MustCompile(`(?:Roster serves .* on|Roster stands in for Confluence at) (http://\S+)`)
	aToken   = regexp.MustCompile(`^  (roster_\w+)$`)
)

// start runs roster and waits until it says where it listens. It is stopped with the test.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{T: t, temp: t.TempDir(), ended: make(chan struct{})}
	p.cmd = exec.Command(binary, append(args, "--listen", "127.0.0.1:0")...)
	p.cmd.Dir = p.temp
	p.cmd.Env = append(bare(), "TMPDIR="+p.temp)
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string)
	go p.read(out, said)
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
	})
	select {
	case p.url = <-said:
	case <-time.After(patience):
	}
	if p.url == "" {
		t.Fatalf("roster %s did not start: %s", strings.Join(args, " "), p.stderr.Bytes())
	}
	return p
}

// bare is the environment without Roster's settings.
func bare() []string {
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "ROSTER_") {
			env = append(env, variable)
		}
	}
	return env
}

// read follows the program's output to its end, and tells the URL when it comes by.
func (p *process) read(out io.Reader, said chan<- string) {
	defer close(p.ended)
	var once sync.Once
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := aToken.FindStringSubmatch(lines.Text()); m != nil {
			p.token = m[1]
		}
		if m := servesAt.FindStringSubmatch(lines.Text()); m != nil {
			once.Do(func() { said <- m[1] })
		}
	}
	p.err = p.cmd.Wait()
	once.Do(func() { close(said) })
}

// stop sends the program a signal and wants it to end well.
func (p *process) stop(signal os.Signal) {
	p.Helper()
	p.signal(signal)
	p.wait()
}

func (p *process) signal(signal os.Signal) {
	p.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.Fatal(err)
	}
}

func (p *process) wait() {
	p.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.cmd.Process.Signal(syscall.SIGQUIT)
		p.Fatal("the program does not end")
	}
	if p.err != nil {
		p.Errorf("the program ended with %v: %s", p.err, p.stderr.Bytes())
	}
}

// get asks for a path with a token and returns the status and the body; 0 where nobody answers.
func (p *process) get(path, token string) (int, http.Header, string) {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), http.MethodGet, p.url+path, nil)
	if err != nil {
		p.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err.Error()
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		p.Fatal(err)
	}
	return got.StatusCode, got.Header, string(body)
}

// eventually asks until the answer is yes.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !done() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("it takes too long until %s", what)
		}
	}
}
