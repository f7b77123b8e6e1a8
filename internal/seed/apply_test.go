package seed_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/seed"
	"github.com/rosterhq/roster/internal/site"
)

// dumped is what a seed writes, but for the IDs of changes.
var dumped = []string{
	`SELECT 'site', site_id, cloud_id, name, public_url, is_default, created_at FROM sites`,
	`SELECT 'account', site_id, account_id, version, account_type, status, guest, external, email, email_key, public_name, display_name, time_zone, locale,
		position, department, location, phone, im, website, manager, visibility, email_approved, created_at, updated_at FROM accounts`,
	`SELECT 'word', site_id, audience, word, account_id, accounts FROM account_words`,
	`SELECT 'group', site_id, group_id, version, name, name_key, usage_type, managed_by, created_at FROM groups`,
	`SELECT 'member', site_id, group_id, account_id, listed FROM memberships`,
	`SELECT 'mark', site_id, list, first, entries FROM list_marks`,
	`SELECT 'permission', site_id, permission, group_id FROM global_permissions`,
	`SELECT 'token', site_id, token_id, account_id, secret_hash, label, kind, scopes, created_at, expires_at, revoked_at FROM tokens`,
	`SELECT 'app', site_id, client_id, version, kind, name, account_id, public, secret_hash, redirect_uris, scopes, COALESCE(app_key, ''), COALESCE(client_key, ''),
		shared_secret, descriptor, blocked, created_at FROM apps`,
	`SELECT 'client', client_id, site_id FROM clients`,
	`SELECT 'access', site_id, token_id, client_id, family FROM tokens WHERE client_id <> ''`,
	`SELECT 'space', site_id, space_id, version, space_key, alias, name, kind, status, owner, description, icon, homepage_id, settings, look_and_feel, created_at, created_by FROM spaces`,
	`SELECT 'space permission', site_id, space_id, permission_id, operation, target, subject_kind, subject_id, anonymous, unlicensed FROM space_permissions`,
	`SELECT 'content', site_id, content_id, space_id, parent_id, kind, status, title, body, version, version_at, version_by, created_at, created_by FROM content`,
	`SELECT 'restriction', site_id, content_id, operation, subject_kind, subject_id FROM content_restrictions`,
	`SELECT 'label', site_id, label_id, prefix, name FROM labels`,
	`SELECT 'labelled', site_id, target_kind, target_id, label_id FROM labelled`,
	`SELECT 'change', site_id, item, at, actor, via, operation, target, version FROM changes`,
}

func dump(t *testing.T, d *db.DB) string {
	t.Helper()
	var lines []string
	for _, query := range dumped {
		rows, err := db.All(t.Context(), d, scanLine, query)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(rows)
		lines = append(lines, rows...)
	}
	return strings.Join(lines, "\n") + "\n"
}

func scanLine(rows *sql.Rows) (string, error) {
	names, err := rows.Columns()
	if err != nil {
		return "", err
	}
	values, at := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		at[i] = &values[i]
	}
	err = rows.Scan(at...)
	texts := make([]string, len(values))
	for i, v := range values {
		switch typed := v.(type) {
		case []byte:
			v = string(typed)
		case bool: // SQLite's are numbers
			v = map[bool]int{true: 1}[typed]
		}
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, " | "), err
}

func TestTheDemoIsTheSameEveryTimeOnEveryEngine(t *testing.T) {
	golden := filepath.Join("testdata", "demo.golden")
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		s, err := seed.Demo()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := seed.Apply(t.Context(), newLog(d), s); err != nil {
			t.Fatal(err)
		}
		got := dump(t, d)
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEachDocumentIsASiteAndTheFirstIsTheDefault(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		log := newLog(d)
		applied, err := seed.Apply(t.Context(), log, parse(t, `
site: {name: one, hosts: [one.example.com], settings: {pageCap: 7}}
accounts: [{email: ada@example.com, tokens: [{label: demo}]}]
---
time: 2020-02-02T02:02:02Z
site: {name: two, publicUrl: "https://two.example.com"}
accounts: [{email: ada@example.com, tokens: [{label: demo}]}]
`))
		if err != nil {
			t.Fatal(err)
		}
		sites, err := (&site.Store{Changes: log}).List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		one, two := sites[0], sites[1]
		if !one.Default || two.Default || one.Name != "one" || one.Settings.PageCap != 7 || one.Hosts[0] != "one.example.com" || two.PublicURL != "https://two.example.com" {
			t.Errorf("%+v", sites)
		}
		if one.CreatedAt != seed.DefaultTime() || two.CreatedAt != time.Date(2020, 2, 2, 2, 2, 2, 0, time.UTC) {
			t.Errorf("created at %v and %v", one.CreatedAt, two.CreatedAt)
		}
		a, b := applied[0].People[0], applied[1].People[0]
		if a.AccountID == b.AccountID || a.Tokens[0] == b.Tokens[0] {
			t.Errorf("two sites have the same account %v and %v", a, b)
		}
	})
}

func TestTokensOfAnOldSeedAreGoodNow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := newLog(d)
		applied, err := seed.Apply(t.Context(), log, parse(t, `
site: {name: %s}
accounts:
- email: ada@example.com
  tokens: [{label: year}, {label: hour, secret: s3cret, scopes: ["write:watcher:confluence", "read:confluence-user"], expiresIn: 1h}]
`, dbtest.Name(t)))
		if err != nil {
			t.Fatal(err)
		}
		dir, secrets := &directory.Directory{Changes: log}, applied[0].People[0].Tokens
		if secrets[0].Label != "year" || !strings.HasPrefix(secrets[0].Text, "roster_") || secrets[1].Text != "s3cret" {
			t.Errorf("%+v", secrets)
		}
		for i, want := range []time.Time{seed.DefaultTime().AddDate(100, 0, 0), today.Add(time.Hour)} {
			token, found, err := dir.TokenBySecret(t.Context(), applied[0].Site.ID, secrets[i].Text)
			if err != nil || !found || token.ExpiresAt != want || token.CreatedAt != seed.DefaultTime() {
				t.Errorf("%+v, %v, %v", token, found, err)
			}
		}
	})
}

