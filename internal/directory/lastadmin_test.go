package directory_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// court is a site with two administrators, each by a group of their own.
type court struct {
	*directory.Directory
	site   int64
	rulers [2]string // account IDs
	thrown [2]string // IDs of the groups that make them administrators
}

func newCourt(t *testing.T, d *db.DB) court {
	t.Helper()
	dir, site := newSite(t, d)
	c := court{Directory: dir, site: site}
	for i := range c.rulers {
		g, err := dir.AddGroup(t.Context(), site, operator, directory.Group{Name: fmt.Sprint("admins ", i)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dir.Grant(t.Context(), site, operator, g.ID, directory.SiteAdmin, true); err != nil {
			t.Fatal(err)
		}
		c.rulers[i], c.thrown[i] = add(t, dir, site, directory.Account{PublicName: "Ada"}, g.ID).ID, g.ID
	}
	return c
}

// depose are all the ways to take an administrator away.
var depose = map[string]func(ctx context.Context, c court, i int) error{
	"deactivated": func(ctx context.Context, c court, i int) error { return c.status(ctx, i, directory.Inactive) },
	"closed":      func(ctx context.Context, c court, i int) error { return c.status(ctx, i, directory.Closed) },
	"deactivated in bulk": func(ctx context.Context, c court, i int) error {
		return c.inBulk(ctx, withStatus(c.rulers[i], directory.Inactive))
	},
	"taken out in bulk": func(ctx context.Context, c court, i int) error {
		return c.inBulk(ctx, directory.Edit{ID: c.rulers[i], Set: func(*directory.Account) error { return nil }, Exactly: true})
	},
	"taken out": func(ctx context.Context, c court, i int) error {
		_, err := c.RemoveMember(ctx, c.site, operator, c.thrown[i], c.rulers[i])
		return err
	},
	"taken out by ID": func(ctx context.Context, c court, i int) error {
		return c.RemoveMemberByID(ctx, c.site, operator, c.thrown[i], c.rulers[i])
	},
	"without the permission": func(ctx context.Context, c court, i int) error {
		_, err := c.Grant(ctx, c.site, operator, c.thrown[i], directory.SiteAdmin, false)
		return err
	},
	"without a group that has it": func(ctx context.Context, c court, i int) error {
		return c.DeleteGroup(ctx, c.site, operator, c.thrown[i])
	},
	"without a group that has it, by ID": func(ctx context.Context, c court, i int) error {
		return c.DeleteGroupByID(ctx, c.site, operator, c.thrown[i])
	},
}

// inBulk returns why an edit is refused.
func (c court) inBulk(ctx context.Context, e directory.Edit) (refused error) {
	err := c.Changes.Write(ctx, c.site, operator, func(tx *change.Tx) error {
		outcomes, err := c.BulkIn(ctx, tx, []directory.Edit{e}, directory.Newcomers{Unlicensed: true})
		if err == nil {
			refused = outcomes[0].Refused
		}
		return err
	})
	return cmp.Or(err, refused)
}

func (c court) status(ctx context.Context, i int, s directory.Status) error {
	_, err := c.Change(ctx, c.site, operator, c.rulers[i], func(a *directory.Account) error { a.Status = s; return nil })
	return err
}

// reigns reports whether somebody active still is an administrator.
func (c court) reigns(t *testing.T) bool {
	t.Helper()
	_, found, err := db.One(t.Context(), c.Changes.DB, db.Scalar[int64], `SELECT 1 FROM accounts a
		JOIN memberships m ON m.site_id = a.site_id AND m.account_id = a.account_id
		JOIN global_permissions p ON p.site_id = m.site_id AND p.group_id = m.group_id
		WHERE a.site_id = $1 AND a.status = 'active' AND p.permission = 'site-admin'`, c.site)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheLastAdministratorStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for how, take := range depose {
			c := newCourt(t, d)
			if err := take(t.Context(), c, 0); err != nil {
				t.Errorf("the first of two cannot be %s: %v", how, err)
			}
			if err := take(t.Context(), c, 1); kindOf(err) != failure.Conflict || !c.reigns(t) {
				t.Errorf("the last one is %s: %v", how, err)
			}
		}
	})
}

