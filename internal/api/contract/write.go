package contract

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// The kinds of lines, which are their first columns.
const (
	kindOp     = "op"
	kindParam  = "param"
	kindBody   = "body"
	kindStatus = "status"
	kindSchema = "schema"
)

// columns names what stands behind the kind; it is also the head of the file.
var columns = map[string][]string{
	kindOp: {
		"operation", "method", "path", "tag", "deprecated", "experimental", "connect scope", "app access rule exempt",
		"classic scopes", "granular scopes", "security schemes",
	},
	kindParam: {
		"operation", "name", "in", "type", "required", "default", "min", "max", "enum", "style/explode", "deprecated", "pattern",
	},
	kindBody:   {"operation", "content type", "schema", "required"},
	kindStatus: {"operation", "code", "content type", "schema", "headers"},
	kindSchema: {
		"schema", "member", "type", "required", "nullable", "enum", "format", "deprecated", "min", "max", "default",
	},
}

const head = `# The facts of the official API description, one a line. Derived, do not edit:
# go run ./internal/api/contractgen
# A dash is nothing, "" the empty text. Lines are sorted. The columns are:
`

// none is written for an empty column, so that it can be seen.
const none = "-"

// Write writes the table: the head, then one fact a line in bytewise order. Equal contracts give equal bytes.
func (c *Contract) Write(w io.Writer) error {
	var lines []string
	for _, o := range c.Operations {
		lines = append(lines, o.lines()...)
	}
	for _, s := range c.Schemas {
		lines = append(lines, s.Root.line(s.Name))
		for _, m := range s.Members {
			lines = append(lines, m.line(s.Name))
		}
	}
	slices.Sort(lines)
	for _, l := range lines {
		kind, _, _ := strings.Cut(l, "\t")
		if n := strings.Count(l, "\t"); n != len(columns[kind]) || strings.ContainsAny(l, "\r\n") {
			return fmt.Errorf("write the contract: %q does not fit into one line of %d columns", l, len(columns[kind])+1)
		}
	}
	text := head
	for _, kind := range []string{kindBody, kindOp, kindParam, kindSchema, kindStatus} {
		text += "# " + kind + ": " + strings.Join(columns[kind], ", ") + "\n"
	}
	_, err := io.WriteString(w, text+strings.Join(lines, "\n")+"\n")
	return err
}

func (o Operation) lines() []string {
	exempt := ""
	if o.Exempt != nil {
		exempt = strconv.FormatBool(*o.Exempt)
	}
	lines := []string{line(kindOp, o.ID, o.Method, o.Path, o.Tag, flag(o.Deprecated), flag(o.Experimental), o.Connect,
		exempt, list(o.Classic), list(o.Granular), list(o.Security))}
	for _, p := range o.Params {
		lines = append(lines, line(kindParam, o.ID, p.Name, p.In, p.Type, flag(p.Required), p.Default, p.Min, p.Max,
			list(p.Enum), p.Style, flag(p.Deprecated), p.Pattern))
	}
	if b := o.Body; b != nil {
		lines = append(lines, line(kindBody, o.ID, b.ContentType, b.Schema, flag(b.Required)))
	}
	for _, s := range o.Statuses {
		lines = append(lines, line(kindStatus, o.ID, strconv.Itoa(s.Code), s.ContentType, s.Schema, list(s.Headers)))
	}
	return lines
}

func (m Member) line(schema string) string {
	return line(kindSchema, schema, m.Name, m.Type, flag(m.Required), flag(m.Nullable), list(m.Enum), m.Format,
		flag(m.Deprecated), m.Min, m.Max, m.Default)
}

func line(kind string, cells ...string) string {
	for i, c := range cells {
		if c == "" {
			cells[i] = none
		}
	}
	return kind + "\t" + strings.Join(cells, "\t")
}

func flag(b bool) string { return strconv.FormatBool(b) }

func list(values []string) string {
	shown := slices.Clone(values)
	for i, v := range shown {
		if v == "" {
			shown[i] = `""`
		}
	}
	return strings.Join(shown, " ")
}
