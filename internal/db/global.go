package db

// Global names the tables whose keys do not begin with site_id, and why. Every other table's primary
// key and unique indexes lead with it, so that sites are isolated by construction.
// Every query names its site too, but for two kinds: those on these tables, and those by which workers find what is
// due: messages of the outbox, runs of workflows and their schedules, events and the deliveries of webhooks.
var Global = map[string]string{
	"schema_steps": "which migrations the database has taken",
	"sites":        "finds a site by its cloud ID or name",
	"site_hosts":   "finds a site by a host name",
	"clients":      "finds the sites of an app",
}
