package content_test

import (
	"testing"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/failure"
)

func TestTheSameLookIsTheSameText(t *testing.T) {
	t.Parallel()
	for object, want := range map[string]string{
		`{"menus": {"color": "b"}, "headings": {"color": "a"}}`: `{"headings":{"color":"a"},"menus":{"color":"b"}}`,
		`{"headings":{"color":"a"},"menus":{"color":"b"}}`:      `{"headings":{"color":"a"},"menus":{"color":"b"}}`,
		`{}`: "",
	} {
		if got, err := content.ParseLook([]byte(object)); err != nil || got != want {
			t.Errorf("%s is %s, %v", object, got, err)
		}
	}
	for _, object := range []string{`[]`, `null`, `{} {}`, `{"headings":{"colour":"a"}}`, `{"headings":"a"}`, `{"headings":{"color":1}}`, `{"spaceReference":{}}`} {
		_, err := content.ParseLook([]byte(object))
		wantKind(t, object, err, failure.Invalid)
	}
}

func TestAThemeHasAnIconThatIsAPath(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		theme := content.Theme{Key: "loom", Icon: "/images/loom.png"}
		l.space(t, content.Space{Owner: "ada", Settings: content.Settings{Theme: theme}})
		if s, err := l.Space(t.Context(), l.site, "~ada"); err != nil || s.Settings.Theme != theme {
			t.Errorf("%+v, %v", s, err)
		}
		_, err := l.Change(t.Context(), l.site, operator, "~ada", func(s *content.Space) error { s.Settings.Theme.Icon = "loom.png"; return nil })
		wantKind(t, "an icon that is no path", err, failure.Invalid)
	})
}
