package app

import (
	"context"
	"net/http"
	"time"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/emulate"
	"github.com/rosterhq/roster/internal/seed"
	"github.com/rosterhq/roster/internal/site"
)

// ControlSites lets whoever calls the stand-in make sites of a seed, reset and delete them. It is called before the
// handler is made.
func (a *App) ControlSites(plan *seed.Seed) *emulate.Sites {
	a.controlled = &emulate.Sites{Store: a.Sites, Seed: plan}
	return a.controlled
}

// control serves what is asked about the sites of a stand-in and hands other requests on to next.
func (a *App) control(serverURL string, next http.Handler) http.Handler {
	if a.controlled == nil {
		return next
	}
	c := &emulate.Control{Sites: a.controlled, Identify: api.Identify, Log: a.options.Log, Describe: func(s seed.Applied) any {
		ready := readySite(serverURL, s)
		if a.standsAs != "" {
			ready.GatewayURL = site.Site{CloudID: ready.CloudID}.GatewayURL(emulate.Gateway)
		}
		return ready
	}}
	return c.Handler(next)
}

// sweepSites deletes what is left of sites that were removed, at once and once a minute until ctx ends.
func (a *App) sweepSites(ctx context.Context) {
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for {
		if _, err := a.Sites.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.options.Log.Error("what is left of sites that were deleted cannot be deleted now", "err", err)
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}
