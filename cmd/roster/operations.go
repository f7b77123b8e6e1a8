package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/site"
)

func newOperationsCommand(e *env) *cobra.Command {
	var of, file string
	var tags []string
	var gateway bool
	cmd := &cobra.Command{
		Use:   "operations",
		Short: "List what the API serves and what each operation needs, or what a token can call",
		Args:  cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		known := knownTags()
		for _, tag := range tags {
			if !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, tag) }) {
				return misuse("there is no tag %q, but %s", tag, strings.Join(known, ", "))
			}
		}
		if of == "" && file == "" {
			return e.listOperations(cmd, tags)
		}
		if of != "" && file != "" {
			return misuse("say --for or --for-file")
		}
		switch {
		case strings.HasPrefix(of, "roster_"):
			return misuse("--for takes the ID of a token; the token itself goes to standard input, by --for -, or into a file, by --for-file")
		case of == "-":
			of, file = "", "-"
		}
		return e.onDiagnosis(cmd, of, func() (string, error) { return e.secretFrom(file) }, gateway, func(d app.Diagnosis, _ site.Site) error {
			if d.Problem != "" {
				return badToken(d)
			}
			return newListing(e, cmd, verdictRow, verdictHeader...).all(withTags(d.Verdicts, tags))
		})
	}
	cmd.Flags().StringVar(&of, "for", "", "say what the token with this ID can call; - reads the token itself from standard input")
	cmd.Flags().StringVar(&file, "for-file", "", "say what the token in this file can call; - is standard input")
	cmd.Flags().StringArrayVar(&tags, "tag", nil, "only operations of this section, such as Group (may be repeated)")
	bindGateway(cmd, &gateway)
	return withJSON(cmd)
}

func bindGateway(cmd *cobra.Command, at *bool) {
	cmd.Flags().BoolVar(at, "gateway", false, "ask about calls through the gateway instead of the site's own address")
}

// knownTags are the sections of the table, in its order.
func knownTags() (tags []string) {
	for _, o := range app.Operations() {
		if !slices.Contains(tags, o.Tag) {
			tags = append(tags, o.Tag)
		}
	}
	return tags
}

func (e *env) listOperations(cmd *cobra.Command, tags []string) error {
	out := newListing(e, cmd, func(o app.Operation) []string {
		return []string{
			o.ID, o.Method, o.Path, o.Title, o.ClassicScope, strings.Join(o.GranularScopes, " "), o.ConnectScope, o.AppRule, yes(o.Experimental),
			strings.Join(o.Permission, " "),
		}
	}, "operation", "method", "path", "title", "classic scope", "granular scopes", "Connect scope", "app rule", "experimental", "permission")
	var list []app.Operation
	for _, o := range app.Operations() {
		if hasTag(o, tags) {
			list = append(list, o)
		}
	}
	return out.all(list)
}

// hasTag reports whether an operation is of one of the sections; none stand for all.
func hasTag(o app.Operation, tags []string) bool {
	return len(tags) == 0 || slices.ContainsFunc(tags, func(tag string) bool { return strings.EqualFold(tag, o.Tag) })
}

func withTags(all []app.Verdict, tags []string) (list []app.Verdict) {
	for _, v := range all {
		if hasTag(v.Operation, tags) {
			list = append(list, v)
		}
	}
	return list
}

var verdictHeader = []string{"operation", "method", "path", "callable", "check", "why", "what would help"}

func verdictRow(v app.Verdict) []string {
	why := v.Reason
	if v.Allowed {
		why = strings.Join(v.Conditions, " ")
	}
	return []string{v.ID, v.Method, v.Path, yes(v.Allowed), string(v.Check), why, v.Remedy}
}
