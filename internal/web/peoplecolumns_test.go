package web_test

import (
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// headings are the columns of the list of people, beside the boxes.
func (a answer) headings() string {
	_, head, _ := strings.Cut(a.body, "<thead>")
	head, _, _ = strings.Cut(head, "</thead>")
	var all []string
	for _, cell := range strings.Split(head, `<th scope="col">`)[1:] {
		name, _, _ := strings.Cut(cell, "</th>")
		all = append(all, name)
	}
	return strings.Join(all, ", ")
}

const everyColumn = "email,status,kind,groups,changed,created,licensed,id,publicName,position,department,location,manager,phone,im,website,timeZone,locale,emailApproved"

// addEve adds somebody of whom everything is known, and a group with a name that a list of names cannot hold.
func (b *bed) addEve() (group string) {
	b.t.Helper()
	g, err := b.people.AddGroup(b.t.Context(), b.site.ID, operator, directory.Group{Name: "red;green"})
	b.must(err)
	b.add(directory.Account{
		ID: "eve", Email: "eve@example.com", DisplayName: "Eve,Eva", PublicName: "E.", Guest: true, Manager: "ada", Position: hostile, Department: "Ciphers", Location: "Sofia", Phone: "+359 2",
		IM: "eve-im", Website: "https://eve.example", TimeZone: "Europe/Sofia", Locale: "bg_BG", Visibility: directory.EveryField(directory.OnlyMe),
	}, b.home, g.ID)
	return g.ID
}

func TestThePeoplesColumnsAreChosenByTheAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		group := b.addEve()
		for query, want := range map[string]string{
			"": "Name, E-mail address, Status, Kind, Groups, Changed", "columns=": "Name, E-mail address, Status, Kind, Groups, Changed",
			"columns=name": "Name", "columns=email,department": "Name, E-mail address, Department", "columns=department&columns=name&columns=email,email": "Name, E-mail address, Department",
			"columns=" + everyColumn: "Name, E-mail address, Status, Kind, Groups, Changed, Created, Can use the site, Account ID, Public name, Position, Department, Location, Manager, Phone, Instant messaging, Website, Time zone, Language, Reads e-mail addresses",
		} {
			if got := boss.get("/people?" + query); got.status != http.StatusOK || got.headings() != want {
				t.Errorf("%s: %d %s", query, got.status, got.headings())
			}
		}
		form := boss.get("/people").body
		for column := range strings.SplitSeq(everyColumn, ",") {
			if !strings.Contains(form, `<input type="checkbox" name="columns" value="`+column+`"`) {
				t.Errorf("%s cannot be chosen", column)
			}
		}
		cells := map[string]string{
			"email": "<bdi>eve@example.com</bdi>", "status": `<span class="tag active">active</span>`, "kind": "guest", "licensed": "yes", "id": "<code>eve</code>", "publicName": "<bdi>E.</bdi>",
			"position": "<bdi>" + html.EscapeString(hostile) + "</bdi>", "department": "<bdi>Ciphers</bdi>", "location": "<bdi>Sofia</bdi>", "manager": `<a href="people/ada"><bdi>Ada</bdi></a>`, "phone": "<bdi>&#43;359 2</bdi>",
			"im": "<bdi>eve-im</bdi>", "website": "<bdi>https://eve.example</bdi>", "timeZone": "<bdi>Europe/Sofia</bdi>", "locale": "<bdi>bg_BG</bdi>", "emailApproved": "no",
		}
		for column := range cells {
			got := boss.get("/people?q=eve&columns=" + column)
			for other, cell := range cells {
				if got.has("<td>"+cell+"</td>") != (other == column) || got.has("<script>alert") {
					t.Errorf("the cell of %s beside %s: %s", other, column, got.body)
				}
			}
		}
		if got := boss.get("/people?q=eve&columns=groups"); !got.has(`<a class="tag" href="groups/`+group+`"><bdi>red;green</bdi></a>`) || got.has("<time") {
			t.Errorf("%s", got.body)
		}
		if got := boss.get("/people?q=eve&columns=created"); !got.has("<time") || got.has(`class="tag" href="groups/`) {
			t.Errorf("%s", got.body)
		}
		for _, names := range []string{"password", "email,", "email,,id", "Email", "email%00", "e%6Dail,nothing", "<script>"} {
			want := http.StatusBadRequest
			if names == "email," {
				want = http.StatusOK
			}
			if got := boss.get("/people?columns=" + names); got.status != want || got.has("<script>") {
				t.Errorf("%s: %d", names, got.status)
			}
			if got := boss.post("/people/export?columns="+names, "format", "list"); got.status != want {
				t.Errorf("export of %s: %d", names, got.status)
			}
		}
	})
}

