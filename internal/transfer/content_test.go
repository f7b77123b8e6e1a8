package transfer_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/transfer"
)

const (
	readers = `{"kind":"group","name":"engineers"}
{"kind":"account","accountId":"ada","displayName":"Ada"}
{"kind":"account","accountId":"grace","displayName":"Grace"}
{"kind":"account","accountId":"former","displayName":"Former","accountStatus":"closed"}
{"kind":"space","key":"ENG","name":"Engines","owner":"ada","appsBlocked":true,"watchers":["grace"]}
{"kind":"space","key":"LAB","name":"Laboratory"}
`
	pages = `{"kind":"content","space":"ENG","title":"Start","homepage":true,"id":70000,"body":"<p>Hello</p>"}
{"kind":"content","space":"ENG","title":"Cards","parent":"start","type":"page","status":"current","creator":"grace","body":"<p>Punched</p>","labels":["Work","team:lab"],"watchers":["ada"],"restrictions":[{"operation":"read","group":"engineers"},{"operation":"update","user":"ada"}]}
{"kind":"content","space":"ENG","id":70010,"type":"comment","parent":70000,"body":"<p>Good</p>","creator":"grace"}
{"kind":"content","space":"ENG","id":70011,"type":"comment","parent":70010,"body":"<p>Yes</p>"}
{"kind":"content","space":"ENG","type":"attachment","title":"card.png","parent":"Cards"}
{"kind":"content","space":"ENG","type":"blogpost","title":"News","status":"draft"}
{"kind":"content","space":"LAB","title":"Old","status":"trashed"}
{"kind":"watch","watcher":"grace","content":70000}
{"kind":"watch","watcher":"ada","space":"ENG"}
{"kind":"watch","watcher":"ada","label":"team:Lab"}
`
)

func (p *place) store() *content.Store { return &content.Store{Changes: p.dir.Changes} }

func (p *place) titled(key, kind, title string) content.Page {
	p.Helper()
	found, err := p.store().TitledIn(p.Context(), p.dir.Changes.DB, p.site, p.space(key).ID, kind, title, false)
	if err != nil || len(found) != 1 {
		p.Fatalf("%s: %+v, %v", title, found, err)
	}
	return found[0]
}

// library has what readers and pages say.
func library(t *testing.T, d *db.DB) *place {
	t.Helper()
	p := newPlace(t, d)
	p.apply(readers, transfer.Report{Accounts: transfer.Counts{Create: 3}, Groups: transfer.Counts{Create: 1}, Spaces: transfer.Counts{Create: 2}})
	p.apply(pages, transfer.Report{Content: transfer.Counts{Create: 7}, Watches: transfer.Counts{Create: 3}})
	return p
}

func contents(c transfer.Counts) transfer.Report { return transfer.Report{Content: c} }

func TestLinesSayEverythingOfContent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := library(t, d)
		st, ctx := p.store(), t.Context()
		space, start, cards := p.space("ENG"), p.titled("ENG", "", "Start"), p.titled("ENG", "page", "Cards")
		if !space.AppsBlocked || space.Homepage != 70000 || start.ID != 70000 || start.CreatedBy != "ada" {
			t.Errorf("%+v %+v", space, start)
		}
		if cards.Parent != 70000 || cards.CreatedBy != "grace" || cards.Status != "current" {
			t.Errorf("%+v", cards)
		}
		bodies, err := st.Bodies(ctx, p.site, []int64{cards.ID})
		if err != nil || bodies[cards.ID] != "<p>Punched</p>" {
			t.Error(bodies, err)
		}
		labels, err := st.Labels(ctx, p.site, content.OnContent, []int64{cards.ID}, 10)
		if err != nil || len(labels[cards.ID]) != 2 {
			t.Error(labels, err)
		}
		restrictions, err := st.Restrictions(ctx, p.site, []int64{cards.ID}, 10)
		if all := restrictions[cards.ID]; err != nil || len(all) != 2 || all[0].Operation != "read" || all[0].Subject.Name != "engineers" || all[1].Subject.ID != "ada" {
			t.Error(restrictions, err)
		}
		for _, w := range []struct {
			kind content.WatchKind
			id   int64
			want []string
		}{
			{content.WatchContent, cards.ID, []string{"ada", "grace"}},
			{content.WatchContent, 70000, []string{"ada", "grace"}},
			{content.WatchContent, 70010, []string{"grace"}},
			{content.WatchSpace, space.ID, []string{"ada", "grace"}},
			{content.WatchLabel, labels[cards.ID][0].ID, []string{"ada"}},
		} {
			got, _, err := st.Watchers(ctx, p.site, w.kind, w.id, 0, 10)
			if diff := cmp.Diff(w.want, got); diff != "" || err != nil {
				t.Errorf("%s %d: %s %v", w.kind, w.id, diff, err)
			}
		}
		reply, err := st.Page(ctx, p.site, 70011)
		if err != nil || reply.Title != "Re: Start" || reply.Parent != 70010 {
			t.Errorf("%+v, %v", reply, err)
		}
		if file := p.titled("ENG", "attachment", "card.png"); file.Parent != cards.ID {
			t.Errorf("%+v", file)
		}
	})
}

func TestASecondImportOfContentWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := library(t, d)
		rows := p.count("changes")
		want := transfer.Report{
			Accounts: transfer.Counts{Unchanged: 3}, Groups: transfer.Counts{Unchanged: 1}, Spaces: transfer.Counts{Unchanged: 2},
			Content: transfer.Counts{Unchanged: 7}, Watches: transfer.Counts{Unchanged: 3},
		}
		p.apply(readers+pages, want)
		planned, _ := p.run(readers+pages, dryRun)
		planned.Lines, planned.Bytes = 0, 0
		if diff := cmp.Diff(want, planned); diff != "" {
			t.Error(diff)
		}
		if now := p.count("changes"); now != rows {
			t.Errorf("%d changes", now-rows)
		}
	})
}

func TestAnImportOfContentThatWasStoppedIsFinishedByTheNext(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		cut := strings.Index(pages, `{"kind":"content","space":"ENG","type":"attachment"`)
		p.run(readers + pages[:cut])
		report, _ := p.run(readers + pages)
		if want := (transfer.Counts{Create: 3, Unchanged: 4}); report.Content != want || report.Watches.Create != 3 || report.Refused > 0 {
			t.Errorf("%+v", report)
		}
	})
}

func TestADryRunOfContentTellsWhatApplyingDoesAndWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		text := readers + pages + `{"kind":"content","space":"ENG","title":"CARDS","labels":[]}` + "\n" +
			`{"kind":"content","space":"ENG","id":70020,"title":"start"}` + "\n" + `{"kind":"content","space":"LAB","id":70000,"title":"T"}` + "\n"
		tables := func() (counts []int64) {
			for _, table := range []string{"content", "watches", "labelled", "labels", "content_restrictions", "spaces", "changes", "content_ids"} {
				counts = append(counts, p.count(table))
			}
			return counts
		}
		before := tables()
		planned, _ := p.run(text, dryRun)
		if diff := cmp.Diff(before, tables()); diff != "" {
			t.Errorf("the dry run wrote: %s", diff)
		}
		applied, _ := p.run(text)
		if planned.Applied = true; planned.Refused != 2 || planned.Content.Update != 1 {
			t.Errorf("%+v", planned)
		}
		if diff := cmp.Diff(planned, applied); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEachMemberOfContentChangesAloneAndAsTheDryRunSays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := library(t, d)
		cards := p.titled("ENG", "page", "Cards").ID
		if err := p.store().Unwatch(t.Context(), p.site, operator, content.Viewer{Administrator: true},
			content.Watchable{Kind: content.WatchContent, Name: strconv.FormatInt(cards, 10)}, "grace"); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			member string
			want   transfer.FieldChange
		}{
			{`"body":"<p/>"`, transfer.FieldChange{Field: "body", Before: "14 bytes", After: "4 bytes"}},
			{`"status":"archived"`, transfer.FieldChange{Field: "status", Before: "current", After: "archived"}},
			{`"status":"current"`, transfer.FieldChange{Field: "status", Before: "archived", After: "current"}},
			{`"labels":["work"]`, transfer.FieldChange{Field: "labels", Before: "team:lab work", After: "work"}},
			{`"restrictions":[{"operation":"read","group":"engineers"}]`, transfer.FieldChange{
				Field: "restrictions", Before: "read: group engineers; update: user ada", After: "read: group engineers",
			}},
			{`"restrictions":null`, transfer.FieldChange{Field: "restrictions", Before: "read: group engineers"}},
			{`"watchers":["grace","ada","grace"]`, transfer.FieldChange{Field: "watchers", Before: "ada", After: "ada grace"}},
			{`"homepage":true`, transfer.FieldChange{Field: "homepage", Before: "false", After: "true"}},
			{`"homepage":false`, transfer.FieldChange{Field: "homepage", Before: "true", After: "false"}},
			{fmt.Sprintf(`"id":%d,"title":"Jacquard"`, cards), transfer.FieldChange{Field: "title", Before: "Cards", After: "Jacquard"}},
		} {
			line := `{"kind":"content","space":"ENG","title":"Cards",` + tt.member + "}"
			if strings.HasPrefix(tt.member, `"id"`) {
				line = `{"kind":"content","space":"ENG",` + tt.member + "}"
			}
			details := func(o *transfer.Options) { o.Details = true }
			_, plan := p.run(line, dryRun, details)
			done := p.apply(line, contents(transfer.Counts{Update: 1}), details)
			if diff := cmp.Diff([]transfer.FieldChange{tt.want}, done[0].Changes); diff != "" {
				t.Errorf("%s: %s", tt.member, diff)
			}
			if diff := cmp.Diff(plan, done); diff != "" {
				t.Errorf("%s: %s", tt.member, diff)
			}
		}
	})
}

