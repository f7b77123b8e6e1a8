package transfer

import (
	"context"
	"strconv"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/failure"
)

// Watch is what a line says: that an account watches one thing.
type Watch struct {
	said    map[string]string // member → its text
	content int64             // 0 where it is a label or a space
}

func decodeWatch(all []member) (*Watch, error) {
	w := &Watch{said: make(map[string]string, len(all))}
	targets := 0
	for _, m := range all {
		var err error
		switch m.name {
		case "kind":
		case "watcher":
			w.said[m.name], err = m.text()
		case "label", "space":
			targets++
			w.said[m.name], err = m.text()
		case "content":
			targets++
			w.content, err = m.number()
			w.said[m.name] = strconv.FormatInt(w.content, 10)
		default:
			err = failure.Invalid.Errorf("A watch has no member %.100q.", m.name)
		}
		if err != nil {
			return nil, err
		}
	}
	switch {
	case w.said["watcher"] == "":
		return nil, failure.Invalid.Errorf("There is no watcher, so nobody can tell who watches.")
	case targets != 1:
		return nil, failure.Invalid.Errorf("A watch is of one thing: a content, a label or a space.")
	}
	if label, said := w.said["label"]; said {
		_, err := content.ParseLabel(label)
		return w, err
	}
	return w, nil
}

// target names what is watched.
func (w *Watch) target() string {
	for _, kind := range []string{"content", "label", "space"} {
		if name, said := w.said[kind]; said {
			return kind + ":" + name
		}
	}
	return ""
}

func (e *engine) writeWatch(ctx context.Context, tx *change.Tx, it Item) (verdict, error) {
	if e.source != nil {
		if err := e.copyWatched(ctx, tx, it.Watch); err != nil {
			return verdict{}, err
		}
	}
	v := verdict{item: it, Result: Result{Line: it.Line, Kind: it.Kind, Action: Unchanged, ID: it.Watch.target()}}
	added, err := e.putWatch(ctx, tx, it.Watch)
	if err != nil || !added {
		return v, err
	}
	v.Action = Create
	if e.Details {
		v.Changes = []FieldChange{{Field: "watcher", After: it.Watch.said["watcher"]}}
	}
	return v, nil
}

// putWatch makes an account watch what a line says, and reports whether it did not before.
func (e *engine) putWatch(ctx context.Context, tx *change.Tx, w *Watch) (bool, error) {
	watcher := w.said["watcher"]
	if err := e.spaces.CheckWatchersIn(ctx, tx, []string{watcher}); err != nil {
		return false, err
	}
	if label, said := w.said["label"]; said {
		watches, err := e.spaces.WatchesLabelIn(ctx, tx, e.Site, label, watcher)
		if err != nil || watches {
			return false, err
		}
		return true, e.spaces.WatchLabelIn(ctx, tx, label, watcher)
	}
	kind, id, err := w.find(ctx, tx, e)
	if err != nil {
		return false, err
	}
	watching, err := e.spaces.WatchingIn(ctx, tx, e.Site, kind, id, []string{watcher})
	if err != nil || len(watching) > 0 {
		return false, err
	}
	return true, e.spaces.WatchIn(ctx, tx, kind, id, watcher)
}

// find returns the content or space that is watched. What is in the trash is missing.
func (w *Watch) find(ctx context.Context, tx *change.Tx, e *engine) (content.WatchKind, int64, error) {
	if key, said := w.said["space"]; said {
		s, err := e.spaces.SpaceIn(ctx, tx, e.Site, key)
		return content.WatchSpace, s.ID, err
	}
	p, err := e.spaces.PageIn(ctx, tx, e.Site, w.content)
	if err == nil && p.Status == "trashed" {
		err = failure.Invalid.Errorf("Content %d is in the trash, where nobody watches it.", w.content)
	}
	return content.WatchContent, p.ID, err
}

// copyWatched brings what a line is about into the scratch database.
func (e *engine) copyWatched(ctx context.Context, tx *change.Tx, w *Watch) error {
	tx.Record(change.Record{Operation: "import.try", Target: "site"})
	source, watcher := &content.Store{Changes: e.source.Changes}, []string{w.said["watcher"]}
	if err := e.copyPeople(ctx, tx, watcher); err != nil {
		return err
	}
	q := source.Changes.DB
	if label, said := w.said["label"]; said {
		watches, err := source.WatchesLabelIn(ctx, q, e.Site, label, watcher[0])
		if err == nil && watches {
			err = e.spaces.WatchLabelIn(ctx, tx, label, watcher[0])
		}
		return err
	}
	if key, said := w.said["space"]; said {
		return e.copySpace(ctx, tx, &Space{said: map[string]string{"key": key}, watchers: watcher})
	}
	p, err := source.PageIn(ctx, q, e.Site, w.content)
	if err != nil {
		if isMissing(err) {
			err = nil
		}
		return err
	}
	key, err := source.SpaceKeyIn(ctx, q, e.Site, p.Space)
	if err != nil {
		return err
	}
	return e.copyContent(ctx, tx, &Content{said: map[string]string{"space": key}, id: p.ID, watchers: watcher})
}
