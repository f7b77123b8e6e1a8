package transfer

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// verdict is the result of one item, and what else it takes to go on from there.
type verdict struct {
	Result
	item   Item
	made   []string // groups that exist because the item named them
	id     string   // of the account, where it exists
	holder string   // who has the address that the item wants
}

func refused(it Item, err error) verdict {
	return verdict{item: it, Result: Result{Line: it.Line, Kind: it.Kind, Action: Refuse, Reason: reason(err)}}
}

// write deals with items of one kind in a transaction, and returns a verdict each, in their order: on all
// of them, or on so many as one batch can take.
func (e *engine) write(ctx context.Context, tx *change.Tx, items []Item) ([]verdict, error) {
	switch kindOf(items) {
	case AccountKind:
		return e.writeAccounts(ctx, tx, items)
	case GroupKind:
		return e.each(ctx, tx, items, e.writeGroup)
	case ContentKind:
		return e.each(ctx, tx, items, e.writeContent)
	case WatchKind:
		return e.each(ctx, tx, items, e.writeWatch)
	case PropertyKind:
		return e.each(ctx, tx, items, e.writeProperty)
	case AppKind:
		return e.each(ctx, tx, items, e.writeApp)
	default:
		return e.each(ctx, tx, items, e.writeSpace)
	}
}

// kindOf returns the kind of the items that can be used, which is one.
func kindOf(items []Item) Kind {
	for _, it := range items {
		if it.Err == nil {
			return it.Kind
		}
	}
	return ""
}

func (e *engine) writeAccounts(ctx context.Context, tx *change.Tx, items []Item) ([]verdict, error) {
	edits := make([]directory.Edit, 0, len(items))
	for _, it := range items {
		if it.Err == nil {
			edits = append(edits, it.Account.edit())
		}
	}
	if e.source != nil {
		if err := e.dir.CopyIn(ctx, tx, e.source, edits); err != nil {
			return nil, err
		}
		tx.Record(change.Record{Operation: "import.try", Target: "site"})
	}
	outcomes, err := e.dir.BulkIn(ctx, tx, edits, directory.Newcomers{Unlicensed: e.Unlicensed})
	if err != nil {
		return nil, err
	}
	verdicts := make([]verdict, 0, len(items))
	for _, it := range items {
		switch {
		case it.Err != nil:
			verdicts = append(verdicts, refused(it, it.Err))
		case len(outcomes) > 0:
			verdicts = append(verdicts, e.judge(it, outcomes[0]))
			outcomes = outcomes[1:]
		default:
			return verdicts, nil
		}
	}
	return verdicts, nil
}

// judge tells what an outcome means for its item.
func (e *engine) judge(it Item, o directory.Outcome) verdict {
	if o.Refused != nil {
		v := refused(it, o.Refused)
		v.id, v.holder = o.Before.ID, o.Holder
		return v
	}
	v := verdict{item: it, id: o.After.ID, made: o.Made, Result: Result{
		Line: it.Line, Kind: it.Kind, Action: Unchanged, ID: o.After.ID, Joined: o.Joined, Left: o.Left,
	}}
	switch {
	case o.Before.ID == "":
		v.Action = Create
		if e.source != nil {
			v.ID = it.Account.text("accountId")
		}
	case o.Changed():
		v.Action = Update
	}
	if e.Details {
		if v.ID == "" {
			o.After.ID = ""
		}
		v.Changes = differences(o.Before, o.After)
	}
	return v
}

// mostEach is how many items are written one by one in one transaction. A row that is written again for each of them, such
// as that of the last ID, is there once for each write on PostgreSQL, which reads them all each time until it is committed.
const mostEach = 500

// each writes items one by one.
func (e *engine) each(ctx context.Context, tx *change.Tx, items []Item, write func(context.Context, *change.Tx, Item) (verdict, error)) ([]verdict, error) {
	if e.dir.Changes.DB.Engine == db.Postgres {
		// A plan that was made while a table was empty may go by another index, and read all rows of the site.
		if _, err := tx.ExecContext(ctx, `DISCARD PLANS`); err != nil {
			return nil, err
		}
	}
	items = items[:min(len(items), mostEach)]
	verdicts := make([]verdict, 0, len(items))
	for _, it := range items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if it.Err != nil {
			verdicts = append(verdicts, refused(it, it.Err))
			continue
		}
		v, err := write(ctx, tx, it)
		if kind, _ := failure.Of(err); err != nil && (kind == failure.Internal || kind == failure.Unavailable) {
			return nil, err
		}
		if err != nil {
			v = refused(it, err)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

func (e *engine) writeGroup(ctx context.Context, tx *change.Tx, it Item) (verdict, error) {
	edit := it.Group.edit()
	if e.source != nil {
		if err := e.dir.CopyGroupsIn(ctx, tx, e.source, []string{edit.ID}, []string{edit.Name}); err != nil {
			return verdict{}, err
		}
		tx.Record(change.Record{Operation: "import.try", Target: "site"})
	}
	o, err := e.dir.PutGroupIn(ctx, tx, edit)
	if err != nil {
		return verdict{}, err
	}
	v := verdict{item: it, Result: Result{Line: it.Line, Kind: it.Kind, Action: Unchanged, ID: o.After.ID}}
	for _, p := range o.Granted {
		v.Granted = append(v.Granted, string(p))
	}
	for _, p := range o.Revoked {
		v.Revoked = append(v.Revoked, string(p))
	}
	switch {
	case o.Before.ID == "":
		v.Action = Create
		if e.source != nil {
			v.ID, o.After.ID = edit.ID, edit.ID
		}
	case o.Changed():
		v.Action = Update
	}
	if e.Details {
		v.Changes = groupDifferences(o.Before, o.After)
	}
	return v, nil
}
