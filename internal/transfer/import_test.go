package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/transfer"
)

func TestMain(m *testing.M) {
	if os.Getenv(toBeKilled) != "" {
		importUntilKilled()
		return
	}
	dbtest.Main(m)
}

var operator = change.Actor{Via: change.CLI}

// place is a fresh site whose default group is "users".
type place struct {
	*testing.T
	dir  *directory.Directory
	site int64
	use  directory.Group
}

func newPlace(t *testing.T, d *db.DB) *place {
	t.Helper()
	log := change.New(d)
	s, err := (&site.Store{Changes: log}).Add(t.Context(), operator, site.Site{Name: dbtest.Name(t)})
	if err != nil {
		t.Fatal(err)
	}
	p := &place{T: t, dir: &directory.Directory{Changes: log}, site: s.ID}
	if p.use, err = p.dir.AddGroup(t.Context(), p.site, operator, directory.Group{Name: "users"}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.dir.Grant(t.Context(), p.site, operator, p.use.ID, directory.Use, true); err != nil {
		t.Fatal(err)
	}
	return p
}

// options imports text into the place.
func (p *place) options(text string, edits ...func(*transfer.Options)) transfer.Options {
	o := transfer.Options{
		Directory: p.dir, Site: p.site, Actor: operator, Apply: true, Scratch: p.TempDir(),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil },
	}
	for _, edit := range edits {
		edit(&o)
	}
	return o
}

func (p *place) run(text string, edits ...func(*transfer.Options)) (transfer.Report, []transfer.Result) {
	p.Helper()
	var results []transfer.Result
	o := p.options(text, edits...)
	o.Result = func(r transfer.Result) error {
		results = append(results, r)
		return nil
	}
	report, err := transfer.Run(p.Context(), o)
	if err != nil {
		p.Fatal(err)
	}
	return report, results
}

func (p *place) apply(text string, want transfer.Report, edits ...func(*transfer.Options)) []transfer.Result {
	p.Helper()
	report, results := p.run(text, edits...)
	report.Lines, report.Bytes, want.Applied = 0, 0, true
	if diff := cmp.Diff(want, report); diff != "" {
		p.Fatalf("report (-want +got):\n%s\n%+v", diff, results)
	}
	return results
}

func TestWhatIsWrittenOneByOneIsCommittedNowAndThen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		var lines strings.Builder
		for i := range 1001 {
			fmt.Fprintf(&lines, "{\"kind\":\"group\",\"name\":\"group %d\"}\n", i)
		}
		results := p.apply(lines.String(), transfer.Report{Groups: transfer.Counts{Create: 1001}}, func(o *transfer.Options) { o.Offline = true })
		batches, err := p.dir.Changes.Unsealed(t.Context(), p.site, "", 0, change.Filter{Operation: "import.batch"}, 10)
		if err != nil || len(batches) != 3 || len(results) != 1001 {
			t.Errorf("%d batches, %d results: %v", len(batches), len(results), err)
		}
	})
}

func (p *place) account(ref string) directory.Account {
	p.Helper()
	a, err := p.dir.Account(p.Context(), p.site, ref)
	if err != nil {
		p.Fatal(err)
	}
	return a
}

// groups returns the names of the groups of an account, sorted.
func (p *place) groups(id string) []string {
	p.Helper()
	groups, err := p.dir.MemberOf(p.Context(), p.site, id, 0, 100)
	if err != nil {
		p.Fatal(err)
	}
	names := []string{}
	for _, g := range groups {
		names = append(names, g.Name)
	}
	slices.Sort(names)
	return names
}

// count returns how many rows a table has for the site.
func (p *place) count(table string) int64 {
	p.Helper()
	n, _, err := db.One(p.Context(), p.dir.Changes.DB, db.Scalar[int64], `SELECT count(*) FROM `+table+` WHERE site_id = $1`, p.site)
	if err != nil {
		p.Fatal(err)
	}
	return n
}

func dryRun(o *transfer.Options) { o.Apply = false }
func strict(o *transfer.Options) { o.Strict = true }

