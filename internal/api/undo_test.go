package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/directory"
)

// undo takes back what a successful request of an operation did, where another one would find it done.
var undo = map[string]func(context.Context, *testSite) error{
	"createUserProperty": func(ctx context.Context, s *testSite) error {
		return s.dir.DeleteProperty(ctx, s.ID, operator, accountID(colleague), "", "colour-too")
	},
	"deleteUserProperty": func(ctx context.Context, s *testSite) error { return s.keep(ctx) },
	"createGroup": func(ctx context.Context, s *testSite) error {
		return s.dir.DeleteGroup(ctx, s.ID, operator, "New")
	},
	"removeGroupById": func(ctx context.Context, s *testSite) error {
		_, err := s.dir.AddGroup(ctx, s.ID, operator, directory.Group{ID: groupID("empty"), Name: "empty"})
		return err
	},
	"removeLabelFromContent":                    labelAgain,
	"removeLabelFromContentUsingQueryParameter": labelAgain,
	"deleteContent": func(ctx context.Context, s *testSite) error {
		_, err := s.spaces.ChangePage(ctx, s.ID, operator, onPage, func(p *content.Page) error { p.Status = "current"; return nil })
		return err
	},
	"createContent": func(ctx context.Context, s *testSite) error {
		space, err := s.spaces.Space(ctx, s.ID, "~colleague")
		if err != nil {
			return err
		}
		made, err := s.spaces.TitledIn(ctx, s.dir.Changes.DB, s.ID, space.ID, "page", "New", false)
		if err != nil || len(made) != 1 {
			return fmt.Errorf("find the new page: %d there (%w)", len(made), err)
		}
		return s.spaces.DeletePage(ctx, s.ID, operator, made[0].ID)
	},
	"createSpace": func(ctx context.Context, s *testSite) error {
		return s.spaces.Delete(ctx, s.ID, operator, "NEW")
	},
	"deleteSpace": func(ctx context.Context, s *testSite) error {
		return s.dir.Changes.Write(ctx, s.ID, operator, func(tx *change.Tx) error { return s.giveSpace(ctx, tx, colleague) })
	},
}

func labelAgain(ctx context.Context, s *testSite) error {
	return s.dir.Changes.Write(ctx, s.ID, operator, func(tx *change.Tx) error {
		return s.spaces.SetLabelsIn(ctx, tx, content.OnContent, onPage, []string{"engines", "measured"})
	})
}

// undo takes back what op did, so that the next caller meets the same site.
func (s *testSite) undo(op *operation) {
	s.t.Helper()
	if back := undo[op.id]; back != nil && op.method() != http.MethodGet {
		if err := back(s.t.Context(), s); err != nil {
			s.t.Fatalf("undo %s: %v", op.id, err)
		}
	}
}
