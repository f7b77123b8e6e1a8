package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"
)

// withJSON gives a family of commands the flag that [asJSON] reads.
func withJSON(f *cobra.Command) *cobra.Command {
	f.PersistentFlags().Bool("json", false, "answer in JSON, one object a line")
	return f
}

func asJSON(cmd *cobra.Command) bool {
	yes, err := cmd.Flags().GetBool("json")
	return err == nil && yes
}

// writeJSON writes v on one line, without HTML escapes.
func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// report answers with v as JSON, or else with a sentence.
func (e *env) report(cmd *cobra.Command, v any, format string, args ...any) error {
	if asJSON(cmd) {
		return writeJSON(e.Stdout, v)
	}
	_, err := fmt.Fprintf(e.Stdout, format+"\n", args...)
	return err
}

// fact is one line of what a person is shown about a thing.
type fact struct{ name, value string }

// describe answers with v as JSON, or else with those facts that have a value.
func (e *env) describe(cmd *cobra.Command, v any, facts []fact) error {
	if asJSON(cmd) {
		return writeJSON(e.Stdout, v)
	}
	t := newTable()
	for _, f := range facts {
		if f.value != "" {
			t.AppendRow(table.Row{f.name, f.value})
		}
	}
	_, err := fmt.Fprintln(e.Stdout, t.Render())
	return err
}

// listing answers with one thing after the other: a line of JSON each, or a row of a table. However
// many there are, it holds but a block of rows; each block is a table of its own.
type listing[T any] struct {
	out    *bufio.Writer
	json   bool
	header table.Row
	row    func(T) []string
	block  table.Writer
}

const blockRows = 1000

func newListing[T any](e *env, cmd *cobra.Command, row func(T) []string, header ...string) *listing[T] {
	return &listing[T]{out: bufio.NewWriter(e.Stdout), json: asJSON(cmd), header: toRow(header), row: row, block: newTable()}
}

func (l *listing[T]) add(v T) error {
	if l.json {
		return writeJSON(l.out, v)
	}
	l.block.AppendRow(toRow(l.row(v)))
	if l.block.Length() < blockRows {
		return nil
	}
	return l.flush()
}

// flush writes out what was added. Nothing at all is written of an empty listing.
func (l *listing[T]) flush() error {
	if l.block.Length() > 0 {
		l.block.AppendHeader(l.header)
		fmt.Fprintln(l.out, l.block.Render())
		l.block = newTable()
	}
	return l.out.Flush()
}

// all adds what is in a list and writes it out.
func (l *listing[T]) all(list []T) error {
	for _, v := range list {
		if err := l.add(v); err != nil {
			return err
		}
	}
	return l.flush()
}

// newTable is a table without lines, fit to be read and to be cut into columns.
func newTable() table.Writer {
	t := table.NewWriter()
	style := table.StyleDefault
	style.Box = table.BoxStyle{PaddingRight: "  "}
	style.Options = table.OptionsNoBordersAndSeparators
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	return t
}

func toRow(cells []string) table.Row {
	row := make(table.Row, len(cells))
	for i, c := range cells {
		row[i] = c
	}
	return row
}

// moment is a time as it is printed: UTC, to the millisecond; the zero time is "".
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
