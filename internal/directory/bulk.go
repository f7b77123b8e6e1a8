package directory

import (
	"context"
	"slices"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// Edit is one account of a batch: who it is, and what is to be said of them.
type Edit struct {
	ID      string               // the account's ID; empty where its address tells who it is
	Email   string               // the address that Set gives the account; it tells who it is where ID is empty
	Set     func(*Account) error // edits the account as it stands, or an empty one that is to be added
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
		groups: map[string]Group{}, refs: map[string]string{},
	}
	if err := b.load(ctx, tx, edits); err != nil {
		return nil, err
	}
	b.consider(edits)
	if err := b.loadGroups(ctx); err != nil {
		return nil, err
	}
	b.settleAddresses()
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
	outcomes        []Outcome           // one an edit
	groups          map[string]Group    // by ID
	refs            map[string]string   // ID or name key → group ID
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
	var ids, keys []string
	for _, e := range edits {
		if ValidAccountID(e.ID) {
			ids = append(ids, e.ID)
		}
		if key, err := EmailKey(e.Email); err == nil {
			keys = append(keys, key)
		}
	}
	for _, by := range []struct {
		column string
		values []string
	}{{"account_id", ids}, {"email_key", keys}} {
		for chunk := range slices.Chunk(by.values, lookUps) {
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

// lookUps is how many keys one statement looks for: SQLite's driver takes time by the square of that.
const lookUps = 64

// consider works out each edit by itself, up to the first whose account the batch has already.
func (b *bulk) consider(edits []Edit) {
	seen := map[string]bool{} // IDs, and addresses that the batch gives
	zones := map[string]bool{}
	for i, e := range edits {
		key, err := EmailKey(e.Email)
		addressed := err == nil
		id := e.ID
		if id == "" && addressed {
			id = b.holder[key]
		}
		if id != "" && seen[id] || addressed && id == "" && seen[key] || e.ID == "" && addressed && seen[key] {
			edits = edits[:i]
			break
		}
		before := b.known[id]
		o := Outcome{Before: before}
		if id == "" {
			id = NewAccountID()
		}
		o.After, o.Refused = before.edited(id, e, zones)
		seen[id] = true
		if addressed {
			seen[key] = true
		}
		b.outcomes = append(b.outcomes, o)
	}
	b.edits = edits
}

// edited returns the account as the edit makes it.
func (a Account) edited(id string, e Edit, zones map[string]bool) (Account, error) {
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
			key := o.After.emailKey()
			if o.Refused != nil || key == nil {
				continue
			}
			if holder := owner[*key]; holder != "" && holder != o.After.ID {
				o.Refused, o.Holder, o.After = errTaken, holder, o.Before
				again = true
				continue
			}
			owner[*key] = o.After.ID
		}
	}
}

var errTaken = failure.Conflict.Errorf("Another account has this e-mail address.")

func sameKey(a, b Account) bool {
	x, y := a.emailKey(), b.emailKey()
	return x == nil && y == nil || x != nil && y != nil && *x == *y
}
