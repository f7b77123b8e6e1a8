package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// metricsPath is where Prometheus looks.
const metricsPath = "/metrics"

// ListenForMetrics takes the address on which metrics are served; empty is none. [App.Close] gives it back.
func (a *App) ListenForMetrics(ctx context.Context, address string) (err error) {
	if address != "" {
		a.MetricsListener, err = Listen(ctx, address)
	}
	return err
}

// serveMetrics is the way in for Prometheus, which has nothing but metrics: close ends it.
func (a *App) serveMetrics() (serve, closing func() error) {
	mux := http.NewServeMux()
	mux.Handle("GET "+metricsPath, a.metrics())
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(a.options.Log.Handler(), slog.LevelDebug),
	}
	return func() error {
		if err := server.Serve(a.MetricsListener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}, server.Close
}

// besideMetrics serves metrics beside next, in a stand-in.
func (a *App) besideMetrics(next http.Handler) http.Handler {
	shown := a.metrics()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == metricsPath && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			shown.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
