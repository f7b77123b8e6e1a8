package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// contentIDs returns the IDs that a listing of content answers with.
func (s *testSite) contentIDs(a ask) []string {
	s.t.Helper()
	got := s.ask(a)
	var page struct {
		Results []struct {
			ID string `json:"id"`
		} `json:"results"`
	}
	if err := json.Unmarshal([]byte(got.body), &page); got.status != 200 || err != nil {
		s.t.Fatalf("%s: %d %s", a.path, got.status, got.body)
	}
	ids := make([]string, len(page.Results))
	for i, r := range page.Results {
		ids[i] = r.ID
	}
	return ids
}

// details returns what the records of an operation on a target say, the oldest first.
func (s *testSite) details(operation, target string) []string {
	s.t.Helper()
	all, err := db.All(context.WithoutCancel(s.t.Context()), s.dir.Changes.DB, db.Scalar[string],
		`SELECT detail FROM changes WHERE site_id = $1 AND operation = $2 AND target = $3 ORDER BY at, change_id, item`, s.ID, operation, target)
	if err != nil {
		s.t.Fatal(err)
	}
	return all
}

func TestAListingWithAnAdminKeyIsRecordedWithWhatWasAskedAndAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		page := madeContent(t, s.as(person), "ENG", "Start")
		other := madeContent(t, s.as(person), "OPS", "Other")
		n, err := strconv.ParseInt(page.ID, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		onlyPerson := []content.Restriction{{Operation: "read", Subject: content.Subject{Kind: content.User, ID: accountID(person)}}}
		if err := s.spaces.Restrict(t.Context(), s.ID, operator, n, onlyPerson); err != nil {
			t.Fatal(err)
		}
		if _, err := s.dir.EnableAdminKey(t.Context(), s.ID, operator, accountID(admin), 10*time.Minute); err != nil {
			t.Fatal(err)
		}
		list := func(query, key string) []string {
			return s.contentIDs(ask{role: admin, path: "/wiki/rest/api/content" + query, header: http.Header{"Atl-Confluence-With-Admin-Key": {key}}})
		}
		if got := list("?spaceKey=ENG", ""); len(got) != 0 || len(s.details("admin-key.read", "content")) != 0 {
			t.Errorf("without the key: %v", got)
		}
		long := strings.Repeat("é", mostNoted+9)
		for _, asked := range []struct{ query, says string }{
			{"?spaceKey=ENG&title=START&status=current&type=page", fmt.Sprintf(`{"Operation":[null,"getContents"],"Space":[null,"ENG"],"Title":[null,"START"],"Status":[null,"current"],"Type":[null,"page"],"Start":[null,0],"Count":[null,1],"IDs":[null,[%s]]}`, page.ID)},
			{"?spaceKey=OPS", fmt.Sprintf(`{"Operation":[null,"getContents"],"Space":[null,"OPS"],"Start":[null,0],"Count":[null,1],"IDs":[null,[%s]]}`, other.ID)},
			{"?spaceKey=OPS&start=1", `{"Operation":[null,"getContents"],"Space":[null,"OPS"],"Start":[null,1],"Count":[null,0],"IDs":[null,[]]}`},
			{"?title=" + url.QueryEscape(long), fmt.Sprintf(`{"Operation":[null,"getContents"],"Title":[null,%q],"Start":[null,0],"Count":[null,0],"IDs":[null,[]]}`, long[:2*mostNoted])},
		} {
			before := len(s.details("admin-key.read", "content"))
			list(asked.query, "true")
			all := s.details("admin-key.read", "content")
			if len(all) != before+1 {
				t.Fatalf("%s: %d records", asked.query, len(all)-before)
			}
			var got, want map[string]any
			if err := json.Unmarshal([]byte(all[before]), &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(asked.says), &want); err != nil {
				t.Fatal(err)
			}
			got["Operation"], want["Operation"] = nil, nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: -want +got\n%s", asked.query, diff)
			}
		}
	})
}

func TestARecordOfAListingNamesABoundedNumberOfIDs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		found := make([]content.Place, mostNoted+1)
		for i := range found {
			found[i].Page.ID = int64(i)
		}
		c := &call{site: s.Site, withAdminKey: true, op: &operation{id: "list"}, actor: operator}
		if err := s.handler.(*Server).noteListing(t.Context(), c, content.PageFilter{}, 0, found); err != nil {
			t.Fatal(err)
		}
		var says struct {
			Count [2]int
			IDs   [2][]int
		}
		all := s.details("admin-key.read", "content")
		if err := json.Unmarshal([]byte(all[0]), &says); err != nil || len(all) != 1 || says.Count[1] != mostNoted+1 || len(says.IDs[1]) != mostNoted {
			t.Errorf("the record says %s, %v", all, err)
		}
	})
}

func TestContentIsListedByATitleAsTitlesAreUnique(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			me, ctx := s.as(person), t.Context()
			page := madeContent(t, me, "ENG", "Straße  One")
			same := madeContent(t, me, "OPS", "STRASSE one")
			made := func(kind, status string) string {
				c, err := me.Content.Create(ctx, confluence.ContentCreate{Type: kind, Title: "Straße  One", Status: status, Space: confluence.SpaceReference{Key: "ENG"}})
				if err != nil {
					t.Fatal(err)
				}
				return c.ID
			}
			post, draft := made("blogpost", ""), made("page", "draft")
			for query, want := range map[string][]string{
				"spaceKey=ENG&title=" + url.QueryEscape("strasse ONE"):   {page.ID},
				"spaceKey=ENG&title=" + url.QueryEscape("ＳＴＲＡＳＳＥ one"):   {page.ID},
				"title=" + url.QueryEscape("strasse one"):                {page.ID, same.ID},
				"spaceKey=ENG&title=" + url.QueryEscape("Straße  One"):   {page.ID, post, draft},
				"type=blogpost&title=" + url.QueryEscape("Straße  One"):  {post},
				"type=blogpost&title=" + url.QueryEscape("strasse one"):  {},
				"status=draft&title=" + url.QueryEscape("Straße  One"):   {draft},
				"status=current&title=" + url.QueryEscape("strasse one"): {page.ID, same.ID},
				"title=" + url.QueryEscape("strasse"):                    {},
				"title=" + url.QueryEscape(" "):                          {},
			} {
				got := s.contentIDs(ask{role: person, path: "/wiki/rest/api/content?" + query})
				if slices.Sort(want); !slices.Equal(sorted(got), want) {
					t.Errorf("%s, %s: %v, not %v", f, query, got, want)
				}
			}
		}
	})
}

func sorted(all []string) []string { return slices.Sorted(slices.Values(all)) }

func TestAListingOfContentInNoStateThatThereIsIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, f := range bothFidelities {
			s := newSite(t, d, inFidelity(f))
			page := madeContent(t, s.as(person), "ENG", "Start")
			for _, status := range []string{"bogus", "Current", "current,draft"} {
				got := s.get(person, "/wiki/rest/api/content?status="+status)
				if got.status != 400 || !strings.Contains(got.body, "current, draft, archived, trashed") {
					t.Errorf("%s, %s: %d %s", f, status, got.status, got.body)
				}
			}
			for status, want := range map[string][]string{"": {page.ID}, "current": {page.ID}, "draft": {}, "archived": {}, "trashed": {}} {
				if got := s.contentIDs(ask{role: person, path: "/wiki/rest/api/content?spaceKey=ENG&status=" + status}); !slices.Equal(got, want) {
					t.Errorf("%s, %s: %v, not %v", f, status, got, want)
				}
			}
		}
	})
}
