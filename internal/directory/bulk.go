package directory

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"sync"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Edit is one account of a batch: who it is, and what is to be said of them.
type Edit struct {
	ID      string               // the account's ID; empty where its address tells who it is
	Email   string               // the address that Set gives the account; it tells who it is where ID is empty
	Set     func(*Account) error // edits the account as it stands, or an empty one that is to be added; beside those of other edits
	Groups  []string             // names or IDs of groups; a name that no group has makes one
	Exactly bool                 // takes the account out of all other groups
}

// Outcome is what became of an [Edit].
type Outcome struct {
	Before, After Account  // Before has no ID where the account is new
	Joined, Left  []string // names of groups
	Made          []string // names of groups that did not exist before
	// Refused says why nothing was written, in words for whoever sent the edit. The other edits stand.
	Refused error
	// Holder is the account that has the address which this one was to get, where that is why it was refused.
	Holder string

	key *string // by which After's address is matched; nil without one
}

// Changed reports whether anything was written.
func (o *Outcome) Changed() bool {
	return o.Refused == nil && (o.Before.ID == "" || o.After.Version != o.Before.Version || len(o.Joined)+len(o.Left) > 0)
}

// Newcomers says which groups people get for a start.
type Newcomers struct {
	// Unlicensed leaves new people out of their [Directory.HomeGroup]. Without it they join that group, and
	// [Edit.Exactly] takes nobody out of it.
	Unlicensed bool
}

// BulkIn adds and changes accounts by few statements. It stops before an edit whose account is in the
// batch already, so there may be fewer outcomes than edits, yet always one; the caller goes on from there.
// Two accounts may swap their addresses. Changed accounts and groups leave their records; for added accounts
// the caller records the batch. An error is the database's, and nothing of the batch must stand.
func (d *Directory) BulkIn(ctx context.Context, tx *change.Tx, edits []Edit, how Newcomers) ([]Outcome, error) {
	b := &bulk{
		d: d, tx: tx, how: how, known: map[string]Account{}, holder: map[string]string{},
		groups: map[string]Group{}, refs: map[string]string{}, using: map[string]bool{},
	}
	if err := b.load(ctx, tx, edits); err != nil {
		return nil, err
	}
	b.take(edits)
	b.consider()
	if err := b.loadGroups(ctx); err != nil {
		return nil, err
	}
	for again := true; again; again = b.settleAdministrators() {
		b.settleAddresses()
	}
	for _, step := range []func(context.Context) error{b.settleGroups, b.storeNew, b.storeChanged, b.storeWords, b.storeMemberships} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return b.outcomes, nil
}

// bulk is one batch on its way.
type bulk struct {
	d               *Directory
	tx              *change.Tx
	home, guestHome string // IDs of the groups that new people join; empty without one
	how             Newcomers
	known           map[string]Account // as they stand, by ID
	holder          map[string]string  // e-mail key → ID of whom has it before the batch
	edits           []Edit
	keys            []string          // of the edits' addresses; empty without one
	outcomes        []Outcome         // one an edit
	groups          map[string]Group  // by ID
	refs            map[string]string // ID or name key → group ID
	administration  administration
	using           map[string]bool     // IDs of the groups that let their members use the site
	members         map[string][]string // account ID → IDs of its groups, of those whose groups matter
	joining         []membership
	leaving         []membership
}

type membership struct {
	group, account string
	listed, fresh  bool // fresh: of an account that the batch adds
}

// load reads every account that an edit names by its ID or by its address.
func (b *bulk) load(ctx context.Context, q db.Querier, edits []Edit) error {
	b.keys = make([]string, len(edits))
	beside(len(edits), func(i int) { b.keys[i], _ = EmailKey(edits[i].Email) })
	var ids, keys []string
	for i, e := range edits {
		if ValidAccountID(e.ID) {
			ids = append(ids, e.ID)
		}
		if b.keys[i] != "" {
			keys = append(keys, b.keys[i])
		}
	}
	for _, by := range []struct {
		column string
		values []string
	}{{"account_id", ids}, {"email_key", keys}} {
		for chunk := range b.chunks(ctx, q, by.column, by.values) {
			list, args := db.In(chunk, any(b.tx.Site))
			rows, err := db.All(ctx, q, scanAccount, `SELECT `+accountColumns+` FROM accounts a WHERE a.site_id = $1 AND a.`+by.column+` IN (`+list+`)`, args...)
			if err != nil {
				return err
			}
			for _, a := range rows {
				b.known[a.ID] = a
				if key := a.emailKey(); key != nil {
					b.holder[*key] = a.ID
				}
			}
		}
	}
	return nil
}

