package letter

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
)

const (
	mostRows = 100 // those that a letter shows; the attachment has all
	mostCell = 120 // characters
)

// table shows a list of objects, a row each.
type table struct {
	Heads []string
	Rows  [][]string
}

// tabulate fills the page with a table of the columns named, or else of every member that an object of the list has,
// by name. What is left out is counted, and attached.
func (p *page) tabulate(list []any, columns []string) error {
	if len(list) == 0 {
		p.Notes = append(p.Notes, "There are none.")
		return nil
	}
	objects := make([]map[string]any, len(list))
	for i, one := range list {
		object, ok := one.(map[string]any)
		if !ok {
			return failure.Invalid.Errorf("data[%d]: a row of a table is an object, not %s.", i, kind(one))
		}
		objects[i] = object
	}
	if columns == nil {
		columns = membersOf(objects)
		if more := len(columns) - mostColumns; more > 0 {
			columns = columns[:mostColumns]
			p.Notes = append(p.Notes, fmt.Sprintf("%d more columns are in %s.", more, AttachmentName))
			p.cut = true
		}
	}
	p.Table = &table{}
	for _, name := range columns {
		p.Table.Heads = append(p.Table.Heads, label(name))
	}
	for _, object := range objects[:min(len(objects), mostRows)] {
		row := make([]string, len(columns))
		for i, name := range columns {
			row[i] = cell(object[name])
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	if more := len(objects) - mostRows; more > 0 {
		p.Notes = append([]string{fmt.Sprintf("And %d more: all %d are in %s.", more, len(objects), AttachmentName)}, p.Notes...)
		p.cut = true
	}
	return nil
}

func membersOf(objects []map[string]any) []string {
	all := map[string]bool{}
	for _, object := range objects {
		for name := range object {
			if !strings.HasPrefix(name, "_") {
				all[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func cell(v any) string {
	said := []rune(words(v))
	if len(said) > mostCell {
		return string(said[:mostCell-1]) + "…"
	}
	return string(said)
}

const mostPrinted = 32 << 10 // bytes of JSON that a letter shows

// print fills the page with indented JSON, up to a bound.
func (p *page) print(indented []byte) {
	if len(indented) > mostPrinted {
		indented = indented[:mostPrinted]
		p.Notes = append(p.Notes, "This is the beginning: all of it is in "+AttachmentName+".")
	}
	for l := range strings.Lines(string(indented)) {
		l = strings.TrimRight(l, "\n")
		inside := strings.TrimLeft(l, " ")
		p.JSON = append(p.JSON, l[:len(l)-len(inside)]+clean(inside))
	}
}