func TestAManagerCanBeNamedByAddressBeforeTheyAreListed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := newLog(d)
		applied, err := seed.Apply(t.Context(), log, parse(t, `
site: {name: %s}
accounts:
- {email: charles@example.com, manager: Ada@Example.com}
- {accountId: "557058:ada", email: ada@example.com, manager: "557058:elsewhere"}
`, dbtest.Name(t)))
		if err != nil {
			t.Fatal(err)
		}
		dir := &directory.Directory{Changes: log}
		for email, want := range map[string]string{"charles@example.com": "557058:ada", "ada@example.com": "557058:elsewhere"} {
			if a, err := dir.Account(t.Context(), applied[0].Site.ID, email); err != nil || a.Manager != want {
				t.Errorf("the manager of %s is %q (%v), want %s", email, a.Manager, err, want)
			}
		}
	})
}

func TestWhatCannotBeAppliedIsNamedWithItsLineAndIndex(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := newLog(d)
		for _, tt := range []struct{ text, want string }{
			{"groups:\n- name: g\n- name: G\n", `line 4: groups[1]: groups[0] has the same name "G"`},
			{"groups:\n- {name: g, id: 7e}\n", `line 3: groups[0]: The group ID "7e" is not a lower-case UUID.`},
			{"accounts:\n- {}\n", "line 3: accounts[0]: it has none of email, displayName and publicName"},
			{"accounts:\n- email: a@example.com\n- email: A@EXAMPLE.com\n", "line 4: accounts[1]: accounts[0] has the same e-mail address"},
			{"accounts:\n- displayName: Ada\n- displayName: Ada\n", "line 4: accounts[1]: accounts[0] has the same account ID 712020:"},
			{"accounts:\n- {displayName: Ada, groups: [g]}\n", `line 3: accounts[0]: there is no group "g"`},
			{"accounts:\n- {displayName: Ada, manager: b@example.com}\n", `line 3: accounts[0]: there is no account with the manager's address "b@example.com"`},
			{"accounts:\n- {displayName: Ada, tokens: [{label: a}, {label: a}]}\n", `line 3: accounts[0]: two tokens have the label "a"`},
			{"accounts:\n- displayName: Ada\n  tokens:\n  - {label: a, secret: a b}\n", `line 3: accounts[0]: the secret of token "a" is not 1 to 255`},
			{"accounts:\n- displayName: Ada\n  accountStatus: inactive\n  tokens:\n  - label: a\n", "line 6: accounts[0].tokens[0]: Account 712020:"},
			{"accounts:\n- displayName: Ada\n- email: nobody\n  displayName: B\n", "line 4: accounts[1]: The e-mail address is not valid."},
			{"accounts:\n- {displayName: Ada, timeZone: Moon/Sea}\n", `line 3: accounts[0]: The time zone "Moon/Sea" is not known`},
		} {
			s := parse(t, "time: 2026-01-01T00:00:00Z\n%ssite: {name: %s}\n", tt.text, dbtest.Name(t))
			if _, err := seed.Apply(t.Context(), log, s); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s  gives %v\n  want  %s", tt.text, err, tt.want)
			}
		}
		name := dbtest.Name(t)
		if _, err := seed.Apply(t.Context(), log, parse(t, "site: {name: %s}\n---\nsite: {name: %s}\n", name, name)); kindOf(err) != failure.Conflict ||
			!strings.Contains(err.Error(), "line 3: site: A site with this name or cloud ID exists already.") {
			t.Error(err)
		}
	})
}

func TestEnsureMakesOnlyTheSitesThatAreMissing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := newLog(d)
		one := fmt.Sprintf("site: {name: %s}\naccounts: [{email: ada@example.com, tokens: [{label: demo}]}]\n", dbtest.Name(t))
		first, err := seed.Ensure(t.Context(), log, parse(t, "%s", one))
		if err != nil {
			t.Fatal(err)
		}
		both, err := seed.Ensure(t.Context(), log, parse(t, "site: {name: %s}\n---\n%s", dbtest.Name(t), one))
		if err != nil {
			t.Fatal(err)
		}
		if len(both) != 2 || both[0].Site.ID == 0 || cmp.Diff(first[0].People, both[1].People) != "" || both[1].Site.ID != first[0].Site.ID {
			t.Errorf("%+v\nthen %+v", first, both)
		}
	})
}

func kindOf(err error) failure.Kind {
	kind, _ := failure.Of(err)
	return kind
}

func TestAReferenceToNothingWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, name := newLog(d), dbtest.Name(t)
		s := parse(t, "site: {name: %s}\n---\nsite: {name: b-%s}\naccounts: [{displayName: Ada, groups: [none]}]\n", name, name)
		if _, err := seed.Apply(t.Context(), log, s); err == nil {
			t.Fatal("it was applied")
		}
		if _, err := (&site.Store{Changes: log}).Named(t.Context(), name); kindOf(err) != failure.NotFound {
			t.Errorf("the first site stands: %v", err)
		}
	})
}

func BenchmarkApplyDemo(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		d, err := db.Open(b.Context(), filepath.Join(b.TempDir(), "demo.db"), db.Options{Throwaway: true})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		s, err := seed.Demo()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := seed.Apply(b.Context(), newLog(d), s); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		d.Close()
		b.StartTimer()
	}
}