// chunks are values to look for together. Of many, those are left out among which nothing stands: all of them where
// everybody is new and comes in order.
func (b *bulk) chunks(ctx context.Context, q db.Querier, column string, values []string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		slices.Sort(values)
		for many := range slices.Chunk(values, 64*lookUps) {
			if len(many) > lookUps {
				_, some, err := db.One(ctx, q, db.Scalar[string], `SELECT account_id FROM accounts WHERE site_id = $1 AND `+column+` >= $2 AND `+column+` <= $3 LIMIT 1`,
					b.tx.Site, many[0], many[len(many)-1])
				if err == nil && !some {
					continue
				}
			}
			for chunk := range slices.Chunk(many, lookUps) {
				if !yield(chunk) {
					return
				}
			}
		}
	}
}

// lookUps is how many keys one statement looks for: SQLite's driver takes time by the square of that.
const lookUps = 64

// take settles whom each edit is about, up to the first whose account the batch has already.
func (b *bulk) take(edits []Edit) {
	b.outcomes = make([]Outcome, 0, len(edits))
	seen := make(map[string]bool, 2*len(edits)) // IDs, and addresses that the batch gives
	for i, e := range edits {
		key := b.keys[i]
		id := e.ID
		if id == "" && key != "" {
			id = b.holder[key]
		}
		if id != "" && seen[id] || key != "" && e.ID == "" && seen[key] {
			edits = edits[:i]
			break
		}
		before := b.known[id]
		if id == "" {
			id = NewAccountID()
		}
		b.outcomes = append(b.outcomes, Outcome{Before: before, After: Account{ID: id}})
		seen[id] = true
		if key != "" {
			seen[key] = true
		}
	}
	b.edits = edits
}

// consider works out each edit by itself.
func (b *bulk) consider() {
	var zones sync.Map
	beside(len(b.outcomes), func(i int) {
		o := &b.outcomes[i]
		o.After, o.Refused = o.Before.edited(o.After.ID, b.edits[i], &zones)
		if o.Refused == nil {
			o.key = o.After.emailKey()
		}
	})
}

// beside calls do with 0 to n-1, in any order and on all cores.
func beside(n int, do func(int)) {
	var workers sync.WaitGroup
	each := max(n/runtime.GOMAXPROCS(0)+1, 100)
	for from := 0; from < n; from += each {
		workers.Go(func() {
			for i := from; i < min(from+each, n); i++ {
				do(i)
			}
		})
	}
	workers.Wait()
}

// edited returns the account as the edit makes it.
func (a Account) edited(id string, e Edit, zones *sync.Map) (Account, error) {
	before := a
	a.ID = id
	if err := e.Set(&a); err != nil {
		return before, err
	}
	if before.ID != "" {
		a.follow(before)
	}
	a.fillDefaults()
	switch {
	case a.ID != id:
		return before, failure.Invalid.Errorf("An account's ID never changes.")
	case a.Status == Closed:
		a.erase()
	case before.Status == Closed:
		return before, failure.Conflict.Errorf("Account %s is closed: what was personal is erased, so it cannot come back.", id)
	}
	if err := a.checkIn(zones); err != nil {
		return before, err
	}
	return a, nil
}

// settleAddresses refuses edits until every address belongs to one account. Who has an address keeps it;
// else the first edit gets it.
func (b *bulk) settleAddresses() {
	for again := true; again; {
		again = false
		owner := map[string]string{}
		leaving := map[string]bool{}
		for _, o := range b.outcomes {
			if o.Refused == nil && o.Before.ID != "" && !sameKey(o.Before, o.After) {
				leaving[o.Before.ID] = true
			}
		}
		for key, id := range b.holder {
			if !leaving[id] {
				owner[key] = id
			}
		}
		for i := range b.outcomes {
			o := &b.outcomes[i]
			if o.Refused != nil || o.key == nil {
				continue
			}
			if holder := owner[*o.key]; holder != "" && holder != o.After.ID {
				o.Refused, o.Holder, o.After = errTaken, holder, o.Before
				again = true
				continue
			}
			owner[*o.key] = o.After.ID
		}
	}
}

var errTaken = failure.Conflict.Errorf("Another account has this e-mail address.")

func sameKey(a, b Account) bool {
	if a.Email == b.Email {
		return true
	}
	x, y := a.emailKey(), b.emailKey()
	return x == nil && y == nil || x != nil && y != nil && *x == *y
}
