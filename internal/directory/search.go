package directory

import (
	"cmp"
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/fold"
)

// MostFound is how many people one search can find.
const MostFound = 10_000

// Licence narrows a search by how people came to the site.
type Licence int

const (
	AnyLicence Licence = iota
	LicensedOnly
	OutsidersOnly // guests and external collaborators
)

// Search returns what viewer may see of a page of the active accounts that q finds, and how many it finds,
// at most [MostFound]. A search by name is in the order of the word that matched and then of account ID; any
// other in that of account ID. Nobody is found by a name that viewer may not see.
func (d *Directory) Search(ctx context.Context, site int64, viewer Viewer, q cql.Query, only Licence, start, limit int) ([]Profile, int, error) {
	if _, unsupported := q.Unsupported(); unsupported {
		return nil, 0, nil
	}
	by := driver(q.Expr)
	if by.word != "" && by.exact {
		hits, err := d.byWord(ctx, site, viewer, by.word, only)
		if err != nil {
			return nil, 0, err
		}
		profiles, err := d.Profiles(ctx, site, viewer, idsOf(cut(hits, start, limit))...)
		return profiles, len(hits), err
	}
	ids, err := d.candidates(ctx, site, viewer, by, only)
	if err != nil {
		return nil, 0, err
	}
	var found []Account
	for chunk := range slices.Chunk(ids, 512) {
		accounts, err := d.accounts(ctx, d.db(), site, chunk)
		if err != nil {
			return nil, 0, err
		}
		for _, a := range accounts {
			if a.Status == Active && only.admits(a) && q.Match(viewer.person(a), viewer.AccountID) {
				found = append(found, a)
			}
		}
	}
	return seeAll(viewer, cut(found, start, limit)), len(found), nil
}

func (l Licence) admits(a Account) bool {
	switch l {
	case LicensedOnly:
		return a.Licensed
	case OutsidersOnly:
		return a.Guest || a.External
	}
	return true
}

// person is the account as a query may match it: by the names that v may see.
func (v Viewer) person(a Account) cql.Person {
	p := cql.Person{AccountID: a.ID, Names: []string{a.PublicName}}
	if v.MaySee(a, NameField) {
		p.Names = append(p.Names, a.DisplayName)
	}
	return p
}

// drive is the cheapest index that yields everybody an expression can match: IDs, a word, or all accounts.
type drive struct {
	ids   []string
	word  string // prefix
	exact bool   // everybody whom the word yields matches
}

// driver picks the index to walk for an expression.
func driver(e cql.Expr) drive {
	switch e := e.(type) {
	case cql.And:
		best := drive{}
		for _, part := range e {
			if d := driver(part); d.rank() > best.rank() {
				best = d
			}
		}
		best.exact = false
		return best
	case cql.Term:
		return termDriver(e)
	}
	return drive{}
}

func termDriver(t cql.Term) drive {
	switch {
	case (t.Op == cql.Equal || t.Op == cql.In) && (t.Field == cql.FieldUser || t.Field == cql.FieldAccountID):
		d := drive{ids: []string{}}
		for _, v := range t.Values {
			if v.Function {
				return drive{}
			}
			d.ids = append(d.ids, v.Text)
		}
		return d
	case t.Op == cql.Contains && (t.Field == cql.FieldFullName || t.Field == cql.FieldUser):
		words := cql.NewPattern(t.Values[0].Text).Words
		if len(words) == 0 {
			return drive{}
		}
		longest := slices.MaxFunc(words, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		return drive{word: longest, exact: len(words) == 1}
	case t.Op == cql.Equal && t.Field == cql.FieldFullName:
		if words := fold.Words(t.Values[0].Text); len(words) > 0 {
			return drive{word: slices.MaxFunc(words, func(a, b string) int { return cmp.Compare(len(a), len(b)) })}
		}
	}
	return drive{}
}

// rank orders drives by how few accounts they are likely to yield.
func (d drive) rank() int {
	if d.ids != nil {
		return 1 << 20
	}
	return len(d.word)
}

// candidates returns the IDs that a drive yields, each once, in order.
func (d *Directory) candidates(ctx context.Context, site int64, viewer Viewer, by drive, only Licence) ([]string, error) {
	switch {
	case by.ids != nil:
		ids := slices.Clone(by.ids)
		slices.Sort(ids)
		return slices.Compact(ids), nil
	case by.word != "":
		hits, err := d.byWord(ctx, site, viewer, by.word, only)
		return idsOf(hits), err
	}
	narrow := ""
	if only == OutsidersOnly {
		narrow = ` AND (guest OR external)`
	}
	return db.All(ctx, d.db(), db.Scalar[string], `SELECT account_id FROM accounts
		WHERE site_id = $1 AND status = 'active'`+narrow+` ORDER BY account_id LIMIT $2`, site, MostFound)
}
