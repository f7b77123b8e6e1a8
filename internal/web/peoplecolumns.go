package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// column is one of a list of people.
type column struct {
	name   string   // in the address
	fields []string // what it is in CSV, by the names of fields where an import takes it
	cells  func(*listed) []string
}

func textColumn(name, field string, of func(*listed) string) column {
	return column{name, []string{field}, func(p *listed) []string { return []string{of(p)} }}
}

// peopleColumns are what a list of people can show beside their names, in this order.
var peopleColumns = []column{
	textColumn("email", "email", func(p *listed) string { return p.Email }),
	textColumn("status", "accountStatus", func(p *listed) string { return string(p.Status) }),
	{"kind", []string{"accountType", "isGuest", "isExternalCollaborator"}, func(p *listed) []string {
		return []string{string(p.Type), strconv.FormatBool(p.Guest), strconv.FormatBool(p.External)}
	}},
	textColumn("groups", "groups", (*listed).groups),
	textColumn("changed", "updatedAt", func(p *listed) string { return p.UpdatedAt.UTC().Format(time.RFC3339) }),
	textColumn("created", "createdAt", func(p *listed) string { return p.CreatedAt.UTC().Format(time.RFC3339) }),
	textColumn("licensed", "licensed", func(p *listed) string { return strconv.FormatBool(p.Licensed) }),
	textColumn("id", "accountId", func(p *listed) string { return p.ID }),
	textColumn("publicName", "publicName", func(p *listed) string { return p.PublicName }),
	textColumn("position", "position", func(p *listed) string { return p.Position }),
	textColumn("department", "department", func(p *listed) string { return p.Department }),
	textColumn("location", "location", func(p *listed) string { return p.Location }),
	textColumn("manager", "manager", func(p *listed) string { return p.Manager }),
	textColumn("phone", "phone", func(p *listed) string { return p.Phone }),
	textColumn("im", "im", func(p *listed) string { return p.IM }),
	textColumn("website", "website", func(p *listed) string { return p.Website }),
	textColumn("timeZone", "timeZone", func(p *listed) string { return p.TimeZone }),
	textColumn("locale", "locale", func(p *listed) string { return p.Locale }),
	textColumn("emailApproved", "emailApproved", func(p *listed) string { return strconv.FormatBool(p.EmailApproved) }),
}

const (
	nameColumn      = "name" // which is always there: it is named where no other is shown
	standingColumns = "email,status,kind,groups,changed"
)

// columnsNamed are the columns with these names, the standing ones of "".
func columnsNamed(names string) ([]column, error) {
	if names == "" {
		names = standingColumns
	}
	wanted := strings.Split(names, ",")
	for _, name := range wanted {
		if name != nameColumn && !shows(peopleColumns, name) {
			return nil, failure.Invalid.Errorf("The column %.60q is none of %s, %s.", name, nameColumn, strings.ReplaceAll(namesOf(peopleColumns), ",", ", "))
		}
	}
	var all []column
	for _, c := range peopleColumns {
		if slices.Contains(wanted, c.name) {
			all = append(all, c)
		}
	}
	return all, nil
}

// namesOf is what [columnsNamed] has the columns by.
func namesOf(columns []column) string {
	if len(columns) == 0 {
		return nameColumn
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return strings.Join(names, ",")
}

func shows(columns []column, name string) bool {
	return slices.ContainsFunc(columns, func(c column) bool { return c.name == name })
}

// listed is an account in a list.
type listed struct {
	directory.Account
	Face face
	In   []directory.Group // where they are shown
	More bool              // it is in more groups
	Boss string            // the display name of the manager, where it is shown and known
}

// groups are its groups as an import reads them: a name that cannot stand in a list does not, but the ID does.
func (p *listed) groups() string {
	names := make([]string, len(p.In))
	for i, g := range p.In {
		if names[i] = g.Name; strings.Contains(g.Name, ";") || strings.TrimSpace(g.Name) != g.Name {
			names[i] = g.ID
		}
	}
	return strings.Join(names, "; ")
}

// listed makes accounts ready to be listed with these columns: of each with the first of its groups, at most so many.
func (v *visit) listed(found []directory.Account, columns []column, most int) ([]listed, error) {
	all, ids := make([]listed, len(found)), make([]string, len(found))
	for i, a := range found {
		all[i], ids[i] = listed{Account: a, Face: v.faceOf(a)}, a.ID
	}
	if shows(columns, "groups") {
		in, err := v.Directory.GroupsOfEach(v.ctx(), v.site.ID, ids, most+1)
		if err != nil {
			return nil, err
		}
		for i, id := range ids {
			all[i].In, all[i].More = in[id][:min(len(in[id]), most)], len(in[id]) > most
		}
	}
	if shows(columns, "manager") {
		var managers []string
		for _, a := range found {
			managers = append(managers, a.Manager)
		}
		names, err := v.names(managers)
		if err != nil {
			return nil, err
		}
		for i := range all {
			all[i].Boss = names[all[i].Manager]
		}
	}
	return all, nil
}

const (
	columnsCookie = "roster_columns"
	columnsLife   = 365 * 24 * time.Hour
)

// keptColumns are the names of the columns that the browser keeps, in order; "" for none.
func (v *visit) keptColumns() string {
	c, err := v.r.Cookie(columnsCookie)
	if err != nil || c.Value == "" {
		return ""
	}
	columns, err := columnsNamed(c.Value)
	if err != nil {
		return "" // those of another version of the program
	}
	return namesOf(columns)
}

// keepColumns has the browser keep the columns of a list, for lists whose address names none.
func (v *visit) keepColumns() error {
	q := v.r.URL.Query()
	f := peopleFilterOf(q)
	columns, err := columnsNamed(f.Columns)
	if err != nil {
		return err
	}
	f.Columns = namesOf(columns)
	http.SetCookie(v.w, &http.Cookie{
		Name: columnsCookie, Value: f.Columns, Path: "/", MaxAge: int(columnsLife.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.secure(v.site.Site),
	})
	return v.goTo(f.at(peoplePath, "after", clipped(q.Get("after")), "done", "columns"))
}

// columnsIn are the names of columns in a query: a form names each by itself.
func columnsIn(q url.Values) string { return strings.Trim(strings.Join(q["columns"], ","), ",") }