func TestARefusedLineOfContentLeavesNothingBehind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := library(t, d)
		p.apply(`{"kind":"content","space":"ENG","id":70030,"type":"blogpost","title":"Twice"}
{"kind":"content","space":"ENG","id":70031,"type":"blogpost","title":"Twice"}`, contents(transfer.Counts{Create: 2}))
		p.refuses(map[string]string{
			`{"kind":"content","title":"T"}`:                                                                   `There is no space, so nobody can tell where this content is.`,
			`{"kind":"content","space":"ENG"}`:                                                                 `There is neither an id nor a title, so nobody can tell which content this is.`,
			`{"kind":"content","space":"ENG","type":"comment","parent":70000}`:                                 `There is neither an id nor a title, so nobody can tell which content this is.`,
			`{"kind":"content","space":"ENG","id":90000,"type":"comment"}`:                                     `A comment without a title must stand below something that has one.`,
			`{"kind":"content","space":"ENG","id":90000}`:                                                      `The title is empty.`,
			`{"kind":"content","space":"NONE","title":"T"}`:                                                    `There is no space "NONE".`,
			`{"kind":"content","space":"ENG","title":"T","owner":"ada"}`:                                       `Content has no member "owner".`,
			`{"kind":"content","space":"ENG","title":"T","id":"7"}`:                                            `id is not a whole number from 1 to 9007199254740991.`,
			`{"kind":"content","space":"ENG","title":"T","id":0}`:                                              `id is not a whole number from 1 to 9007199254740991.`,
			`{"kind":"content","space":"ENG","title":"T","type":"poem"}`:                                       `The content type "poem" is none of page, blogpost, comment, attachment, whiteboard, database, embed, folder.`,
			`{"kind":"content","space":"ENG","title":"T","status":"lost"}`:                                     `The content status "lost" is none of current, draft, archived, trashed.`,
			`{"kind":"content","space":"ENG","title":"T","parent":"None"}`:                                     `The space has no content "None" to put this below.`,
			`{"kind":"content","space":"ENG","title":"T","parent":7}`:                                          `The space has no content 7 to put this below.`,
			`{"kind":"content","space":"LAB","title":"T","parent":70000}`:                                      `The space has no content 70000 to put this below.`,
			`{"kind":"content","space":"ENG","title":"T","parent":["a"]}`:                                      `parent is neither a title nor an ID.`,
			`{"kind":"content","space":"ENG","title":"T","parent":"Twice"}`:                                    `More than one thing in the space is called "Twice"; name what this is below by its ID.`,
			`{"kind":"content","space":"ENG","title":"Twice","type":"blogpost"}`:                               `More than one blogpost of the space has this title; name it by its id.`,
			`{"kind":"content","space":"LAB","title":"T","id":70000}`:                                          `Content 70000 is in another space.`,
			`{"kind":"content","space":"ENG","title":"cards","id":70000}`:                                      `The space has another page of this title, and two would be mistaken for each other.`,
			`{"kind":"content","space":"ENG","title":"START","id":90000}`:                                      `The space has another page of this title, and two would be mistaken for each other.`,
			`{"kind":"content","space":"ENG","title":"Cards","parent":null}`:                                   `The ID, space, parent and type of content never change.`,
			`{"kind":"content","space":"ENG","id":70000,"type":"blogpost"}`:                                    `The ID, space, parent and type of content never change.`,
			`{"kind":"content","space":"ENG","title":"Cards","creator":"ada"}`:                                 `Who made content never changes.`,
			`{"kind":"content","space":"ENG","title":"T","creator":"nobody"}`:                                  `There is no account "nobody".`,
			`{"kind":"content","space":"ENG","title":"T","watchers":["nobody"]}`:                               `There is no user with this account ID.`,
			`{"kind":"content","space":"ENG","title":"T","watchers":["former"]}`:                               `There is no user with this account ID.`,
			`{"kind":"content","space":"ENG","title":"T","labels":["two words"]}`:                              `The label "two words" is not one word without punctuation.`,
			`{"kind":"content","space":"ENG","title":"T","restrictions":{}}`:                                   `restrictions is not an array of objects.`,
			`{"kind":"content","space":"ENG","title":"T","restrictions":[{"operation":"read"}]}`:               `The restriction of "read" is for nobody: it needs a user or a group.`,
			`{"kind":"content","space":"ENG","title":"T","restrictions":[{"operation":"fly","user":"ada"}]}`:   `The operation "fly" is none of read, update.`,
			`{"kind":"content","space":"ENG","title":"T","restrictions":[{"operation":"read","user":"x"}]}`:    `There is no account "x".`,
			`{"kind":"content","space":"ENG","title":"T","restrictions":[{"operation":"read","group":"x"}]}`:   `There is no group "x".`,
			`{"kind":"content","space":"ENG","title":"T","restrictions":[{"operation":"read","anyone":true}]}`: `A restriction has no member "anyone".`,
			`{"kind":"content","space":"ENG","title":"News","type":"blogpost","homepage":true}`:                `Only a page can be a homepage.`,
		})
	})
}

