package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/site"
)

func newSpaceCommand(e *env) *cobra.Command {
	return withJSON(family("space", "Make and change the spaces that profiles refer to",
		newSpaceAdd(e), newSpaceList(e), newSpaceShow(e), newSpaceSet(e), newSpaceLabel(e), newSpacePermit(e), newSpaceDelete(e),
		newAppRule(e, "block-apps", "Keep apps from the content of a space, as far as app access rules apply", "Apps are blocked from space %s.", true),
		newAppRule(e, "allow-apps", "Let apps at the content of a space again", "Apps are allowed in space %s.", false)))
}

func newSpaceAdd(e *env) *cobra.Command {
	var given content.Space
	cmd := &cobra.Command{
		Use:   "add [KEY]",
		Short: "Make a space; without a key, the personal space of its owner",
		Args:  cobra.MaximumNArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			if len(args) == 0 && given.Owner == "" {
				return misuse("a space needs a key, and a personal one an --owner")
			}
			space := given
			if len(args) > 0 {
				space.Key = args[0]
			}
			if err := b.fillOwner(cmd.Context(), s.ID, &space); err != nil {
				return err
			}
			space, err := b.Content.Add(cmd.Context(), s.ID, b.By, space)
			if err != nil {
				return err
			}
			return e.report(cmd, showSpace(space), "Space %s has ID %d.", space.Key, space.ID)
		}),
	}
	bindSpace(cmd, &given)
	return cmd
}

// fillOwner looks up an owner who was given by e-mail address, and names a personal space after its owner.
func (b *backend) fillOwner(ctx context.Context, site int64, space *content.Space) error {
	if space.Owner == "" {
		return nil
	}
	owner, err := b.Directory.Account(ctx, site, space.Owner)
	if err != nil {
		return err
	}
	space.Owner = owner.ID
	if space.Name == "" && space.Key == "" {
		space.Name = owner.PublicName
	}
	return nil
}

// bindSpace gives cmd the flags for what can be changed in a space.
func bindSpace(cmd *cobra.Command, s *content.Space) {
	cmd.Flags().StringVar(&s.Name, "name", "", "name")
	cmd.Flags().StringVar(&s.Alias, "alias", "", "name in addresses; the key unless given")
	cmd.Flags().StringVar((*string)(&s.Status), "status", "current", "current or archived")
	cmd.Flags().StringVar(&s.Owner, "owner", "", "the owner's account ID or e-mail address")
	cmd.Flags().StringVar(&s.Description, "description", "", "what the space is for")
	cmd.Flags().StringVar(&s.Icon, "icon", "", "path of a picture below /wiki")
}

func newSpaceList(e *env) *cobra.Command {
	var kind string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List spaces by key",
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			switch content.SpaceType(kind) {
			case "", content.Personal, content.Global:
			default:
				return misuse("--type takes personal or global, not %q", kind)
			}
			out := newListing(e, cmd, func(s spaceView) []string {
				return []string{strconv.FormatInt(s.ID, 10), s.Key, s.Name, string(s.Type), string(s.Status), s.Owner}
			}, "space ID", "key", "name", "type", "status", "owner")
			const page = 500
			for start := 0; ; start += page {
				spaces, _, err := b.Content.List(cmd.Context(), s.ID, content.SpaceType(kind), start, page)
				if err != nil {
					return err
				}
				for _, s := range spaces {
					if err := out.add(showSpace(s)); err != nil {
						return err
					}
				}
				if len(spaces) < page {
					return out.flush()
				}
			}
		}),
	}
	cmd.Flags().StringVar(&kind, "type", "", "only personal or only global spaces")
	return cmd
}

func newSpaceShow(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "show KEY",
		Short: "Show a space",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			space, err := b.Content.Space(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			v, err := b.spaceWhole(cmd.Context(), s.ID, space)
			if err != nil {
				return err
			}
			return e.describe(cmd, v, []fact{
				{"space ID", strconv.FormatInt(v.ID, 10)},
				{"key", v.Key},
				{"alias", v.Alias},
				{"name", v.Name},
				{"type", string(v.Type)},
				{"status", string(v.Status)},
				{"owner", v.Owner},
				{"description", v.Description},
				{"icon", v.Icon},
				{"homepage", contentText(v.Homepage)},
				{"labels", strings.Join(v.Labels, " ")},
				{"permissions", strings.Join(v.Permissions, ", ")},
				{"apps", map[bool]string{true: "blocked", false: "allowed"}[v.AppsBlocked]},
				{"created", v.CreatedAt},
				{"created by", v.CreatedBy},
			})
		}),
	}
}

// newAppRule sets the app access rule of a space.
func newAppRule(e *env, use, short, done string, blocked bool) *cobra.Command {
	return &cobra.Command{
		Use:   use + " KEY",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			space, err := b.Content.Change(cmd.Context(), s.ID, b.By, args[0], func(space *content.Space) error {
				space.AppsBlocked = blocked
				return nil
			})
			if err != nil {
				return err
			}
			return e.report(cmd, showSpace(space), done, space.Key)
		}),
	}
}

func newSpaceDelete(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "delete KEY",
		Short: "Delete a space with everything in it",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			space, err := b.Content.Space(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			if err := b.Content.Delete(cmd.Context(), s.ID, b.By, space.Key); err != nil {
				return err
			}
			return e.report(cmd, showSpace(space), "Space %s is deleted.", space.Key)
		}),
	}
}

// spaceView is a space as it is printed.
type spaceView struct {
	ID          int64               `json:"spaceId"`
	Key         string              `json:"key"`
	Alias       string              `json:"alias"`
	Name        string              `json:"name"`
	Type        content.SpaceType   `json:"type"`
	Status      content.SpaceStatus `json:"status"`
	Owner       string              `json:"owner,omitempty"`
	Description string              `json:"description,omitempty"`
	Icon        string              `json:"icon,omitempty"`
	Homepage    int64               `json:"homepageId,omitempty"`
	AppsBlocked bool                `json:"appsBlocked"`
	CreatedAt   string              `json:"createdAt"`
	CreatedBy   string              `json:"createdBy,omitempty"`
	Labels      []string            `json:"labels,omitempty"`      // only where one space is shown
	Permissions []string            `json:"permissions,omitempty"` // likewise, as roster space permit takes them
}

func showSpace(s content.Space) spaceView {
	return spaceView{
		s.ID, s.Key, s.Alias, s.Name, s.Type, s.Status, s.Owner, s.Description, s.Icon, s.Homepage,
		s.AppsBlocked, moment(s.CreatedAt), s.CreatedBy, nil, nil,
	}
}
