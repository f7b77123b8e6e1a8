package transfer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/fold"
)

// column says what one column of a CSV file is for.
type column struct {
	field string // "" for one that is read past
	// separators split a cell of several groups; none where the cell is one group.
	separators string
}

// exported are the columns of Atlassian's export of users, by their names in lower case. Its other columns
// (dates of joining and last use, roles, products) say nothing that a directory keeps.
var exported = map[string]column{
	"user id":           {field: "accountId"},
	"user name":         {field: "displayName"},
	"email":             {field: "email"},
	"user status":       {field: "accountStatus"},
	"groups":            {field: "groups", separators: ",;"},
	"group membership":  {field: "groups", separators: ",;"},
	"group memberships": {field: "groups", separators: ",;"},
}

// exportedGroup is a column of that export with one group a cell.
var exportedGroup = regexp.MustCompile(`^group \d+$`)

// csvReader reads a CSV file with a header row.
type csvReader struct {
	guard   *guard
	csv     *csv.Reader
	columns []column
	line    int64 // of the last record
}

// guard lets no record be longer than mostLine, such as one whose quote is never closed.
type guard struct {
	io.Reader
	left int
}

var errEndless = errors.New("the record is too long; is a quote not closed?")

func (g *guard) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errEndless
	}
	n, err := g.Reader.Read(p)
	g.left -= n
	return n, err
}

func newCSVReader(in io.Reader, mapped map[string]string) (*csvReader, error) {
	g := &guard{Reader: in}
	r := &csvReader{guard: g, csv: csv.NewReader(g)}
	r.csv.ReuseRecord = true
	header, err := r.record()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; a CSV file begins with a row of column names")
	}
	if err != nil {
		return nil, fmt.Errorf("line 1: the row of column names cannot be read: %w", err)
	}
	names := make([]string, len(header))
	for i, name := range header {
		if !utf8.ValidString(name) {
			return nil, errors.New("line 1: the column names are not valid UTF-8; save the file as UTF-8")
		}
		names[i] = fold.Key(name)
	}
	if len(mapped) > 0 {
		r.columns, err = mapColumns(names, mapped)
	} else {
		r.columns, err = recognize(names)
	}
	return r, err
}

// record reads one row.
func (r *csvReader) record() ([]string, error) {
	r.guard.left = mostLine
	row, err := r.csv.Read()
	if errors.Is(err, errEndless) {
		return nil, fmt.Errorf("line %d: %w", r.line+1, errEndless)
	}
	return row, err
}

// mapColumns finds the columns that the operator named.
func mapColumns(names []string, mapped map[string]string) ([]column, error) {
	columns := make([]column, len(names))
	for _, field := range slices.Sorted(maps.Keys(mapped)) {
		if field != "groups" && fieldNamed(field) == nil {
			return nil, fmt.Errorf("--map: there is no field %.60q; the fields are %s", field, fieldNames())
		}
		at := slices.Index(names, fold.Key(mapped[field]))
		switch {
		case at < 0:
			return nil, fmt.Errorf("--map: the file has no column %.60q for %s", mapped[field], field)
		case slices.Contains(names[at+1:], names[at]):
			return nil, fmt.Errorf("--map: the file has two columns %.60q", mapped[field])
		case columns[at].field != "":
			return nil, fmt.Errorf("--map: the column %.60q is named for %s and for %s", mapped[field], columns[at].field, field)
		}
		columns[at] = column{field, ";"}
	}
	return columns, identified(columns)
}

// recognize finds the columns of Atlassian's export, or those that are named like fields.
func recognize(names []string) ([]column, error) {
	own := map[string]column{"groups": {"groups", ";"}}
	for _, f := range fields {
		own[fold.Key(f.name)] = column{field: f.name}
	}
	table := own
	if slices.Contains(names, "user id") || slices.Contains(names, "user name") {
		table = exported
	}
	columns := make([]column, len(names))
	for i, name := range names {
		columns[i] = table[name]
		if exportedGroup.MatchString(name) {
			columns[i] = column{field: "groups"}
			continue
		}
		if columns[i].field != "" && slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("line 1: two columns are named %.60q", name)
		}
	}
	return columns, identified(columns)
}

func identified(columns []column) error {
	for _, c := range columns {
		if c.field == "accountId" || c.field == "email" {
			return nil
		}
	}
	return errors.New("line 1: no column is known to hold account IDs or e-mail addresses; name columns with --map, such as --map email=Mail")
}

func (r *csvReader) Next() (Item, error) {
	for {
		row, err := r.record()
		if errors.Is(err, io.EOF) {
			return Item{}, io.EOF
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok && !errors.Is(err, errEndless) {
			r.line = int64(bad.StartLine)
			return Item{Line: r.line, Err: failure.Invalid.Errorf("%s.", misshapen(bad, len(row), len(r.columns)))}, nil
		}
		if err != nil {
			return Item{}, err
		}
		line, _ := r.csv.FieldPos(0)
		r.line = int64(line)
		text := strings.Join(row, "")
		if strings.TrimSpace(text) == "" {
			continue
		}
		it := Item{Line: r.line, Kind: AccountKind, size: len(text)}
		it.Account, it.Err = r.person(row)
		return it, nil
	}
}

func misshapen(err *csv.ParseError, cells, columns int) string {
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		return fmt.Sprintf("The row has %d cells, the header has %d", cells, columns)
	case errors.Is(err, csv.ErrBareQuote):
		return "A quote stands inside a cell that is not quoted"
	case errors.Is(err, csv.ErrQuote):
		return "A quoted cell does not end where its quote ends, or never"
	}
	return "The row cannot be read"
}

// person reads one row. An empty cell says nothing.
func (r *csvReader) person(row []string) (*Person, error) {
	p := &Person{said: make(map[string]string, len(row))}
	for i, cell := range row {
		c := r.columns[i]
		if !utf8.ValidString(cell) {
			return nil, failure.Invalid.Errorf("The row is not valid UTF-8; save the file as UTF-8.")
		}
		cell = strings.TrimSpace(cell)
		switch {
		case c.field == "" || cell == "":
		case c.field == "groups":
			p.groups = append(p.groups, split(cell, c.separators)...)
		case c.field == "accountStatus":
			status, err := statusOf(cell)
			if err != nil {
				return nil, err
			}
			p.said[c.field] = status
		case fieldNamed(c.field).flag, c.field == "accountType":
			p.said[c.field] = strings.ToLower(cell)
		default:
			p.said[c.field] = strings.Clone(cell)
		}
	}
	return p, p.check()
}

// split returns the groups of a cell.
func split(cell, separators string) []string {
	var groups []string
	for name := range strings.FieldsFuncSeq(strings.Clone(cell), func(c rune) bool { return strings.ContainsRune(separators, c) }) {
		if name = strings.TrimSpace(name); name != "" {
			groups = append(groups, name)
		}
	}
	return groups
}

// statusOf reads the status as Roster or as an administrator's export names it.
func statusOf(cell string) (string, error) {
	switch strings.ToLower(cell) {
	case "active", "invited":
		return "active", nil
	case "inactive", "suspended", "deactivated":
		return "inactive", nil
	case "closed":
		return "closed", nil
	}
	return "", failure.Invalid.Errorf("The status %.60q is none of active, inactive, closed, nor suspended, deactivated or invited.", cell)
}
