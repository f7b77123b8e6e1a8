package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/web"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/workflows"
)

// flows is a bed whose server has workflows.
func flows(t *testing.T, d *db.DB) (*bed, *workflow.Store) {
	var s *workflow.Store
	b := newBed(t, d, func(server *web.Server) {
		s = workflow.NewStore(server.Directory.Changes, workflow.Files(action.All(api.Actions())))
		server.Workflows = s
	})
	return b, s
}

// mailer is the file of a workflow that mails who its input names.
func mailer(name, more string) string {
	return "document:\n  dsl: 1.0.0\n  namespace: test\n  name: " + name + "\n  version: 1.0.0\n  title: Mail <b>somebody</b>\n" + more + `
input:
  schema:
    document:
      type: object
      required: [to]
      properties:
        to: {type: string, title: Whom, minLength: 3}
        count: {type: integer, default: 1, maximum: 5}
        odd: {type: boolean}
        kind: {enum: [plain, json], default: plain}
        list: {type: array}
do:
  - check:
      switch:
        - none:
            when: ${ .to == "nobody" }
            then: end
        - some:
            then: mail
  - never:
      set: {a: 1}
  - mail:
      if: ${ .count > 0 }
      call: mail.send
      with: {to: "${ $workflow.input.to }", subject: "<i>Hello</i>", text: Hello}
`
}

var keyed = regexp.MustCompile(`name="key" value="([^"]+)"`)

func (w *browser) key(path string) string {
	w.t.Helper()
	found := keyed.FindStringSubmatch(w.get(path).body)
	if found == nil {
		w.t.Fatalf("%s has no key", path)
	}
	return found[1]
}

// stored adds a workflow through its form.
func (w *browser) stored(text string, more ...string) answer {
	w.t.Helper()
	return w.post("/workflows/_add", append([]string{"text", text, "connection", ""}, more...)...)
}

func TestPeopleSeeTheLibraryAndAdministratorsTheSitesOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, _ := flows(t, d)
		boss, ada := b.boss(), b.signed("ada")
		if got := boss.stored(mailer("own", "")); got.status != http.StatusSeeOther {
			t.Fatal(got)
		}
		if got := boss.get("/workflows"); !got.has("workflows/own", "Mail &lt;b&gt;somebody", "Get User with Confluence and Send Results Via Email") || got.has("<b>some") {
			t.Error(got)
		}
		if got := ada.get("/workflows"); got.status != http.StatusOK || got.has("workflows/own") || got.has("_add") || !got.has("workflows/get-user-and-mail") {
			t.Error(got)
		}
		if got := ada.get("/workflows/own"); got.status != http.StatusNotFound {
			t.Error(got.status)
		}
		if got := b.browser().get("/workflows"); got.status != http.StatusSeeOther {
			t.Error(got.status)
		}
		for _, path := range []string{"/workflows/_add", "/workflows/own/run", "/workflows/own/switch", "/workflows/own/remove", "/runs", "/runs/x", "/runs/x/cancel", "/runs/x/decide"} {
			if got := ada.get(path); got.status != http.StatusForbidden {
				t.Errorf("GET %s: %d", path, got.status)
			}
			if got := ada.post(path, "text", mailer("other", ""), "in.to", "ada@example.com"); got.status != http.StatusForbidden {
				t.Errorf("POST %s: %d", path, got.status)
			}
			if got := boss.do(http.MethodPost, path, values([]string{"text", mailer("other", "")}), http.Header{"Origin": {"https://evil.example"}}); got.status != http.StatusForbidden {
				t.Errorf("POST %s from elsewhere: %d", path, got.status)
			}
		}
	})
}

func TestThePageOfAWorkflowHasItsStepsAsAPictureInWordsAndAsAFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, _ := flows(t, d)
		ada := b.signed("ada")
		named := regexp.MustCompile(`<text class="name"[^>]*>([^<]+)</text>`)
		for _, f := range workflows.Files() {
			got := ada.get("/workflows/" + f.Name)
			drawn := named.FindAllStringSubmatch(got.body, -1)
			if got.status != http.StatusOK || len(drawn) == 0 || !got.has("<svg", `aria-hidden="true"`) {
				t.Fatalf("%s: %d, %d boxes", f.Name, got.status, len(drawn))
			}
			file := ada.get("/workflows/" + f.Name + "?as=file")
			if !got.has("?as=file") || file.body != string(f.Text) || file.header.Get("Content-Disposition") != `attachment; filename="`+f.Name+`.yaml"` {
				t.Errorf("%s: the file is %v\n%s", f.Name, file.header, file.body)
			}
			for _, name := range drawn {
				if !got.has("<strong>"+name[1]+"</strong>") || !strings.Contains(string(f.Text), "- "+name[1]+":") {
					t.Errorf("%s: %s is drawn and not said", f.Name, name[1])
				}
			}
		}
	})
}

func TestARunOfTheLibraryIsOneHoweverOftenItsFormIsSent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, s := flows(t, d)
		boss := b.boss()
		const path = "/workflows/get-user-and-mail"
		form := []string{"do", "run", "key", boss.key(path), "connection", "+me", "in.accountId", "ada", "in.to", "ada@example.com", "in.format", "text"}
		first, second := boss.post(path+"/run", form...), boss.post(path+"/run", form...)
		if first.status != http.StatusSeeOther || first.header.Get("Location") == "" || first.header.Get("Location") != second.header.Get("Location") {
			t.Fatal(first, second)
		}
		form[3] = boss.key(path)
		third := boss.post(path+"/run", form...)
		runs, err := s.Runs(t.Context(), b.site.ID, workflow.Filter{})
		b.must(err)
		if third.status != http.StatusSeeOther || len(runs) != 2 {
			t.Fatal(third, len(runs))
		}
		connections, err := s.Connections(t.Context(), b.site.ID)
		b.must(err)
		w, err := s.Workflow(t.Context(), b.site.ID, "get-user-and-mail")
		b.must(err)
		if len(connections) != 1 || connections[0].AccountID != "boss" || w.Connection != connections[0].Name || !w.Enabled {
			t.Error(connections, w)
		}
		if got := boss.get(path); !got.has("Latest runs") || got.has("+me") {
			t.Error("the page does not know what is there")
		}
		if again := boss.get(path + "?again=" + runs[0].ID); !again.has(`value="ada@example.com"`) {
			t.Error("an earlier input is not there again")
		}
	})
}