func TestARefusedLineOfAWatchLeavesNothingBehind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		library(t, d).refuses(map[string]string{
			`{"kind":"watch","watcher":"ada"}`:                           `A watch is of one thing: a content, a label or a space.`,
			`{"kind":"watch","watcher":"ada","space":"ENG","label":"a"}`: `A watch is of one thing: a content, a label or a space.`,
			`{"kind":"watch","space":"ENG"}`:                             `There is no watcher, so nobody can tell who watches.`,
			`{"kind":"watch","watcher":"nobody","label":"a"}`:            `There is no user with this account ID.`,
			`{"kind":"watch","watcher":"former","content":70000}`:        `There is no user with this account ID.`,
			`{"kind":"watch","watcher":"ada","space":"NONE"}`:            `There is no space "NONE".`,
			`{"kind":"watch","watcher":"ada","content":7}`:               `There is no content 7.`,
			`{"kind":"watch","watcher":"ada","label":"two words"}`:       `The label "two words" is not one word without punctuation.`,
			`{"kind":"watch","watcher":"ada","planet":"a"}`:              `A watch has no member "planet".`,
		})
	})
}

// refuses tries lines out and imports them, each for a reason to be refused and without writing anything.
func (p *place) refuses(reasons map[string]string) {
	p.Helper()
	rows := p.count("changes")
	lines := slices.Sorted(maps.Keys(reasons))
	for _, edit := range []func(*transfer.Options){dryRun, func(*transfer.Options) {}} {
		report, results := p.run("\n"+strings.Join(lines, "\n"), edit)
		if int(report.Refused) != len(lines) || len(results) != len(lines) {
			p.Fatalf("%+v", results)
		}
		for i, line := range lines {
			if results[i].Reason != reasons[line] || results[i].Line != int64(i+2) {
				p.Errorf("%s: %+v, want %s", line, results[i], reasons[line])
			}
		}
	}
	if now := p.count("changes"); now != rows {
		p.Errorf("%d changes", now-rows)
	}
}

func TestAnIDThatTheImportItselfHasGivenAwayIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		text := readers + `{"kind":"content","space":"ENG","id":70000,"title":"Named"}
{"kind":"content","space":"ENG","title":"Unnamed"}
{"kind":"content","space":"ENG","id":70001,"title":"Named, too"}
`
		for _, edit := range []func(*transfer.Options){dryRun, func(*transfer.Options) {}} {
			_, results := p.run(text, edit)
			if last := results[len(results)-1]; last.Reason != "The ID 70001 went to the content of line 8, which names none; put lines with an id first." {
				t.Errorf("%+v", last)
			}
		}
	})
}

func TestTheLongestBodyIsImportedAndALongerOneRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		line := func(body string) string {
			return `{"kind":"content","space":"ENG","title":"Long","body":"` + body + `"}` + "\n"
		}
		p.run(`{"kind":"space","key":"ENG","name":"Engines"}` + "\n")
		long := strings.Repeat(`\u00e9`, content.MaxBody/2)
		p.apply(line(long), contents(transfer.Counts{Create: 1}))
		report, results := p.run(line(long+"x") + line(strings.Repeat("x", 4*content.MaxBody)))
		if report.Refused != 2 || !strings.HasPrefix(results[0].Reason, "The body is longer than") || !strings.HasPrefix(results[1].Reason, "The line is longer than") {
			t.Errorf("%+v", results)
		}
	})
}

func TestLabelsThatAreTheSameChangeNothingHoweverTheyAreWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := library(t, d)
		line := func(label string) string {
			return `{"kind":"content","space":"ENG","title":"Cards","labels":["` + label + `"]}`
		}
		p.apply(line("straße"), contents(transfer.Counts{Update: 1}))
		rows := p.count("changes")
		p.apply(line("STRASSE"), contents(transfer.Counts{Unchanged: 1}))
		if now := p.count("changes"); now != rows {
			t.Errorf("%d changes", now-rows)
		}
	})
}
