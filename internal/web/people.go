package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/avatar"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

const (
	peoplePath = "/people"

	peopleShown  = 50  // on one page
	groupsShown  = 3   // of one person in a list
	groupsChosen = 200 // that a form offers
	longestText  = 255 // characters of what is looked for
)

// peoplePage lists people and apps.
type peoplePage struct {
	Frame
	Filter peopleFilter
	Shows  map[string]bool // columns, by their names
	Others bool            // than the standing ones are among them
	People []listed
	Groups []directory.Group // to choose from
	Home   string            // the ID of the one that new people join
	Next   string            // leads to the next page
	Begun  bool              // not the first page
	Here   string            // the query of this list
	Keeps  bool              // other columns than those that the browser keeps
}

// peopleFilter is what a list of people is narrowed by, as the address says it, with the columns that it names.
type peopleFilter struct{ Text, Status, Kind, Group, Columns string }

// Any reports whether the list is narrowed at all.
func (f peopleFilter) Any() bool { return f != peopleFilter{Columns: f.Columns} }

// at is a page's path with the filter and more parameters.
func (f peopleFilter) at(page string, pairs ...string) string {
	pairs = append(pairs, "q", f.Text, "status", f.Status, "kind", f.Kind, "group", f.Group, "columns", f.Columns)
	return strings.ReplaceAll(withQuery(page, pairs...), "%2C", ",") // which a query may have, and people read
}

// Query is the filter as a query.
func (f peopleFilter) Query() string { return f.at("") }

// Everybody is the query of the list that is not narrowed.
func (f peopleFilter) Everybody() string { return peopleFilter{Columns: f.Columns}.Query() }

func peopleFilterOf(q url.Values) peopleFilter {
	return peopleFilter{clipped(q.Get("q")), q.Get("status"), q.Get("kind"), q.Get("group"), columnsIn(q)}
}

// clipped is text to look for: what no database takes is left out.
func clipped(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
	if utf8.RuneCountInString(text) > longestText {
		return string([]rune(text)[:longestText])
	}
	return text
}

// narrows is the filter as the directory takes it.
func (f peopleFilter) narrows() (directory.Filter, error) {
	to := directory.Filter{Text: f.Text, Status: directory.Status(f.Status)}
	switch f.Kind {
	case "":
	case "person":
		to.Type = directory.Person
	case "app":
		to.Type = directory.App
	case "customer":
		to.Type = directory.Customer
	case "guest":
		to.Guests = true
	case "external":
		to.Type, to.Externals = directory.Person, true
	default:
		return to, failure.Invalid.Errorf("The kind %.60q is none of person, app, customer, guest, external.", f.Kind)
	}
	if f.Group != "" && !directory.ValidGroupID(f.Group) {
		return to, failure.Invalid.Errorf("The group %.60q is no ID of a group.", f.Group)
	}
	to.GroupID = f.Group
	return to, nil
}

// face is what stands for an account: its picture, or the letters of its name on the colour of the picture of them.
type face struct {
	Root, ID, Picture, Letters string
	Tint                       int
}

func (v *visit) faceOf(a directory.Account) face {
	f := face{Root: v.root, ID: a.ID, Picture: a.Picture, Tint: avatar.Background(a.ID)}
	words := strings.FieldsFunc(a.DisplayName, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		if i == 0 || i == len(words)-1 {
			first, _ := utf8.DecodeRuneInString(w)
			f.Letters += string(unicode.ToUpper(first))
		}
	}
	return f
}

// people lists people and apps, or those that are looked for. What is sent to it keeps the columns of the list.
func (v *visit) people() error {
	if v.posted() {
		return v.keepColumns()
	}
	q := v.r.URL.Query()
	page := peoplePage{Frame: v.frame(), Filter: peopleFilterOf(q), Begun: q.Get("after") != ""}
	after, kept := clipped(q.Get("after")), v.keptColumns()
	if page.Filter.Columns == "" && kept != "" { // so that the address tells them to whom it is given
		page.Filter.Columns = kept
		return v.goTo(page.Filter.at(peoplePath, "after", after, "done", page.Done))
	}
	f, err := page.Filter.narrows()
	if err != nil {
		return err
	}
	columns, err := columnsNamed(page.Filter.Columns)
	if err != nil {
		return err
	}
	if page.Filter.Columns = namesOf(columns); page.Filter.Columns == standingColumns && kept == "" {
		page.Filter.Columns = ""
	}
	page.Shows = map[string]bool{}
	for _, c := range columns {
		page.Shows[c.name] = true
		page.Others = page.Others || !slices.Contains(strings.Split(standingColumns, ","), c.name)
	}
	page.Keeps = page.Filter.Columns != kept
	found, next, err := v.Directory.Find(v.ctx(), v.site.ID, v.by, f, after, peopleShown)
	if err != nil {
		return err
	}
	page.Here = page.Filter.at("", "after", after)
	if page.People, err = v.listed(found, columns, groupsShown); err != nil {
		return err
	}
	if next != "" {
		page.Next = page.Filter.at("people", "after", next)
	}
	if v.partial() {
		v.w.Header().Set("HX-Push-Url", v.link(page.Filter.at(peoplePath)))
		return v.showPart("people", "found", page)
	}
	if page.Groups, err = v.someGroups(page.Filter.Group); err != nil {
		return err
	}
	if page.Home, err = v.Directory.HomeGroup(v.ctx(), v.site.ID, false); err != nil {
		return err
	}
	return v.show(http.StatusOK, "people", page)
}

// someGroups are the groups that a form offers: the first of the site, and the chosen one.
func (v *visit) someGroups(chosen string) ([]directory.Group, error) {
	groups, _, err := v.Directory.FindGroups(v.ctx(), v.site.ID, "", "", groupsChosen)
	if err != nil || chosen == "" {
		return groups, err
	}
	for _, g := range groups {
		if g.ID == chosen {
			return groups, nil
		}
	}
	g, err := v.Directory.Group(v.ctx(), v.site.ID, chosen)
	return append(groups, g), err
}

// names are the display names of accounts by ID, for where only IDs stand.
func (v *visit) names(ids []string) (map[string]string, error) {
	return v.Directory.DisplayNames(v.ctx(), v.site.ID, ids)
}

// said is what people may be told of an error; what is nobody's fault is returned as it is.
func said(err error) (string, error) {
	switch kind, message := failure.Of(err); kind {
	case failure.Invalid, failure.NotFound, failure.Conflict:
		return message, nil
	}
	return "", err
}

// setStatus changes the status of an account.
func (v *visit) setStatus(id string, status directory.Status) (directory.Account, error) {
	return v.Directory.Change(v.ctx(), v.site.ID, v.by, id, func(a *directory.Account) error {
		if status == directory.Active && a.Status == directory.Active || a.Status == directory.Closed && status != directory.Closed {
			return failure.Conflict.Errorf("Account %s is %s.", a.ID, a.Status)
		}
		a.Status = status
		return nil
	})
}
