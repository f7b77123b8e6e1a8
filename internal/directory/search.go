package directory

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/cql"
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
	if word, ok := onlyWord(q.Expr); ok {
		hits, err := d.byWord(ctx, site, viewer, word, only)
		if err != nil {
			return nil, 0, err
		}
		profiles, err := d.Profiles(ctx, site, viewer, idsOf(cut(hits, start, limit))...)
		return profiles, len(hits), err
	}
	ids, err := d.candidates(ctx, site, viewer, q.Expr, only)
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
