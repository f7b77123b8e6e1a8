package content_test

import (
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var (
	operator = change.Actor{Via: change.CLI}
	noon     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// library is a fresh site whose clock stands at noon, with three people in it: ada, grace and alan.
type library struct {
	*content.Store
	directory *directory.Directory
	site      int64
}

func newLibrary(t *testing.T, d *db.DB) library {
	t.Helper()
	log := change.New(d)
	log.Now = func() time.Time { return noon }
	s, err := (&site.Store{Changes: log}).Add(t.Context(), operator, site.Site{Name: dbtest.Name(t)})
	if err != nil {
		t.Fatal(err)
	}
	l := library{&content.Store{Changes: log}, &directory.Directory{Changes: log}, s.ID}
	for _, id := range []string{"ada", "grace", "alan"} {
		if _, err := l.directory.Add(t.Context(), s.ID, operator, directory.Account{ID: id, PublicName: id}); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func (l library) space(t *testing.T, s content.Space) content.Space {
	t.Helper()
	s, err := l.Add(t.Context(), l.site, operator, s)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (l library) page(t *testing.T, key string, p content.Page) content.Page {
	t.Helper()
	p, err := l.AddPage(t.Context(), l.site, operator, key, p)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// group makes a group with these members.
func (l library) group(t *testing.T, name string, members ...string) directory.Group {
	t.Helper()
	g, err := l.directory.AddGroup(t.Context(), l.site, operator, directory.Group{Name: name})
	for _, m := range members {
		if err == nil {
			_, err = l.directory.AddMember(t.Context(), l.site, operator, g.ID, m)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (l library) permit(t *testing.T, key string, permissions ...content.Permission) {
	t.Helper()
	if err := l.SetPermissions(t.Context(), l.site, operator, key, permissions); err != nil {
		t.Fatal(err)
	}
}

func person(id string) content.Viewer { return content.Viewer{AccountID: id, Licensed: true} }

func user(id string) content.Subject { return content.Subject{Kind: content.User, ID: id} }

func reading(s content.Subject) content.Permission {
	return content.Permission{Operation: content.Operation{Name: "read", Target: "space"}, Subject: s}
}

func wantKind(t *testing.T, what string, err error, want failure.Kind) {
	t.Helper()
	if kind, _ := failure.Of(err); err == nil || kind != want {
		t.Errorf("%s: %v, want a failure of kind %d", what, err, want)
	}
}
