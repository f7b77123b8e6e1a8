package emulate

import (
	"path/filepath"
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/seed"
	"github.com/rosterhq/roster/internal/site"
)

func TestOfSoManySitesNoneIsMadeUntilOneIsRemoved(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "sites.db"), db.Options{Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	plan, err := seed.Demo()
	if err != nil {
		t.Fatal(err)
	}
	s := &Sites{Store: &site.Store{Changes: change.New(d)}, Seed: plan, Most: 3}
	var made []string
	for range 3 {
		one, err := s.Make(t.Context(), change.Actor{}, "")
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, one.Site.CloudID)
	}
	refused := func() bool {
		_, err := s.Make(t.Context(), change.Actor{}, "")
		kind, _ := failure.Of(err)
		return kind == failure.Conflict
	}
	if !refused() {
		t.Error("a fourth one is made")
	}
	if _, err := s.Of(plan).Make(t.Context(), change.Actor{}, ""); err == nil {
		t.Error("one of another seed is made")
	}
	if _, err := s.Reset(t.Context(), change.Actor{}, made[1]); err != nil {
		t.Errorf("none is reset any more: %v", err)
	}
	if err := s.Remove(t.Context(), change.Actor{}, made[1]); err != nil || refused() {
		t.Errorf("in the place of one that was removed none is made (%v)", err)
	}
	if !refused() {
		t.Error("a fourth one is made in the end")
	}
}
