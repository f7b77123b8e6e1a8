package content

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/failure"
)

// AddLabels gives content the labels of these names, besides those it has. Names are read by [ParseLabel].
func (st *Store) AddLabels(ctx context.Context, site int64, by change.Actor, id int64, names []string) error {
	added, err := ParseLabels(names)
	if err != nil {
		return err
	}
	return st.changeLabels(ctx, site, by, id, func(has []Label) ([]Label, error) {
		for _, l := range added {
			if !slices.ContainsFunc(has, l.same) {
				has = append(has, l)
			}
		}
		return has, checkCount(has)
	})
}

// RemoveLabel takes a label from content. A label that it does not have is NotFound.
func (st *Store) RemoveLabel(ctx context.Context, site int64, by change.Actor, id int64, name string) error {
	return st.changeLabels(ctx, site, by, id, func(has []Label) ([]Label, error) {
		l, err := readLabel(name)
		at := slices.IndexFunc(has, l.same)
		if err != nil || at < 0 {
			return nil, failure.NotFound.Errorf("The content does not have this label.")
		}
		return slices.Delete(has, at, at+1), nil
	})
}

// changeLabels applies edit to the labels of content, and writes nothing where that changes nothing.
func (st *Store) changeLabels(ctx context.Context, site int64, by change.Actor, id int64, edit func([]Label) ([]Label, error)) error {
	return st.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
		if _, err := st.PageIn(ctx, tx, site, id); err != nil {
			return err
		}
		labels, err := st.LabelsIn(ctx, tx, site, OnContent, []int64{id}, MaxLabels)
		if err != nil {
			return err
		}
		after, err := edit(slices.Clone(labels[id]))
		if err != nil || slices.EqualFunc(labels[id], after, Label.same) {
			return err
		}
		return st.setLabels(ctx, tx, OnContent, id, after)
	})
}

// String is the label as [ParseLabel] reads it: its name, after its prefix unless that is global.
func (l Label) String() string {
	if l.Prefix == "global" {
		return l.Name
	}
	return l.Prefix + ":" + l.Name
}
