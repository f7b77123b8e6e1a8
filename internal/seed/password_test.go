package seed_test

import (
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/seed"
)

func TestSeededPeopleSignInByTheirPasswords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		applied, err := seed.Apply(t.Context(), newLog(d), parse(t, `
site: {name: %s}
accounts: [{email: ada@example.com, password: correct horse battery staple}, {email: grace@example.com}]
`, dbtest.Name(t)))
		if err != nil {
			t.Fatal(err)
		}
		people := &directory.Directory{Changes: newLog(d)}
		for email, want := range map[string]bool{"ada@example.com": true, "grace@example.com": false} {
			if _, ok, err := people.CheckPassword(t.Context(), applied[0].Site.ID, email, "correct horse battery staple"); ok != want || err != nil {
				t.Errorf("%s: %v (%v)", email, ok, err)
			}
		}
		for text, want := range map[string]string{
			"{email: a@example.com, password: short}":                        "accounts[0]: A password has at least 12 characters.",
			"{displayName: Bot, accountType: app, password: 123456 1234567}": "accounts[0]: An app has no password",
		} {
			_, err := seed.Apply(t.Context(), newLog(d), parse(t, "site: {name: %s}\naccounts: [%s]\n", dbtest.Name(t), text))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}
