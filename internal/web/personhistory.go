package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
)

const historyShown = 50

// historyPage is what was done to a person.
type historyPage struct {
	personFrame
	Entries []pastEntry
	Told    bool // that the address was shown is listed as well
	Next    string
}

// pastEntry is something that was done, ready to be shown.
type pastEntry struct {
	change.Entry
	Who    string // display name; empty where no account did it
	Fields []pastField
}

// pastField is a value before and after. Of names the field whose audience it is, where it is one.
type pastField struct{ Name, Of, Before, After string }

// personHistory shows what was done to a person, the last first.
func (v *visit) personHistory() error {
	f, err := v.personFrame("history")
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	page := historyPage{personFrame: f, Told: q.Get("told") == "1"}
	picked := change.Filter{Target: "account:" + f.Account.ID, Made: !page.Told}
	entries, next, err := v.Directory.Changes.Newest(v.ctx(), v.site.ID, picked, clipped(q.Get("after")), historyShown)
	if err != nil {
		return err
	}
	if page.Entries, err = v.told(entries); err != nil {
		return err
	}
	if next != "" {
		page.Next = withQuery("", "after", next, "told", q.Get("told"))
	}
	return v.show(http.StatusOK, "person-history", page)
}

// told makes entries ready to be shown.
func (v *visit) told(entries []change.Entry) ([]pastEntry, error) {
	var actors []string
	for _, e := range entries {
		actors = append(actors, e.AccountID)
	}
	names, err := v.names(actors)
	all := make([]pastEntry, len(entries))
	for i, e := range entries {
		all[i] = pastEntry{e, names[e.AccountID], fieldsOfEntry(e)}
	}
	return all, err
}

func fieldsOfEntry(e change.Entry) (all []pastField) {
	var fields map[string][2]json.RawMessage
	if json.Unmarshal(e.Detail, &fields) != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		before, after := plainValue(fields[name][0]), plainValue(fields[name][1])
		if name == "Visibility" {
			all = append(all, audiencesOf(before, after)...)
			continue
		}
		all = append(all, pastField{Name: inWords(name), Before: before, After: after})
	}
	return all
}

// inWords names a field of an account's entry as templates have words for it.
func inWords(name string) string {
	switch name {
	case "DisplayName":
		return "name"
	case "IM":
		return "im"
	}
	return strings.ToLower(name[:1]) + name[1:]
}

// audiencesOf tells whose audience changed, of two visibilities as they are stored: a letter a field.
func audiencesOf(before, after string) (all []pastField) {
	at := func(text string, f int) string {
		if f < len(text) {
			return directory.Audience(text[f]).String()
		}
		return ""
	}
	for f, row := range directory.Fields {
		if was, is := at(before, f), at(after, f); was != is {
			all = append(all, pastField{Of: row.Name, Before: was, After: is})
		}
	}
	return all
}

// plainValue is a value of JSON for people: text as it is, and nothing for null.
func plainValue(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	if string(raw) == "null" {
		return ""
	}
	return string(raw)
}
