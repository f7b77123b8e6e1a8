package transfer

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/fold"
)

// contentState is a piece of content with all that a line can say of it.
type contentState struct {
	content.Page // zero where there is none; with its body
	labels       []string
	restrictions []string
	watchers     []string // of those whom the line names
	home         bool     // of its space
}

// find returns the content that a line means, without its body; the zero page where there is none yet.
func (c *Content) find(ctx context.Context, st *content.Store, q db.Querier, site int64, space content.Space) (content.Page, error) {
	if c.id != 0 {
		p, err := st.PageIn(ctx, q, site, c.id)
		switch {
		case isMissing(err):
			return content.Page{}, nil
		case err == nil && p.Space != space.ID:
			err = elsewhere(c.id)
		}
		return p, err
	}
	kind := cmp.Or(c.said["type"], "page")
	found, err := st.TitledIn(ctx, q, site, space.ID, kind, c.said["title"], false)
	if err == nil && len(found) == 0 && c.said["status"] == "trashed" {
		found, err = st.TitledIn(ctx, q, site, space.ID, kind, c.said["title"], true)
	}
	switch {
	case err != nil || len(found) == 0:
		return content.Page{}, err
	case len(found) > 1:
		return content.Page{}, failure.Invalid.Errorf("More than one %s of the space has this title; name it by its id.", kind)
	}
	return found[0], nil
}

func elsewhere(id int64) error {
	return failure.Invalid.Errorf("Content %d is in another space.", id)
}

// above returns what a line puts its content below; the zero page for the top of the space.
func (c *Content) above(ctx context.Context, st *content.Store, q db.Querier, site int64, space content.Space) (content.Page, error) {
	title := c.said["parent"]
	switch {
	case c.parent != 0:
		p, err := st.PageIn(ctx, q, site, c.parent)
		if isMissing(err) || err == nil && p.Space != space.ID {
			err = failure.Invalid.Errorf("The space has no content %d to put this below.", c.parent)
		}
		return p, err
	case title == "":
		return content.Page{}, nil
	}
	found, err := st.TitledIn(ctx, q, site, space.ID, "", title, false)
	switch {
	case err != nil:
	case len(found) == 0:
		err = failure.Invalid.Errorf("The space has no content %.300q to put this below.", title)
	case len(found) > 1:
		err = failure.Invalid.Errorf("More than one thing in the space is called %.300q; name what this is below by its ID.", title)
	default:
		return found[0], nil
	}
	return content.Page{}, err
}

// readContent returns a piece of content as it stands. That of no content is zero.
func readContent(ctx context.Context, st *content.Store, q db.Querier, site int64, space content.Space, p content.Page, watchers []string) (s contentState, err error) {
	if p.ID == 0 {
		return s, nil
	}
	s.Page, s.home = p, space.Homepage == p.ID
	if s.Body, err = st.BodyIn(ctx, q, site, p.ID); err != nil {
		return s, err
	}
	labels, err := st.LabelsIn(ctx, q, site, content.OnContent, []int64{p.ID}, content.MaxLabels)
	if err != nil {
		return s, err
	}
	restrictions, err := st.RestrictionsIn(ctx, q, site, []int64{p.ID}, content.MaxRestrictions)
	if err != nil {
		return s, err
	}
	s.labels, s.restrictions = labelTexts(labels[p.ID]), restrictionTexts(restrictions[p.ID])
	s.watchers, err = st.WatchingIn(ctx, q, site, content.WatchContent, p.ID, watchers)
	return s, err
}

// restrictionTexts lists restrictions in words, each once, sorted.
func restrictionTexts(restrictions []content.Restriction) []string {
	texts := make([]string, len(restrictions))
	for i, r := range restrictions {
		texts[i] = r.Operation + ": " + string(r.Subject.Kind) + " " + cmp.Or(r.Subject.Name, r.Subject.ID)
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// contentDifferences lists the fields in which two states differ; of new content, those that are set.
func contentDifferences(before, after contentState) []FieldChange {
	var changes []FieldChange
	note := func(field, b, a string) {
		if b != a {
			changes = append(changes, FieldChange{field, b, a})
		}
	}
	note("type", before.Type, after.Type)
	note("status", before.Status, after.Status)
	note("title", before.Title, after.Title)
	note("creator", before.CreatedBy, after.CreatedBy)
	if before.Body != after.Body {
		changes = append(changes, FieldChange{"body", sizeText(before.Body), sizeText(after.Body)})
	}
	note("labels", strings.Join(before.labels, " "), strings.Join(after.labels, " "))
	note("restrictions", strings.Join(before.restrictions, "; "), strings.Join(after.restrictions, "; "))
	note("watchers", strings.Join(before.watchers, " "), strings.Join(after.watchers, " "))
	if before.home != after.home {
		note("homepage", strconv.FormatBool(before.home), strconv.FormatBool(after.home))
	}
	return changes
}

func sizeText(body string) string {
	if body == "" {
		return ""
	}
	return fmt.Sprintf("%d bytes", len(body))
}

// sameLabels reports whether two lists have the same labels, however they are written.
func sameLabels(a, b []string) bool {
	return slices.Equal(labelKeys(a), labelKeys(b))
}

func labelKeys(labels []string) []string {
	keys := make([]string, len(labels))
	for i, l := range labels {
		keys[i] = fold.Key(l)
	}
	slices.Sort(keys)
	return keys
}
