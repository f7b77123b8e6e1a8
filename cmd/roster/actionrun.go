package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/rosteradmin"
)

// newActionRun is a command whose flags are the parameters of the action that it runs, so it reads them once it knows
// which that is.
func newActionRun(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use: "run NAME [--PARAMETER VALUE]…", Short: "Run an action on a site and print what it returns", Args: cobra.ArbitraryArgs, DisableFlagParsing: true,
		Long: "Run an action on a site and print what it returns, as JSON.\n\n" +
			"Each parameter of the action is a flag: accountId is --account-id. A list is given by commas or by repeating the flag, an object as JSON.\n" +
			"roster action run NAME --help lists the flags of an action.",
		Example: "  roster action run confluence.getUser --account-id 557058:ada --expand operations,personalSpace",
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) > 0 && (args[0] == "--help" || args[0] == "-h"):
			return cmd.Help()
		case len(args) == 0 || strings.HasPrefix(args[0], "-"):
			return misuse("the form is %q: the name comes first", cmd.CommandPath()+" NAME [--PARAMETER VALUE]…")
		}
		a, err := actionNamed(args[0])
		if err != nil {
			return err
		}
		return e.runAction(cmd, a, args[1:])
	}
	return cmd
}

func (e *env) runAction(cmd *cobra.Command, a action.Action, args []string) error {
	if a.Method == "" {
		return misuse("%s is run by workflows alone", a.Name)
	}
	one := actionFlags(cmd, a)
	if err := one.ParseFlags(args); err != nil {
		if err.Error() == "pflag: help requested" {
			return one.Help()
		}
		if strings.HasPrefix(err.Error(), "unknown ") {
			return misuse("%s has no such flag: %s; it has %s", a.Name, err, strings.Join(flagNames(a), ", "))
		}
		return misuse("%s", err)
	}
	if rest := one.Flags().Args(); len(rest) > 0 {
		return misuse("%s takes flags alone, and %q is none; it has %s", a.Name, rest[0], strings.Join(flagNames(a), ", "))
	}
	with, err := argumentsOf(one, a)
	if err != nil {
		return err
	}
	r, err := a.Request(with)
	if err != nil {
		return misuse("%s", err)
	}
	ask := e.askConfluence
	if a.Connection == "roster" {
		ask = e.askRoster
	}
	if !a.Answers() {
		return ask(one, r, nil)
	}
	var answer json.RawMessage
	err = ask(one, r, &answer)
	if err != nil || len(answer) == 0 {
		return err
	}
	return e.indented(answer)
}

// actionFlags is a command with the flags of an action, and those that say which site to call and as whom.
func actionFlags(run *cobra.Command, a action.Action) *cobra.Command {
	one := &cobra.Command{Use: a.Name, Short: a.Title, Long: a.Description, Run: func(*cobra.Command, []string) {}, DisableFlagsInUseLine: true}
	one.Use = strings.Replace(run.CommandPath(), " run", " run "+a.Name, 1) + " [flags]"
	one.SetContext(run.Context())
	one.SetOut(run.OutOrStdout())
	for _, p := range a.Parameters {
		help := p.Help
		for _, v := range p.Values {
			help += "\n" + v.Value + ": " + v.Help
		}
		switch p.Type {
		case "array":
			one.Flags().StringSlice(flagName(p), nil, help)
		case "boolean":
			one.Flags().Bool(flagName(p), p.Default == true, help)
		default:
			one.Flags().String(flagName(p), "", help)
		}
	}
	config.Bind(one.Flags(), new(config.API).Settings())
	one.Flags().Bool("bearer", false, "the token is an OAuth 2.0 access token or a scoped API token, so it needs no e-mail address")
	return one
}

// flagName is the name of a parameter's flag: accountId is account-id.
func flagName(p action.Parameter) string {
	var name strings.Builder
	for i, r := range p.Name {
		if unicode.IsUpper(r) && i > 0 {
			name.WriteByte('-')
		}
		name.WriteRune(unicode.ToLower(r))
	}
	return name.String()
}

func flagNames(a action.Action) []string {
	names := []string{}
	for _, p := range a.Parameters {
		names = append(names, "--"+flagName(p))
	}
	return append(names, "--url", "--email", "--token", "--bearer")
}

// argumentsOf reads the flags that were given. A flag that must be given and was not is an error.
func argumentsOf(one *cobra.Command, a action.Action) (map[string]any, error) {
	with := map[string]any{}
	for _, p := range a.Parameters {
		name := flagName(p)
		if !one.Flags().Changed(name) {
			if p.Required {
				return nil, misuse("%s needs --%s", a.Name, name)
			}
			continue
		}
		var err error
		switch p.Type {
		case "array":
			with[p.Name], err = one.Flags().GetStringSlice(name)
		case "boolean":
			with[p.Name], err = one.Flags().GetBool(name)
		case "any":
			var text string
			text, err = one.Flags().GetString(name)
			if with[p.Name] = json.RawMessage(text); !json.Valid([]byte(text)) {
				return nil, misuse("--%s is no JSON", name)
			}
		default:
			with[p.Name], err = one.Flags().GetString(name)
		}
		if err != nil {
			return nil, err
		}
	}
	return with, nil
}

func (e *env) askConfluence(one *cobra.Command, r action.Request, answer any) error {
	c, err := e.client(one)
	if err != nil {
		return err
	}
	return c.Do(one.Context(), r.Method, r.Path, r.Query, r.Body, answer)
}

// askRoster asks the administrators' API. A stand-in wants no credential for that.
func (e *env) askRoster(one *cobra.Command, r action.Request, answer any) error {
	if _, err := e.client(one); err != nil { // for what it finds wrong
		return err
	}
	var c config.API
	if err := config.Load(one.Flags(), e.Environ(), c.Settings()); err != nil {
		return err
	}
	var as []rosteradmin.Option
	switch bearer, err := one.Flags().GetBool("bearer"); {
	case err != nil:
		return err
	case bearer:
		as = append(as, rosteradmin.WithBearer(c.Token))
	case c.Token != "":
		as = append(as, rosteradmin.WithBasicAuth(c.Email, c.Token))
	}
	client, err := rosteradmin.NewClient(c.URL, as...)
	if err != nil {
		return fmt.Errorf("call the administrators' API: %w", err)
	}
	return client.Do(one.Context(), r.Method, r.Path, r.Query, r.Body, answer)
}
