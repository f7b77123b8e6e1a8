package db

// SiteTable is a table that holds rows of sites.
type SiteTable struct {
	Name string
	Key  string // the columns of its primary key but for site_id; empty where that alone is the key
	// Fresh says why a copy of a site begins without the table's rows, or who writes its own. Empty where they are copied.
	Fresh string
}

// SiteTables lists every table with a site_id, parents before their children: what a copy of a site consists of, and
// what is left to delete of a site that was removed.
var SiteTables = []SiteTable{
	{Name: "sites", Fresh: "it has a name of its own"},
	{Name: "site_hosts", Key: "host", Fresh: "a host name leads to one site"},
	{Name: "site_epochs", Fresh: "it begins at 1"},
	{Name: "unlisted_sites", Fresh: "it says what is no site any more"},
	{Name: "clients", Key: "client_id", Fresh: "it follows from apps"},
	{Name: "changes", Key: "change_id, item", Fresh: "the record of a site begins with its making"},
	{Name: "change_seals", Key: "last_seq", Fresh: "seals are those of its own record"},
	{Name: "change_heads", Fresh: "seals are those of its own record"},
	{Name: "accounts", Key: "account_id"},
	{Name: "account_words", Key: "audience, word, account_id"},
	{Name: "pictures", Key: "account_id"},
	{Name: "passwords", Key: "account_id"},
	{Name: "properties", Key: "account_id, property_key"},
	{Name: "admin_keys", Key: "account_id", Fresh: "it is somebody's for a moment"},
	{Name: "former_addresses", Key: "digest", Fresh: "digests are salted with the site"},
	{Name: "groups", Key: "group_id"},
	{Name: "memberships", Key: "group_id, account_id"},
	{Name: "list_marks", Key: "list, first"},
	{Name: "global_permissions", Key: "permission, group_id"},
	{Name: "apps", Key: "client_id", Fresh: "an ID is of one app, and secrets name the site"},
	{Name: "tokens", Key: "token_id", Fresh: "their texts name the site"},
	{Name: "token_uses", Key: "token_id", Fresh: "nobody has used them"},
	{Name: "token_notices", Key: "token_id", Fresh: "nobody was told"},
	{Name: "grants", Key: "grant_id", Fresh: "nobody was asked"},
	{Name: "authorization_codes", Key: "code_hash", Fresh: "nobody was asked"},
	{Name: "refresh_tokens", Key: "secret_hash", Fresh: "nobody was asked"},
	{Name: "signing_keys", Key: "key_id", Fresh: "a site signs with a key of its own"},
	{Name: "content_ids"},
	{Name: "spaces", Key: "space_id"},
	{Name: "space_permissions", Key: "space_id, permission_id"},
	{Name: "content", Key: "content_id"},
	{Name: "content_restrictions", Key: "content_id, operation, subject_kind, subject_id"},
	{Name: "labels", Key: "label_id"},
	{Name: "labelled", Key: "target_kind, target_id, label_id"},
	{Name: "watches", Key: "kind, target_id, account_id"},
	{Name: "outbox", Key: "message_id", Fresh: "nobody has written"},
	{Name: "outbox_recipients", Key: "message_id, place", Fresh: "nobody has written"},
	{Name: "invitations", Key: "invitation_id", Fresh: "nobody was invited"},
	{Name: "invitation_requests", Key: "request_id", Fresh: "nobody was invited"},
	{Name: "workflow_texts", Key: "hash", Fresh: "nothing is automated yet"},
	{Name: "workflows", Key: "name", Fresh: "nothing is automated yet"},
	{Name: "workflow_connections", Key: "name", Fresh: "their secrets are another site's"},
	{Name: "workflow_secrets", Key: "name", Fresh: "nobody entrusted any to it"},
	{Name: "workflow_runs", Key: "run_id", Fresh: "nothing has run"},
	{Name: "workflow_steps", Key: "run_id, place", Fresh: "nothing has run"},
	{Name: "workflow_mentions", Key: "account_id, run_id", Fresh: "nothing has run"},
	{Name: "event_cursors", Key: "taker", Fresh: "nobody listens yet"},
	{Name: "webhooks", Key: "webhook_id", Fresh: "nobody listens yet"},
	{Name: "webhook_deliveries", Key: "webhook_id, event_id", Fresh: "nobody listens yet"},
}
