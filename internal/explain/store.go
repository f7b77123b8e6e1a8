package explain

import (
	"cmp"
	"sync"

	"github.com/rosterhq/roster/internal/failure"
)

// What a store keeps unless its fields say otherwise.
const (
	MostPerSite = 10_000
	MostSites   = 1_000
	MostInAll   = 200_000
)

// Store keeps the last refusals of each site. Its zero value is ready, and it may be used by many at once; nil keeps
// nothing, and has no name. What does
// not fit is forgotten: a site's oldest refusals, then those of the site that has refused nothing for the longest.
type Store struct {
	Node    string // names this server in IDs; random where empty
	PerSite int    // most refusals of a site; 0 is MostPerSite
	Sites   int    // most sites; 0 is MostSites
	InAll   int    // most refusals; 0 is MostInAll

	named sync.Once
	mu    sync.Mutex
	rings map[int64]*ring
	kept  int
	turn  uint64 // counts what was ever kept
}

// ring is the last refusals of a site.
type ring struct {
	refusals []Refusal
	next     int    // where the next one goes once the ring is full
	turn     uint64 // of the last one
}

// Keep keeps a refusal and returns the ID that it gives it; "" where s is nil. A reason or remedy that looks as if it
// held an address or a secret is left out.
func (s *Store) Keep(r Refusal) string {
	if s == nil {
		return ""
	}
	r.Node = s.Name()
	r.ID = newID(r.Node, r.At)
	r.Method, r.Reason, r.Remedy = known(r.Method), public(r.Reason), public(r.Remedy)
	r.bound()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rings == nil {
		s.rings = map[int64]*ring{}
	}
	at := s.rings[r.Site]
	if at == nil {
		at = &ring{}
		s.rings[r.Site] = at
	}
	s.turn++
	at.turn = s.turn
	if len(at.refusals) < cmp.Or(s.PerSite, MostPerSite) {
		at.refusals = append(at.refusals, r)
		s.kept++
	} else {
		at.refusals[at.next] = r
		at.next = (at.next + 1) % len(at.refusals)
	}
	for len(s.rings) > cmp.Or(s.Sites, MostSites) || s.kept > cmp.Or(s.InAll, MostInAll) && len(s.rings) > 1 {
		s.forget()
	}
	return r.ID
}

// forget drops the site that has refused nothing for the longest.
func (s *Store) forget() {
	var oldest int64
	var at *ring
	for site, r := range s.rings {
		if at == nil || r.turn < at.turn {
			oldest, at = site, r
		}
	}
	s.kept -= len(at.refusals)
	delete(s.rings, oldest)
}

// Find returns a site's refusal by its ID, or one of a request that was for no site. What is not there is NotFound,
// with a message that says where else to ask where that is known.
func (s *Store) Find(site int64, id string) (Refusal, error) {
	node, err := nodeOf(id)
	if err != nil {
		return Refusal{}, err
	}
	if s == nil {
		return Refusal{}, failure.NotFound.Errorf("This server keeps no refusals.")
	}
	if node != s.Name() {
		return Refusal{}, failure.NotFound.Errorf("This refusal was made on node %s; ask there. This is node %s.", node, s.Name())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range []int64{site, 0} {
		if at := s.rings[of]; at != nil {
			for i := range at.refusals {
				if at.refusals[i].ID == id {
					return at.refusals[i], nil
				}
			}
		}
	}
	return Refusal{}, failure.NotFound.Errorf("This site has no such refusal. Only its last %d are kept.", cmp.Or(s.PerSite, MostPerSite))
}

// Latest returns the newest of a site's refusals that fit, the newest first, and not more than most.
func (s *Store) Latest(site int64, most int, fits func(*Refusal) bool) []Refusal {
	found := []Refusal{}
	if s == nil {
		return found
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.rings[site]
	if at == nil {
		return found
	}
	n := len(at.refusals)
	for i := 1; i <= n && len(found) < most; i++ {
		if r := &at.refusals[(at.next+n-i)%n]; fits(r) {
			found = append(found, *r)
		}
	}
	return found
}

// Name returns the name by which IDs call this server.
func (s *Store) Name() string {
	if s == nil {
		return ""
	}
	s.named.Do(func() { s.Node = cmp.Or(s.Node, newNode()) })
	return s.Node
}
