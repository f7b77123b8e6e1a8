package directory_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

const noFailure = failure.Kind(-1)

// kindOf is the kind of an error, or noFailure.
func kindOf(err error) failure.Kind {
	if err == nil {
		return noFailure
	}
	kind, _ := failure.Of(err)
	return kind
}

// cupboard is what a directory should keep of one user's properties, as plainly as it can be said.
type cupboard struct {
	most       int
	properties map[string]directory.Property
}

// reach tells why a property cannot be touched by an app, or by everybody where app is empty.
func (c cupboard) reach(app, key string) failure.Kind {
	p, ok := c.properties[key]
	switch {
	case !ok:
		return failure.NotFound
	case app != "" && p.App != app:
		return failure.Forbidden
	}
	return noFailure
}

func (c cupboard) add(p directory.Property) failure.Kind {
	kept := 0
	for _, other := range c.properties {
		if other.App == p.App {
			kept++
		}
	}
	switch _, taken := c.properties[p.Key]; {
	case taken:
		return failure.Conflict
	case kept >= c.most:
		return failure.Invalid
	}
	p.Version = 1
	c.properties[p.Key] = p
	return noFailure
}

func (c cupboard) keys(app string, start, limit int) (keys []string, more bool) {
	for _, k := range slices.Sorted(maps.Keys(c.properties)) {
		if app == "" || c.properties[k].App == app {
			keys = append(keys, k)
		}
	}
	keys = keys[min(start, len(keys)):]
	return keys[:min(limit, len(keys))], len(keys) > limit
}

func TestPropertiesAreKeptAsThePlainModelKeepsThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		limits := directory.PropertyLimits{KeyBytes: 4, ValueBytes: 12, PerUserAndApp: 3}
		rapid.Check(t, func(rt *rapid.T) {
			ctx := t.Context()
			user := add(t, dir, site, directory.Account{PublicName: "Ada"}).ID
			model := cupboard{limits.PerUserAndApp, map[string]directory.Property{}}
			app := rapid.SampledFrom([]string{"", "app-1", "app-2"})
			key := rapid.SampledFrom([]string{"a", "b", "c", "B", "d", "_", "-9"})
			value := rapid.SampledFrom([]string{`{}`, `{"a":1e400}`, `{ "é":"" }`})
			agree := func(what string, err error, want failure.Kind) {
				if kindOf(err) != want {
					rt.Fatalf("%s: %v, want kind %d", what, err, want)
				}
			}
			follow(rt, map[string]func(*rapid.T){
				"add": func(rt *rapid.T) {
					p := directory.Property{Key: key.Draw(rt, "key"), App: app.Draw(rt, "app"), Value: value.Draw(rt, "value")}
					_, err := dir.AddProperty(ctx, site, operator, user, p, limits)
					agree("add", err, model.add(p))
				},
				"change": func(rt *rapid.T) {
					a, k, v := app.Draw(rt, "app"), key.Draw(rt, "key"), value.Draw(rt, "value")
					agree("change", dir.ChangeProperty(ctx, site, operator, user, a, k, v, limits), model.reach(a, k))
					if p, ok := model.properties[k]; ok && model.reach(a, k) == noFailure && p.Value != v {
						p.Value, p.Version = v, p.Version+1
						model.properties[k] = p
					}
				},
				"delete": func(rt *rapid.T) {
					a, k := app.Draw(rt, "app"), key.Draw(rt, "key")
					want := model.reach(a, k)
					agree("delete", dir.DeleteProperty(ctx, site, operator, user, a, k), want)
					if want == noFailure {
						delete(model.properties, k)
					}
				},
				"get": func(rt *rapid.T) {
					a, k := app.Draw(rt, "app"), key.Draw(rt, "key")
					p, err := dir.Property(ctx, site, user, a, k)
					agree("get", err, model.reach(a, k))
					if want := model.properties[k]; err == nil && (p.Value != want.Value || p.App != want.App || p.Version != want.Version) {
						rt.Fatalf("%s is %+v, want %+v", k, p, want)
					}
				},
				"": func(rt *rapid.T) {
					a, start, limit := app.Draw(rt, "app"), rapid.IntRange(0, 8).Draw(rt, "start"), rapid.IntRange(0, 8).Draw(rt, "limit")
					keys, more, err := dir.PropertyKeys(ctx, site, user, a, start, limit)
					agree("list", err, noFailure)
					wanted, wantMore := model.keys(a, start, limit)
					if diff := cmp.Diff(append([]string{}, wanted...), append([]string{}, keys...)); diff != "" || more != wantMore {
						rt.Fatalf("keys from %d, %d at most, more %v: -want +got\n%s", start, limit, more, diff)
					}
				},
			})
		})
	})
}

// propertyCall is a call on one property; each value is written once.
type propertyCall struct{ verb, value string }

type propertyAnswer struct {
	kind  failure.Kind
	value string
}

// step is one property, alone: its value, or "" where there is none.
func (in propertyCall) step(value string, out propertyAnswer) (string, bool) {
	if value == "" && in.verb != "add" {
		return value, out.kind == failure.NotFound
	}
	switch in.verb {
	case "add":
		if value != "" {
			return value, out.kind == failure.Conflict
		}
		return in.value, out.kind == noFailure
	case "change":
		return in.value, out.kind == noFailure
	case "delete":
		return "", out.kind == noFailure
	}
	return value, out.kind == noFailure && out.value == value
}

func TestConcurrentCallsOnAPropertyHappenInSomeOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir, site := newSite(t, d)
		limits := directory.PropertyLimits{KeyBytes: 255, ValueBytes: 255, PerUserAndApp: 100}
		user := add(t, dir, site, directory.Account{PublicName: "Ada"}).ID
		for round := range 12 {
			seeded := rand.New(rand.NewPCG(uint64(round), 1))
			calls := make([]propertyCall, 40)
			for i := range calls {
				calls[i] = propertyCall{[]string{"add", "add", "change", "delete", "get"}[seeded.IntN(5)], fmt.Sprintf(`{"n":%d}`, i)}
			}
			key := fmt.Sprint("k", round)
			events := history(8, calls, func(in propertyCall) (out propertyAnswer) {
				var err error
				switch in.verb {
				case "add":
					_, err = dir.AddProperty(t.Context(), site, operator, user, directory.Property{Key: key, Value: in.value}, limits)
				case "change":
					err = dir.ChangeProperty(t.Context(), site, operator, user, "", key, in.value, limits)
				case "delete":
					err = dir.DeleteProperty(t.Context(), site, operator, user, "", key)
				default:
					var p directory.Property
					p, err = dir.Property(t.Context(), site, user, "", key)
					out.value = p.Value
				}
				out.kind = kindOf(err)
				return out
			})
			ok := explained("", events, func(state string, in propertyCall, out propertyAnswer) (string, bool) { return in.step(state, out) })
			if !ok {
				t.Errorf("round %d: no order explains %+v", round, events)
			}
		}
	})
}
