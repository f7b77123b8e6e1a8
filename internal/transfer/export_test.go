package transfer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/transfer"
)

// export returns what the place exports.
func (p *place) export(f transfer.Format) string {
	p.Helper()
	var out bytes.Buffer
	if _, err := transfer.Export(p.Context(), transfer.ExportOptions{Directory: p.dir, Site: p.site, Actor: operator, Format: f, To: &out}); err != nil {
		p.Fatal(err)
	}
	return out.String()
}

// emptyPlace is a fresh site with nothing in it.
func emptyPlace(t *testing.T, d *db.DB) *place {
	t.Helper()
	log := change.New(d)
	s, err := (&site.Store{Changes: log}).Add(t.Context(), operator, site.Site{Name: dbtest.Name(t)})
	if err != nil {
		t.Fatal(err)
	}
	return &place{T: t, dir: &directory.Directory{Changes: log}, site: s.ID}
}

// again imports an export of p into a fresh site, and compares what that exports. Then it imports it once more.
func (p *place) again(fail func(string, ...any)) string {
	p.Helper()
	text := p.export(transfer.NDJSON)
	other := emptyPlace(p.T, p.dir.Changes.DB)
	report, results := other.run(text)
	for _, r := range results {
		if r.Action == transfer.Refuse {
			fail("line %d: %s\n%s", r.Line, r.Reason, strings.Split(text, "\n")[r.Line-1])
		}
	}
	if diff := cmp.Diff(strings.Split(text, "\n"), strings.Split(other.export(transfer.NDJSON), "\n")); diff != "" {
		fail("after %+v:\n%s", report, diff)
	}
	for _, mode := range []func(*transfer.Options){func(*transfer.Options) {}, dryRun} {
		_, results = other.run(text, mode)
		for _, r := range results {
			if r.Action != transfer.Unchanged {
				fail("again: %+v\n%s", r, strings.Split(text, "\n")[r.Line-1])
			}
		}
	}
	return text
}

func TestAnExportIsImportedToTheSameBytes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := emptyPlace(t, d)
		whole, err := os.ReadFile("testdata/site.ndjson")
		if err != nil {
			t.Fatal(err)
		}
		if report, results := p.run(string(whole)); report.Refused > 0 {
			t.Fatalf("%+v", results)
		}
		if diff := cmp.Diff(strings.Split(string(whole), "\n"), strings.Split(p.again(t.Errorf), "\n")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhatHappenedToASiteIsInItsExport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		p.run(history + `{"kind":"group","name":"judges"}
{"kind":"content","space":"ENGINE","title":"Start","id":900001,"creator":"557058:babbage"}
{"kind":"content","space":"ENGINE","title":"Secret","id":900002,"restrictions":[{"operation":"read","group":"judges"}]}
{"kind":"content","space":"ENGINE","title":"Old","id":900003}
{"kind":"watch","watcher":"557058:babbage","label":"team:engines"}
`)
		store := &content.Store{Changes: p.dir.Changes}
		if err := p.dir.DeleteGroup(t.Context(), p.site, operator, "judges"); err != nil {
			t.Fatal(err)
		}
		if err := store.TrashPage(t.Context(), p.site, operator, 900003); err != nil {
			t.Fatal(err)
		}
		err := p.dir.Changes.Write(t.Context(), p.site, operator, func(tx *change.Tx) error {
			return store.UnwatchIn(t.Context(), tx, content.WatchContent, 900001, "557058:babbage")
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := p.dir.Register(t.Context(), p.site, "", operator, directory.Registration{Kind: directory.ConnectApp, Name: "Mill", Key: "mill", ClientKey: "mill-1", Descriptor: "{\n}"}, directory.AppSecrets{}); err != nil {
			t.Fatal(err)
		}
		text := p.again(t.Errorf)
		for _, want := range []string{`"formerGroup":"`, `"watchedByCreator":false`, `"status":"trashed"`, `"label":"team:engines"`, `"descriptor":"{\n}"`, `"account":"`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is not in\n%s", want, text)
			}
		}
		if strings.Contains(text, "rosterapp_") {
			t.Errorf("a secret is in\n%s", text)
		}
	})
}

