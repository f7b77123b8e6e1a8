package content_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// sees reports whether a viewer is shown ada's personal space.
func (l library) sees(t *testing.T, v content.Viewer) bool {
	t.Helper()
	seen, err := l.PersonalSpaces(t.Context(), l.site, v, []string{"ada"})
	if err != nil {
		t.Fatal(err)
	}
	_, ok := seen["ada"]
	return ok
}

func TestASpaceIsShownToThoseItsPermissionsLetIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		g := l.group(t, "friends", "grace")
		friends := content.Subject{Kind: content.Group, ID: g.ID}
		op := func(name, target string) content.Operation { return content.Operation{Name: name, Target: target} }
		viewers := map[string]content.Viewer{
			"ada": person("ada"), "grace": person("grace"), "alan": person("alan"),
			"admin": {AccountID: "alan", Licensed: true, Administrator: true}, "unlicensed": {AccountID: "alan"}, "anonymous": {},
		}
		for name, tt := range map[string]struct {
			permissions []content.Permission
			want        []string
		}{
			"default":           {nil, []string{"ada", "admin", "grace", "alan"}},
			"a user":            {[]content.Permission{reading(user("grace"))}, []string{"ada", "admin", "grace"}},
			"a group":           {[]content.Permission{reading(friends)}, []string{"ada", "admin", "grace"}},
			"administering":     {[]content.Permission{{Operation: op("administer", "space"), Subject: user("grace")}}, []string{"ada", "admin", "grace"}},
			"using":             {[]content.Permission{{Operation: op("use", "space"), Subject: user("grace")}}, []string{"ada", "admin", "grace"}},
			"creating is not":   {[]content.Permission{{Operation: op("create", "page"), Subject: user("grace")}}, []string{"ada", "admin"}},
			"everybody":         {[]content.Permission{{Operation: op("read", "space"), Anonymous: true}}, []string{"ada", "admin", "grace", "alan", "unlicensed", "anonymous"}},
			"those unlicensed":  {[]content.Permission{{Operation: op("read", "space"), Unlicensed: true}}, []string{"ada", "admin", "unlicensed", "anonymous"}},
			"another's alone":   {[]content.Permission{reading(user("ada"))}, []string{"ada", "admin"}},
			"a second one, too": {[]content.Permission{reading(user("ada")), reading(friends)}, []string{"ada", "admin", "grace"}},
		} {
			l.permit(t, "~ada", tt.permissions...)
			for who, v := range viewers {
				want := false
				for _, w := range tt.want {
					want = want || w == who
				}
				if got := l.sees(t, v); got != want {
					t.Errorf("%s: seen by %s is %v", name, who, got)
				}
			}
		}
	})
}

func TestASpaceStaysClosedWhenTheGroupItIsOpenToGoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		s := l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		g := l.group(t, "friends", "grace")
		l.permit(t, "~ada", reading(content.Subject{Kind: content.Group, ID: g.ID}))
		if err := l.directory.DeleteGroup(t.Context(), l.site, operator, g.ID); err != nil {
			t.Fatal(err)
		}
		if l.sees(t, person("grace")) || l.sees(t, person("alan")) {
			t.Error("the space opened to everybody")
		}
		permissions, err := l.Permissions(t.Context(), l.site, []int64{s.ID}, 10)
		if err != nil || len(permissions[s.ID]) != 1 || permissions[s.ID][0].Subject.Name != "" {
			t.Errorf("the permission is shown as %+v (%v)", permissions, err)
		}
	})
}

func TestAClosedAccountKeepsItsSpace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		if _, err := l.directory.Change(t.Context(), l.site, operator, "ada", func(a *directory.Account) error {
			a.Status = directory.Closed
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if !l.sees(t, person("grace")) {
			t.Error("the space is gone")
		}
	})
}

func TestWhatAViewerMayDoFollowsThePermissions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		l.permit(t, "~ada", reading(user("grace")), content.Permission{Operation: content.Operation{Name: "create", Target: "page"}, Subject: user("grace")})
		may := func(v content.Viewer) []content.Operation {
			seen, err := l.PersonalSpaces(t.Context(), l.site, v, []string{"ada"})
			if err != nil {
				t.Fatal(err)
			}
			return seen["ada"].May
		}
		if diff := cmp.Diff([]content.Operation{{"read", "space"}, {"create", "page"}}, may(person("grace"))); diff != "" {
			t.Error(diff)
		}
		if owner := may(person("ada")); len(owner) != len(content.Operations)-1 {
			t.Errorf("the owner may only %v", owner)
		}
	})
}

func TestAPermissionThatCannotBeIsRefusedAndNothingChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		s := l.space(t, content.Space{Owner: "ada", Name: "Notes"})
		l.permit(t, "~ada", reading(user("grace")))
		for name, p := range map[string]content.Permission{
			"nobody":              {Operation: content.Operation{Name: "read", Target: "space"}},
			"no such user":        reading(user("nobody")),
			"no such group":       reading(content.Subject{Kind: content.Group, ID: "nowhere"}),
			"no such operation":   {Operation: content.Operation{Name: "paint", Target: "space"}, Subject: user("ada")},
			"unlicensed creator":  {Operation: content.Operation{Name: "create", Target: "page"}, Unlicensed: true},
			"anonymous in charge": {Operation: content.Operation{Name: "administer", Target: "space"}, Anonymous: true},
		} {
			wantKind(t, name, l.SetPermissions(t.Context(), l.site, operator, "~ada", []content.Permission{reading(user("ada")), p}), failure.Invalid)
		}
		permissions, err := l.Permissions(t.Context(), l.site, []int64{s.ID}, 10)
		if err != nil || len(permissions[s.ID]) != 1 || permissions[s.ID][0].Subject.ID != "grace" {
			t.Errorf("the permissions are %+v (%v)", permissions, err)
		}
	})
}

func TestPermissionsBeyondTheBoundAreLeftOutASpaceAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		l := newLibrary(t, d)
		var ids []int64
		for _, owner := range []string{"ada", "grace", "alan"} {
			ids = append(ids, l.space(t, content.Space{Owner: owner, Name: owner}).ID)
		}
		l.permit(t, "~ada", reading(user("ada")), reading(user("grace")))
		l.permit(t, "~grace", reading(user("ada")), reading(user("grace")))
		for most, want := range map[int]int{1: 0, 2: 1, 3: 1, 4: 3} {
			permissions, err := l.Permissions(t.Context(), l.site, ids, most)
			if err != nil || len(permissions) != want {
				t.Errorf("with %d permissions at most %d spaces are whole (%v), want %d", most, len(permissions), err, want)
			}
			for _, p := range permissions {
				if p == nil {
					t.Error("a space without permissions has no list")
				}
			}
		}
	})
}
