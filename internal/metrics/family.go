package metrics

import "github.com/prometheus/client_golang/prometheus"

// Family is one row of the table of metrics.
type Family struct {
	Name, Type, Help string
	Labels           []string

	desc *prometheus.Desc
}

func family(name, kind, help string, labels ...string) Family {
	return Family{name, kind, help, labels, prometheus.NewDesc(name, help, labels, nil)}
}

// The families of metrics that are Roster's own.
var (
	requests = family("roster_requests_total", "counter",
		"Requests that this node answered since it began, by operation (pages for pages, other for what is none) and class of status, such as 2xx.", "operation", "class")
	seconds    = family("roster_request_seconds", "histogram", "How long they took.", "operation")
	refusals   = family("roster_refusals_total", "counter", "Requests that this node refused since it began, by the check that refused.", "check")
	expiring   = family("roster_tokens_expiring", "gauge", "API tokens of active accounts that expire within that time, revoked ones left out.", "site", "within")
	expired    = family("roster_tokens_expired", "gauge", "API tokens of active accounts that have expired, revoked ones left out.", "site")
	outbox     = family("roster_outbox_recipients", "gauge", "Recipients of mail for whom something is left to do, by state: queued, sending, uncertain.", "state")
	databaseUp = family("roster_database_up", "gauge", "1 where the database answered this scrape and has the schema that the program knows, else 0; then what is asked of it is missing.")
)

// Families lists them in the order in which they are documented.
var Families = []Family{requests, seconds, refusals, expiring, expired, outbox, databaseUp}
