// Package metrics shows what the server counts, in the format of Prometheus. It counts nothing itself: each scrape
// reads the counters of package api and asks the database.
package metrics
