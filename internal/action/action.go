// Package action describes what a person can automate: an action each, with what it takes and what it returns. It knows
// neither who offers an action nor how it is run.
package action

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Action is one thing that a step of a workflow can do.
type Action struct {
	Name        string          `json:"name"`  // such as confluence.getUser
	Title       string          `json:"title"` // such as Get user
	Description string          `json:"description"`
	Notes       []string        `json:"notes,omitempty"`
	Permission  string          `json:"permission"` // that the connection's account needs, in words; empty for none
	Scopes      Scopes          `json:"scopes"`
	Reference   string          `json:"reference,omitempty"` // a link to more about it
	Connection  string          `json:"connection"`          // the kind it needs: confluence, mail, roster, or empty
	Parameters  []Parameter     `json:"parameters"`
	Example     json.RawMessage `json:"exampleOutput"` // each text, number and truth value the meaning of its field; null where nothing comes out
	Effect      bool            `json:"effect"`        // something changes or leaves, so it must not silently be repeated
	Repeatable  bool            `json:"repeatable"`    // a second time changes nothing more, so it may be
	Deprecated  bool            `json:"deprecated,omitempty"`
	Trial       bool            `json:"experimental,omitempty"` // it may change

	// Method and Path are those of an operation of HTTP, with {name} for what a parameter fills in; else empty.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
}

// Scopes that a token which is limited by scopes needs: the classic one or all the granular ones, separated by spaces.
type Scopes struct {
	Classic  string `json:"classic,omitempty"`
	Granular string `json:"granular,omitempty"`
}

// Parameter is something that an action takes.
type Parameter struct {
	Name     string  `json:"name"`
	Label    string  `json:"label"` // its name in words, such as Account ID
	Type     string  `json:"type"`  // string, integer, boolean, array (of strings), object or any
	In       string  `json:"in"`    // path, query, header or body; empty where it is no operation of HTTP
	Help     string  `json:"help"`
	Required bool    `json:"required"`
	Default  any     `json:"default,omitempty"`
	Values   []Value `json:"values,omitempty"` // those that it takes or, of an array or object, those that it knows
	Whole    bool    `json:"whole,omitempty"`  // it is the body, not a member of it
}

// Value is one that a parameter takes.
type Value struct {
	Value string `json:"value"`
	Help  string `json:"help"`
}

// Catalogue is a list of actions, by name.
type Catalogue []Action

// Named returns the action of a name.
func (c Catalogue) Named(name string) (Action, bool) {
	i := slices.IndexFunc(c, func(a Action) bool { return a.Name == name })
	if i < 0 {
		return Action{}, false
	}
	return c[i], true
}

// Parameter returns the parameter of a name.
func (a Action) Parameter(name string) (Parameter, bool) {
	i := slices.IndexFunc(a.Parameters, func(p Parameter) bool { return p.Name == name })
	if i < 0 {
		return Parameter{}, false
	}
	return a.Parameters[i], true
}

// All are the operations of Confluence's API and after them what else there is to do.
func All(operations Catalogue) Catalogue {
	return slices.Concat(operations, Catalogue{mailSend, httpCall}, rosterLists)
}

// Answers reports whether anything comes out of an action. Where nothing does, its answer may have no body to read.
func (a Action) Answers() bool { return string(a.Example) != "null" }

// CheckNames tells whether an action may be called with arguments of these names: each known, none missing.
func (a Action) CheckNames(names []string) error {
	for _, name := range names {
		if _, known := a.Parameter(name); !known {
			return fmt.Errorf("%s takes no %s", a.Name, name)
		}
	}
	for _, p := range a.Parameters {
		if p.Required && !slices.Contains(names, p.Name) {
			return fmt.Errorf("%s needs %s", a.Name, p.Name)
		}
	}
	return nil
}
