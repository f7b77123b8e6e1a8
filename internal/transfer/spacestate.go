package transfer

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
)

// spaceState is a space with all that a line can say of it.
type spaceState struct {
	content.Space // zero where there is none
	labels        []string
	permissions   []content.Permission
	watchers      []string     // of those whom the line names
	home          content.Page // without its body
}

// readSpace returns a space as it stands, with who of these watches it; one that is missing is no error, and is zero.
func readSpace(ctx context.Context, st *content.Store, q db.Querier, site int64, key string, watchers []string) (s spaceState, err error) {
	if s.Space, err = st.SpaceIn(ctx, q, site, key); err != nil {
		if isMissing(err) {
			err = nil
		}
		return s, err
	}
	labels, err := st.LabelsIn(ctx, q, site, content.OnSpace, []int64{s.ID}, content.MaxLabels)
	if err != nil {
		return s, err
	}
	permissions, err := st.PermissionsIn(ctx, q, site, []int64{s.ID}, content.MaxPermissions)
	if err != nil {
		return s, err
	}
	s.labels, s.permissions = labelTexts(labels[s.ID]), permissions[s.ID]
	if s.watchers, err = st.WatchingIn(ctx, q, site, content.WatchSpace, s.ID, watchers); err != nil {
		return s, err
	}
	if s.Homepage != 0 {
		s.home, err = st.PageIn(ctx, q, site, s.Homepage)
	}
	return s, err
}

// permissionTexts lists the permissions in words, in their order.
func (s *spaceState) permissionTexts() []string { return permissionTexts(s.permissions) }

func permissionTexts(permissions []content.Permission) []string {
	texts := make([]string, len(permissions))
	for i, p := range permissions {
		texts[i] = permissionText(p)
	}
	return texts
}

// homeText names the homepage in its newest version.
func (s *spaceState) homeText() string {
	if s.home.ID == 0 {
		return ""
	}
	return s.home.Title + " (version " + strconv.Itoa(s.home.Version.Number) + ")"
}

// spaceDifferences lists the fields in which two states differ; of a new space, those that are set.
func spaceDifferences(before, after spaceState) []FieldChange {
	var changes []FieldChange
	note := func(field, b, a string) {
		if b != a {
			changes = append(changes, FieldChange{field, b, a})
		}
	}
	for _, f := range spaceFields {
		note(f.name, f.get(&before.Space), f.get(&after.Space))
	}
	note("labels", strings.Join(before.labels, " "), strings.Join(after.labels, " "))
	note("permissions", strings.Join(before.permissionTexts(), "; "), strings.Join(after.permissionTexts(), "; "))
	note("watchers", strings.Join(before.watchers, " "), strings.Join(after.watchers, " "))
	note("homepage", before.homeText(), after.homeText())
	return slices.Clip(changes)
}
