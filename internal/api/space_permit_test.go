package api

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// permits describes a space with permissions.
func permits(key string, permissions ...confluence.SpacePermissionCreate) confluence.SpaceCreate {
	return confluence.SpaceCreate{Key: key, Name: key, Permissions: permissions}
}

func allows(operation, target string, subjects confluence.PermissionSubjectsCreate) confluence.SpacePermissionCreate {
	return confluence.SpacePermissionCreate{
		Operation: confluence.OperationCheckResult{Operation: operation, TargetType: target}, Subjects: &subjects,
	}
}

func usersNamed(roles ...string) *confluence.UserSubjectsCreate {
	u := &confluence.UserSubjectsCreate{Size: len(roles)}
	for _, role := range roles {
		u.Results = append(u.Results, confluence.UserReference{Type: "known", AccountID: accountID(role)})
	}
	return u
}

func groupsNamed(groups ...confluence.GroupReference) *confluence.GroupSubjectsCreate {
	return &confluence.GroupSubjectsCreate{Results: groups, Size: len(groups)}
}

func TestANewSpaceHasExactlyThePermissionsItAsksFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		me, ctx := s.as(person), t.Context()
		read := allows("read", "space", confluence.PermissionSubjectsCreate{
			User:  usersNamed(hidden, public),
			Group: groupsNamed(confluence.GroupReference{Name: "viewers"}, confluence.GroupReference{Type: "group", ID: groupID("guests")}),
		})
		read.UnlicensedAccess = true
		create := allows("create", "page", confluence.PermissionSubjectsCreate{User: usersNamed(hidden)})
		if _, err := me.Spaces.Create(ctx, permits("ENG", read, create)); err != nil {
			t.Fatal(err)
		}
		got, err := me.Spaces.Get(ctx, "ENG", "permissions.subjects.user", "permissions.subjects.group")
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, p := range got.Permissions {
			text := p.Operation.Operation + " " + p.Operation.TargetType
			if p.Subjects.User != nil {
				for _, u := range p.Subjects.User.Results {
					text += " " + u.AccountID
				}
			}
			if p.Subjects.Group != nil {
				for _, g := range p.Subjects.Group.Results {
					text += " " + g.Name
				}
			}
			if p.UnlicensedAccess {
				text += " unlicensed"
			}
			texts = append(texts, text)
		}
		want := []string{
			"read space " + accountID(hidden) + " unlicensed", "read space " + accountID(public), "read space viewers", "read space guests", "create page " + accountID(hidden),
		}
		if diff := cmp.Diff(want, texts); diff != "" {
			t.Error(diff)
		}
		for role, sees := range map[string]bool{person: true, hidden: true, public: true, colleague: true, guest: true, nonLatin: false} {
			if _, err := s.as(role).Spaces.Get(ctx, "ENG"); (err == nil) != sees {
				t.Errorf("%s: %v", role, err)
			}
		}
		for role, want := range map[string]error{hidden: nil, public: confluence.ErrForbidden} {
			_, err := s.as(role).Content.Create(ctx, confluence.ContentCreate{Type: "page", Title: "By " + role, Space: confluence.SpaceReference{Key: "ENG"}})
			wantError(t, role, err, want)
		}
	})
}

func TestASpaceThatAsksForNoPermissionsHasTheDefaultOnes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := newSite(t, d), t.Context()
		for _, none := range []string{`null`, `[]`} {
			key := map[string]string{"null": "KA", "[]": "KB"}[none]
			body := `{"key":"` + key + `","name":"N","permissions":` + none + `}`
			if got := s.ask(ask{role: person, method: "POST", path: "/wiki/rest/api/space", body: body}); got.status != 200 {
				t.Errorf("%s: %d %s", none, got.status, got.body)
			}
			if _, err := s.as(nonLatin).Spaces.Get(ctx, key); err != nil {
				t.Errorf("%s: %v", none, err)
			}
		}
	})
}

func TestAPermissionThatNoSpaceCanHaveIsRefusedByItsPlaceAndNothingIsMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		subject := `"subjects":{"user":{"results":[{"accountId":"` + accountID(hidden) + `"}],"size":1}}`
		for permission, want := range map[string]string{
			`{"operation":{"operation":"archive","targetType":"page"},` + subject + `}`: `/permissions/0: No space permission is for`,
			`{` + subject + `}`: `/permissions/0: No space permission is for`,
			`{"operation":{"operation":"read","targetType":"space"}}`:                                                                   `/permissions/0: The permission to read space is for nobody`,
			`{"operation":{"operation":"create","targetType":"page"},"unlicensedAccess":true}`:                                          `/permissions/0: People without a licence`,
			`{"operation":{"operation":"administer","targetType":"space"},"anonymousAccess":true}`:                                      `/permissions/0: Anonymous callers`,
			`{"operation":{"operation":"read","targetType":"space"},"subjects":{"user":{"results":[{"username":"ada"}]}}}`:              `/permissions/0/subjects/user/results/0/accountId is required`,
			`{"operation":{"operation":"read","targetType":"space"},"subjects":{"user":{"results":[{"accountId":"nobody"}]}}}`:          `There is no account`,
			`{"operation":{"operation":"read","targetType":"space"},"subjects":{"group":{"results":[{"type":"group"}]}}}`:               `/permissions/0/subjects/group/results/0/id is required`,
			`{"operation":{"operation":"read","targetType":"space"},"subjects":{"group":{"results":[{"type":"group","name":"none"}]}}}`: `/permissions/0/subjects/group/results/0 is no group`,
			`{"operation":"read"}`: `/permissions is not of the right type`,
			strings.TrimSuffix(strings.Repeat(`{"operation":{"operation":"read","targetType":"space"},"anonymousAccess":true},`, 201), ","): `/permissions: A space has at most 200 permissions`,
		} {
			body := `{"key":"ENG","name":"N","permissions":[` + permission + `]}`
			got := s.ask(ask{role: person, method: "POST", path: "/wiki/rest/api/space", body: body})
			if got.status != 400 || !strings.Contains(string(got.body), want) {
				t.Errorf("%.200s: %d %s, want %s", permission, got.status, got.body, want)
			}
		}
		_, err := s.as(admin).Spaces.Get(t.Context(), "ENG")
		wantError(t, "a space that was refused", err, confluence.ErrNotFound)
	})
}
