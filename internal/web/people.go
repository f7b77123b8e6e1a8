package web

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

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
	People []listed
	Groups []directory.Group // to choose from
	Next   string            // leads to the next page
	Begun  bool              // not the first page
	Here   string            // the query of this list
}

// peopleFilter is what a list of people is narrowed by, as the address says it.
type peopleFilter struct{ Text, Status, Kind, Group string }

// Any reports whether the list is narrowed at all.
func (f peopleFilter) Any() bool { return f != peopleFilter{} }

// pairs are the filter as parameters.
func (f peopleFilter) pairs() []string {
	return []string{"q", f.Text, "status", f.Status, "kind", f.Kind, "group", f.Group}
}

// Query is the filter as a query.
func (f peopleFilter) Query() string { return withQuery("", f.pairs()...) }

func peopleFilterOf(q url.Values) peopleFilter {
	return peopleFilter{clipped(q.Get("q")), q.Get("status"), q.Get("kind"), q.Get("group")}
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

// listed is an account in a list.
type listed struct {
	directory.Account
	Face face
	In   []directory.Group
	More bool // it is in more groups
}

// face is what stands for an account: its picture, or the letters of its name on a tint.
type face struct {
	Root, ID, Picture, Letters string
	Tint                       int
}

// tints are how many the stylesheet has.
const tints = 6

func (v *visit) faceOf(a directory.Account) face {
	f := face{Root: v.root, ID: a.ID, Picture: a.Picture}
	words := strings.FieldsFunc(a.DisplayName, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		if i == 0 || i == len(words)-1 {
			first, _ := utf8.DecodeRuneInString(w)
			f.Letters += string(unicode.ToUpper(first))
		}
	}
	for _, b := range []byte(a.ID) {
		f.Tint = (f.Tint*31 + int(b)) % tints
	}
	return f
}

// people lists people and apps, or those that are looked for.
func (v *visit) people() error {
	q := v.r.URL.Query()
	page := peoplePage{Frame: v.frame(), Filter: peopleFilterOf(q), Begun: q.Get("after") != ""}
	f, err := page.Filter.narrows()
	if err != nil {
		return err
	}
	found, next, err := v.Directory.Find(v.ctx(), v.site.ID, v.by, f, clipped(q.Get("after")), peopleShown)
	if err != nil {
		return err
	}
	page.Here = withQuery("", append(page.Filter.pairs(), "after", clipped(q.Get("after")))...)
	if page.People, err = v.listed(found); err != nil {
		return err
	}
	if next != "" {
		page.Next = withQuery("people", append(page.Filter.pairs(), "after", next)...)
	}
	if v.partial() {
		page.Root = v.root
		return v.showPart("people", "found", page)
	}
	if page.Groups, err = v.someGroups(page.Filter.Group); err != nil {
		return err
	}
	return v.show(http.StatusOK, "people", page)
}

// listed makes accounts ready to be listed.
func (v *visit) listed(found []directory.Account) ([]listed, error) {
	ids := make([]string, len(found))
	for i, a := range found {
		ids[i] = a.ID
	}
	in, err := v.Directory.GroupsOfEach(v.ctx(), v.site.ID, ids, groupsShown+1)
	all := make([]listed, len(found))
	for i, a := range found {
		groups := in[a.ID]
		all[i] = listed{a, v.faceOf(a), groups[:min(len(groups), groupsShown)], len(groups) > groupsShown}
	}
	return all, err
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
	accounts, err := v.Directory.AccountsWith(v.ctx(), v.site.ID, ids)
	names := make(map[string]string, len(accounts))
	for _, a := range accounts {
		names[a.ID] = a.DisplayName
	}
	return names, err
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
