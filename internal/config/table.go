package config

import "log/slog"

// Serve is what roster serve is told.
type Serve struct {
	DB        string
	Listen    string
	PublicURL string // empty where it follows from Listen
	LogLevel  slog.Level
	SMTP      string // empty where no mail is sent
	MailFrom  string
	Cache     uint64 // bytes
	Outgoing
	Hosts []string // that workflows may call by http

	MetricsListen string // empty for nowhere
}

// Settings is the table's part for roster serve; loading it fills c.
func (c *Serve) Settings() []Setting {
	return append([]Setting{
		mainDatabase(&c.DB),
		address("listen", "ROSTER_LISTEN", "127.0.0.1:8080", "address and port to serve on", &c.Listen),
		publicURL("public-url", "ROSTER_PUBLIC_URL", "URL by which people reach the default site; follows from --listen unless given", &c.PublicURL),
		level("log-level", "ROSTER_LOG_LEVEL", "least grave messages that are logged: debug, info, warn or error", &c.LogLevel),
		mailServer("smtp", "ROSTER_SMTP", "", "mail server, such as smtp://user:password@host:587, or log: to write mail to the log; none is sent unless given", &c.SMTP),
		text("mail-from", "ROSTER_MAIL_FROM", "", "who mail is from, such as Roster <roster@example.com>; goes with --smtp", &c.MailFrom),
		cacheSize("ROSTER_CACHE", "128MiB", &c.Cache),
		hosts("http-hosts", "ROSTER_HTTP_HOSTS", &c.Hosts),
		maybeAddress("metrics-listen", "ROSTER_METRICS_LISTEN", "address and port to serve /metrics on, and nothing else (docs/operating.md); nowhere unless given", &c.MetricsListen),
	}, c.Outgoing.Settings()...)
}

// Dev is what roster dev is told. Its variables are its own, so that a stand-in never takes a real
// directory for its plaything because of a variable that was meant for the server.
type Dev struct {
	DB        string // empty for a temporary file of its own
	Listen    string
	Seed      string
	ReadyFile string
	PublicURL string
	As        string // host name of the default site; empty for none
	TLSListen string // empty for none
	Proxy     string // empty for none
	CAFolder  string // empty for the user's own
	SMTP      string
	MailFrom  string
	Cache     uint64   // bytes
	Hosts     []string // that workflows may call by http
}

// Settings is the table's part for roster dev; loading it fills c.
func (c *Dev) Settings() []Setting {
	return []Setting{
		database("db", "ROSTER_DEV_DB", "", "SQLite file, or postgres://…; a temporary file of its own unless given", &c.DB),
		address("listen", "ROSTER_DEV_LISTEN", "127.0.0.1:8080", "address and port to serve on", &c.Listen),
		text("seed", "ROSTER_DEV_SEED", "", "file that says what the sites hold at first; a small demo site unless given", &c.Seed),
		text("ready-file", "ROSTER_DEV_READY_FILE", "", "file to write once requests are answered, with how to reach the sites", &c.ReadyFile),
		publicURL("public-url", "ROSTER_DEV_PUBLIC_URL", "URL by which clients reach the default site; follows from --listen unless given", &c.PublicURL),
		asHost(&c.As),
		maybeAddress("tls-listen", "ROSTER_DEV_TLS_LISTEN", "address and port to take TLS on, for Atlassian's host names; 127.0.0.1:8443 with --as unless given", &c.TLSListen),
		maybeAddress("proxy", "ROSTER_DEV_PROXY", "address and port to be a forward proxy on, for Atlassian's host names and no others; none unless given", &c.Proxy),
		caFolder(&c.CAFolder),
		mailServer("smtp", "ROSTER_DEV_SMTP", "capture:", "mail server; capture: sends nothing and shows each site's mail at /_roster/mail", &c.SMTP),
		text("mail-from", "ROSTER_DEV_MAIL_FROM", "Roster <roster@localhost>", "who mail is from", &c.MailFrom),
		cacheSize("ROSTER_DEV_CACHE", "16MiB", &c.Cache),
		hosts("http-hosts", "ROSTER_DEV_HTTP_HOSTS", &c.Hosts),
	}
}

func cacheSize(env, byDefault string, at *uint64) Setting {
	return size("cache", env, byDefault, "most memory for what was read of the directory, such as 128MiB; 0 reads everything again for each request", at)
}

// DevCA is what roster dev ca is told.
type DevCA struct {
	As       string
	CAFolder string
}

// Settings is the table's part for roster dev ca; loading it fills c.
func (c *DevCA) Settings() []Setting { return []Setting{asHost(&c.As), caFolder(&c.CAFolder)} }

func asHost(at *string) Setting {
	return hostName("as", "ROSTER_DEV_AS", "host name under which clients know the default site, such as example.atlassian.net; it becomes that site's own (docs/stand-in.md)", at)
}

func caFolder(at *string) Setting {
	return text("ca-dir", "ROSTER_DEV_CA_DIR", "", "folder of the stand-in's certificate authority; roster/ca in the user's configuration folder unless given", at)
}

// Manage is what every command is told that works straight on the database.
type Manage struct {
	DB   string
	Site string // name or cloud ID; empty for the default site
}

// Settings is the table's part for commands on the database; loading it fills c.
func (c *Manage) Settings() []Setting {
	return []Setting{
		mainDatabase(&c.DB),
		text("site", "ROSTER_SITE", "", "name or cloud ID of the site to work on; the default site unless given", &c.Site),
	}
}

func mainDatabase(at *string) Setting {
	return database("db", "ROSTER_DB", "roster.db", "SQLite file, or postgres://…", at)
}

// API is what roster api is told.
type API struct {
	URL   string
	Email string
	Token string
}

// Settings is the table's part for roster api; loading it fills c.
func (c *API) Settings() []Setting {
	return []Setting{
		text("url", "ROSTER_URL", "http://127.0.0.1:8080", "URL of the site to call", &c.URL),
		text("email", "ROSTER_EMAIL", "", "e-mail address of the account that calls", &c.Email),
		secret("token", "ROSTER_TOKEN", "API token of the account that calls", &c.Token),
	}
}

// Managing is the part of the table for the commands that work straight on the database.
const Managing = "account, group, …"

// Part is the settings of one kind of command.
type Part struct {
	Command  string
	Settings []Setting
}

// Table returns every setting there is, once for each kind of command that takes it.
func Table() []Part {
	return []Part{
		{"serve", new(Serve).Settings()},
		{"dev", new(Dev).Settings()},
		{"dev ca", new(DevCA).Settings()},
		{Managing, new(Manage).Settings()},
		{"api, action run", new(API).Settings()},
		{"workflow", new(Journal).Settings()},
		{"workflow run, workflow resume", new(WorkflowRun).Settings()},
	}
}
