package metrics

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/site"
)

// Source is where the numbers come from.
type Source struct {
	Meter     *api.Meter
	DB        *db.DB
	Sites     *site.Store
	Directory *directory.Directory
	Outbox    *mail.Outbox
	Log       *slog.Logger
}

// patience is how long a scrape waits for the database.
const patience = 5 * time.Second

// mostScrapes bounds how many scrapes ask the database at once.
const mostScrapes = 2

// Registry returns a registry of its own with everything that is shown.
func (s *Source) Registry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(s, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// Handler serves all of it.
func (s *Source) Handler() http.Handler {
	return promhttp.HandlerFor(s.Registry(), promhttp.HandlerOpts{MaxRequestsInFlight: mostScrapes, ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelError)})
}

// Describe implements [prometheus.Collector].
func (s *Source) Describe(to chan<- *prometheus.Desc) {
	for _, f := range Families {
		to <- f.desc
	}
}

// Collect implements [prometheus.Collector].
func (s *Source) Collect(to chan<- prometheus.Metric) {
	s.collectRequests(to)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var found []prometheus.Metric
	err := s.DB.Ready(ctx)
	if err == nil {
		found, err = s.ask(ctx)
	}
	up := 1.0
	if err != nil {
		s.Log.WarnContext(ctx, "the database cannot be asked for metrics", "err", err)
		up, found = 0, nil
	}
	to <- prometheus.MustNewConstMetric(databaseUp.desc, prometheus.GaugeValue, up)
	for _, m := range found {
		to <- m
	}
}

func (s *Source) collectRequests(to chan<- prometheus.Metric) {
	for _, m := range s.Meter.Measures() {
		for i, n := range m.Classes {
			if n > 0 {
				to <- prometheus.MustNewConstMetric(requests.desc, prometheus.CounterValue, float64(n), m.Operation, strconv.Itoa(i+1)+"xx")
			}
		}
		buckets := make(map[float64]uint64, len(m.Within))
		for i, n := range m.Within {
			buckets[api.LatencyBounds[i].Seconds()] = n
		}
		to <- prometheus.MustNewConstHistogram(seconds.desc, m.Count, m.Total.Seconds(), buckets, m.Operation)
	}
	counts := s.Meter.Refusals()
	for _, check := range explain.Checks {
		to <- prometheus.MustNewConstMetric(refusals.desc, prometheus.CounterValue, float64(counts[check]), string(check))
	}
}

// ask reads what only the database knows.
func (s *Source) ask(ctx context.Context) (found []prometheus.Metric, err error) {
	gauge := func(f Family, n int64, labels ...string) {
		found = append(found, prometheus.MustNewConstMetric(f.desc, prometheus.GaugeValue, float64(n), labels...))
	}
	sites, err := s.Sites.List(ctx)
	if err != nil {
		return nil, err
	}
	depth := map[mail.State]int64{}
	for _, of := range sites {
		e, err := s.Directory.TokenExpiry(ctx, of.ID)
		if err != nil {
			return nil, err
		}
		gauge(expiring, e.Within7Days, of.Name, "7d")
		gauge(expiring, e.Within30Days, of.Name, "30d")
		gauge(expired, e.Expired, of.Name)
		waiting, err := s.Outbox.Depth(ctx, of.ID)
		if err != nil {
			return nil, err
		}
		for state, n := range waiting {
			depth[state] += n
		}
	}
	for _, state := range mail.Waiting {
		gauge(outbox, depth[state], string(state))
	}
	return found, nil
}
