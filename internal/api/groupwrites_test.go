package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

const memberPath = groupPath + "/userByGroupId"

func adds(group, account string) ask {
	return posts(memberPath+"?groupId="+group, `{"accountId":"`+account+`"}`)
}

func takes(group, account string) ask {
	return drops(memberPath + "?groupId=" + group + "&accountId=" + account)
}

// members are the IDs of a group's members.
func (s *testSite) members(group string) string {
	s.t.Helper()
	var list []string
	for u, err := range s.as(admin).Groups.Members(s.t.Context(), group, confluence.PageOptions{}) {
		if err != nil {
			s.t.Fatal(err)
		}
		list = append(list, u.AccountID)
	}
	return strings.Join(list, " ")
}

func TestASiteAdministratorMakesFillsAndDeletesAGroup(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			made := s.ask(as(admin, posts(groupPath, `{"name":"Analysts"}`)))
			var g confluence.Group
			if err := json.Unmarshal([]byte(made.body), &g); err != nil || made.status != 201 || g.Name != "Analysts" || g.Type != "group" {
				t.Fatalf("%s: %d %s", f, made.status, made.body)
			}
			if same, err := s.as(admin).Groups.Get(t.Context(), g.ID); err != nil || same.Links["self"] != g.Links["self"] {
				t.Errorf("%s: read %+v, %v", f, same, err)
			}
			for range 2 {
				if got := s.ask(as(admin, adds(g.ID, accountID(person)))); got.status != 201 || !got.empty() {
					t.Errorf("%s, add: %d %s", f, got.status, got.body)
				}
			}
			if got := s.members(g.ID); got != accountID(person) {
				t.Errorf("%s: it holds %s", f, got)
			}
			for range 2 {
				if got := s.ask(as(admin, takes(g.ID, accountID(person)))); got.status != 204 || !got.empty() {
					t.Errorf("%s, remove: %d %s", f, got.status, got.body)
				}
			}
			if got := s.members(g.ID); got != "" {
				t.Errorf("%s: it holds %s", f, got)
			}
			for _, want := range []int{204, 404} {
				if got := s.ask(as(admin, drops(groupPath+"/by-id?id="+g.ID))); got.status != want || want == 204 && !got.empty() {
					t.Errorf("%s, delete: %d %s", f, got.status, got.body)
				}
			}
		}
	})
}

func TestDeletingAGroupTakesItsPermissionsAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		if got := s.get(guest, userPathOf+"/current").status; got != 200 {
			t.Fatalf("before: %d", got)
		}
		if err := s.as(admin).Groups.Delete(t.Context(), groupID("guests")); err != nil {
			t.Fatal(err)
		}
		if got := s.get(guest, userPathOf+"/current").status; got != 403 {
			t.Errorf("after: %d", got)
		}
	})
}

func TestGroupWritesThatCannotBeAreRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			unknown, named := groupID("no such"), "11111111-2222-4333-8444-555555555555"
			if _, err := s.as(admin).Groups.Create(t.Context(), named); err != nil { // by name, not by ID
				t.Fatal(err)
			}
			for _, tt := range []struct {
				ask  ask
				want int
			}{
				{posts(groupPath, `{"name":"ENGINEERING"}`), 400},
				{posts(groupPath, `{"name":"  "}`), 400},
				{posts(groupPath, `{"name":""}`), 400},
				{posts(groupPath, `{}`), 400},
				{posts(groupPath, `{"name":7}`), 400},
				{posts(groupPath, `{"name":"a\nb"}`), 400},
				{posts(groupPath, `{"name":"a\u0000b"}`), 400},
				{posts(groupPath, `{"name":"`+strings.Repeat("é", 255)+`"}`), 201},
				{posts(groupPath, `{"name":"`+strings.Repeat("x", 256)+`"}`), 400},
				{posts(groupPath, `{"name":"x","id":"`+unknown+`","managedBy":"OPEN"}`), 201},
				{drops(groupPath + "/by-id"), 400},
				{drops(groupPath + "/by-id?id="), 400},
				{drops(groupPath + "/by-id?id=Engineering"), 400},
				{drops(groupPath + "/by-id?id=" + unknown), 404},
				{drops(groupPath + "/by-id?id=" + named), 404},
				{adds("", accountID(person)), 400},
				{adds("Engineering", accountID(person)), 400},
				{adds(unknown, accountID(person)), 404},
				{adds(groupID("Engineering"), "nobody"), 404},
				{adds(groupID("Engineering"), "person@example.com"), 400},
				{adds(groupID("Engineering"), ""), 400},
				{posts(memberPath+"?groupId="+groupID("Engineering"), `{"name":"x"}`), 400},
				{takes(groupID("Engineering"), "nobody"), 404},
				{takes(groupID("Engineering"), ""), 400},
				{takes(groupID("Engineering"), "person@example.com"), 400},
				{takes(unknown, accountID(person)), 404},
				{takes("Engineering", accountID(person)), 400},
				{drops(memberPath + "?accountId=" + accountID(person)), 400},
			} {
				if got := s.ask(as(admin, tt.ask)); got.status != tt.want {
					t.Errorf("%s, %s %.90s %.60s: %d, not %d %s", f, tt.ask.method, tt.ask.path, tt.ask.body, got.status, tt.want, got.body)
				}
				for _, role := range []string{administrator, person, app} {
					if got := s.code(as(role, tt.ask)); got != 403 && got != 400 {
						t.Errorf("%s, %s %s by %s: %d", f, tt.ask.method, tt.ask.path, role, got)
					}
				}
			}
		}
	})
}

