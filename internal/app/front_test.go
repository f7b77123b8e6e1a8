package app_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/emulate"
	"github.com/rosterhq/roster/internal/seed"
	"github.com/rosterhq/roster/internal/site"
)

// filled opens a stand-in with the demo site, under one of Atlassian's names.
func filled(t *testing.T, database string) (*app.App, []seed.Applied) {
	t.Helper()
	a := open(t, database, func(o *app.Options) { o.StandIn, o.PublicURL = true, "https://example.atlassian.net" })
	plan, err := seed.Demo()
	if err != nil {
		t.Fatal(err)
	}
	sites, err := seed.Ensure(t.Context(), a.Changes, plan)
	if err == nil {
		err = a.StandAs(t.Context(), "example.atlassian.net", sites)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a, sites
}

func TestTheDefaultSiteTakesTheNameThatItStandsInFor(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		a, sites := filled(t, database)
		known, err := a.Sites.Named(t.Context(), "")
		if err != nil || known.PublicURL != "https://example.atlassian.net" || len(known.Hosts) == 0 || sites[0].Site.PublicURL != known.PublicURL {
			t.Errorf("the site is %+v, and seen as %+v (%v)", known, sites[0].Site, err)
		}
		changes := func() int64 {
			n, _, err := db.One(t.Context(), a.DB, db.Scalar[int64], `SELECT count(*) FROM changes`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := changes()
		for _, host := range []string{"example.atlassian.net", ""} {
			if err := a.StandAs(t.Context(), host, sites); err != nil || changes() != before {
				t.Errorf("%q again: %d changes more (%v)", host, changes()-before, err)
			}
		}
		if _, err := a.Sites.Add(t.Context(), change.Actor{Via: change.Start}, site.Site{Name: "other", Hosts: []string{"other.atlassian.net"}}); err != nil {
			t.Fatal(err)
		}
		err = a.StandAs(t.Context(), "other.atlassian.net", sites)
		if err == nil || err.Error() != "stand in as other.atlassian.net: The host name other.atlassian.net belongs to a site already." {
			t.Errorf("the name of another site: %v", err)
		}
	})
}

func TestAFrontThatCannotListenLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	taken, err := app.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free, err := app.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	o := app.FrontOptions{TLSListen: address, Proxy: taken.Addr().String(), CAFolder: t.TempDir(), Now: time.Now}
	if _, err := app.OpenFront(t.Context(), o); err == nil || !strings.HasPrefix(err.Error(), "cannot listen on "+taken.Addr().String()) {
		t.Errorf("the error is %v", err)
	}
	again, err := app.Listen(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
	if f, err := app.OpenFront(t.Context(), app.FrontOptions{}); f != nil || err != nil {
		t.Errorf("without any address there is %v (%v)", f, err)
	}
}

func TestEveryNameReachesTheSameSitesByTLSAndThroughTheProxy(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		a, sites := filled(t, database)
		l, err := app.Listen(t.Context(), "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		front, err := app.OpenFront(t.Context(), app.FrontOptions{
			As: "example.atlassian.net", TLSListen: "127.0.0.1:0", Proxy: "127.0.0.1:0", CAFolder: t.TempDir(), Now: time.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- a.Serve(ctx, l, front) }()
		ready := app.Ready(app.URL(l), database, sites)
		ready.Through(front)
		gateway, isGateway := strings.CutPrefix(ready.Sites[0].GatewayURL, emulate.Gateway)
		if ready.Sites[0].URL != "https://example.atlassian.net" || !isGateway || ready.CAFile != front.Authority.File {
			t.Errorf("the ready file says %+v", ready)
		}
		for name, client := range clients(t, ready) {
			for host, path := range map[string]string{
				"example.atlassian.net": "", "other.atlassian.net": "", "api.atlassian.com": gateway, "auth.atlassian.com": gateway,
			} {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+path+"/wiki/rest/api/user/current", nil)
				if err != nil {
					t.Fatal(err)
				}
				r.SetBasicAuth(ready.Sites[0].AdminEmail, ready.Sites[0].AdminToken)
				got, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(got.Body)
				got.Body.Close()
				if err != nil || got.StatusCode != 200 || got.ProtoMajor != 2 || !strings.Contains(string(body), `"base":"https://example.atlassian.net/wiki"`) {
					t.Errorf("%s, %s: %d %s (%v)", name, host, got.StatusCode, body, err)
				}
			}
			client.CloseIdleConnections()
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// clients are those that a stand-in's front is made for.
func clients(t *testing.T, ready app.Readiness) map[string]*http.Client {
	t.Helper()
	front, proxy := strings.TrimPrefix(ready.TLSURL, "https://"), ready.ProxyURL
	roots := x509.NewCertPool()
	text, err := os.ReadFile(ready.CAFile)
	if err != nil || !roots.AppendCertsFromPEM(text) {
		t.Fatalf("%s is no certificate (%v)", text, err)
	}
	through, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	trusting := &tls.Config{RootCAs: roots}
	return map[string]*http.Client{
		"through the proxy": {Transport: &http.Transport{Proxy: http.ProxyURL(through), TLSClientConfig: trusting, ForceAttemptHTTP2: true}},
		"by TLS": {Transport: &http.Transport{
			TLSClientConfig: trusting, ForceAttemptHTTP2: true,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, front)
			},
		}},
	}
}
