package seed_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/seed"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// today is when the tests apply their seeds, long after the seeds' own time.
var today = time.Date(2031, 7, 8, 9, 10, 11, 0, time.UTC)

func newLog(d *db.DB) *change.Log {
	log := change.New(d)
	log.Now = func() time.Time { return today }
	return log
}

func parse(t *testing.T, format string, args ...any) *seed.Seed {
	t.Helper()
	s, err := seed.Parse(strings.NewReader(fmt.Sprintf(format, args...)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// people is the demo on a site of its own, by the part of the address before the "@", or the name.
type people struct {
	seed.Applied
	dir      *directory.Directory
	accounts map[string]directory.Account
	tokens   map[string]string
}

func applyDemo(t *testing.T, d *db.DB) people {
	t.Helper()
	s, err := seed.Demo()
	if err != nil {
		t.Fatal(err)
	}
	s.Documents[0].Site.Name = dbtest.Name(t)
	log := newLog(d)
	applied, err := seed.Apply(t.Context(), log, s)
	if err != nil {
		t.Fatal(err)
	}
	p := people{applied[0], &directory.Directory{Changes: log}, map[string]directory.Account{}, map[string]string{}}
	for _, seeded := range s.Documents[0].Accounts {
		a, err := p.dir.Account(t.Context(), p.Site.ID, seeded.ID)
		if err != nil {
			t.Fatal(err)
		}
		p.accounts[handle(seeded.Email, seeded.DisplayName)] = a
	}
	for _, person := range p.People {
		p.tokens[handle(person.Email, person.Name)] = person.Tokens[0].Text
	}
	return p
}

func handle(email, name string) string {
	if local, _, found := strings.Cut(email, "@"); found {
		return local
	}
	return name
}
