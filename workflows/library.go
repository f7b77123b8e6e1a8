// Package workflows holds workflow files that are ready to run, each a file of its own beside this one. They are read and
// run as any other file is: docs/workflows.md says what may stand in one.
package workflows

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.yaml
var folder embed.FS

// File is one of the workflows.
type File struct {
	Name string // such as get-user-and-mail: the file's without its ending, and the document's
	Text []byte
}

// Files returns all of them, by name.
func Files() []File {
	entries, err := folder.ReadDir(".")
	if err != nil {
		panic(fmt.Sprintf("the workflows: %v", err)) // they are part of the binary
	}
	files := make([]File, len(entries))
	for i, entry := range entries {
		text, err := folder.ReadFile(entry.Name())
		if err != nil {
			panic(fmt.Sprintf("the workflow %s: %v", entry.Name(), err))
		}
		files[i] = File{strings.TrimSuffix(entry.Name(), ".yaml"), text}
	}
	return files
}

// Named returns the one of a name.
func Named(name string) (File, bool) {
	for _, f := range Files() {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}
