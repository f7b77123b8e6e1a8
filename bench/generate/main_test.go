package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
	"github.com/rosterhq/roster/internal/transfer"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// generated runs the command and returns what it printed.
func generated(t *testing.T, url string) (m made) {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"--db", url, "--people", "3000", "--callers", "2"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out.Bytes(), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAGeneratedSiteIsWhatItSaysItIs(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		m := generated(t, url)
		d, err := db.Open(t.Context(), url, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		dir := &directory.Directory{Changes: change.New(d)}
		s, err := (&site.Store{Changes: dir.Changes}).Named(t.Context(), m.Site)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int64{m.BigGroupID: 3000}
		for _, g := range m.Groups {
			want[g.ID] = int64(g.Members)
		}
		for id, members := range want {
			if _, total, err := dir.Members(t.Context(), s.ID, directory.Viewer{Admin: true}, id, 0, 1); err != nil || total != members {
				t.Errorf("group %s has %d members (%v), want %d", id, total, err, members)
			}
		}
		if a, err := dir.Account(t.Context(), s.ID, fmt.Sprintf(m.AccountIDPattern, 2999)); err != nil || a.Email != email(2999) || !a.Licensed {
			t.Errorf("%+v %v", a, err)
		}
		for _, c := range append(m.Callers, caller{m.AdminEmail, m.AdminToken}) {
			a, err := dir.Account(t.Context(), s.ID, c.Email)
			if err != nil {
				t.Fatal(err)
			}
			tokens, err := dir.Tokens(t.Context(), s.ID, a.ID)
			if err != nil || len(tokens) != 1 || tokens[0].ExpiresAt.Before(time.Now()) || directory.CloudIDOf(c.Token) != s.CloudID {
				t.Errorf("%s: %+v %v", c.Email, tokens, err)
			}
		}
	})
}

func TestTheSameNumbersMakeTheSameSite(t *testing.T) {
	t.Parallel()
	var exports []string
	var all []made
	for i := range 2 {
		url := filepath.Join(t.TempDir(), fmt.Sprint(i))
		m := generated(t, url)
		m.DB, m.Seconds = "", 0
		all = append(all, m)
		d, err := db.Open(t.Context(), url, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		_, err = transfer.Export(t.Context(), transfer.ExportOptions{Directory: &directory.Directory{Changes: change.New(d)}, Site: 1, To: &out})
		if err != nil {
			t.Fatal(err)
		}
		d.Close()
		exports = append(exports, out.String())
	}
	if diff := cmp.Diff(all[0], all[1], cmp.AllowUnexported(crowd{})); diff != "" {
		t.Error(diff)
	}
	if exports[0] != exports[1] {
		t.Error("the exports differ")
	}
}