func created(n int64) transfer.Report { return transfer.Report{Accounts: transfer.Counts{Create: n}} }

func updated(n int64) transfer.Report { return transfer.Report{Accounts: transfer.Counts{Update: n}} }

func standing(n int64) transfer.Report {
	return transfer.Report{Accounts: transfer.Counts{Unchanged: n}}
}

const history = `{"kind":"group","name":"engineers","permissions":["view-profiles"]}
{"kind":"account","accountId":"557058:ada","email":"ada@example.org","displayName":"Ada Lovelace","publicName":"Countess","timeZone":"Europe/London","locale":"en_GB","position":"Analyst","department":"Engines","location":"London","phone":"1","im":"ada","website":"https://example.org","manager":"557058:babbage","visibility":{"name":"organization","email":"anyone"},"groups":["engineers","poets"]}
{"kind":"account","accountId":"557058:babbage","email":"Charles@Example.org","displayName":"Charles Babbage","isExternalCollaborator":true}
{"kind":"account","accountId":"app:engine","accountType":"app","displayName":"Engine","emailApproved":true}
{"kind":"account","accountId":"557058:byron","accountStatus":"inactive","displayName":"George Byron","isGuest":true,"groups":["poets"]}
{"kind":"account","accountId":"557058:former","accountStatus":"closed","displayName":"Somebody"}
{"kind":"account","email":"hopper@example.org","displayName":"Grace Hopper"}
{"kind":"space","key":"ENGINE","name":"Engines","owner":"557058:ada"}
`

func TestASecondImportFindsEverythingUnchanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		p.apply(history, transfer.Report{
			Accounts: transfer.Counts{Create: 6}, Groups: transfer.Counts{Create: 2}, Spaces: transfer.Counts{Create: 1},
		})
		rows := p.count("changes")
		p.apply(history, transfer.Report{
			Accounts: transfer.Counts{Unchanged: 6}, Groups: transfer.Counts{Unchanged: 1}, Spaces: transfer.Counts{Unchanged: 1},
		})
		if now := p.count("changes"); now != rows {
			t.Errorf("the second import recorded %d changes", now-rows)
		}
		ada := p.account("557058:ada")
		want := directory.Account{
			ID: "557058:ada", Version: 1, Type: directory.Person, Status: directory.Active, Email: "ada@example.org",
			DisplayName: "Ada Lovelace", PublicName: "Countess", TimeZone: "Europe/London", Locale: "en_GB", Position: "Analyst",
			Department: "Engines", Location: "London", Phone: "1", IM: "ada", Website: "https://example.org", Manager: "557058:babbage",
			Visibility: directory.DefaultVisibility(), Licensed: true, CreatedAt: ada.CreatedAt, UpdatedAt: ada.UpdatedAt,
		}
		want.Visibility[directory.NameField], want.Visibility[directory.EmailField] = directory.Organization, directory.Anyone
		if diff := cmp.Diff(want, ada); diff != "" {
			t.Error(diff)
		}
		for id, want := range map[string][]string{
			"557058:ada": {"engineers", "poets", "users"}, "app:engine": {}, "557058:byron": {"poets", "users"}, "557058:former": {},
		} {
			if diff := cmp.Diff(want, p.groups(id)); diff != "" {
				t.Errorf("%s: %s", id, diff)
			}
		}
	})
}

