package api

import (
	"cmp"

	"github.com/rosterhq/roster/internal/samples"
)

// specimen is a value of a tree, with an entry in each list.
func specimen(n *samples.Node) any {
	switch n.Kind {
	case samples.Text:
		return cmp.Or(n.Example, "string")
	case samples.Number:
		return 0
	case samples.Flag:
		return false
	case samples.List:
		return []any{specimen(n.Item)}
	}
	members := map[string]any{}
	for _, m := range n.Members {
		if m.Presence != samples.Entry {
			members[m.Name] = specimen(m)
		}
	}
	return members
}
