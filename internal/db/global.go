package db

// Global names the tables whose keys do not begin with site_id, and why. Every other table's primary
// key and unique indexes lead with it, so that sites are isolated by construction.
var Global = map[string]string{
	"schema_steps": "which migrations the database has taken",
	"sites":        "finds a site by its cloud ID or name",
	"site_hosts":   "finds a site by a host name",
}