func TestADryRunTellsWhatApplyingDoesAndWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		p.apply(`{"kind":"account","accountId":"557058:ada","email":"ada@example.org","displayName":"Ada","groups":["old"]}`+"\n", transfer.Report{
			Accounts: transfer.Counts{Create: 1}, Groups: transfer.Counts{Create: 1},
		})
		before := []int64{p.count("accounts"), p.count("groups"), p.count("memberships"), p.count("changes"), p.count("account_words"), p.count("spaces")}
		text := history + "{}\n" + `{"kind":"account","accountId":"557058:ada","displayName":"Ada again"}` + "\n"
		details := func(o *transfer.Options) { o.Details = true }
		planned, plan := p.run(text, dryRun, details)
		after := []int64{p.count("accounts"), p.count("groups"), p.count("memberships"), p.count("changes"), p.count("account_words"), p.count("spaces")}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("the dry run wrote: %s", diff)
		}
		applied, done := p.run(text, details)
		planned.Applied = true
		if diff := cmp.Diff(planned, applied); diff != "" {
			t.Error(diff)
		}
		for i := range done {
			if plan[i].ID == "" { // a new account or group, whose ID nobody can know beforehand
				done[i].ID = ""
				for j := range done[i].Changes {
					if c := &done[i].Changes[j]; c.Field == "id" || c.Field == "accountId" {
						done[i].Changes = slices.Delete(done[i].Changes, j, j+1)
						break
					}
				}
			}
		}
		if diff := cmp.Diff(plan, done); diff != "" {
			t.Error(diff)
		}
	})
}

func TestABadLineIsReportedAndTheOthersStand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		text := strings.Join([]string{
			`{"kind":"account","accountId":"a:1","displayName":"One"}`,
			`{"kind":"account","accountId":"a:2","displayName":"Two","timeZone":"Mars/Base"}`,
			`not json`,
			`{"kind":"account","accountId":"a:4","displayName":"Four","displayName":"4"}`,
			`{"kind":"account","accountId":"a:5","displayName":"Five"} {}`,
			`{"kind":"account","accountId":"a:6","displayName":"` + "\xff" + `"}`,
			`{"kind":"account","accountId":"a:7","nickname":"Seven"}`,
			``,
			`{"kind":"account","displayName":"Nobody"}`,
			`{"kind":"account","accountId":"a:10","email":"not-an-address@","displayName":"Ten"}`,
			`{"kind":"account","accountId":"x@example.org y","displayName":"Eleven"}`,
			`{"kind":"group","name":" "}`,
			`{"kind":"account","accountId":"a:13","displayName":"Thirteen","groups":["00000000-0000-4000-8000-000000000000","new"]}`,
			`{"kind":"account","accountId":"a:14","displayName":"Fourteen"}`,
			`{"kind":"space","key":"no key","name":"Fifteen"}`,
			`{"kind":"account","accountId":"a:16","displayName":"Sixteen","visibility":{"email":"friends"}}`,
			`{"kind":"account","accountId":"a:17","displayName":"\ud800"}`,
			`{"kind":"account","accountId":"a:18","displayName":"Cut`,
		}, "\n")
		results := p.apply(text, transfer.Report{Accounts: transfer.Counts{Create: 2}, Refused: 15})
		got := map[int64]string{}
		for _, r := range results {
			if r.Action == transfer.Refuse {
				got[r.Line] = r.Reason
			}
		}
		want := map[int64]string{
			2: `The time zone "Mars/Base" is not known; use an IANA name such as Europe/London.`,
			3: `This is not a JSON object.`,
			4: `The member "displayName" stands there twice.`,
			5: `Something stands behind the object; one object makes a line.`,
			6: `The line is not valid UTF-8.`,
			7: `An account has no member "nickname".`,
			9: `There is neither an accountId nor an email, so nobody can tell who this is.`, 10: `The e-mail address is not valid.`,
			11: `The account ID "(an address) y" is not 1 to 128 letters, digits, colons, dots, hyphens and underscores.`,
			12: `The group name is empty.`,
			13: `There is no group "00000000-0000-4000-8000-000000000000".`,
			15: `The space key "no key" is not 1 to 255 letters and digits.`,
			16: `The audience "friends" is none of anyone, organization, me.`,
			17: `displayName has half a surrogate pair.`,
			18: `The JSON object does not end on its line.`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if n := p.count("groups"); n != 1 {
			t.Errorf("a refused line made a group: there are %d", n)
		}
	})
}

func TestStrictWritesNothingIfALineIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		bad := history + `{"kind":"account","accountId":"a:9","timeZone":"Mars/Base","displayName":"Nine"}`
		report, results := p.run(bad, strict)
		if report.Applied || report.Refused != 1 || len(results) != 1 || p.count("accounts") != 0 || p.count("groups") != 1 {
			t.Errorf("%+v %+v, %d accounts", report, results, p.count("accounts"))
		}
		p.apply(history, transfer.Report{
			Accounts: transfer.Counts{Create: 6}, Groups: transfer.Counts{Create: 2}, Spaces: transfer.Counts{Create: 1},
		}, strict)
	})
}

func TestPeopleSwapTheirAddressesInOneFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		line := func(i, address int) string {
			return fmt.Sprintf(`{"kind":"account","accountId":"a:%d","email":"p%d@example.org","displayName":"Person %d"}`+"\n", i, address, i)
		}
		const n = 300 // so that some partners are far apart
		var before, after strings.Builder
		for i := range n {
			before.WriteString(line(i, i))
			after.WriteString(line(i, n-1-i))
		}
		p.apply(before.String(), created(n))
		planned, _ := p.run(after.String(), dryRun)
		if planned.Accounts.Update != n || planned.Refused != 0 {
			t.Errorf("planned %+v", planned)
		}
		p.apply(after.String(), updated(n))
		if a := p.account("a:3"); a.Email != fmt.Sprintf("p%d@example.org", n-4) {
			t.Errorf("a:3 has %s", a.Email)
		}
		p.apply(after.String(), standing(n))
		results := p.apply(line(n, 7), transfer.Report{Refused: 1})
		if results[0].Reason != "Another account has this e-mail address." {
			t.Error(results[0].Reason)
		}
	})
}

func TestNDJSONReplacesGroupsAndCSVAddsThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		groups := func(want ...string) {
			t.Helper()
			if diff := cmp.Diff(append([]string{}, want...), p.groups("a:1")); diff != "" {
				t.Error(diff)
			}
		}
		p.apply(`{"kind":"account","accountId":"a:1","displayName":"One","groups":["red","green"]}`, transfer.Report{
			Accounts: transfer.Counts{Create: 1}, Groups: transfer.Counts{Create: 2},
		})
		groups("green", "red", "users")
		p.apply(`{"kind":"account","accountId":"a:1","groups":["GREEN","blue"]}`, transfer.Report{
			Accounts: transfer.Counts{Update: 1}, Groups: transfer.Counts{Create: 1},
		})
		groups("blue", "green", "users")
		p.apply("accountId,groups\na:1,red; green\n", updated(1))
		groups("blue", "green", "red", "users")
		p.apply(`{"kind":"account","accountId":"a:1","groups":null}`, updated(1))
		groups("users")
		p.apply(`{"kind":"account","accountId":"a:1","groups":[]}`, updated(1), func(o *transfer.Options) { o.Unlicensed = true })
		groups()
		p.apply(`{"kind":"account","accountId":"a:1","position":"First"}`, updated(1))
		groups()
		if _, total, err := p.dir.Members(t.Context(), p.site, directory.Viewer{Admin: true}, p.use.ID, 0, 10); err != nil || total != 0 {
			t.Errorf("the default group lists %d (%v)", total, err)
		}
	})
}

func TestAnInterruptedImportGoesOnWhereItStopped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		const n = 500
		text := people(n)
		ctx, cancel := context.WithCancel(t.Context())
		report, err := transfer.Run(ctx, p.options(text, func(o *transfer.Options) {
			o.Progress = func(transfer.Report) { cancel() }
		}))
		stands := p.count("accounts")
		if !errors.Is(err, context.Canceled) || stands == 0 || stands == n || report.Accounts.Create != stands {
			t.Fatalf("%v, %+v, %d stand", err, report, stands)
		}
		report, _ = p.run(text)
		if want := (transfer.Counts{Create: n - stands, Unchanged: stands}); report.Accounts != want || report.From != stands+1 {
			t.Errorf("the second run reports %+v, want %+v", report, want)
		}
	})
}

// people is a file of n people in three groups.
func people(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"kind":"account","accountId":"712020:%08x","email":"person%d@example.org","displayName":"Person Number%d","department":"D%d","groups":["team %d"]}`+"\n",
			uint32(i)*2654435761, i, i, i%7, i%3)
	}
	return b.String()
}
