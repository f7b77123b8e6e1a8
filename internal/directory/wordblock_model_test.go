package directory_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// findable is a site in which everybody is to be found by what they are now, as a look at each of them tells.
type findable struct {
	*directory.Directory
	*testing.T
	*rand.Rand
	site int64
}

// words are prefixes of each other, so that people are found by more than one of theirs.
var words = []string{"a", "ad", "ada", "adams", "lo", "love", "lovelace"}

// plainly returns whom a prefix finds, by a look at everybody.
func (f *findable) plainly(v directory.Viewer, only directory.Licence, prefix string) []string {
	all := []string{}
	err := f.Each(f.Context(), f.site, directory.Filter{Status: directory.Active}, func(a directory.Account) error {
		if only == directory.LicensedOnly && !a.Licensed || only == directory.OutsidersOnly && !a.Guest && !a.External {
			return nil
		}
		seen := a.PublicName
		if v.MaySee(a, directory.NameField) {
			seen += " " + a.DisplayName
		}
		names := strings.Fields(seen)
		slices.Sort(names)
		if i := slices.IndexFunc(names, func(name string) bool { return strings.HasPrefix(name, prefix) }); i >= 0 {
			all = append(all, names[i]+" "+a.ID)
		}
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
	slices.Sort(all)
	for i, found := range all {
		_, all[i], _ = strings.Cut(found, " ")
	}
	return all
}

func (f *findable) agree(after string) {
	f.Helper()
	for _, v := range []directory.Viewer{{}, {Member: true}, {Admin: true}} {
		for _, only := range []directory.Licence{directory.AnyLicence, directory.LicensedOnly, directory.OutsidersOnly} {
			prefix := words[f.IntN(len(words))]
			q, err := cql.Parse(`user.fullname ~ "` + prefix + `*"`)
			if err != nil {
				f.Fatal(err)
			}
			profiles, total, err := f.Search(f.Context(), f.site, v, q, only, 0, 1000)
			got := []string{}
			for _, p := range profiles {
				got = append(got, p.ID)
			}
			if diff := cmp.Diff(f.plainly(v, only, prefix), got); err != nil || diff != "" || total != len(got) {
				f.Fatalf("after %s: %q by %+v, licence %d, finds %d (%v)\n%s", after, prefix, v, only, total, err, diff)
			}
		}
	}
}

func (f *findable) name() string  { return words[f.IntN(len(words))] + " " + words[f.IntN(len(words))] }
func (f *findable) id() string    { return fmt.Sprintf("p:%03d", f.IntN(200)) }
func (f *findable) group() string { return []string{"one", "two"}[f.IntN(2)] }

// steps are what changes by what, and who, is found.
func (f *findable) steps() map[string]func() error {
	return map[string]func() error{
		"edit": func() error {
			_, err := f.Change(f.Context(), f.site, operator, f.id(), func(a *directory.Account) error {
				a.PublicName, a.DisplayName, a.Guest = f.name(), f.name(), f.IntN(4) == 0
				a.Status = []directory.Status{directory.Active, directory.Active, directory.Inactive}[f.IntN(3)]
				a.Visibility[directory.NameField] = []directory.Audience{directory.Anyone, directory.Organization, directory.OnlyMe}[f.IntN(3)]
				return nil
			})
			return err
		},
		// Rows of the index are filled and split by it, and emptied.
		"batch": func() error {
			name, from, groups := f.name(), f.IntN(110), [][]string{nil, {"one"}, {"one", "two"}, {}}[f.IntN(4)]
			var edits []directory.Edit
			for i := range 90 {
				e := named(fmt.Sprintf("p:%03d", from+i), name, groups...)
				e.Exactly = groups != nil
				edits = append(edits, e)
			}
			bulk(f.T, f.Directory, f.site, edits...)
			return nil
		},
		"join": func() error {
			_, err := f.AddMember(f.Context(), f.site, operator, f.group(), f.id())
			return err
		},
		"leave": func() error {
			_, err := f.RemoveMember(f.Context(), f.site, operator, f.group(), f.id())
			return err
		},
		"grant": func() error {
			_, err := f.Grant(f.Context(), f.site, operator, f.group(), directory.Use, true)
			return err
		},
		"revoke": func() error {
			_, err := f.Grant(f.Context(), f.site, operator, f.group(), directory.Use, false)
			return err
		},
		"delete a group": func() error {
			name := f.group()
			if err := f.DeleteGroup(f.Context(), f.site, operator, name); err != nil {
				return err
			}
			_, err := f.AddGroup(f.Context(), f.site, operator, directory.Group{Name: name})
			return err
		},
	}
}

// newFindable is a site with 200 people in two groups.
func newFindable(t *testing.T, d *db.DB) *findable {
	dir, site := newSite(t, d)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	f := &findable{Directory: dir, T: t, Rand: rand.New(rand.NewPCG(seed, 1)), site: site}
	var all []directory.Edit
	for i := range 200 {
		all = append(all, named(fmt.Sprintf("p:%03d", i), f.name(), "one", "two"))
	}
	bulk(t, dir, site, all...)
	return f
}

func TestASearchFindsWhomALookAtEverybodyFinds(t *testing.T) {
	// In a database of its own, as its transactions are long: others' would come between them again and again.
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		f := newFindable(t, d)
		names := []string{"edit", "edit", "batch", "batch", "join", "leave", "grant", "grant", "revoke", "delete a group"}
		for range 30 {
			step := names[f.IntN(len(names))]
			if err := f.steps()[step](); err != nil {
				t.Fatal(err)
			}
			f.agree(step)
		}
	})
}