func TestWhateverASiteHasIsImportedToTheSameBytes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		checks := 0
		rapid.Check(t, func(rt *rapid.T) {
			if checks++; checks > mostSites {
				return
			}
			p := emptyPlace(t, d)
			p.run(drawSite(rt))
			p.again(rt.Fatalf)
		})
	})
}

// mostSites is how many sites are drawn: each takes a few hundred transactions.
const mostSites = 15 / slowed

// drawSite draws lines of every kind, some of which are refused.
func drawSite(t *rapid.T) string {
	var b strings.Builder
	text := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune(`aäß"\<>&;, =+	{}🙂`+"\u2028é\u0301")), rapid.Rune()))
	word := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "word") }
	id := func() int { return rapid.IntRange(0, 5).Draw(t, "id") }
	yes := func() bool { return rapid.Bool().Draw(t, "yes") }
	for range rapid.IntRange(1, 4).Draw(t, "groups") {
		fmt.Fprintf(&b, `{"kind":"group","id":"00000000-0000-4000-8000-00000000000%d","name":%s,"usageType":%q,"permissions":[%q]}`+"\n",
			id(), quoted(text.Draw(t, "name")+"g"), word("USERBASE_GROUP", "TEAM_COLLABORATION"), word("use", "administer", "view-profiles"))
	}
	for range rapid.IntRange(1, 6).Draw(t, "accounts") {
		fmt.Fprintf(&b, `{"kind":"account","accountId":"a:%d","email":"p%d@example.org","displayName":%s,"publicName":%s,"position":%s,"accountStatus":%q,"accountType":%q,"locale":%q,"isGuest":%t,"manager":"a:%d","visibility":{"name":%q,"email":%q},"groups":["00000000-0000-4000-8000-00000000000%d","team %d"]}`+"\n",
			id(), id(), quoted(text.Draw(t, "display")), quoted(text.Draw(t, "public")), quoted(text.Draw(t, "position")), word("active", "inactive", "closed"),
			word("atlassian", "app", "customer"), word("en_US", "de_DE"), yes(), id(), word("anyone", "organization", "me"), word("anyone", "organization", "me"), id(), id())
	}
	for range id() {
		fmt.Fprintf(&b, `{"kind":"property","account":"a:%d","key":"k%d","app":%q,"value":%s}`+"\n", id(), id(), word("", "a:1"), word(`{}`, `{ "a" : [1.0, 1e3] }`, `"{\n\"b\":null}"`, `"{} "`, `{"<>":"\u00e4"}`))
		fmt.Fprintf(&b, `{"kind":"app","clientId":"app-%d","type":%q,"name":%s,"account":"a:%d","public":%t,"scopes":["b","a"],"redirectUris":["https://app.example/%d"],"blocked":%t}`+"\n",
			id(), word("oauth", "oauth", "forge"), quoted(text.Draw(t, "app")), id(), yes(), id(), yes())
		fmt.Fprintf(&b, `{"kind":"space","key":%q,"name":%s,"owner":%q,"description":%s,"appsBlocked":%t,"status":%q,"labels":[%q],"permissions":[{"operation":%q,"group":"team %d"},{"operation":"read","anonymous":%t,"user":"a:%d"}],"settings":{"contentMode":%q},"theme":{"themeKey":"loom","name":%s},"lookAndFeel":{"headings":{"color":"#5b2a86"}}}`+"\n",
			word("~a:1", "~a:2", "ONE", "TWO"), quoted(text.Draw(t, "space")), word("a:1", "a:2", ""), quoted(text.Draw(t, "description")), yes(), word("current", "archived"), word("notes", "team:x", "ß"),
			word("read", "administer"), id(), yes(), id(), word("standard", "compact"), quoted(text.Draw(t, "theme")))
	}
	for range rapid.IntRange(0, 8).Draw(t, "content") {
		parent := ""
		if yes() {
			parent = fmt.Sprintf(`,"parent":%d`, 70000+id())
		}
		fmt.Fprintf(&b, `{"kind":"content","id":%d,"space":%q,"type":%q,"title":%s,"status":%q,"body":%s,"creator":%s,"labels":[%q],"homepage":%t,"watchedByCreator":%t,"restrictions":[{"operation":%q,%s}]%s}`+"\n",
			70000+id(), word("ONE", "TWO", "~a:1"), word("page", "page", "blogpost", "comment", "whiteboard"), quoted(text.Draw(t, "title")), word("current", "draft", "trashed", "archived"),
			quoted(text.Draw(t, "body")), word(`"a:1"`, `"a:2"`, `null`, `""`), word("notes", "my:own"), yes(), yes(), word("read", "update"),
			word(`"user":"a:1"`, `"group":"team 1"`, `"formerGroup":"00000000-0000-4000-8000-0000000000aa"`), parent)
		fmt.Fprintf(&b, `{"kind":"watch","watcher":"a:%d",%s}`+"\n", id(), word(`"label":"notes"`, `"label":"my:Own"`, `"space":"ONE"`, `"content":70001`, `"content":70002`))
	}
	return b.String()
}