func TestTheLastSiteAdministratorIsNotTakenAwayByTheAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			for _, a := range []ask{takes(groupID("site-admins"), accountID(admin)), drops(groupPath + "/by-id?id=" + groupID("site-admins"))} {
				if got := s.ask(as(admin, a)); got.status != 400 || !strings.Contains(got.body, "without an active site administrator") {
					t.Errorf("%s, %s: %d %s", f, a.path, got.status, got.body)
				}
			}
			if got := s.code(as(admin, adds(groupID("site-admins"), accountID(person)))); got != 201 {
				t.Fatalf("%s: %d", f, got)
			}
			if got := s.code(as(admin, takes(groupID("site-admins"), accountID(admin)))); got != 204 {
				t.Errorf("%s, one of two: %d", f, got)
			}
			if got := s.code(as(admin, posts(groupPath, `{"name":"late"}`))); got != 403 {
				t.Errorf("%s, an administrator who is one no more: %d", f, got)
			}
		}
	})
}

// key and username are names of the past. Where they count they name a user, so who may not name one is told so.
func TestNamesOfThePastTakeNobodyOutOfAGroup(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			group := groupID("viewers")
			begin := memberPath + "?groupId=" + group
			documented := f == bothFidelities[0]
			for _, tt := range []struct {
				query               string
				byAdmin, byOther    int // documented
				observed, observed2 int
			}{
				{"&username=ada", 400, 403, 400, 400},
				{"&key=ada", 400, 403, 400, 400},
				{"&key=ada&accountId=", 400, 403, 400, 400},
				{"&username=", 400, 400, 400, 400},
				{"", 400, 400, 400, 400},
				{"&key=ada&accountId=nobody", 404, 403, 404, 403},
			} {
				for role, want := range map[string][2]int{admin: {tt.byAdmin, tt.observed}, administrator: {tt.byOther, tt.observed2}, person: {tt.byOther, tt.observed2}} {
					got := s.ask(as(role, drops(begin+tt.query)))
					if got.status != want[map[bool]int{true: 0, false: 1}[documented]] {
						t.Errorf("%s, %q by %s: %d %s", f, tt.query, role, got.status, got.body)
					}
				}
			}
			if got := s.members(group); got != accountID(colleague) {
				t.Errorf("%s: it holds %s", f, got)
			}
			if got := s.code(as(admin, drops(begin+"&key=ada&username=x&accountId="+accountID(colleague)))); got != 204 || s.members(group) != "" {
				t.Errorf("%s, with accountId too: %d", f, got)
			}
		}
	})
}

func TestGroupWritesNeedNoHeaderAgainstForgery(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		var got []int
		for _, a := range []ask{adds(groupID("empty"), accountID(person)), takes(groupID("empty"), accountID(person)), drops(groupPath + "/by-id?id=" + groupID("empty"))} {
			got = append(got, s.code(as(admin, a)))
		}
		if fmt.Sprint(got) != "[201 204 204]" {
			t.Errorf("got %v", got)
		}
	})
}
