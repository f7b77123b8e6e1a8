package rostertest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/emulate"
	"github.com/rosterhq/roster/internal/seed"
)

// server is what all sites of a test binary share.
type server struct {
	URL string

	app    *app.App
	http   *http.Client
	folder string
	life   context.Context
	end    context.CancelFunc
	ended  chan error

	mu    sync.Mutex
	sites map[string]*emulate.Sites // by the text of the seed; "" for the demo
}

var running struct {
	sync.Mutex
	server *server
	err    error
}

// start returns the server, and starts it where it does not run.
func start() (*server, error) {
	running.Lock()
	defer running.Unlock()
	if running.server == nil && running.err == nil {
		running.server, running.err = open()
	}
	return running.server, running.err
}

// Close ends the server of all sites and removes its files. TestMain may call it after the last test, in particular
// before it looks for goroutines that are left. Without it the server ends with the process, and the next test binary
// removes the files.
func Close() error {
	running.Lock()
	defer running.Unlock()
	s := running.server
	running.server, running.err = nil, nil
	if s == nil {
		return nil
	}
	return s.close()
}

const folderName = "roster-test-sites-"

func open() (s *server, err error) {
	clear(os.TempDir())
	s = &server{http: &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}, ended: make(chan error, 1), sites: map[string]*emulate.Sites{}}
	s.life, s.end = context.WithCancel(context.Background())
	if s.folder, err = os.MkdirTemp("", folderName+strconv.Itoa(os.Getpid())+"-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.clean())
		}
	}()
	s.app, err = app.New(s.life, app.Options{
		DB: filepath.Join(s.folder, "roster.db"), Throwaway: true, StandIn: true, Now: time.Now, Cache: 16 << 20,
		SMTP: "capture:", MailFrom: "roster@example.com", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	demo, err := seed.Demo()
	if err != nil {
		return nil, err
	}
	// The first site is the default one, which cannot be deleted, so it is nobody's.
	if _, err := seed.Apply(s.life, s.app.Changes, demo); err != nil {
		return nil, err
	}
	s.sites[""] = s.app.ControlSites(demo)
	l, err := new(net.ListenConfig).Listen(s.life, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.URL = app.URL(l)
	go func() { s.ended <- s.app.Serve(s.life, l) }()
	return s, nil
}

// sitesOf makes sites of a seed, given by its text.
func (s *server) sitesOf(text string) (*emulate.Sites, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.sites[text]; known != nil {
		return known, nil
	}
	plan, err := seed.Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	s.sites[text] = s.sites[""].Of(plan)
	return s.sites[text], nil
}

// client calls a site as somebody.
func (s *Site) client(as Person) *confluence.Client {
	s.t.Helper()
	who := confluence.WithBasicAuth(as.Email, as.Token)
	if as.Email == "" {
		who = confluence.WithBearer(as.Token)
	}
	c, err := confluence.NewClient(s.URL, who, confluence.WithHTTPClient(s.server.http))
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *server) close() error {
	s.http.CloseIdleConnections()
	s.end()
	return errors.Join(<-s.ended, s.clean())
}

// clean closes and removes what there is.
func (s *server) clean() error {
	s.end()
	var err error
	if s.app != nil {
		err = s.app.Close()
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}

// clear removes the folders that test binaries have left which run no more.
func clear(temporary string) {
	left, _ := filepath.Glob(filepath.Join(temporary, folderName+"*"))
	for _, folder := range left {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(folder), folderName), "-")
		pid, err := strconv.Atoi(number)
		if err != nil {
			continue
		}
		if p, err := os.FindProcess(pid); err != nil || errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone) {
			os.RemoveAll(folder)
		}
	}
}
