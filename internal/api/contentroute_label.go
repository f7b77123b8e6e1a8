package api

import (
	"context"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

type contentLabelsIn struct {
	ID string `path:"id" doc:"The ID of the content."`
}

// getLabels answers with all labels of content, of which there are few.
func (s *Server) getLabels(ctx context.Context, c *call, in contentLabelsIn) (*confluence.LabelArray, error) {
	_, at, err := s.seeToRead(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	return s.labelsOf(ctx, c, at.page.ID)
}

func (s *Server) labelsOf(ctx context.Context, c *call, id int64) (*confluence.LabelArray, error) {
	labels, err := s.Content.Labels(ctx, c.site.ID, content.OnContent, []int64{id}, content.MaxLabels)
	if err != nil {
		return nil, err
	}
	sh := &shelf{c: c}
	out := sh.labelArray(labels[id], pagePath(id)+"/label")
	out.Links = c.siteLinks(pagePath(id) + "/label")
	return out, nil
}

type labelAddIn struct {
	contentLabelsIn
	Body confluence.LabelCreates
}

func (s *Server) addLabels(ctx context.Context, c *call, in labelAddIn) (*confluence.LabelArray, error) {
	id, err := s.changeable(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(in.Body))
	for i, l := range in.Body {
		if names[i] = l.Name; l.Prefix != "" {
			names[i] = l.Prefix + ":" + l.Name
		}
	}
	if err := s.Content.AddLabels(ctx, c.site.ID, c.actor, id, names); err != nil {
		return nil, err
	}
	return s.labelsOf(ctx, c, id)
}

type labelQueryIn struct {
	contentLabelsIn
	Name string `query:"name" required:"true" doc:"The name of the label."`
}

func (s *Server) removeLabelByQuery(ctx context.Context, c *call, in labelQueryIn) (nothing, error) {
	return s.removeLabel(ctx, c, labelPathIn{in.contentLabelsIn, in.Name})
}

type labelPathIn struct {
	contentLabelsIn
	Label string `path:"label" doc:"The name of the label."`
}

func (s *Server) removeLabel(ctx context.Context, c *call, in labelPathIn) (nothing, error) {
	id, err := s.changeable(ctx, c, in.ID)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.Content.RemoveLabel(ctx, c.site.ID, c.actor, id, in.Label)
}

// changeable returns the ID of content that the caller may change.
func (s *Server) changeable(ctx context.Context, c *call, id string) (int64, error) {
	space, page, err := s.seeToChange(ctx, c, s.Content.SeePage, id)
	if err == nil && !(page.MayUpdate && space.MayDo("create", permissionTarget(page.Type))) {
		err = failure.Forbidden.Errorf("The caller may not change this content.")
	}
	return page.ID, err
}