func TestAnExportedCSVIsImportedToTheSamePeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		p.run(history)
		text := p.export(transfer.CSV)
		other := emptyPlace(t, d)
		if report, results := other.run(text, func(o *transfer.Options) { o.Unlicensed = true }); report.Refused > 0 || report.Accounts.Create != 6 {
			t.Fatalf("%+v %+v", report, results)
		}
		if diff := cmp.Diff(text, other.export(transfer.CSV)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAnExportShowsTheSiteAtOneMoment(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		p := newPlace(t, d)
		p.run(people(600))
		before := p.export(transfer.NDJSON)
		out := &during{do: func() {
			p.run(`{"kind":"account","accountId":"z:last","displayName":"Late"}` + "\n" + strings.ReplaceAll(people(600), "Person", "Other"))
		}}
		if _, err := transfer.Export(t.Context(), transfer.ExportOptions{Directory: p.dir, Site: p.site, Actor: operator, To: out}); err != nil {
			t.Fatal(err)
		}
		if out.do != nil || out.String() != before {
			t.Error("what was written meanwhile is in the export, or nothing was")
		}
		if after := p.export(transfer.NDJSON); after == before {
			t.Error("nothing was written")
		}
	})
}

// during does something once, while it is first written to.
type during struct {
	bytes.Buffer
	do func()
}

func (w *during) Write(b []byte) (int, error) {
	if do := w.do; do != nil {
		w.do = nil
		do()
	}
	return w.Buffer.Write(b)
}

func TestAnExportOfAnotherVersionIsNotTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		ada := `{"kind":"account","accountId":"a:1","displayName":"Ada"}` + "\n"
		for text, want := range map[string]string{
			`{"kind":"export","version":"2"}` + "\n" + ada: `line 1: The export is of version "2"; this program reads version 1.`,
			`{"kind":"export"}` + "\n" + ada:               `line 1: The export has no version.`,
			ada + `{"kind":"export","version":"1"}` + "\n": `line 2: what begins an export stands in the middle of the file`,
			"{}\n" + `{"kind":"export","version":"1"}`:     `line 2: what begins an export stands in the middle of the file`,
		} {
			if _, err := transfer.Run(t.Context(), p.options(text, dryRun)); err == nil || err.Error() != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
	})
}

func quoted(text string) string {
	// Strings always encode.
	quoted, _ := json.Marshal(text)
	return string(quoted)
}
