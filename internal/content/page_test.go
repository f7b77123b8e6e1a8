package content_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
)

func TestAPageKeepsWhatItIsThroughItsVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		s := l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		p := l.page(t, "~ada", content.Page{Title: "Start", Body: "<p>é</p>", CreatedAt: noon.Add(-time.Hour)})
		want := content.Page{
			ID: s.ID + 1, Space: s.ID, Type: "page", Status: "current", Title: "Start", BodyBytes: 9,
			Version: content.Version{Number: 1, At: noon.Add(-time.Hour), By: "ada"}, CreatedAt: noon.Add(-time.Hour), CreatedBy: "ada",
		}
		stored, err := l.Page(t.Context(), l.site, p.ID)
		if diff := cmp.Diff(want, stored); diff != "" || err != nil {
			t.Error(diff, err)
		}
		changed, err := l.ChangePage(t.Context(), l.site, operator, p.ID, func(p *content.Page) error {
			p.Body, p.Version.By, p.Version.Message, p.Version.Minor = p.Body+"!", "grace", "louder", true
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(content.Version{Number: 2, At: noon, By: "grace", Message: "louder", Minor: true}, changed.Version); diff != "" {
			t.Error(diff)
		}
		bodies, err := l.Bodies(t.Context(), l.site, []int64{p.ID})
		if bodies[p.ID] != "<p>é</p>!" || err != nil {
			t.Errorf("the body is %q (%v)", bodies[p.ID], err)
		}
		same, err := l.ChangePage(t.Context(), l.site, operator, p.ID, func(*content.Page) error { return nil })
		if err != nil || same.Version.Number != 2 {
			t.Errorf("an edit without a change made version %d (%v)", same.Version.Number, err)
		}
	})
}

func TestAPageThatCannotBeIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		l.space(t, content.Space{Owner: "grace", Name: "Hers"})
		other := l.page(t, "~grace", content.Page{Title: "Hers"})
		for name, p := range map[string]content.Page{
			"no title":        {},
			"no such type":    {Title: "T", Type: "poem"},
			"no such status":  {Title: "T", Status: "lost"},
			"no such creator": {Title: "T", CreatedBy: "nobody"},
			"no such parent":  {Title: "T", Parent: 7},
			"parent in other": {Title: "T", Parent: other.ID},
			"too long":        {Title: "T", Body: strings.Repeat("x", content.MaxBody+1)},
		} {
			_, err := l.AddPage(t.Context(), l.site, operator, "~ada", p)
			wantKind(t, name, err, failure.Invalid)
		}
		_, err := l.Change(t.Context(), l.site, operator, "~ada", func(s *content.Space) error { s.Homepage = other.ID; return nil })
		wantKind(t, "homepage in another space", err, failure.Invalid)
	})
}

func TestPagesStandOnlySoDeep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		var last int64
		for i := range content.MaxDepth + 1 {
			last = l.page(t, "~ada", content.Page{Title: "T" + strconv.Itoa(i), Parent: last}).ID
		}
		_, err := l.AddPage(t.Context(), l.site, operator, "~ada", content.Page{Title: "T", Parent: last})
		wantKind(t, "one more", err, failure.Invalid)
		seen, err := l.Pages(t.Context(), l.site, person("grace"), []int64{last})
		if err != nil || len(seen[last].Ancestors) != content.MaxDepth || seen[last].Ancestors[0].Parent != 0 {
			t.Errorf("%d ancestors (%v)", len(seen[last].Ancestors), err)
		}
	})
}

