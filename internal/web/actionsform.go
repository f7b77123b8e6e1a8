package web

import (
	"errors"
	"slices"
	"strings"
)

// errMissing says that a field which must be filled in is empty. The field says so.
var errMissing = errors.New("a field is empty")

// blank is one field of a form that is made of a description: of an action's parameter, or of a workflow's input.
type blank struct {
	Key      string // what it is about
	Name     string // of the field
	Label    string // in words; empty where there are none
	Help     string
	Kind     string // text, long, number, choice, several, truth or json
	Required bool
	Preset   string // what counts where nothing is given
	Text     string // what was typed
	Choices  []offer
	Problem  string // what is wrong with it, in words
	Missing  bool   // it must be filled in, and is not
}

// offer is a value that a field offers.
type offer struct {
	Value, Help string
	Chosen      bool
}

// Wrong reports whether the field has to be looked at again.
func (f blank) Wrong() bool { return f.Missing || f.Problem != "" }

// several takes what was ticked, and what was typed besides.
func (f *blank) several(typed []string) {
	var others []string
	for _, text := range typed {
		for part := range strings.SplitSeq(text, ",") {
			part = strings.TrimSpace(part)
			at := slices.IndexFunc(f.Choices, func(c offer) bool { return c.Value == part })
			switch {
			case part == "":
			case at >= 0:
				f.Choices[at].Chosen = true
			case !slices.Contains(others, part):
				others = append(others, part)
			}
		}
	}
	f.Text = strings.Join(others, ",")
}

// chosen is what the field was given, in parts where it takes several.
func (f blank) chosen() []string {
	var all []string
	if f.Kind == "several" {
		for _, c := range f.Choices {
			if c.Chosen {
				all = append(all, c.Value)
			}
		}
	}
	if f.Text != "" {
		all = append(all, f.Text)
	}
	return all
}