// What a row an account was found by before is read as it was left by the program before this one.
func TestPeopleAreFoundAfterTheIndexIsBuiltAnewAsTheyWereBefore(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		d, err := db.Open(t.Context(), url, db.Options{Throwaway: true})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		f := newFindable(t, d)
		for range 6 {
			for _, step := range []string{"edit", "edit", "edit", "leave", "grant"} {
				if err := f.steps()[step](); err != nil {
					t.Fatal(err)
				}
			}
		}
		step, err := os.ReadFile("../db/migrations/0016_word_blocks.sql")
		if err != nil {
			t.Fatal(err)
		}
		backward := `CREATE TABLE singly (site_id bigint NOT NULL, audience keytext NOT NULL, word keytext NOT NULL, account_id keytext NOT NULL);
DROP TABLE account_words;
ALTER TABLE singly RENAME TO account_words;
`
		var rows [][]any
		f.found(func(audience, word, id string) { rows = append(rows, []any{f.site, audience, word, id}) })
		err = d.Transact(t.Context(), func(tx *db.Tx) error {
			for i, statement := range strings.Split(backward+string(step), ";\n") {
				if i == 3 {
					if _, err := tx.Insert(t.Context(), `INSERT INTO account_words (site_id, audience, word, account_id)`, ``, slices.Values(rows)); err != nil {
						return err
					}
				}
				if strings.TrimSpace(statement) == "" {
					continue
				}
				if _, err := tx.ExecContext(t.Context(), statement); err != nil {
					return fmt.Errorf("%s: %w", statement, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		f.agree("the step")
		for range 3 {
			for _, step := range []string{"batch", "edit", "leave", "revoke", "grant"} {
				if err := f.steps()[step](); err != nil {
					t.Fatal(err)
				}
				f.agree(step)
			}
		}
	})
}

// found calls do with each row of the index as it was, one an account.
func (f *findable) found(do func(audience, word, id string)) {
	rows, err := db.All(f.Context(), f.Changes.DB, func(rows *sql.Rows) (r [3]string, err error) { return r, rows.Scan(&r[0], &r[1], &r[2]) },
		`SELECT audience, word, accounts FROM account_words WHERE site_id = $1`, f.site)
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range rows {
		audience, _, _ := strings.Cut(r[0], "/")
		for id := range strings.SplitSeq(r[2], " ") {
			do(audience, r[1], id)
		}
	}
}
