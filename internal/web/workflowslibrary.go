package web

import (
	"fmt"
	"slices"
	"sync"

	"github.com/rosterhq/roster/internal/workflow/dsl"
	"github.com/rosterhq/roster/workflows"
)

// libraryFile is a workflow that comes with the program.
type libraryFile struct{ *dsl.File }

// library returns the workflows that come with the program, in the order of their names.
var library = sync.OnceValue(func() []libraryFile {
	var all []libraryFile
	for _, f := range workflows.Files() {
		read, err := dsl.Parse(f.Text, catalogue())
		if err != nil {
			panic(fmt.Sprintf("the workflow %s: %v", f.Name, err)) // it is part of the program
		}
		all = append(all, libraryFile{read})
	}
	return all
})

// inLibrary returns the workflow of the library that has a name.
func inLibrary(name string) (libraryFile, bool) {
	i := slices.IndexFunc(library(), func(f libraryFile) bool { return f.Name == name })
	if i < 0 {
		return libraryFile{}, false
	}
	return library()[i], true
}

// calls reports whether a step of the workflow is the action.
func (f libraryFile) calls(action string) bool { return slices.Contains(f.File.Actions(), action) }

// Needs is the kind of connection that the workflow says it needs, in its tag.
func (f libraryFile) Needs() string {
	needs, _ := f.Tags["needs"].(string)
	return needs
}
