// Package cache keeps what was read from the database for as long as it is exactly what another read would bring: a
// request uses only what stands for a state of its site that was looked up after the request arrived.
package cache

import (
	"context"
	"math/rand/v2"

	"github.com/maypok86/otter/v2"

	"github.com/rosterhq/roster/internal/db"
)

// Cache holds what was read of every site, within a number of bytes.
type Cache struct {
	db     *db.DB
	held   *otter.Cache[key, entry]
	places flights[Place]
}

type key struct {
	site int64 // 0 for where sites are found
	kind string
	id   string
}

// entry is a value and the state that it was read in: the site's epoch, or for a place the database's version.
type entry struct {
	state int64
	value any
	bytes uint32
}

// overhead is about what an entry takes besides its value and its key.
const overhead = 160

// New returns a cache of at most so many bytes.
func New(d *db.DB, bytes uint64) (*Cache, error) {
	held, err := otter.New(&otter.Options[key, entry]{
		MaximumWeight: bytes,
		Weigher:       func(k key, e entry) uint32 { return e.bytes + uint32(len(k.id)) + overhead },
	})
	if err != nil {
		return nil, err
	}
	return &Cache{db: d, held: held}, nil
}

// Place is what stands at an address: a site in one state.
type Place struct {
	Site  int64 // internal ID; 0 where there is none
	Epoch int64 // raised by every change of a credential, standing, permission, membership, privacy choice or setting

	version int64 // of the database when the place was found; 0 where it has none
}

// Find returns what stands at an address now, by look where it is not known. Callers at once share one look, which
// began after each of them called.
func (c *Cache) Find(ctx context.Context, address string, look func(context.Context) (Place, error)) (Place, error) {
	if c.db.Engine != db.SQLite { // nothing but the look tells whether it is still so
		return c.places.do(ctx, address, look)
	}
	version, err := c.db.Version(ctx)
	if err != nil {
		return Place{}, err
	}
	at := key{kind: "place", id: address}
	if e, ok := c.held.GetIfPresent(at); ok && e.state == version {
		return e.value.(Place), nil
	}
	p, err := c.places.do(ctx, address, look)
	p.version = version
	if err == nil && p.Site != 0 {
		c.held.Set(at, entry{state: version, value: p})
	}
	return p, err
}

// Bytes is about how much is held.
func (c *Cache) Bytes() uint64 { return c.held.WeightedSize() }

// state is a site in one state, as a request carries it.
type state struct {
	cache *Cache
	Place
}

type stateKey struct{}

// With returns a context whose reads of the place's site may be answered by the cache.
func (c *Cache) With(ctx context.Context, p Place) context.Context {
	return context.WithValue(ctx, stateKey{}, state{c, p})
}

// Read returns what load brings, or what it brought before in the same state of the site. Found values alone are kept:
// what is not there costs a look each time, and no memory. Whoever gets a value shares it, and must not change it.
func Read[T any](ctx context.Context, site int64, kind, id string, bytes func(T) int, load func() (T, bool, error)) (T, bool, error) {
	s, ok := ctx.Value(stateKey{}).(state)
	if !ok || s.Site != site {
		return load()
	}
	k := key{site, kind, id}
	if e, ok := s.cache.held.GetIfPresent(k); ok && e.state == s.Epoch {
		return e.value.(T), true, nil
	}
	value, found, err := load()
	if err == nil && found {
		s.keep(k, value, bytes(value))
	}
	return value, found, err
}

// keep never puts an older state in the place of a newer one.
func (s state) keep(k key, value any, bytes int) {
	if e, ok := s.cache.held.GetIfPresent(k); ok && e.state > s.Epoch {
		return
	}
	s.cache.held.Set(k, entry{state: s.Epoch, value: value, bytes: uint32(bytes)})
}

// ReadAll is [Read] of many values by their IDs: those that are not held are loaded together. What is not there is
// left out.
func ReadAll[T any](ctx context.Context, site int64, kind string, ids []string, bytes func(T) int, load func(ids []string) (map[string]T, error)) (map[string]T, error) {
	s, ok := ctx.Value(stateKey{}).(state)
	if !ok || s.Site != site {
		return load(ids)
	}
	all := make(map[string]T, len(ids))
	var missing []string
	for _, id := range ids {
		if e, ok := s.cache.held.GetIfPresent(key{site, kind, id}); ok && e.state == s.Epoch {
			all[id] = e.value.(T)
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return all, nil
	}
	loaded, err := load(missing)
	for id, value := range loaded {
		all[id] = value
		s.keep(key{site, kind, id}, value, bytes(value))
	}
	return all, err
}

// Settle ends what the cache does later on, such as leaving out what is over its bound.
func (c *Cache) Settle() { c.held.CleanUp() }

// Sometimes returns what load brought since the last commit to the database. Where it did not, it loads one time in so
// many, by chance, and otherwise returns false, as it does where there is no cache or the database tells no version.
func Sometimes[T any](ctx context.Context, site int64, kind string, oneIn int, bytes func(T) int, load func() (T, error)) (value T, ok bool, err error) {
	s, on := ctx.Value(stateKey{}).(state)
	if !on || s.Site != site || s.version == 0 {
		return value, false, nil
	}
	k := key{site: site, kind: kind}
	if e, held := s.cache.held.GetIfPresent(k); held && e.state == s.version {
		return e.value.(T), true, nil
	}
	if rand.N(oneIn) != 0 {
		return value, false, nil
	}
	if value, err = load(); err != nil {
		return value, false, err
	}
	s.cache.held.Set(k, entry{state: s.version, value: value, bytes: uint32(bytes(value))})
	return value, true, nil
}
