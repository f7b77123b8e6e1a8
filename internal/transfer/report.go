package transfer

import (
	"regexp"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// Action is what became, or would become, of a line.
type Action string

const (
	Create    Action = "create"
	Update    Action = "update"
	Unchanged Action = "unchanged"
	Refuse    Action = "refuse"
)

// Result is what became, or would become, of one line.
type Result struct {
	Line   int64  `json:"line"`
	Kind   Kind   `json:"kind,omitempty"` // absent where the line does not tell
	Action Action `json:"action"`
	// ID is absent where there is none yet: a dry run does not know the ID that a new account will get.
	ID      string        `json:"id,omitempty"`
	Changes []FieldChange `json:"changes,omitempty"`
	Joined  []string      `json:"joined,omitempty"` // names of groups
	Left    []string      `json:"left,omitempty"`
	Granted []string      `json:"granted,omitempty"` // permissions, of a group
	Revoked []string      `json:"revoked,omitempty"`
	Reason  string        `json:"reason,omitempty"` // why the line is refused; never with an e-mail address
}

// FieldChange is one field before and after.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Counts says how many things of one kind are new, different and as they were.
type Counts struct {
	Create    int64 `json:"create"`
	Update    int64 `json:"update"`
	Unchanged int64 `json:"unchanged"`
}

// Report sums up a run.
type Report struct {
	Applied  bool   `json:"applied"` // false: nothing was written, the counts say what would be
	Lines    int64  `json:"lines"`   // the last line that was looked at
	Accounts Counts `json:"accounts"`
	Groups   Counts `json:"groups"` // those that exist because an account named them included
	Spaces   Counts `json:"spaces"`
	Content  Counts `json:"content"`
	Watches  Counts `json:"watches"` // those of lines of their own

	Properties Counts `json:"properties,omitzero"`
	Apps       Counts `json:"apps,omitzero"`
	// From is the first line that was not as it stood already, where there were lines before it: there an import
	// that was stopped goes on.
	From int64 `json:"from,omitempty"`

	Refused int64    `json:"refused"` // lines
	Notes   []string `json:"notes,omitempty"`
	Bytes   int64    `json:"-"` // read so far
}

// Done returns how many lines were dealt with.
func (r Report) Done() int64 {
	sum := r.sum()
	return r.Refused + sum.Create + sum.Update + sum.Unchanged
}

// sum counts things of every kind.
func (r *Report) sum() (sum Counts) {
	for _, c := range []Counts{r.Accounts, r.Groups, r.Spaces, r.Content, r.Watches, r.Properties, r.Apps} {
		sum.Create, sum.Update, sum.Unchanged = sum.Create+c.Create, sum.Update+c.Update, sum.Unchanged+c.Unchanged
	}
	return sum
}

func (r *Report) count(result Result) {
	counts := &r.Accounts
	switch result.Kind {
	case GroupKind:
		counts = &r.Groups
	case SpaceKind:
		counts = &r.Spaces
	case ContentKind:
		counts = &r.Content
	case WatchKind:
		counts = &r.Watches
	case PropertyKind:
		counts = &r.Properties
	case AppKind:
		counts = &r.Apps
	}
	switch result.Action {
	case Create:
		counts.Create++
	case Update:
		counts.Update++
	case Unchanged:
		counts.Unchanged++
	case Refuse:
		r.Refused++
	}
}

var anAddress = regexp.MustCompile(`[^\s"'<>]+@[^\s"'<>]+`)

// reason is why a line is refused, in words that may be logged: a file whose columns are mixed up puts
// e-mail addresses anywhere.
func reason(err error) string {
	_, text := failure.Of(err)
	return anAddress.ReplaceAllString(text, "(an address)")
}

// differences lists the fields in which two accounts differ; of a new account, those that are set.
func differences(before, after directory.Account) []FieldChange {
	var changes []FieldChange
	isNew := before.ID == ""
	for _, f := range fields {
		b, a := f.get(&before), f.get(&after)
		if b != a || isNew && f.flag && a == "true" {
			changes = append(changes, FieldChange{f.name, b, a})
		}
	}
	if isNew {
		before.Visibility = directory.DefaultVisibility()
	}
	for i, row := range directory.Fields {
		if b, a := before.Visibility[i], after.Visibility[i]; b != a {
			changes = append(changes, FieldChange{"visibility." + row.Name, b.String(), a.String()})
		}
	}
	return changes
}

func groupDifferences(before, after directory.Group) []FieldChange {
	var changes []FieldChange
	for _, f := range []FieldChange{
		{"id", before.ID, after.ID},
		{"name", before.Name, after.Name},
		{"usageType", before.UsageType, after.UsageType},
		{"managedBy", before.ManagedBy, after.ManagedBy},
	} {
		if f.Before != f.After {
			changes = append(changes, f)
		}
	}
	return changes
}
