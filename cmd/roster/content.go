package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/site"
)

func newContentCommand(e *env) *cobra.Command {
	return withJSON(family("content", "Make and change the content that there is to watch",
		newContentAdd(e), newContentList(e), newContentShow(e), newContentRestrict(e), newContentDelete(e)))
}

func newContentAdd(e *env) *cobra.Command {
	var page content.Page
	var space, body string
	var labels []string
	cmd := &cobra.Command{
		Use:   "add TITLE",
		Short: "Make content, which its creator watches",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) (err error) {
			given := page
			given.Title = args[0]
			if space == "" {
				return misuse("content needs a --space")
			}
			if given.CreatedBy != "" {
				creator, err := b.Directory.Account(cmd.Context(), s.ID, given.CreatedBy)
				if err != nil {
					return err
				}
				given.CreatedBy = creator.ID
			}
			if given.Body, err = e.text(body); err != nil {
				return err
			}
			added, err := b.Content.AddPage(cmd.Context(), s.ID, b.By, space, given)
			if err == nil && len(labels) > 0 {
				err = b.Content.AddLabels(cmd.Context(), s.ID, b.By, added.ID, labels)
			}
			if err != nil {
				return err
			}
			return e.report(cmd, showContent(added), "Content %q has ID %d.", added.Title, added.ID)
		}),
	}
	cmd.Flags().StringVar(&space, "space", "", "key of the space to put it in")
	cmd.Flags().StringVar(&page.Type, "type", "page", strings.Join(content.Types, ", "))
	cmd.Flags().StringVar(&page.Status, "status", "current", "current, draft or archived")
	cmd.Flags().Int64Var(&page.Parent, "parent", 0, "ID of the content to put it below")
	cmd.Flags().StringVar(&page.CreatedBy, "by", "", "its creator's account ID or e-mail address; the space's owner unless given")
	cmd.Flags().StringVar(&body, "body", "", "file with its text in storage form, - for standard input")
	cmd.Flags().StringSliceVar(&labels, "label", nil, "labels")
	return cmd
}

// text reads a file, - being standard input. No file at all is no text.
func (e *env) text(name string) (string, error) {
	var data []byte
	var err error
	switch name {
	case "":
	case "-":
		data, err = io.ReadAll(io.LimitReader(e.Stdin, content.MaxBody+1))
	default:
		data, err = os.ReadFile(name)
	}
	if err != nil {
		return "", fmt.Errorf("read the text: %w", err)
	}
	return string(data), nil
}

func newContentList(e *env) *cobra.Command {
	var space string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List content by ID, the trash included",
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			out := newListing(e, cmd, func(c contentView) []string {
				return []string{strconv.FormatInt(c.ID, 10), c.Title, c.Type, c.Status, strconv.FormatInt(c.Space, 10), c.CreatedBy}
			}, "content ID", "title", "type", "status", "space ID", "created by")
			const page = 500
			for after := int64(0); ; {
				pages, err := b.Content.ListPages(cmd.Context(), s.ID, space, after, page)
				if err != nil {
					return err
				}
				for _, p := range pages {
					if err := out.add(showContent(p)); err != nil {
						return err
					}
				}
				if len(pages) < page {
					return out.flush()
				}
				after = pages[len(pages)-1].ID
			}
		}),
	}
	cmd.Flags().StringVar(&space, "space", "", "only content of the space with this key")
	return cmd
}

func newContentShow(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show content with its labels, restrictions and watchers",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			v, err := b.contentNamed(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			return e.describe(cmd, v, []fact{
				{"content ID", strconv.FormatInt(v.ID, 10)},
				{"title", v.Title},
				{"type", v.Type},
				{"status", v.Status},
				{"space ID", strconv.FormatInt(v.Space, 10)},
				{"parent ID", strings.TrimPrefix(strconv.FormatInt(v.Parent, 10), "0")},
				{"labels", strings.Join(v.Labels, " ")},
				{"restrictions", strings.Join(v.Restrictions, ", ")},
				{"watchers", strings.Join(v.Watchers, " ")},
				{"version", strconv.Itoa(v.Version)},
				{"created", v.CreatedAt},
				{"created by", v.CreatedBy},
			})
		}),
	}
}

// mostWatchers is how many watchers are shown.
const mostWatchers = 100

// contentNamed returns content with what hangs on it.
func (b *backend) contentNamed(ctx context.Context, site int64, text string) (contentView, error) {
	id, err := contentNumber(text)
	if err != nil {
		return contentView{}, err
	}
	p, err := b.Content.Page(ctx, site, id)
	if err != nil {
		return contentView{}, err
	}
	v := showContent(p)
	labels, err := b.Content.Labels(ctx, site, content.OnContent, []int64{id}, content.MaxLabels)
	if err != nil {
		return v, err
	}
	for _, l := range labels[id] {
		v.Labels = append(v.Labels, l.String())
	}
	restrictions, err := b.Content.Restrictions(ctx, site, []int64{id}, content.MaxRestrictions)
	if err != nil {
		return v, err
	}
	for _, r := range restrictions[id] {
		v.Restrictions = append(v.Restrictions, r.Operation+" "+string(r.Subject.Kind)+" "+cmp.Or(r.Subject.Name, r.Subject.ID))
	}
	v.Watchers, _, err = b.Content.Watchers(ctx, site, content.WatchContent, id, 0, mostWatchers)
	return v, err
}

func contentNumber(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, misuse("%q is no content ID", text)
	}
	return id, nil
}

func newContentDelete(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "delete ID",
		Short: "Delete content and all below it for good",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			v, err := b.contentNamed(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			if err := b.Content.DeletePage(cmd.Context(), s.ID, b.By, v.ID); err != nil {
				return err
			}
			return e.report(cmd, v, "Content %q is deleted.", v.Title)
		}),
	}
}

// contentView is content as it is printed.
type contentView struct {
	ID           int64    `json:"contentId"`
	Title        string   `json:"title"`
	Type         string   `json:"type"`
	Status       string   `json:"status"`
	Space        int64    `json:"spaceId"`
	Parent       int64    `json:"parentId,omitempty"`
	Labels       []string `json:"labels,omitempty"`
	Restrictions []string `json:"restrictions,omitempty"`
	Watchers     []string `json:"watchers,omitempty"` // the first of them
	Version      int      `json:"version"`
	CreatedAt    string   `json:"createdAt"`
	CreatedBy    string   `json:"createdBy,omitempty"`
}

func showContent(p content.Page) contentView {
	return contentView{
		ID: p.ID, Title: p.Title, Type: p.Type, Status: p.Status, Space: p.Space, Parent: p.Parent, Version: p.Version.Number,
		CreatedAt: moment(p.CreatedAt), CreatedBy: p.CreatedBy,
	}
}
