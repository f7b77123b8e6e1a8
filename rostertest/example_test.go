package rostertest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/rostertest"
)

// offboard is what is to be tested: it takes somebody out of every group.
func offboard(ctx context.Context, c *confluence.Client, accountID string) error {
	for g, err := range c.Users.MemberOf(ctx, accountID, confluence.PageOptions{}) {
		if err != nil {
			return err
		}
		if err := c.Groups.RemoveMember(ctx, g.ID, accountID); err != nil {
			return err
		}
	}
	return nil
}

// In a test, t is the *testing.T.
func ExampleNewSite() {
	t, end := newT()
	defer end()

	site := rostertest.NewSite(t)
	grace := site.Person("grace.hopper@example.com")
	if err := offboard(t.Context(), site.Client(), grace.AccountID); err != nil {
		t.Fatalf("%v", err)
	}
	_, err := site.As(grace.Email).Users.Current(t.Context())
	fmt.Println("she can still use Confluence:", err == nil)
	// Output: she can still use Confluence: false
}

func ExampleSeed() {
	t, end := newT()
	defer end()

	site := rostertest.NewSite(t, rostertest.Seed(`
site: {name: observatory}
groups: [{name: astronomers, permissions: [use, view-profiles, site-admin]}]
accounts: [{email: maria@example.com, displayName: Maria Mitchell, groups: [astronomers], tokens: [{label: test}]}]
`))
	for g, err := range site.Client().Groups.List(t.Context(), confluence.GroupListOptions{}) {
		fmt.Println(g.Name, err)
	}
	// Output: astronomers <nil>
}

// exampleT is as much of a test as an example has.
type exampleT struct {
	testing.TB
	ctx  context.Context
	last []func()
}

func newT() (t *exampleT, end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	t = &exampleT{ctx: ctx}
	return t, func() {
		cancel()
		for _, do := range t.last {
			do()
		}
	}
}

func (t *exampleT) Helper()                           {}
func (t *exampleT) Context() context.Context          { return t.ctx }
func (t *exampleT) Cleanup(do func())                 { t.last = append(t.last, do) }
func (t *exampleT) Errorf(format string, args ...any) { fmt.Printf(format, args...) }
func (t *exampleT) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
