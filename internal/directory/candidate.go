package directory

import (
	"context"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/fold"
)

// narrowing finds whom the expressions of one search can match, by the indexes of IDs and words.
type narrowing struct {
	*Directory
	site   int64
	viewer Viewer
	only   Licence
	whole  bool // also by words that find more than [MostFound]; without it they narrow nothing
}

// candidates returns the IDs of the first [MostFound] accounts that an expression can match, in order. Everybody whom it does
// match is among them, unless more can.
func (d *Directory) candidates(ctx context.Context, site int64, viewer Viewer, e cql.Expr, only Licence) ([]string, error) {
	for _, whole := range []bool{false, true} {
		ids, narrows, err := narrowing{d, site, viewer, only, whole}.of(ctx, e)
		if err != nil || narrows {
			return cut(ids, 0, MostFound), err
		}
	}
	narrow := ""
	if only == OutsidersOnly {
		narrow = ` AND (guest OR external)`
	}
	return db.All(ctx, d.db(), db.Scalar[string], `SELECT account_id FROM accounts
		WHERE site_id = $1 AND status = 'active'`+narrow+` ORDER BY account_id LIMIT $2`, site, MostFound)
}

// of returns whom an expression can match at most, sorted and each once. It reports whether any index says.
func (n narrowing) of(ctx context.Context, e cql.Expr) (ids []string, narrows bool, err error) {
	switch e := e.(type) {
	case cql.And:
		for _, part := range e {
			of, does, err := n.of(ctx, part)
			if err != nil {
				return nil, false, err
			}
			if does {
				ids, narrows = fewer(ids, narrows, of), true
			}
		}
		return ids, narrows, nil
	case cql.Or:
		for _, part := range e {
			of, does, err := n.of(ctx, part)
			if err != nil || !does {
				return nil, false, err
			}
			ids = append(ids, of...)
		}
		slices.Sort(ids)
		return slices.Compact(ids), true, nil
	case cql.Term:
		return n.term(ctx, e)
	}
	return nil, false, nil
}

func (n narrowing) term(ctx context.Context, t cql.Term) ([]string, bool, error) {
	switch {
	case (t.Op == cql.Equal || t.Op == cql.In) && (t.Field == cql.FieldUser || t.Field == cql.FieldAccountID):
		ids := []string{}
		for _, v := range t.Values {
			if v.Function {
				v.Text = n.viewer.AccountID
			}
			ids = append(ids, v.Text)
		}
		slices.Sort(ids)
		return slices.Compact(ids), true, nil
	case t.Op == cql.Contains && (t.Field == cql.FieldFullName || t.Field == cql.FieldUser) && !t.Values[0].Function:
		return n.words(ctx, cql.NewPattern(t.Values[0].Text).Words)
	case t.Op == cql.Equal && t.Field == cql.FieldFullName && !t.Values[0].Function:
		return n.words(ctx, fold.Words(t.Values[0].Text))
	}
	return nil, false, nil
}

// words returns whom all of these prefixes find.
func (n narrowing) words(ctx context.Context, prefixes []string) (ids []string, narrows bool, err error) {
	for _, prefix := range prefixes {
		hits, err := n.byWord(ctx, n.site, n.viewer, prefix, n.only)
		if err != nil {
			return nil, false, err
		}
		of := idsOf(hits)
		switch {
		case len(hits) < MostFound:
			slices.Sort(of)
		case !n.whole:
			continue
		default:
			if of, err = n.everyone(ctx, prefix); err != nil {
				return nil, false, err
			}
		}
		ids, narrows = fewer(ids, narrows, of), true
	}
	return ids, narrows, nil
}

// everyone returns all whom a prefix finds, and whoever asks, who may find themselves by what others don't see.
func (n narrowing) everyone(ctx context.Context, prefix string) ([]string, error) {
	ids := []string{n.viewer.AccountID}
	for _, audience := range n.viewer.audiences() {
		for _, shelf := range n.only.shelves(audience) {
			rows, err := db.All(ctx, n.db(), db.Scalar[string], `SELECT accounts FROM account_words
				WHERE site_id = $1 AND audience = $2 AND word >= $3 AND word < $4`, n.site, shelf, prefix, prefix+"\U0010FFFF")
			if err != nil {
				return nil, err
			}
			for _, row := range rows {
				ids = slices.AppendSeq(ids, strings.SplitSeq(row, " "))
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// fewer returns those of ids who are also others, both sorted; all others where ids say nothing.
func fewer(ids []string, say bool, others []string) []string {
	if !say {
		return others
	}
	var both []string
	for _, id := range ids {
		if _, found := slices.BinarySearch(others, id); found {
			both = append(both, id)
		}
	}
	return both
}

// onlyWord returns the prefix that a search by one word asks for: whom it finds is what the word finds.
func onlyWord(e cql.Expr) (prefix string, ok bool) {
	t, ok := e.(cql.Term)
	if !ok || t.Op != cql.Contains || t.Field != cql.FieldFullName && t.Field != cql.FieldUser || t.Values[0].Function {
		return "", false
	}
	words := cql.NewPattern(t.Values[0].Text).Words
	if len(words) != 1 {
		return "", false
	}
	return words[0], true
}