func TestAWorkflowsInputIsCheckedBesideItsFields(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, s := flows(t, d)
		boss := b.boss()
		boss.stored(mailer("own", ""))
		run := func(pairs ...string) answer {
			return boss.post("/workflows/own/run", append([]string{"key", boss.key("/workflows/own")}, pairs...)...)
		}
		for words, form := range map[string][]string{
			"This must be filled in.": {"in.to", " "},
			"minLength":               {"in.to", "x"},
			"maximum":                 {"in.to", "ada@example.com", "in.count", "9"},
			"got string":              {"in.to", "ada@example.com", "in.count", "<many>"},
			"this is no JSON":         {"in.to", "ada@example.com", "in.list", "[1"},
			"got object":              {"in.to", "ada@example.com", "in.list", "{}"},
			"value must be one of":    {"in.to", "ada@example.com", "in.kind", "<x>"},
		} {
			if got := run(form...); got.status != http.StatusUnprocessableEntity || !got.has("Nothing was started", words, `class="amiss"`) || got.has("<many>") {
				t.Errorf("%v: %d", form, got.status)
			}
		}
		if got := run("in.to", "ada@example.com", "in.count", "2", "in.odd", "true", "in.list", "[1]"); got.status != http.StatusSeeOther {
			t.Fatal(got)
		}
		runs, err := s.Runs(t.Context(), b.site.ID, workflow.Filter{})
		b.must(err)
		r, err := s.Run(t.Context(), b.site.ID, runs[0].ID)
		b.must(err)
		if len(runs) != 1 || string(r.Input) != `{"count":2,"kind":"plain","list":[1],"odd":true,"to":"ada@example.com"}` {
			t.Error(len(runs), string(r.Input))
		}
	})
}

func TestWhatIsWrongWithAFileIsShownByLineAndColumn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, s := flows(t, d)
		boss := b.boss()
		got := boss.stored("document:\n  dsl: 1.0.0\n  nme: </textarea><script>x</script>\ndo:\n  - a:\n      call: confluence.getUsr\n")
		if got.status != http.StatusUnprocessableEntity || !got.has("Line 3, column 3", "Line 6, column 13", "there is no action confluence.getUsr", "<mark>confluence.getUsr</mark>") || got.has("<script>x") {
			t.Error(got)
		}
		for _, text := range []string{"", "\x00", "a: [", "\xff", strings.Repeat("a", 100_000), "- 1", "a: &x [*x]"} {
			if got := boss.stored(text); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
				t.Errorf("%.10q: %d", text, got.status)
			}
		}
		all, err := s.Workflows(t.Context(), b.site.ID)
		b.must(err)
		if len(all) != 0 {
			t.Error(all)
		}
	})
}

func TestAWorkflowIsReplacedOnlyWhereThatIsMeant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, s := flows(t, d)
		boss := b.boss()
		boss.stored(mailer("own", ""))
		changed := mailer("own", "  summary: Another\n")
		if got := boss.stored(changed); got.status != http.StatusUnprocessableEntity || !got.has("would replace", `name="replace"`) {
			t.Error(got.status)
		}
		if got := boss.stored(changed, "of", "own"); got.status != http.StatusSeeOther {
			t.Error(got.status)
		}
		if got := boss.stored(mailer("own", ""), "replace", "true", "disabled", "true"); got.status != http.StatusSeeOther {
			t.Error(got.status)
		}
		w, err := s.Workflow(t.Context(), b.site.ID, "own")
		b.must(err)
		if w.Enabled {
			t.Error("it is switched on")
		}
		if got := boss.get("/workflows/own"); !got.has("It is switched off") {
			t.Error(got.status)
		}
		boss.post("/workflows/own/switch", "enabled", "true")
		if got := boss.get("/workflows/own?done=enabled"); !got.has("is switched on", "Switch off") {
			t.Error(got.status)
		}
	})
}

func TestARemovedWorkflowCanBePutBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b, s := flows(t, d)
		boss := b.boss()
		boss.stored(mailer("own", ""))
		if got := boss.get("/workflows/own/remove"); got.status != http.StatusOK || !got.has("Remove <bdi>own</bdi>?") {
			t.Error(got.status)
		}
		gone := boss.post("/workflows/own/remove")
		to, err := url.Parse(gone.header.Get("Location"))
		b.must(err)
		if _, err := s.Workflow(t.Context(), b.site.ID, "own"); err == nil || gone.status != http.StatusSeeOther {
			t.Fatal("it is still there", gone.status)
		}
		if got := boss.get("/workflows?" + to.RawQuery); !got.has("Put it back", to.Query().Get("hash")) {
			t.Error(got.status)
		}
		if got := boss.post("/workflows/_add", "hash", to.Query().Get("hash"), "connection", ""); got.status != http.StatusSeeOther {
			t.Error(got)
		}
		if _, err := s.Workflow(t.Context(), b.site.ID, "own"); err != nil {
			t.Error(err)
		}
	})
}
