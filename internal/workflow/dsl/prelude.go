package dsl

import (
	"fmt"
	"sync"

	"github.com/itchyny/gojq"
)

// preludeNames are the functions of the prelude, with the number of what they take.
var preludeNames = func() map[string]bool {
	names := map[string]bool{}
	for _, f := range parsePrelude() {
		names[definition(f)] = true
	}
	return names
}()

func parsePrelude() []*gojq.FuncDef {
	q, err := gojq.Parse(prelude + ".")
	if err != nil {
		panic(fmt.Sprintf("the prelude: %v", err))
	}
	return q.FuncDefs
}

func definition(f *gojq.FuncDef) string { return fmt.Sprintf("%s/%d", f.Name, len(f.Args)) }

// library is a function of the prelude, with those that it calls.
type library struct {
	def   *gojq.FuncDef
	needs []string
}

var libraries = sync.OnceValue(func() map[string]library {
	all := map[string]library{}
	for _, f := range parsePrelude() {
		g := guard{own: true}
		f.Body = g.query(f.Body)
		if g.refused != nil {
			panic(fmt.Sprintf("the prelude's %s: %v", f.Name, g.refused))
		}
		all[definition(f)] = library{f, g.needs}
	}
	return all
})

// definitions returns functions of the prelude and what they call, each behind what it calls.
func definitions(needs []string) []*gojq.FuncDef {
	var defs []*gojq.FuncDef
	seen := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		l := libraries()[name]
		for _, n := range l.needs {
			add(n)
		}
		defs = append(defs, l.def)
	}
	for _, n := range needs {
		add(n)
	}
	return defs
}