func TestTheColumnsStandInAllThatTheListLeadsTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		for i := range 60 {
			b.add(directory.Account{ID: fmt.Sprintf("p%02d", i), DisplayName: "Many", Department: "Crowd"})
		}
		first := boss.get("/people?q=many&columns=name&columns=department&columns=phone")
		if !first.has(`value="department" checked`, `value="phone" checked`, `value="email">`, `formaction="people/export?columns=department,phone&amp;q=many"`, `name="list" value="?columns=department,phone&amp;q=many"`) {
			t.Errorf("%s", first.body)
		}
		next := nextLink.FindStringSubmatch(first.body)
		if next == nil {
			t.Fatalf("no next page: %s", first.body)
		}
		if rest := boss.get("/" + html.UnescapeString(next[1])); rest.headings() != "Name, Department, Phone" || !rest.has("p59", `value="many"`) {
			t.Errorf("%s", rest.body)
		}
		if got := boss.get("/people?q=nobody&columns=phone"); !got.has(`<a href="people?columns=phone">Show everybody</a>`) {
			t.Errorf("%s", got.body)
		}
		for query, address := range map[string]string{
			"q=many&status=&columns=name&columns=department":                                           "./people?columns=department&q=many",
			"q=&columns=name&columns=email&columns=status&columns=kind&columns=groups&columns=changed": "./people",
			"q=&columns=name": "./people?columns=name",
		} {
			part := boss.do(http.MethodGet, "/people?"+query, nil, http.Header{"Hx-Request": {"true"}, "Hx-Target": {"found"}})
			if part.status != http.StatusOK || part.has("<html") || part.header.Get("HX-Push-Url") != address {
				t.Errorf("%s: %d %s", query, part.status, part.header.Get("HX-Push-Url"))
			}
		}
		list, kept := "?q=many&columns=department", `href="../people?columns=department&amp;q=many"`
		for _, got := range []answer{
			boss.get("/people/select?do=deactivate&account=p01&list=" + url.QueryEscape(list)), boss.post("/people/select", "do", "deactivate", "account", "p01", "list", list),
		} {
			if got.status != http.StatusOK || strings.Count(got.body, kept) != 2 || !got.has(`name="list" value="?columns=department&amp;q=many"`) {
				t.Errorf("the list is lost: %s", got.body)
			}
		}
		if got := boss.post("/people/select", "do", "deactivate", "list", list); got.header.Get("Location") != "./../people?columns=department&done=nobody&q=many" {
			t.Errorf("%s", got.header.Get("Location"))
		}
	})
}

func TestColumnsAreKeptForTheNextVisit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		const offer = "Always show these columns"
		if boss.get("/people").has(offer) || !boss.get("/people?columns=phone").has(offer, `formaction="people?columns=phone"`) {
			t.Error("columns are offered to be kept that need not be, or are not")
		}
		got := boss.post("/people?columns=phone,email&q=a")
		if got.status != http.StatusSeeOther || got.header.Get("Location") != "./people?columns=email,phone&done=columns&q=a" {
			t.Fatalf("%d %v", got.status, got.header)
		}
		if cookie := got.header.Get("Set-Cookie"); !strings.HasPrefix(cookie, `roster_columns="email,phone"; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`) {
			t.Errorf("%s", cookie)
		}
		if got := boss.get("/people?columns=email,phone&done=columns&q=a"); !got.has("from now on") || got.has(offer) {
			t.Errorf("%s", got.body)
		}
		if got := boss.get("/people?q=a&after=x&done=nobody"); got.status != http.StatusSeeOther || got.header.Get("Location") != "./people?after=x&columns=email,phone&done=nobody&q=a" {
			t.Errorf("%d %v", got.status, got.header)
		}
		if got := boss.get("/people?columns=email,status,kind,groups,changed"); got.headings() != "Name, E-mail address, Status, Kind, Groups, Changed" || !got.has(offer, `formaction="people?columns=email,status,kind,groups,changed"`) {
			t.Errorf("%s", got.body)
		}
		for _, cookie := range []string{"password", `"<script>"`, `""`, ",", "email,nothing"} {
			r := boss.do(http.MethodGet, "/people", nil, http.Header{"Cookie": {"roster_columns=" + cookie + "; roster_session=" + boss.held()}})
			if r.status != http.StatusOK && r.status != http.StatusSeeOther || r.has("<script>") {
				t.Errorf("kept %s: %d", cookie, r.status)
			}
		}
		if got := boss.post("/people?columns=password"); got.status != http.StatusBadRequest || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%d %v", got.status, got.header)
		}
		if got := boss.anotherSite("/people?columns=phone"); got.status != http.StatusForbidden || got.header.Get("Set-Cookie") != "" {
			t.Errorf("kept by another site: %d %v", got.status, got.header)
		}
	})
}

func TestAListOfPeopleIsExportedAsItIsShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		boss := b.boss()
		group := b.addEve()
		eve := b.accountOf("eve")
		moment := eve.UpdatedAt.UTC().Format(time.RFC3339)
		groups := "users; " + group
		if group < b.home {
			groups = group + "; users"
		}
		for query, want := range map[string]string{
			"":                            "displayName,email,accountStatus,accountType,isGuest,isExternalCollaborator,groups,updatedAt\n\"Eve,Eva\",eve@example.com,active,atlassian,true,false," + groups + "," + moment + "\n",
			"&columns=name":               "displayName\n\"Eve,Eva\"\n",
			"&columns=department,email":   "displayName,email,department\n\"Eve,Eva\",eve@example.com,Ciphers\n",
			"&columns=manager,id,created": "displayName,createdAt,accountId,manager\n\"Eve,Eva\"," + moment + ",eve,ada\n",
		} {
			if got := boss.post("/people/export?q=eve"+query, "format", "list"); got.status != http.StatusOK || got.body != want {
				t.Errorf("%s: %d %s\nwant %s", query, got.status, got.body, want)
			}
		}
		got := boss.post("/people/export?q=eve&columns="+everyColumn, "format", "list")
		rows, err := csv.NewReader(strings.NewReader(got.body)).ReadAll()
		b.must(err)
		if len(rows) != 2 || len(rows[0]) != 22 || !slices.Equal(rows[1][12:21], []string{hostile, "Ciphers", "Sofia", "ada", "+359 2", "eve-im", "https://eve.example", "Europe/Sofia", "bg_BG"}) {
			t.Errorf("%q", rows)
		}
	})
}