func TestOneAdministratorStaysHoweverManyAreTakenAwayAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for how, take := range depose {
			for also, takeOther := range depose {
				if how > also {
					continue // was the other way round
				}
				c := newCourt(t, d)
				var errs [2]error
				var both sync.WaitGroup
				start := make(chan struct{})
				both.Go(func() { <-start; errs[0] = take(t.Context(), c, 0) })
				both.Go(func() { <-start; errs[1] = takeOther(t.Context(), c, 1) })
				close(start)
				both.Wait()
				if !c.reigns(t) {
					t.Errorf("one is %s, the other %s, and nobody is left", how, also)
				}
				if (errs[0] == nil) == (errs[1] == nil) {
					t.Errorf("one is %s, the other %s: %v and %v", how, also, errs[0], errs[1])
				}
			}
		}
	})
}

func TestOneAdministratorMayFollowAnotherInOneTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCourt(t, d)
		if err := depose["closed"](t.Context(), c, 0); err != nil {
			t.Fatal(err)
		}
		heir := add(t, c.Directory, c.site, directory.Account{PublicName: "Byron"})
		err := c.Changes.Write(t.Context(), c.site, operator, func(tx *change.Tx) error {
			_, err := c.RemoveMemberIn(t.Context(), tx, c.thrown[1], c.rulers[1])
			_, err2 := c.AddMemberIn(t.Context(), tx, c.thrown[1], heir)
			return errors.Join(err, err2)
		})
		if err != nil || !c.reigns(t) {
			t.Error(err)
		}
	})
}

func TestASiteThatNeverHadAnAdministratorCanBeChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for how, take := range depose {
			c := newCourt(t, d)
			for i := range c.rulers {
				// As somebody who writes to the database by hand would leave it.
				if err := d.Aside(t.Context(), `DELETE FROM global_permissions WHERE site_id = $1 AND group_id = $2`, c.site, c.thrown[i]); err != nil {
					t.Fatal(err)
				}
			}
			if err := take(t.Context(), c, 1); err != nil {
				t.Errorf("%s: %v", how, err)
			}
		}
	})
}

func TestABatchRefusesOnlyTheEditThatTakesTheLastAdministratorAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		same := func(*directory.Account) error { return nil }
		for _, tt := range []struct {
			name    string
			edits   func(c court) []directory.Edit
			refused []int
		}{
			{"both are deactivated", func(c court) []directory.Edit {
				return []directory.Edit{withStatus(c.rulers[0], directory.Inactive), named("p:new", "Grace"), withStatus(c.rulers[1], directory.Inactive)}
			}, []int{2}},
			{"one is deactivated", func(c court) []directory.Edit {
				return []directory.Edit{withStatus(c.rulers[0], directory.Inactive), named("p:new", "Grace")}
			}, nil},
			{"both are taken out, in the other order", func(c court) []directory.Edit {
				return []directory.Edit{{ID: c.rulers[1], Set: same, Exactly: true}, {ID: c.rulers[0], Set: same, Exactly: true}, named("p:new", "Grace")}
			}, []int{1}},
			{"an heir comes later", func(c court) []directory.Edit {
				return []directory.Edit{withStatus(c.rulers[0], directory.Inactive), withStatus(c.rulers[1], directory.Closed), named("p:new", "Grace", c.thrown[0])}
			}, nil},
			{"the heir is refused", func(c court) []directory.Edit {
				return []directory.Edit{withStatus(c.rulers[0], directory.Inactive), withStatus(c.rulers[1], directory.Closed), named("p:new", "", c.thrown[0])}
			}, []int{1, 2}},
		} {
			c := newCourt(t, d)
			edits := tt.edits(c)
			var refused []int
			err := c.Changes.Write(t.Context(), c.site, operator, func(tx *change.Tx) error {
				refused = nil
				tx.Record(change.Record{Operation: "test.batch"})
				outcomes, err := c.BulkIn(t.Context(), tx, edits, directory.Newcomers{Unlicensed: true})
				for i, o := range outcomes {
					if o.Refused != nil {
						refused = append(refused, i)
					}
				}
				return err
			})
			if err != nil || !slices.Equal(refused, tt.refused) || !c.reigns(t) {
				t.Errorf("%s: %v are refused (%v), want %v", tt.name, refused, err, tt.refused)
			}
			if _, err := c.Account(t.Context(), c.site, "p:new"); (err == nil) == slices.Contains(refused, 2) && len(edits) == 3 && edits[2].ID == "p:new" {
				t.Errorf("%s: the others do not stand: %v", tt.name, err)
			}
		}
	})
}
