package content

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// AddLabels gives content the labels of these names, besides those it has. Names are read by [ParseLabel].
func (st *Store) AddLabels(ctx context.Context, site int64, by change.Actor, id int64, names []string) error {
	return st.changeLabels(ctx, site, by, id, func(has []string) ([]string, error) {
		for _, name := range names {
			l, err := ParseLabel(name)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(has, l.String()) {
				has = append(has, l.String())
			}
		}
		return has, nil
	})
}

// RemoveLabel takes a label from content. A label that it does not have is NotFound.
func (st *Store) RemoveLabel(ctx context.Context, site int64, by change.Actor, id int64, name string) error {
	return st.changeLabels(ctx, site, by, id, func(has []string) ([]string, error) {
		l, err := ParseLabel(name)
		at := slices.Index(has, l.String())
		if err != nil || at < 0 {
			return nil, failure.NotFound.Errorf("The content does not have this label.")
		}
		return slices.Delete(has, at, at+1), nil
	})
}

// changeLabels applies edit to the labels of content, and writes nothing where that changes nothing.
func (st *Store) changeLabels(ctx context.Context, site int64, by change.Actor, id int64, edit func([]string) ([]string, error)) error {
	return st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		if _, err := st.PageIn(ctx, tx, site, id); err != nil {
			return err
		}
		labels, err := st.LabelsIn(ctx, tx, site, OnContent, []int64{id}, MaxLabels)
		if err != nil {
			return err
		}
		before := make([]string, len(labels[id]))
		for i, l := range labels[id] {
			before[i] = l.String()
		}
		after, err := edit(slices.Clone(before))
		if err != nil || slices.Equal(before, after) {
			return err
		}
		return st.SetLabelsIn(ctx, tx, OnContent, id, after)
	})
}

// String is the label as [ParseLabel] reads it: its name, after its prefix unless that is global.
func (l Label) String() string {
	if l.Prefix == "global" {
		return l.Name
	}
	return l.Prefix + ":" + l.Name
}
