package transfer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/content"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// ExportOptions say what to export, and how.
type ExportOptions struct {
	Directory *directory.Directory
	Site      int64
	Actor     change.Actor
	Format    Format // "" is NDJSON
	To        io.Writer
	Progress  func(Exported) // called after each part
}

// Exported counts the lines of an export.
type Exported struct {
	Lines    int64 `json:"lines"`
	Accounts int64 `json:"accounts"`
}

// exportVersion is the version of the lines that an export has. It is raised when an older program would misread them.
const exportVersion = "1"

// Export writes a site as it stands at one moment, whatever is written meanwhile, in an order that depends on nothing else: as
// NDJSON everything that [Run] can bring into a fresh site, whose export is the same then, byte for byte; as CSV the people.
// Secrets are no part of it: tokens, passwords, and what apps prove themselves with. That it was exported is recorded.
// It takes little memory, however large the site is.
func Export(ctx context.Context, o ExportOptions) (Exported, error) {
	if o.Format == "" {
		o.Format = NDJSON
	}
	if o.Progress == nil {
		o.Progress = func(Exported) {}
	}
	err := o.Directory.Changes.Write(ctx, o.Site, o.Actor, func(tx *change.Tx) error {
		tx.Record(change.Record{Operation: "site.export", Target: "site", Fields: change.Fields{"Format": {nil, string(o.Format)}}})
		return nil
	})
	if err != nil {
		return Exported{}, err
	}
	x := &exporter{ExportOptions: o, content: &content.Store{Changes: o.Directory.Changes}, out: bufio.NewWriterSize(o.To, 1<<16)}
	err = o.Directory.Changes.DB.Snapshot(ctx, func(q db.Querier) error {
		x.q = q
		if o.Format == CSV {
			return x.people(ctx)
		}
		return x.everything(ctx)
	})
	return x.done, errors.Join(err, x.out.Flush())
}

// exporter is one export.
type exporter struct {
	ExportOptions
	content *content.Store
	q       db.Querier
	out     *bufio.Writer
	done    Exported
}

// exportPage is how many things are read at a time.
const exportPage = 500

// everything writes what a site has in the order in which it can be imported: each line needs only lines before it.
func (x *exporter) everything(ctx context.Context) error {
	if err := x.write(line{{"kind", ExportKind}, {"version", exportVersion}}); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{x.groups, x.accounts, x.apps, x.properties, x.spaces, x.allContent, x.watches} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// line is a JSON object whose members have an order.
type line []struct {
	name  string
	value any
}

// add appends a member, unless its value is empty.
func (l *line) add(name string, value any) {
	switch value {
	case "", false, int64(0):
		return
	}
	l.always(name, value)
}

func (l *line) always(name string, value any) {
	*l = append(*l, struct {
		name  string
		value any
	}{name, value})
}

// MarshalJSON writes the members in their order.
func (l line) MarshalJSON() ([]byte, error) {
	var b jsonBuffer
	b.WriteByte('{')
	for i, m := range l {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := b.value(m.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if raw, ok := m.value.(asWritten); ok {
			b.WriteString(string(raw))
		} else if err := b.value(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// asWritten is JSON that is written byte for byte.
type asWritten string

func (x *exporter) write(l line) error {
	text, err := l.MarshalJSON()
	if err != nil {
		return err
	}
	x.done.Lines++
	if _, err := x.out.Write(text); err != nil {
		return err
	}
	return x.out.WriteByte('\n')
}

// object is JSON text as the value of a member: as it is where it fits on the line, else in a string.
func object(text string) any {
	if json.Valid([]byte(text)) && !hasBreak(text) && text[0] == '{' && text[len(text)-1] == '}' {
		return asWritten(text)
	}
	return text
}

// checkExport reads the line that begins an export.
func checkExport(all []member) error {
	for _, m := range all {
		if m.name == "version" {
			version, err := m.text()
			if err == nil && version == exportVersion {
				return nil
			}
			return failure.Invalid.Errorf("The export is of version %.20q; this program reads version %s.", version, exportVersion)
		}
	}
	return failure.Invalid.Errorf("The export has no version.")
}
