package seed_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/seed"
	"github.com/rosterhq/roster/internal/site"
)

func TestEveryKeyOfASeedIsRead(t *testing.T) {
	t.Parallel()
	got, err := seed.Parse(strings.NewReader(`
time: 2026-05-06T07:08:09+02:00
site: {name: lab, cloudId: 8a1b6d0c-7d3c-5f0e-9a37-2f5c7b1f0001, publicUrl: "https://lab.example.com", hosts: [lab.example.com], settings: {fidelity: observed, bulkCap: 50, emailApi: false}}
groups:
- {name: users, id: 8a1b6d0c-7d3c-5f0e-9a37-2f5c7b1f0002, usageType: TEAM_COLLABORATION, managedBy: OPEN, permissions: [use, administer]}
accounts:
- accountId: 557058:ada
  accountType: app
  accountStatus: active
  email: ada@example.com
  displayName: Ada Lovelace
  publicName: Ada
  timeZone: Europe/London
  locale: en_GB
  position: Analyst
  department: Research
  location: London
  phone: "1"
  im: ada
  website: https://ada.example.com
  manager: charles@example.com
  isGuest: true
  isExternalCollaborator: true
  emailApproved: true
  visibility: {email: anyone, name: me}
  groups: [users]
  tokens: [{label: demo, secret: s3cret, scopes: ["read:confluence-user"], expiresIn: 30d}]
- displayName: Charles Babbage
  visibility: organization
---
site: {name: other}
`))
	if err != nil {
		t.Fatal(err)
	}
	settings := site.StandInSettings()
	settings.Fidelity, settings.BulkCap, settings.EmailAPI = site.Observed, 50, false
	seen := directory.DefaultVisibility()
	seen[directory.EmailField], seen[directory.NameField] = directory.Anyone, directory.OnlyMe
	want := &seed.Seed{Documents: []seed.Document{{
		Time: time.Date(2026, 5, 6, 5, 8, 9, 0, time.UTC),
		Site: seed.Site{Line: 3, Name: "lab", CloudID: "8a1b6d0c-7d3c-5f0e-9a37-2f5c7b1f0001", PublicURL: "https://lab.example.com", Hosts: []string{"lab.example.com"}, Settings: settings},
		Groups: []seed.Group{{
			Line: 5, Name: "users", ID: "8a1b6d0c-7d3c-5f0e-9a37-2f5c7b1f0002", UsageType: "TEAM_COLLABORATION", ManagedBy: "OPEN",
			Permissions: []directory.Permission{directory.Use, directory.Administer},
		}},
		Accounts: []seed.Account{{
			Line: 7, ID: "557058:ada", Type: directory.App, Status: directory.Active, Email: "ada@example.com", DisplayName: "Ada Lovelace", PublicName: "Ada",
			TimeZone: "Europe/London", Locale: "en_GB", Position: "Analyst", Department: "Research", Location: "London", Phone: "1", IM: "ada",
			Website: "https://ada.example.com", Manager: "charles@example.com", Guest: true, External: true, EmailApproved: true, Visibility: seen, Groups: []string{"users"},
			Tokens: []seed.Token{{Line: 27, Label: "demo", Secret: "s3cret", Scopes: []string{"read:confluence-user"}, ExpiresIn: 30 * 24 * time.Hour}},
		}, {Line: 28, DisplayName: "Charles Babbage", Visibility: directory.EveryField(directory.Organization)}},
	}, {Time: seed.DefaultTime(), Site: seed.Site{Line: 31, Name: "other"}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrongInASeedIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"", "it is empty; roster seed demo prints an example"},
		{"# only a comment\n", "it is empty; roster seed demo prints an example"},
		{"site: {name: a}\nusers: []\n", `line 2: unknown key "users"; known are time, site, groups, accounts`},
		{"site: {name: a}\n---\n", "line 3: must be a mapping of keys to values"},
		{"groups: []\n", `line 1: the key "site" is missing`},
		{"site:\n  hosts: []\n", `line 2: site: the key "name" is missing`},
		{"site: {name: a}\nsite: {name: b}\n", `line 2: the key "site" stands twice, first in line 1`},
		{"site: {name: a, settings: {bulkCap: 50,\n bulkCap: 60}}", `line 2: site.settings: the key "bulkCap" stands twice, first in line 1`},
		{"site: {name: a, settings: {bulkCap: 0}}", "line 1: site.settings: bulkCap takes 1 to 200, not \"0\"."},
		{"site: {name: a, settings: {speed: 1}}", `line 1: site.settings: There is no site setting "speed"; roster settings lists them.`},
		{"site: {name: a}\naccounts:\n- email: a@example.com\n- emial: b@example.com\n", `line 4: accounts[1]: unknown key "emial"; known are accountId, `},
		{"site: {name: a}\naccounts:\n- phone: 5551234\n", `line 3: accounts[0].phone: must be text; write it in quotes: "5551234"`},
		{"site: {name: a}\naccounts:\n- email:\n", "line 3: accounts[0].email: must be text; leave the key out if there is none"},
		{"site: {name: a}\naccounts:\n- isGuest: yes\n", "line 3: accounts[0].isGuest: must be true or false"},
		{"site: {name: a}\naccounts:\n- groups: users\n", "line 3: accounts[0].groups: must be a list"},
		{"site: {name: a}\naccounts:\n- groups: [1]\n", "line 3: accounts[0].groups[0]: must be text; write it in quotes"},
		{"site: {name: a}\naccounts:\n- accountStatus: asleep\n", `line 3: accounts[0].accountStatus: "asleep" is none of active, inactive, closed`},
		{"site: {name: a}\naccounts:\n- visibility: friends\n", `line 3: accounts[0].visibility: The audience "friends" is none of anyone, organization, me.`},
		{"site: {name: a}\naccounts:\n- visibility: {shoe: me}\n", `line 3: accounts[0].visibility: The field "shoe" has no visibility.`},
		{"site: {name: a}\naccounts:\n- tokens:\n  - {label: a, expiresIn: 400d}\n", `line 4: accounts[0].tokens[0].expiresIn: "400d" is no duration such as`},
		{"site: {name: a}\ngroups:\n- {name: g, permissions: [fly]}\n", `line 3: groups[0].permissions[0]: "fly" is none of use, view-profiles, administer, site-admin`},
		{"time: noon\nsite: {name: a}\n", `line 1: time: "noon" is no time such as 2026-01-01T00:00:00Z`},
		{"site: &s {name: a}\n---\nsite: *s\n", "line 3: site: aliases are not taken; write the value out"},
		{"site: {name: &a a, hosts: [*a]}\n", "line 1: site.hosts[0]: aliases are not taken; write the value out"},
		{"site: {name: !secret a}\n", "line 1: site.name: must be text"},
		{"site: {name: a}\naccounts:\n  - email: [\n", "line 3: did not find expected node content"},
		{"site: {name: \"\xff\"}\n", "invalid"},
	} {
		if _, err := seed.Parse(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q\n  gives %v\n  want  %s", tt.text, err, tt.want)
		}
	}
}

func TestAFileThatCannotBeReadIsOneSentence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wrong := filepath.Join(dir, "wrong.yaml")
	if err := os.WriteFile(wrong, []byte("site: {name: a}\nx: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "none.yaml"): "the seed file " + filepath.Join(dir, "none.yaml") + " does not exist",
		dir:                             "the seed file " + dir + " is a folder",
		wrong:                           "the seed file " + wrong + `: line 2: unknown key "x"; known are time, site, groups, accounts`,
	} {
		if _, err := seed.Read(path); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestASeedIsBounded(t *testing.T) {
	t.Parallel()
	if _, err := seed.Parse(strings.NewReader(strings.Repeat(" ", seed.MaxSize+1))); err == nil || err.Error() != "it is larger than 64 MiB" {
		t.Error(err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestAFailedReadIsToldAsItIs(t *testing.T) {
	t.Parallel()
	if _, err := seed.Parse(broken{}); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(seed.DemoFile())
	f.Add([]byte("site: {name: a}\n---\nsite: {name: b, settings: {bulkCap: 3}}"))
	f.Add([]byte("accounts: [{tokens: [{expiresIn: 3d}], visibility: {name: me}}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := seed.Parse(strings.NewReader(string(text)))
		if (s == nil) == (err == nil) {
			t.Errorf("%v beside %v", s, err)
		}
		if s != nil && len(s.Documents) == 0 {
			t.Error("a seed without a site")
		}
	})
}
