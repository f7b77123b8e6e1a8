package contract

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Read reads a table as [Contract.Write] writes it, with its lines in any order. Lines that begin with #
// are skipped. Errors name the line.
func Read(r io.Reader) (*Contract, error) {
	t := table{operations: map[string]*Operation{}, schemas: map[string]*Schema{}}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if text := lines.Text(); text != "" && text[0] != '#' {
			if err := t.add(text); err != nil {
				return nil, fmt.Errorf("read line %d of the contract: %w", n, err)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the contract: %w", err)
	}
	return t.contract()
}

// table collects lines, which may come before the one of their operation.
type table struct {
	operations map[string]*Operation
	schemas    map[string]*Schema
}

func (t *table) add(text string) error {
	kind, rest, _ := strings.Cut(text, "\t")
	c := cells{names: columns[kind], values: strings.Split(rest, "\t")}
	if len(c.names) == 0 {
		return fmt.Errorf("%q is no kind of fact", kind)
	}
	if len(c.values) != len(c.names) {
		return fmt.Errorf("a line of kind %s has %d columns, want %d", kind, len(c.values)+1, len(c.names)+1)
	}
	if kind == kindSchema {
		t.addMember(&c)
		return c.err
	}
	o := entry(t.operations, c.text(), func(id string) Operation { return Operation{ID: id} })
	switch kind {
	case kindOp:
		if o.Method != "" {
			return fmt.Errorf("the operation %s stands there twice", o.ID)
		}
		o.Method, o.Path, o.Tag = c.text(), c.text(), c.text()
		o.Deprecated, o.Experimental, o.Connect, o.Exempt = c.flag(), c.flag(), c.text(), c.maybe()
		o.Classic, o.Granular, o.Security = c.list(), c.list(), c.list()
	case kindParam:
		o.Params = append(o.Params, Param{
			Name: c.text(), In: c.text(), Type: c.text(), Required: c.flag(), Default: c.text(), Min: c.text(), Max: c.text(),
			Enum: c.list(), Style: c.text(), Deprecated: c.flag(), Pattern: c.text(),
		})
	case kindBody:
		o.Body = &Body{ContentType: c.text(), Schema: c.text(), Required: c.flag()}
	case kindStatus:
		o.Statuses = append(o.Statuses, Status{Code: c.number(), ContentType: c.text(), Schema: c.text(), Headers: c.list()})
	}
	return c.err
}

func (t *table) addMember(c *cells) {
	s := entry(t.schemas, c.text(), func(name string) Schema { return Schema{Name: name} })
	m := Member{
		Name: c.text(), Type: c.text(), Required: c.flag(), Nullable: c.flag(), Enum: c.list(), Format: c.text(),
		Deprecated: c.flag(), Min: c.text(), Max: c.text(), Default: c.text(),
	}
	if m.Name == "." {
		s.Root = m
		return
	}
	s.Members = append(s.Members, m)
}

func entry[T any](m map[string]*T, key string, made func(key string) T) *T {
	if m[key] == nil {
		v := made(key)
		m[key] = &v
	}
	return m[key]
}

// contract puts everything into order and refuses facts about what the table does not have.
func (t *table) contract() (*Contract, error) {
	c := &Contract{}
	for _, o := range t.operations {
		if o.Method == "" {
			return nil, fmt.Errorf("read the contract: facts of %s, but no such operation", o.ID)
		}
		slices.SortFunc(o.Params, func(a, b Param) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.In, b.In)) })
		slices.SortFunc(o.Statuses, func(a, b Status) int { return cmp.Compare(a.Code, b.Code) })
		c.Operations = append(c.Operations, *o)
	}
	for _, s := range t.schemas {
		if s.Root.Type == "" {
			return nil, fmt.Errorf("read the contract: members of %s, but no such schema", s.Name)
		}
		slices.SortFunc(s.Members, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
		c.Schemas = append(c.Schemas, *s)
	}
	slices.SortFunc(c.Operations, func(a, b Operation) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Schemas, func(a, b Schema) int { return cmp.Compare(a.Name, b.Name) })
	return c, nil
}

// cells hands out the columns of a line from left to right and keeps the first error.
type cells struct {
	names  []string
	values []string
	at     int
	err    error
}

func (c *cells) text() string {
	v := c.values[c.at]
	c.at++
	if v == none {
		return ""
	}
	return v
}

func (c *cells) flag() bool {
	b := c.maybe()
	if b == nil {
		c.fail("true or false")
		return false
	}
	return *b
}

func (c *cells) maybe() *bool {
	v := c.text()
	if v == "" {
		return nil
	}
	if v != "true" && v != "false" {
		c.fail("true or false")
		return nil
	}
	return new(v == "true")
}

func (c *cells) number() int {
	n, err := strconv.Atoi(c.text())
	if err != nil {
		c.fail("a number")
	}
	return n
}

func (c *cells) list() []string {
	values := strings.Fields(c.text())
	for i, v := range values {
		if v == `""` {
			values[i] = ""
		}
	}
	if len(values) == 0 {
		return nil
	}
	return values
}

func (c *cells) fail(want string) {
	if c.err == nil {
		c.err = fmt.Errorf("%s is %q, want %s", c.names[c.at-1], c.values[c.at-1], want)
	}
}
