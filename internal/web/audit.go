package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

const (
	auditPath = "/audit"

	entriesShown = 50
	itemsShown   = 100 // of one change
)

// vias are the ways in, as a form offers them.
var vias = []change.Via{change.API, change.CLI, change.Import, change.Seed, change.Start, change.Upkeep}

// auditPage lists what was recorded.
type auditPage struct {
	Frame
	Filter  auditFilter
	Vias    []change.Via
	Entries []recorded
	Next    string
	Told    bool   // that addresses were shown is listed as well
	Other   string // leads to the list with them, or without
	Begun   bool   // not the first page
	Short   bool   // the page is not full, and there is a next: so far was looked
}

// auditFilter is what the list is narrowed by, as the address says it.
type auditFilter struct{ Since, Until, Actor, Operation, Target, Via string }

// Any reports whether the list is narrowed at all.
func (f auditFilter) Any() bool { return f != auditFilter{} }

func (f auditFilter) pairs() []string {
	return []string{"since", f.Since, "until", f.Until, "actor", f.Actor, "operation", f.Operation, "target", f.Target, "via", f.Via}
}

func auditFilterOf(q url.Values) auditFilter {
	get := func(name string) string { return strings.TrimSpace(clipped(q.Get(name))) }
	return auditFilter{get("since"), get("until"), get("actor"), get("operation"), get("target"), get("via")}
}

// picks is the filter as the log takes it. An actor may be named by an address.
func (v *visit) picks(f auditFilter) (change.Filter, error) {
	to := change.Filter{Actor: f.Actor, Operation: f.Operation, Target: f.Target, Via: change.Via(f.Via)}
	var err error
	if to.Since, err = dayOf("since", f.Since); err != nil {
		return to, err
	}
	if to.Until, err = dayOf("until", f.Until); err != nil {
		return to, err
	}
	if strings.Contains(f.Actor, "@") {
		a, err := v.Directory.Account(v.ctx(), v.site.ID, f.Actor)
		if err != nil {
			return to, err
		}
		to.Actor = a.ID
	}
	return to, nil
}

// dayOf reads the beginning of a day, in UTC, or a time.
func dayOf(name, text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if text == "" {
		return time.Time{}, nil
	}
	return time.Time{}, failure.Invalid.Errorf("%s takes a day such as 2030-12-31, or a time such as 2030-12-31T12:00:00Z.", name)
}

// recorded is an entry as it is shown.
type recorded struct {
	change.Entry
	Name string // of who did it, where that is known
	To   string // the name of whom it was done to, where that is known
	Link string // to the page of the target, below Root; empty where it has none
}

// targetPages are where the pages of targets are, by what their names begin with.
var targetPages = map[string]string{"account": "people/", "group": "groups/", "mail": "outbox/", "webhook": "webhooks/", "token": "tokens/"}

func (v *visit) recorded(entries []change.Entry) ([]recorded, error) {
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.AccountID)
		if id, is := strings.CutPrefix(e.Target, "account:"); is {
			ids = append(ids, id)
		}
	}
	names, err := v.names(ids)
	all := make([]recorded, len(entries))
	for i, e := range entries {
		all[i] = recorded{Entry: e, Name: names[e.AccountID]}
		kind, id, _ := strings.Cut(e.Target, ":")
		if kind == "account" {
			all[i].To = names[id]
		}
		if page := targetPages[kind]; page != "" && id != "" {
			all[i].Link = page + url.PathEscape(id)
		}
	}
	return all, err
}

// audit lists what was recorded, the newest first.
func (v *visit) audit() error {
	q := v.r.URL.Query()
	page := auditPage{Frame: v.frame(), Filter: auditFilterOf(q), Vias: vias, Told: q.Get("told") == "1", Begun: q.Get("after") != ""}
	f, err := v.picks(page.Filter)
	if err != nil {
		return err
	}
	f.Made = !page.Told && f.Operation == ""
	other := "1"
	if page.Told {
		other = ""
	}
	page.Other = withQuery("audit", append(page.Filter.pairs(), "told", other)...)
	found, next, err := v.Directory.Changes.Newest(v.ctx(), v.site.ID, f, clipped(q.Get("after")), entriesShown)
	if err != nil {
		return err
	}
	if page.Entries, err = v.recorded(found); err != nil {
		return err
	}
	if next != "" {
		page.Next, page.Short = withQuery("audit", append(page.Filter.pairs(), "told", q.Get("told"), "after", next)...), len(found) < entriesShown
	}
	return v.show(http.StatusOK, "audit", page)
}

// auditEntryPage shows one entry, with what else its change did.
type auditEntryPage struct {
	Frame
	Entry  recorded
	Fields []changedField
	Others []change.Entry
	More   bool // of the change
}

// changedField is a field before and after, as text.
type changedField struct{ Name, Before, After string }

func (v *visit) auditEntry() error {
	item, err := strconv.ParseInt(v.r.PathValue("item"), 10, 64)
	if err != nil {
		return failure.NotFound.Errorf("There is no such entry.")
	}
	id := clipped(v.r.PathValue("change"))
	e, err := v.Directory.Changes.EntryOf(v.ctx(), v.site.ID, id, item)
	if err != nil {
		return err
	}
	shown, err := v.recorded([]change.Entry{e})
	if err != nil {
		return err
	}
	page := auditEntryPage{Frame: v.frame(), Entry: shown[0]}
	if page.Fields, err = changedFields(e.Detail); err != nil {
		return err
	}
	others, err := v.Directory.Changes.EntriesOf(v.ctx(), v.site.ID, id, itemsShown+1)
	page.More = len(others) > itemsShown
	page.Others = others[:min(len(others), itemsShown)]
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "audit-entry", page)
}

// changedFields reads the detail of an entry, by name.
func changedFields(detail json.RawMessage) ([]changedField, error) {
	var fields map[string][2]json.RawMessage
	if err := json.Unmarshal(detail, &fields); err != nil {
		return nil, err
	}
	all := make([]changedField, 0, len(fields))
	for name, values := range fields {
		all = append(all, changedField{name, plain(values[0]), plain(values[1])})
	}
	slices.SortFunc(all, func(a, b changedField) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// plain is a value of JSON as people read it: a text without quotes, and nothing for null.
func plain(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
