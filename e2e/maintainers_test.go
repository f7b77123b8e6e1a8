package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// maintainer is somebody who looks after Debian packages.
type maintainer struct {
	Name   string
	Groups []string // everybody, and the sections of the archive in which the packages are; sorted
}

const (
	everybody = "everybody" // the group that lets all of them use the site
	operators = "operators"
	operator  = "operator@example.org" // who reads all of it back
)

func TestTheMaintainersOfDebianReadBackAsTheyWereImported(t *testing.T) {
	binary(t)
	want := maintainers(t)
	file := importFile(t, want)
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		roster(t, "site", "add", "debian", "--db", database)
		roster(t, "import", file, "--apply", "--unlicensed", "--db", database)
		ids := map[string]string{}
		for _, p := range rows[person](t, roster(t, "account", "list", "--json", "--db", database)) {
			ids[strings.ToLower(p.Email)] = p.AccountID
		}
		token := rows[person](t, roster(t, "token", "add", operator, "--json", "--db", database))[0].Token
		client, err := confluence.NewClient(directory(t, database), confluence.WithBasicAuth(operator, token))
		if err != nil {
			t.Fatal(err)
		}
		got := readBack(t, client, slices.Sorted(maps.Values(ids)))
		delete(got, operator)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("the maintainers are not as they were imported (-want +got):\n%s", diff)
		}
		found(t, client, want, ids)
	})
}

// readBack asks the API for every account of the list, and for the groups of each, by address.
func readBack(t *testing.T, client *confluence.Client, ids []string) map[string]maintainer {
	t.Helper()
	users, err := client.Users.Bulk(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	groups := make([][]string, len(users))
	each(t, len(users), func(ctx context.Context, i int) error {
		for g, err := range client.Users.MemberOf(ctx, users[i].AccountID, confluence.PageOptions{}) {
			if err != nil {
				return fmt.Errorf("groups of %s: %w", users[i].DisplayName, err)
			}
			groups[i] = append(groups[i], g.Name)
		}
		slices.Sort(groups[i])
		return nil
	})
	all := map[string]maintainer{}
	for i, u := range users {
		all[strings.ToLower(u.Email)] = maintainer{u.DisplayName, groups[i]}
	}
	return all
}

// found checks that a search by the name of each maintainer finds that maintainer, under that name.
func found(t *testing.T, client *confluence.Client, people map[string]maintainer, ids map[string]string) {
	t.Helper()
	emails := slices.Sorted(maps.Keys(people))
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	each(t, len(emails), func(ctx context.Context, i int) error {
		name, id := people[emails[i]].Name, ids[emails[i]]
		cql := `user.fullname ~ "` + quote.Replace(name) + `"`
		for hit, err := range client.Users.Search(ctx, cql, confluence.SearchOptions{}) {
			if err != nil {
				return fmt.Errorf("search %s: %w", cql, err)
			}
			if hit.User != nil && hit.User.AccountID == id && hit.Title == name {
				return nil
			}
		}
		t.Errorf("%s does not find %s", cql, id)
		return nil
	})
}

// each does n things, a few at a time.
func each(t *testing.T, n int, do func(ctx context.Context, i int) error) {
	t.Helper()
	all, ctx := errgroup.WithContext(t.Context())
	all.SetLimit(8)
	for i := range n {
		all.Go(func() error { return do(ctx, i) })
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
}

// importFile writes everybody as a file that roster import reads, and an operator who may read it all.
func importFile(t *testing.T, people map[string]maintainer) string {
	t.Helper()
	type line struct {
		Kind        string   `json:"kind"`
		Name        string   `json:"name,omitempty"`
		Permissions []string `json:"permissions,omitempty"`
		Email       string   `json:"email,omitempty"`
		DisplayName string   `json:"displayName,omitempty"`
		Groups      []string `json:"groups,omitempty"`
	}
	var file bytes.Buffer
	encoder := json.NewEncoder(&file)
	write := func(l line) {
		if err := encoder.Encode(l); err != nil {
			t.Fatal(err)
		}
	}
	permissions := map[string][]string{everybody: {"use"}, operators: {"administer", "site-admin"}}
	for _, p := range people {
		for _, group := range p.Groups {
			if _, known := permissions[group]; !known {
				permissions[group] = nil
			}
		}
	}
	for _, group := range slices.Sorted(maps.Keys(permissions)) {
		write(line{Kind: "group", Name: group, Permissions: permissions[group]})
	}
	write(line{Kind: "account", DisplayName: "Operator", Email: operator, Groups: []string{everybody, operators}})
	for _, email := range slices.Sorted(maps.Keys(people)) {
		write(line{Kind: "account", DisplayName: people[email].Name, Email: email, Groups: people[email].Groups})
	}
	path := filepath.Join(t.TempDir(), "maintainers.ndjson")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d people in %d groups", len(people), len(permissions))
	return path
}

// nameAndAddress is how a package tells its maintainer.
var nameAndAddress = regexp.MustCompile(`^"?(.*?)"?\s*<([^<>\s]+@[^<>\s]+)>$`)

// maintainers reads the package index of the machine, by address in lower case. Where there is none, the test is
// skipped.
func maintainers(t *testing.T) map[string]maintainer {
	t.Helper()
	index := packages(t)
	people := map[string]maintainer{}
	var name, email, section string
	add := func() {
		if email != "" && section != "" {
			p, known := people[email]
			if !known {
				p = maintainer{name, []string{everybody}}
			}
			if !slices.Contains(p.Groups, section) {
				p.Groups = append(p.Groups, section)
			}
			people[email] = p
		}
		name, email, section = "", "", ""
	}
	lines := bufio.NewScanner(bytes.NewReader(index))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "Maintainer":
			if m := nameAndAddress.FindStringSubmatch(value); m != nil {
				name, email = m[1], strings.ToLower(m[2])
			}
		case "Section":
			section = value
		case "":
			add()
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	add()
	for _, p := range people {
		slices.Sort(p.Groups)
	}
	return people
}

// packages returns the machine's index of Debian packages.
func packages(t *testing.T) []byte {
	t.Helper()
	missing := "there is no index of Debian packages on this machine"
	if _, err := exec.LookPath("apt-cache"); err == nil {
		index, err := program(t, "apt-cache", "dumpavail").Output()
		if err != nil {
			t.Fatalf("apt-cache dumpavail: %v", err)
		}
		if len(index) > 0 {
			return index
		}
		missing = "the index of Debian packages is empty: apt-get update fills it"
	}
	if os.Getenv("ROSTER_TEST_ALL") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return nil
}
