package explain_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func anything(*explain.Refusal) bool { return true }

func refusal(site int64, reason string) explain.Refusal {
	return explain.Refusal{Site: site, At: noon, Reason: reason, Check: explain.Scope}
}

func reasons(s *explain.Store, site int64, most int) string {
	var all []string
	for _, r := range s.Latest(site, most, anything) {
		all = append(all, r.Reason)
	}
	return strings.Join(all, " ")
}

func TestARefusalIsFoundByItsIDOnItsOwnSiteAlone(t *testing.T) {
	t.Parallel()
	s := &explain.Store{Node: "here"}
	id := s.Keep(refusal(1, "a"))
	got, err := s.Find(1, id)
	want := refusal(1, "a")
	want.ID, want.Node, want.Method = id, "here", "other"
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if node, rest, _ := strings.Cut(id, "-"); node != "here" || len(rest) != 26 {
		t.Errorf("the ID is %s", id)
	}
	for _, other := range []struct {
		site    int64
		id, say string
	}{
		{2, id, "no such refusal"},
		{1, "here-" + strings.Repeat("0", 26), "no such refusal"},
		{1, "there-" + strings.Repeat("0", 26), "made on node there; ask there"},
		{1, "", "not the ID"},
		{1, strings.ToUpper(id), "not the ID"},
		{1, id + "0", "not the ID"},
		{1, `a"@example.com`, "not the ID"},
	} {
		_, err := s.Find(other.site, other.id)
		if kind, message := failure.Of(err); kind != failure.NotFound || !strings.Contains(message, other.say) || strings.Contains(message, "@") {
			t.Errorf("%q of site %d: %v", other.id, other.site, err)
		}
	}
}

func TestARefusalOfNoSiteIsFoundFromEverySiteAndListedOnNone(t *testing.T) {
	t.Parallel()
	s := &explain.Store{}
	id := s.Keep(refusal(0, "a"))
	for _, site := range []int64{1, 2} {
		if _, err := s.Find(site, id); err != nil {
			t.Error(err)
		}
		if got := reasons(s, site, 10); got != "" {
			t.Errorf("site %d lists %s", site, got)
		}
	}
}

func TestEachServerHasANodeOfItsOwn(t *testing.T) {
	t.Parallel()
	a, b := &explain.Store{}, &explain.Store{}
	if name := a.Name(); name == b.Name() || len(name) != 8 || a.Name() != name {
		t.Errorf("%s and %s", a.Name(), b.Name())
	}
	_, err := b.Find(1, a.Keep(refusal(1, "a")))
	if _, message := failure.Of(err); !strings.Contains(message, "node "+a.Name()) {
		t.Error(err)
	}
}

func TestTheNewestRefusalsAreKeptAndComeFirst(t *testing.T) {
	t.Parallel()
	s := &explain.Store{PerSite: 3}
	for _, step := range []struct{ add, all, two string }{
		{"a", "a", "a"}, {"b", "b a", "b a"}, {"c", "c b a", "c b"}, {"d", "d c b", "d c"}, {"e", "e d c", "e d"}, {"f", "f e d", "f e"}, {"g", "g f e", "g f"},
	} {
		s.Keep(refusal(1, step.add))
		if all, two := reasons(s, 1, 10), reasons(s, 1, 2); all != step.all || two != step.two {
			t.Errorf("after %s: %s, and of two %s", step.add, all, two)
		}
	}
	s.Keep(refusal(2, "x"))
	if got := reasons(s, 1, 10); got != "g f e" {
		t.Errorf("another site's refusal leaves %s", got)
	}
	if got := s.Latest(1, 10, func(r *explain.Refusal) bool { return r.Reason == "f" }); len(got) != 1 || got[0].Reason != "f" {
		t.Errorf("filtered: %v", got)
	}
	if got := s.Latest(3, 10, anything); got == nil || len(got) != 0 {
		t.Errorf("a site without refusals: %v", got)
	}
}

func TestTheSiteThatRefusedNothingForTheLongestIsForgottenFirst(t *testing.T) {
	t.Parallel()
	for _, s := range []*explain.Store{{Sites: 2}, {InAll: 3}} {
		s.Keep(refusal(1, "a"))
		s.Keep(refusal(2, "b"))
		s.Keep(refusal(1, "c"))
		s.Keep(refusal(3, "d"))
		if one, two, three := reasons(s, 1, 9), reasons(s, 2, 9), reasons(s, 3, 9); one != "c a" || two != "" || three != "d" {
			t.Errorf("%+v: %q %q %q", s.Sites, one, two, three)
		}
	}
}

// Not parallel, so that nothing else allocates meanwhile.
func TestMemoryIsBoundedWhateverIsRefused(t *testing.T) {
	s := &explain.Store{PerSite: 100, Sites: 8, InAll: 400}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	long := strings.Repeat("é", 10_000)
	for i := range 5_000 {
		r := refusal(int64(i%50), fmt.Sprint(i, long))
		r.Remedy, r.Method, r.TokenID, r.AccountID, r.RequestID = fmt.Sprint(long, i), fmt.Sprint(long, i), long, long, long
		s.Keep(r)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	const most = 400 * 7 * 1024
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > most {
		t.Errorf("%d bytes are held, more than %d", grown, most)
	}
	total := 0
	for site := range int64(50) {
		for _, r := range s.Latest(site, 1000, anything) {
			total++
			if len(r.Reason) > 700 || !strings.HasSuffix(r.Reason, "é…") {
				t.Fatalf("a reason of %d bytes is kept", len(r.Reason))
			}
		}
	}
	if total == 0 || total > 400 {
		t.Errorf("%d refusals are kept", total)
	}
}

func TestManyMayRefuseAndAskAtOnce(t *testing.T) {
	t.Parallel()
	s := &explain.Store{PerSite: 50, Sites: 3}
	var all sync.WaitGroup
	for worker := range int64(8) {
		all.Go(func() {
			for i := range 500 {
				site := (worker + int64(i)) % 4
				id := s.Keep(refusal(site, "x"))
				if r, err := s.Find(site, id); err == nil && r.ID != id {
					t.Errorf("%s is found for %s", r.ID, id)
				}
				if got := s.Latest(site, 10, anything); len(got) > 10 {
					t.Errorf("%d are listed", len(got))
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkKeep(b *testing.B) {
	s := &explain.Store{}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s.Keep(refusal(1, "The account is in no group that holds the permission."))
		}
	})
}
