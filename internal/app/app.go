// Package app wires the program together. It is the only package that knows every other.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/audit"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/emulate"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/web"
	"github.com/rosterhq/roster/internal/webhook"
	"github.com/rosterhq/roster/internal/workflow"
)

// Options say what to run.
type Options struct {
	DB        string
	Throwaway bool      // what is written need not outlive the machine
	PublicURL string    // where people reach the default site; empty where that is where the server listens
	StandIn   bool      // roster dev: serve what only the stand-in has
	SMTP      string    // how mail is sent, as mail.Open reads it; empty where none is
	MailFrom  string    // who it is from
	MailLog   io.Writer // where mail goes that is only written to the log
	Log       *slog.Logger
	Version   string // of the program; empty where only its build tells
	Now       func() time.Time
	Cache     uint64         // bytes for what was read; 0 for no cache
	Allow     []netip.Prefix // networks that are not public, and where apps, webhooks and the like may be all the same
	HTTPHosts []string       // hosts that workflows may call by http
}

// App is a program that is ready to serve.
type App struct {
	DB        *db.DB
	Changes   *change.Log
	Sites     *site.Store
	Directory *directory.Directory
	Content   *content.Store
	Workflows *workflow.Store
	Webhooks  *webhook.Store

	// MetricsListener is where nothing but /metrics is served; nil for nowhere. A stand-in serves it beside all else.
	MetricsListener net.Listener

	options Options
	meter   *api.Meter
	traffic *web.Traffic
	cache   *cache.Cache // nil for none
	uses    *directory.Uses
	post    *post // nil where no mail is sent

	controlled *emulate.Sites // what a stand-in makes sites of; nil where nobody may
	standsAs   string         // the host name that a stand-in has; empty for none
}

// New opens the database and wires everything to it. Close it after use.
func New(ctx context.Context, o Options) (*App, error) {
	post, err := openPost(o.SMTP, o.MailFrom, o.MailLog)
	if err == nil {
		err = checkMemory(o.Cache)
	}
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, o.DB, db.Options{Throwaway: o.Throwaway})
	if err != nil {
		return nil, err
	}
	changes := &change.Log{DB: d, Now: o.Now}
	people := &directory.Directory{Changes: changes}
	a := &App{
		DB: d, Changes: changes, Sites: &site.Store{Changes: changes}, Directory: people, Content: &content.Store{Changes: changes},
		Workflows: Workflows(changes), Webhooks: webhook.NewStore(changes, o.networks()),
		options: o, uses: &directory.Uses{Directory: people}, meter: api.NewMeter(),
	}
	a.traffic = web.NewTraffic(a.meter, o.Now)
	post.join(a)
	if o.Cache > 0 {
		a.cache, err = cache.New(d, o.Cache)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return a, nil
}

// Scopes returns every scope that can limit a token to some purpose.
func Scopes() []string { return api.Scopes() }

// Handler answers every request. serverURL is where the server itself is reached.
func (a *App) Handler(serverURL string) http.Handler {
	if a.options.PublicURL != "" {
		serverURL = a.options.PublicURL
	}
	sites := &site.Resolver{Sites: a.Sites, Named: a.options.StandIn, Cache: a.cache}
	server := &api.Server{
		Sites:     sites,
		Directory: a.Directory,
		Content:   a.Content,
		Auth:      &auth.Authenticator{Directory: a.Directory, Uses: a.uses, Now: a.options.Now},
		PublicURL: serverURL,
		Log:       a.options.Log,

		ConfiguredURL: a.options.PublicURL,
		Refusals:      &explain.Store{}, // one for the whole server
		Meter:         a.meter,
	}
	if a.options.StandIn {
		server.Requests = &explain.Log{}
	}
	if a.post != nil {
		server.Invitations = a.post.invitations
	}
	authorization := &oauth.Server{
		Changes: a.Changes, Directory: a.Directory, Sites: a.Sites, Scopes: api.ScopeMeanings(), PublicURL: serverURL, StandIn: a.options.StandIn, Log: a.options.Log,
		Refusals: server.Refusals,
	}
	installer := a.Installer(serverURL)
	rest := a.ownRuns(sites, a.administration(sites, server, installer))
	pages := web.New(web.Server{
		Sites: sites, Directory: a.Directory, Content: a.Content, Auth: server.Auth, OAuth: authorization, PublicURL: serverURL, StandIn: a.options.StandIn, Log: a.options.Log,
		Refusals: server.Refusals, ConfiguredURL: server.ConfiguredURL, Invitations: server.Invitations,
		Describe: api.Describe,
		Operated: a.operated(installer), Automated: web.Automated{Workflows: a.Workflows, API: within{rest}, Way: a.way(serverURL, rest)},
		Emulated: a.emulated(server.Requests),
	})
	if a.options.StandIn {
		rest = a.control(serverURL, a.inbox(sites, a.besideMetrics(rest)))
	}
	rest = pages.Lost(rest, api.Identify)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz":
			api.Identify(w)
			w.Write([]byte("ok\n"))
		case "/readyz":
			a.ready(w, r)
		default:
			if !authorization.Handle(w, r, api.Identify) && !installer.Handle(w, r, api.Identify) && !pages.Handle(w, r, api.Identify) {
				rest.ServeHTTP(w, r)
			}
		}
	})
	if a.options.StandIn {
		return a.ownHost(handler)
	}
	return handler
}

