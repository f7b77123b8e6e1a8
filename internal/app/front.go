package app

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/emulate"
	"github.com/rosterhq/roster/internal/seed"
	"github.com/rosterhq/roster/internal/site"
)

// FrontOptions say how clients that insist on Atlassian's host names are to reach a stand-in.
type FrontOptions struct {
	As        string // host name of the default site; empty for none
	TLSListen string // empty for none
	Proxy     string // empty for none
	CAFolder  string // empty for the user's own
	Now       func() time.Time
}

// OpenFront listens where o says. It returns nil where that is nowhere.
func OpenFront(ctx context.Context, o FrontOptions) (f *emulate.Front, err error) {
	if o.TLSListen == "" && o.Proxy == "" {
		return nil, nil
	}
	f = &emulate.Front{Names: emulate.Names{As: o.As}, Now: o.Now}
	if f.Authority, err = Authority(o.CAFolder, o.Now()); err != nil {
		return nil, err
	}
	if o.TLSListen != "" {
		f.TLS, err = Listen(ctx, o.TLSListen)
	}
	if o.Proxy != "" && err == nil {
		f.Proxy, err = Listen(ctx, o.Proxy)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Authority opens the stand-in's certificate authority, or makes it. No folder is the user's own.
func Authority(folder string, now time.Time) (*emulate.Authority, error) {
	if folder == "" {
		own, err := os.UserConfigDir()
		if err != nil {
			return nil, fmt.Errorf("find a folder for the certificate authority, which --ca-dir can name: %w", err)
		}
		folder = filepath.Join(own, "roster", "ca")
	}
	return emulate.OpenAuthority(folder, now)
}

// StandAs makes host the default site's name, and the public URL that its links begin with, also in sites. What is
// so already is left alone.
func (a *App) StandAs(ctx context.Context, host string, sites []seed.Applied) error {
	if host == "" {
		return nil
	}
	a.standsAs = host
	known, err := a.Sites.Named(ctx, "")
	if err != nil {
		return err
	}
	if url := "https://" + host; known.PublicURL != url {
		known, err = a.Sites.Change(ctx, change.Actor{Via: change.Start}, known.CloudID, func(s *site.Site) error {
			s.PublicURL = url
			return nil
		})
		if err != nil {
			return fmt.Errorf("stand in as %s: %w", host, err)
		}
	}
	for i := range sites {
		if sites[i].Site.CloudID == known.CloudID {
			sites[i].Site = known
		}
	}
	return nil
}

// Through adds to r how f is reached. Clients of a site with one of Atlassian's names look for its gateway there too.
func (r *Readiness) Through(f *emulate.Front) {
	if f == nil {
		return
	}
	r.CAFile = f.Authority.File
	if f.TLS != nil {
		r.TLSURL = secure(f.TLS)
	}
	if f.Proxy != nil {
		r.ProxyURL = URL(f.Proxy)
	}
	if f.Names.As == "" {
		return
	}
	for i, s := range r.Sites {
		r.Sites[i].GatewayURL = site.Site{CloudID: s.CloudID}.GatewayURL(emulate.Gateway)
	}
}

// secure is [URL] of a listener that takes TLS.
func secure(l net.Listener) string { return strings.Replace(URL(l), "http:", "https:", 1) }
