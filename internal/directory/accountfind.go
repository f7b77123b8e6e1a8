package directory

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/fold"
)

const (
	findBlock  = 100 // accounts read at a time
	mostInFind = 500 // accounts that one page of what is found may read
)

// Find returns up to limit of the accounts that f admits, with everything in them, and the place behind which the next
// page begins; "" on the last. Without a text they come by ID, guests and external collaborators by name. With one come first those whose address begins so, then the
// active ones by the word of a name that matched, whether or not its owner shows that name, and then the others by ID. A page
// costs the same however many accounts there are: it gives up after some hundreds, so it may hold fewer than limit, or
// none, and still have a next.
//
// Each address that it tells is a disclosure, which is recorded as [Directory.List] does.
func (d *Directory) Find(ctx context.Context, site int64, by change.Actor, f Filter, after string, limit int) (page []Account, next string, err error) {
	if page, next, err = d.find(ctx, site, f, after, limit); err != nil {
		return nil, "", err
	}
	if err := d.disclosed(ctx, site, by, addressesOf(page)); err != nil {
		return nil, "", err
	}
	return page, next, nil
}

// source yields accounts in an order of its own.
type source struct {
	name   string
	read   reader
	owns   func(Account) bool // false for whom a source before it yields
	within bool               // yields only members of the group, where there is one
}

// reader returns at most so many accounts behind a place, the place of each, and the place behind which there may be more;
// "" where there are none.
type reader func(ctx context.Context, after string, most int) (block []Account, places []string, next string, err error)

func (d *Directory) find(ctx context.Context, site int64, f Filter, after string, limit int) (page []Account, next string, err error) {
	if err := f.check(); err != nil {
		return nil, "", err
	}
	from, place, _ := strings.Cut(after, ":")
	sources := d.sources(site, f)
	begin := 0
	if after != "" {
		if begin = slices.IndexFunc(sources, func(s source) bool { return s.name == from }); begin < 0 || !validText(place) {
			return nil, "", failure.ErrPlace
		}
	}
	read, admits := 0, f.admits()
	for _, s := range sources[begin:] {
		some := min(limit+1, findBlock) // enough where all are admitted
		for more := true; more; {
			block, places, behind, err := s.read(ctx, place, some)
			if err != nil {
				return nil, "", err
			}
			members := func(string) bool { return true }
			if !s.within {
				if members, err = d.amongMembers(ctx, site, f.GroupID, accountIDs(block)); err != nil {
					return nil, "", err
				}
			}
			some = findBlock
			for i, a := range block {
				if admits(a) && s.owns(a) && members(a.ID) {
					if len(page) == limit {
						return page, s.name + ":" + place, nil
					}
					page = append(page, a)
				}
				place = places[i]
			}
			place, more = behind, behind != ""
			if read += findBlock; more && read >= mostInFind {
				return page, s.name + ":" + place, nil
			}
		}
	}
	return page, "", nil
}

// admits returns what reports whether all of f but its group admits an account.
func (f Filter) admits() func(Account) bool {
	text := f.text()
	return func(a Account) bool {
		return (f.Type == "" || a.Type == f.Type) && (f.Status == "" || a.Status == f.Status) && (!f.Guests || a.Guest) && (!f.Externals || a.External && !a.Guest) && text(a)
	}
}