// ready answers 200 while the database is reachable and has the schema that this program knows.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	request := api.Identify(w)
	if err := a.DB.Ready(ctx); err != nil {
		a.options.Log.ErrorContext(ctx, "not ready", "request", request, "err", err)
		http.Error(w, "the database is not ready", http.StatusServiceUnavailable)
		return
	}
	w.Write([]byte("ok\n"))
}

// drain is how long requests may go on after the server was told to stop.
const drain = 20 * time.Second

// Serve answers requests until ctx ends, and then until those under way are answered. Fronts
// are further ways in; nil is none.
func (a *App) Serve(ctx context.Context, l net.Listener, fronts ...*emulate.Front) error {
	handler := a.Handler(URL(l))
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    128 << 10,
		ErrorLog:          slog.NewLogLogger(a.options.Log.Handler(), slog.LevelDebug),
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var ended sync.WaitGroup
	ended.Go(func() { a.flush(background) })
	minutely := time.NewTicker(time.Minute)
	defer minutely.Stop()
	ended.Go(func() { a.traffic.Run(background, minutely.C) })
	ended.Go(func() { a.sweepSites(background) })
	ended.Go(func() { a.post.run(background, a) })
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	ended.Go(func() { a.upkeep(background, hourly.C) })
	ended.Go(func() { audit.NewSealer(a.Changes, a.options.Log).Run(background) })
	ended.Go(func() { a.react(background, l, handler) })
	ways := []func() error{func() error { return server.Serve(l) }}
	for _, f := range fronts {
		ways = append(ways, f.Join(server)...)
	}
	closeMetrics := func() error { return nil }
	if a.MetricsListener != nil {
		serve, closing := a.serveMetrics()
		closeMetrics = closing
		ways = append(ways, serve)
	}
	failed := make(chan error, len(ways))
	for _, serve := range ways {
		ended.Go(func() { failed <- serve() })
	}
	var err error
	select {
	case err = <-failed:
		server.Close()
	case <-ctx.Done():
		rest, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		err = server.Shutdown(rest)
	}
	err = errors.Join(err, closeMetrics())
	stop()
	ended.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// flush writes the last uses of tokens once a minute, and at the end.
func (a *App) flush(ctx context.Context) {
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for ended := false; !ended; {
		select {
		case <-every.C:
		case <-ctx.Done():
			ended = true
		}
		if err := a.uses.Flush(context.WithoutCancel(ctx)); err != nil {
			a.options.Log.Error("the last use of tokens could not be written", "err", err)
		}
	}
}

// Close closes the database, and gives the address of the metrics back.
func (a *App) Close() error {
	if a.MetricsListener != nil {
		a.MetricsListener.Close() // which it may be already
	}
	return a.DB.Close()
}

// Listen takes an address. Its error is one sentence.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", address, errors.Unwrap(err))
	}
	return l, nil
}

// URL is where a listener is reached from this machine.
func URL(l net.Listener) string {
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