func TestARestrictionHidesAPageAndAllBelowIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		top := l.page(t, "~ada", content.Page{Title: "Top"})
		below := l.page(t, "~ada", content.Page{Title: "Below", Parent: top.ID})
		g := l.group(t, "friends", "grace")
		friends := content.Subject{Kind: content.Group, ID: g.ID}
		if err := l.Restrict(t.Context(), l.site, operator, top.ID, []content.Restriction{{Operation: "read", Subject: friends}, {Operation: "update", Subject: user("alan")}}); err != nil {
			t.Fatal(err)
		}
		for who, tt := range map[string]struct {
			viewer      content.Viewer
			see, update bool
		}{
			"creator":   {person("ada"), true, true},
			"member":    {person("grace"), true, false},
			"stranger":  {person("alan"), false, false},
			"admin":     {content.Viewer{Administrator: true}, true, true},
			"anonymous": {content.Viewer{}, false, false},
		} {
			seen, err := l.Pages(t.Context(), l.site, tt.viewer, []int64{top.ID, below.ID})
			if err != nil {
				t.Fatal(err)
			}
			_, seesTop := seen[top.ID]
			_, seesBelow := seen[below.ID]
			if seesTop != tt.see || seesBelow != tt.see || seen[top.ID].MayUpdate != tt.update {
				t.Errorf("%s: %+v", who, seen)
			}
		}
		if err := l.directory.DeleteGroup(t.Context(), l.site, operator, g.ID); err != nil {
			t.Fatal(err)
		}
		if seen, err := l.Pages(t.Context(), l.site, person("alan"), []int64{top.ID}); len(seen) != 0 || err != nil {
			t.Errorf("without the group the page opened: %+v (%v)", seen, err)
		}
		restrictions, err := l.Restrictions(t.Context(), l.site, []int64{top.ID, below.ID}, 10)
		if err != nil || len(restrictions[top.ID]) != 2 || len(restrictions[below.ID]) != 0 {
			t.Errorf("restrictions %+v (%v)", restrictions, err)
		}
	})
}

func TestChildrenAreTheFirstOfEachKindThatTheViewerMayRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		top := l.page(t, "~ada", content.Page{Title: "Top"})
		hidden := l.page(t, "~ada", content.Page{Title: "Hidden", Parent: top.ID})
		for i := range content.MostChildren + 1 {
			l.page(t, "~ada", content.Page{Title: "T" + strconv.Itoa(i), Parent: top.ID})
		}
		l.page(t, "~ada", content.Page{Title: "Picture", Type: "attachment", Parent: top.ID})
		l.page(t, "~ada", content.Page{Title: "Gone", Status: "trashed", Type: "comment", Parent: top.ID})
		if err := l.Restrict(t.Context(), l.site, operator, hidden.ID, []content.Restriction{{Operation: "read", Subject: user("ada")}}); err != nil {
			t.Fatal(err)
		}
		children, err := l.Children(t.Context(), l.site, person("grace"), []int64{top.ID})
		if err != nil || len(children[top.ID]) != content.MostChildren+1 {
			t.Errorf("%d children (%v)", len(children[top.ID]), err)
		}
		for _, p := range children[top.ID] {
			if p.ID == hidden.ID || p.Type == "comment" {
				t.Errorf("%s is among them", p.Title)
			}
		}
	})
}

func TestLabelsAreFoldedAndListedByName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		ada, grace := l.space(t, content.Space{Owner: "ada", Name: "Notes"}), l.space(t, content.Space{Owner: "grace", Name: "Hers"})
		for key, names := range map[string][]string{"~ada": {"Work", "work", "team:zeta", "Äpfel"}, "~grace": {"work"}} {
			if err := l.SetLabels(t.Context(), l.site, operator, key, names); err != nil {
				t.Fatal(err)
			}
		}
		labels, err := l.Labels(t.Context(), l.site, content.OnSpace, []int64{ada.ID, grace.ID}, 10)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, label := range labels[ada.ID] {
			names = append(names, label.Prefix+":"+label.Name)
		}
		if diff := cmp.Diff([]string{"global:work", "team:zeta", "global:äpfel"}, names); diff != "" {
			t.Error(diff)
		}
		if labels[grace.ID][0].ID != labels[ada.ID][0].ID {
			t.Error("the same label has two IDs")
		}
		for _, name := range []string{"", "two words", "a:b", "what?", strings.Repeat("x", 256)} {
			wantKind(t, name, l.SetLabels(t.Context(), l.site, operator, "~ada", []string{name}), failure.Invalid)
		}
	})
}
