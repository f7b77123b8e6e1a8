package config

import (
	"errors"
	"strings"
)

// Journal is what the commands about workflows are told: where workflows and their runs are kept.
type Journal struct {
	DB   string // empty for the user's own journal
	Site string // name or cloud ID; empty for the default site
}

// Settings is the table's part for the commands about workflows; loading it fills c.
func (c *Journal) Settings() []Setting {
	return []Setting{
		database("db", "ROSTER_JOURNAL", "", "a server's SQLite file or postgres://…, to work on its workflows; the user's own journal unless given", &c.DB),
		text("site", "ROSTER_SITE", "", "name or cloud ID of the site to work on; the default site unless given", &c.Site),
	}
}

// WorkflowRun is what the commands that run workflows without a server are told.
type WorkflowRun struct {
	API
	SMTP  string // empty where no mail is sent
	From  string
	Hosts []string // that may be called by http
}

// Settings is the table's part for running workflows; loading it fills c.
func (c *WorkflowRun) Settings() []Setting {
	return append(c.API.Settings(),
		mailServer("smtp", "ROSTER_SMTP", "", "mail server, such as smtp://user:password@host:587, or log: to write mail to the log; without one a step that sends mail fails", &c.SMTP),
		text("from", "ROSTER_MAIL_FROM", "", "who mail is from, such as Roster <roster@example.com>; goes with --smtp", &c.From),
		hosts("http-hosts", "ROSTER_HTTP_HOSTS", &c.Hosts),
	)
}

// hosts is the setting that says which hosts workflows may call by http.
func hosts(name, env string, at *[]string) Setting {
	return Setting{Name: name, Env: env, Help: "hosts that workflows may call by http, by commas, such as api.example.com; none unless given", store: func(v string) error {
		var all []string
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.ToLower(strings.TrimSpace(part)); part == "" {
				continue
			}
			if strings.ContainsAny(part, "/:@?#* ") {
				return errors.New("takes host names, such as api.example.com")
			}
			all = append(all, part)
		}
		*at = all
		return nil
	}}
}
