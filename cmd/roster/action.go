package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/api"
)

// actions are what there is to automate.
func actions() action.Catalogue { return action.All(api.Actions()) }

func newActionCommand(e *env) *cobra.Command {
	return family("action", "List, explain and run what workflows can do", withJSON(newActionList(e)), withJSON(newActionShow(e)), newActionRun(e))
}

func newActionList(e *env) *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "All actions", Args: cobra.NoArgs}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		out := newListing(e, cmd, func(a action.Action) []string {
			return []string{a.Name, a.Title, a.Connection, yes(a.Effect), parameterNames(a)}
		}, "action", "title", "connection", "changes something", "parameters")
		return out.all(actions())
	}
	return cmd
}

// parameterNames are the parameters of an action, those marked that it needs.
func parameterNames(a action.Action) string {
	names := make([]string, len(a.Parameters))
	for i, p := range a.Parameters {
		if names[i] = p.Name; p.Required {
			names[i] += "*"
		}
	}
	return strings.Join(names, " ")
}

func newActionShow(e *env) *cobra.Command {
	cmd := &cobra.Command{Use: "show NAME", Short: "One action: what it does, takes and returns", Args: cobra.ExactArgs(1)}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		a, err := actionNamed(args[0])
		if err != nil {
			return err
		}
		if err := e.describe(cmd, a, factsOf(a)); err != nil || asJSON(cmd) {
			return err
		}
		if len(a.Parameters) > 0 {
			fmt.Fprintln(e.Stdout)
			if err := e.listParameters(cmd, a); err != nil {
				return err
			}
		}
		return e.showExample(a)
	}
	return cmd
}

// exampleDepth is how many objects within each other are shown to people: a user's space and its homepage.
const exampleDepth = 3

// showExample prints what an action returns, without what lies deeper than people read.
func (e *env) showExample(a action.Action) error {
	var example any
	if err := json.Unmarshal(a.Example, &example); err != nil {
		return fmt.Errorf("read the example of %s: %w", a.Name, err)
	}
	shown, whole := cutDeep(example, exampleDepth)
	title := "example output:"
	if !whole {
		title = "example output (--json has what is inside of {…}):"
	}
	fmt.Fprintln(e.Stdout, "\n"+title)
	return e.indented(shown)
}

// cutDeep returns a value of JSON without what lies deeper, and whether it is whole.
func cutDeep(v any, depth int) (cut any, whole bool) {
	whole = true
	switch v := v.(type) {
	case map[string]any:
		if depth == 0 {
			if len(v) == 0 {
				return v, true
			}
			return "{…}", false
		}
		for name, member := range v {
			shown, all := cutDeep(member, depth-1)
			v[name], whole = shown, whole && all
		}
	case []any:
		for i, item := range v {
			shown, all := cutDeep(item, depth)
			v[i], whole = shown, whole && all
		}
	}
	return v, whole
}

func factsOf(a action.Action) []fact {
	facts := []fact{{"action", a.Name}, {"title", a.Title}, {"description", a.Description}}
	for _, note := range a.Notes {
		facts = append(facts, fact{"note", note})
	}
	return append(facts,
		fact{"permission", a.Permission}, fact{"classic scope", a.Scopes.Classic}, fact{"granular scopes", a.Scopes.Granular},
		fact{"connection", a.Connection}, fact{"request", strings.TrimSpace(a.Method + " " + a.Path)}, fact{"reference", a.Reference},
		fact{"changes something", yes(a.Effect)}, fact{"may be repeated", yes(a.Repeatable)})
}

func (e *env) listParameters(cmd *cobra.Command, a action.Action) error {
	out := newListing(e, cmd, func(row []string) []string { return row }, "parameter", "label", "type", "required", "default", "meaning")
	for _, p := range a.Parameters {
		byDefault := ""
		if p.Default != nil {
			byDefault = fmt.Sprint(p.Default)
		}
		if err := out.add([]string{p.Name, p.Label, p.Type, yes(p.Required), byDefault, p.Help}); err != nil {
			return err
		}
		for _, v := range p.Values {
			if err := out.add([]string{"  " + v.Value, "", "", "", "", v.Help}); err != nil {
				return err
			}
		}
	}
	return out.flush()
}

// actionNamed finds an action, or says which may be meant.
func actionNamed(name string) (action.Action, error) {
	all := actions()
	a, found := all.Named(name)
	if found {
		return a, nil
	}
	var near []string
	for _, a := range all {
		_, short, _ := strings.Cut(a.Name, ".")
		if strings.EqualFold(short, name) || strings.EqualFold(a.Name, name) {
			near = []string{a.Name}
			break
		}
		if name != "" && strings.Contains(strings.ToLower(a.Name), strings.ToLower(name)) {
			near = append(near, a.Name)
		}
	}
	if len(near) > 0 {
		return a, misuse("there is no action %q; did you mean %s?", name, strings.Join(near, " or "))
	}
	return a, misuse("there is no action %q; roster action list names all", name)
}