// sources are where to look for what f admits.
func (d *Directory) sources(site int64, f Filter) []source {
	everybody := func(Account) bool { return true }
	switch {
	case strings.TrimSpace(f.Text) != "":
	case (f.Guests || f.Externals) && f.GroupID == "": // whom the index of words tells from the many others
		all := []source{{"word", d.named(site, "", OutsidersOnly, ""), everybody, true}}
		return append(all, d.inactive(site, f, everybody)...)
	default:
		return []source{{"id", d.byID(site, f), everybody, true}}
	}
	if !validText(f.Text) {
		return nil
	}
	start := strings.ToLower(strings.TrimSpace(f.Text))
	addressed := func(a Account) bool { return strings.HasPrefix(strings.ToLower(a.Email), start) }
	all := []source{{"address", d.byAddress(site, start), everybody, false}}
	words := fold.Words(f.Text)
	if len(words) == 0 || strings.Contains(start, "@") {
		return all
	}
	if f.Status == "" || f.Status == Active {
		only := AnyLicence
		if f.Guests || f.Externals {
			only = OutsidersOnly
		}
		longest := slices.MaxFunc(words, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		all = append(all, source{"word", d.named(site, longest, only, f.GroupID), func(a Account) bool { return !addressed(a) }, true})
	}
	return append(all, d.inactive(site, f, func(a Account) bool { return !addressed(a) })...)
}

// inactive are where to look for those accounts that the index of words does not hold.
func (d *Directory) inactive(site int64, f Filter, owns func(Account) bool) (all []source) {
	for _, status := range []Status{Inactive, Closed} {
		if f.Status == "" || f.Status == status {
			all = append(all, source{string(status), d.byID(site, Filter{Status: status}), owns, false})
		}
	}
	return all
}

// byID reads the accounts of an index that holds all that f admits, by ID.
func (d *Directory) byID(site int64, f Filter) reader {
	query, args := f.walk(site)
	query = strings.Replace(query, listedColumns, accountColumns, 1)
	return func(ctx context.Context, after string, most int) ([]Account, []string, string, error) {
		block, err := db.All(ctx, d.db(), scanAccount, query, append(slices.Clone(args), after, most)...)
		places := accountIDs(block)
		return block, places, behindBlock(places, most), err
	}
}

// byAddress reads the accounts whose address begins with a text, by address.
func (d *Directory) byAddress(site int64, start string) reader {
	return func(ctx context.Context, after string, most int) ([]Account, []string, string, error) {
		block, err := db.All(ctx, d.db(), scanAccount, accountsWhere+`a.email_key >= $2 AND a.email_key < $3 AND a.email_key > $4
			ORDER BY a.email_key LIMIT CAST($5 AS bigint)`, site, start, start+"\U0010FFFF", after, most)
		places := make([]string, len(block))
		for i := range block {
			if key := block[i].emailKey(); key != nil {
				places[i] = *key
			}
		}
		return block, places, behindBlock(places, most), err
	}
}

// behindBlock is the last of the places of a block that is full, behind which there may be more.
func behindBlock(places []string, most int) string {
	if len(places) < most {
		return ""
	}
	return places[len(places)-1]
}

// named reads the active accounts that have a word with a prefix in one of their names, in the order of the index: of a
// group its members alone, as to ask who is one takes less than to read an account.
func (d *Directory) named(site int64, prefix string, only Licence, groupID string) reader {
	var hits []hit // of all blocks
	return func(ctx context.Context, after string, most int) (block []Account, places []string, next string, err error) {
		if hits == nil {
			if hits, err = d.byWord(ctx, site, Viewer{Admin: true}, prefix, only); err != nil {
				return nil, nil, "", err
			}
		}
		if groupID != "" {
			most = findBlock // of whom few may be members
		}
		word, id, _ := strings.Cut(after, " ")
		first, found := slices.BinarySearchFunc(hits, hit{word, id}, hit.compare)
		if found {
			first++
		}
		some := cut(hits, first, most)
		at := make(map[string]string, len(some))
		for _, h := range some {
			at[h.id] = h.word + " " + h.id
		}
		if len(some) > 0 && first+len(some) < len(hits) {
			next = at[some[len(some)-1].id]
		}
		ids := idsOf(some)
		members, err := d.amongMembers(ctx, site, groupID, ids)
		if err != nil {
			return nil, nil, "", err
		}
		block, err = d.accounts(ctx, d.db(), site, slices.DeleteFunc(ids, func(id string) bool { return !members(id) }))
		for _, a := range block {
			places = append(places, at[a.ID])
		}
		return block, places, next, err
	}
}

// amongMembers tells which of some accounts are in a group; all of them where there is none.
func (d *Directory) amongMembers(ctx context.Context, site int64, groupID string, some []string) (func(id string) bool, error) {
	if groupID == "" || len(some) == 0 {
		return func(string) bool { return true }, nil
	}
	list, args := db.In(some, any(site), groupID)
	ids, err := db.All(ctx, d.db(), db.Scalar[string], `SELECT account_id FROM memberships WHERE site_id = $1 AND group_id = $2 AND account_id IN (`+list+`)`, args...)
	return func(id string) bool { return slices.Contains(ids, id) }, err
}

func accountIDs(accounts []Account) []string {
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	return ids
}

// AccountsWith returns the accounts with these IDs with everything in them, in the order asked for, each once, for the
// operator's tools. IDs without an account are left out.
func (d *Directory) AccountsWith(ctx context.Context, site int64, ids []string) ([]Account, error) {
	return d.accounts(ctx, d.db(), site, ids)
}

// DisplayNames returns the display names of those of these accounts that there are, by ID, for the operator's tools.
func (d *Directory) DisplayNames(ctx context.Context, site int64, ids []string) (map[string]string, error) {
	names := map[string]string{}
	wanted := possible(ids)
	if len(wanted) == 0 {
		return names, nil
	}
	slices.Sort(wanted)
	list, args := db.In(slices.Compact(wanted), any(site))
	found, err := db.All(ctx, d.db(), scanPair, `SELECT account_id, display_name FROM accounts WHERE site_id = $1 AND account_id IN (`+list+`)`, args...)
	for _, p := range found {
		names[p[0]] = p[1]
	}
	return names, err
}

// GroupsOfEach returns the first groups of each of these accounts, at most so many of one, by group ID.
func (d *Directory) GroupsOfEach(ctx context.Context, site int64, accounts []string, most int) (map[string][]Group, error) {
	of := map[string][]Group{}
	if len(accounts) == 0 {
		return of, nil
	}
	list, args := db.In(accounts, any(site), most)
	_, err := db.All(ctx, d.db(), func(rows *sql.Rows) (struct{}, error) {
		var account string
		var g Group
		err := rows.Scan(&account, &g.ID, &g.Name)
		of[account] = append(of[account], g)
		return struct{}{}, err
	}, `SELECT f.account_id, f.group_id, g.name FROM (
			SELECT m.site_id, m.account_id, m.group_id, row_number() OVER (PARTITION BY m.account_id ORDER BY m.group_id) AS place
			FROM memberships m WHERE m.site_id = $1 AND m.account_id IN (`+list+`)) AS f
		JOIN groups g ON g.site_id = f.site_id AND g.group_id = f.group_id WHERE f.place <= $2 ORDER BY f.account_id, f.group_id`, args...)
	return of, err
}
