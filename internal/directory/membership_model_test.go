package directory_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// crowd is who should be in which group, as plainly as it can be said.
type crowd struct {
	groups map[string]map[string]bool // group → account
	idle   map[string]bool            // deactivated accounts
}

func (c crowd) members(group string, start, limit int) []string {
	list := []string{}
	for account := range c.groups[group] {
		if !c.idle[account] {
			list = append(list, account)
		}
	}
	slices.Sort(list)
	return list[min(start, len(list)):min(len(list), start+limit)]
}

// crowded is a site with two groups, and what should be in them.
type crowded struct {
	*directory.Directory
	ctx      context.Context
	site     int64
	model    crowd
	groups   []string // IDs
	group    *rapid.Generator[int]
	account  *rapid.Generator[string]
	accounts []string
}

func (c *crowded) newGroup(rt *rapid.T) string {
	g, err := c.AddGroup(c.ctx, c.site, operator, directory.Group{Name: fmt.Sprint("g", rand.Uint64())})
	if err != nil {
		rt.Fatal(err)
	}
	c.model.groups[g.ID] = map[string]bool{}
	return g.ID
}

func (c *crowded) add(rt *rapid.T) {
	g, a := c.groups[c.group.Draw(rt, "group")], c.account.Draw(rt, "account")
	added, err := c.AddMember(c.ctx, c.site, operator, g, a)
	if err != nil || added == c.model.groups[g][a] {
		rt.Fatalf("added %v, %v", added, err)
	}
	c.model.groups[g][a] = true
}

func (c *crowded) remove(rt *rapid.T) {
	g, a := c.groups[c.group.Draw(rt, "group")], c.account.Draw(rt, "account")
	removed, err := c.RemoveMember(c.ctx, c.site, operator, g, a)
	if err != nil || removed != c.model.groups[g][a] {
		rt.Fatalf("removed %v, %v", removed, err)
	}
	delete(c.model.groups[g], a)
}

// turn deactivates an account, or reactivates it.
func (c *crowded) turn(rt *rapid.T) {
	a := c.account.Draw(rt, "account")
	_, err := c.Change(c.ctx, c.site, operator, a, func(x *directory.Account) error {
		x.Status = map[bool]directory.Status{true: directory.Active, false: directory.Inactive}[c.model.idle[a]]
		return nil
	})
	if err != nil {
		rt.Fatal(err)
	}
	c.model.idle[a] = !c.model.idle[a]
}

func (c *crowded) drop(rt *rapid.T) {
	i := c.group.Draw(rt, "group")
	if err := c.DeleteGroupByID(c.ctx, c.site, operator, c.groups[i]); err != nil {
		rt.Fatal(err)
	}
	delete(c.model.groups, c.groups[i])
	c.groups[i] = c.newGroup(rt)
}

func (c *crowded) agree(rt *rapid.T) {
	g, start, limit := c.groups[c.group.Draw(rt, "group")], rapid.IntRange(0, 5).Draw(rt, "start"), rapid.IntRange(1, 5).Draw(rt, "limit")
	profiles, total, err := c.Members(c.ctx, c.site, directory.Viewer{}, g, start, limit)
	got := []string{}
	for _, p := range profiles {
		got = append(got, p.ID)
	}
	if diff := cmp.Diff(c.model.members(g, start, limit), got); err != nil || diff != "" || total != int64(len(c.model.members(g, 0, 9))) {
		rt.Fatalf("%d members, %v: -want +got\n%s", total, err, diff)
	}
}

func TestGroupsHoldWhomThePlainModelHolds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		rapid.Check(t, func(rt *rapid.T) {
			c := &crowded{Directory: dir, ctx: t.Context(), site: site, model: crowd{map[string]map[string]bool{}, map[string]bool{}}, group: rapid.IntRange(0, 1)}
			for range 4 {
				c.accounts = append(c.accounts, add(t, dir, site, directory.Account{PublicName: "Ada"}).ID)
			}
			c.account = rapid.SampledFrom(c.accounts)
			c.groups = []string{c.newGroup(rt), c.newGroup(rt)}
			follow(rt, map[string]func(*rapid.T){"add": c.add, "remove": c.remove, "turn": c.turn, "drop": c.drop, "": c.agree})
		})
	})
}

func TestConcurrentCallsOnAMembershipHappenInSomeOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		user := add(t, dir, site, directory.Account{PublicName: "Ada"}).ID
		for round := range 12 {
			g, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: fmt.Sprint("g", round)})
			if err != nil {
				t.Fatal(err)
			}
			seeded := rand.New(rand.NewPCG(uint64(round), 2))
			calls := make([]string, 40)
			for i := range calls {
				calls[i] = []string{"add", "remove", "count"}[seeded.IntN(3)]
			}
			events := history(8, calls, func(verb string) bool {
				var changed bool
				var err error
				var total int64
				switch verb {
				case "add":
					changed, err = dir.AddMember(t.Context(), site, operator, g.ID, user)
				case "remove":
					changed, err = dir.RemoveMember(t.Context(), site, operator, g.ID, user)
				default:
					_, total, err = dir.Members(t.Context(), site, directory.Viewer{}, g.ID, 0, 1)
					changed = total == 1
				}
				if err != nil {
					t.Error(err)
				}
				return changed
			})
			ok := explained(false, events, func(in bool, verb string, out bool) (bool, bool) {
				switch verb {
				case "add":
					return true, out != in
				case "remove":
					return false, out == in
				}
				return in, out == in
			})
			if !ok {
				t.Errorf("round %d: no order explains %+v", round, events)
			}
		}
	})
}
