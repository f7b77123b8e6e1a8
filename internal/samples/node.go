package samples

import (
	"strconv"
	"strings"
)

// Kind is what a value is in JSON.
type Kind int

// The kinds of values. Free is JSON that has no fixed members, such as a map of links.
const (
	Text Kind = iota
	Number
	Flag
	Free
	Object
	List
)

// Node is a value of an answer, with what is below it. Any may be absent or null.
type Node struct {
	Name    string // of a member of an object
	Kind    Kind
	Members []*Node // of an Object
	Item    *Node   // of a List

	Field    string   // of the SDK's struct
	Presence Presence // in the SDK
}

// Presence is how the SDK holds what need not be there.
type Presence int

// The ways of the SDK to hold a value.
const (
	Plain Presence = iota
	Pointer
	Nullable
	Entry // of a map
)

// leaf reports whether a value is printed as it is.
func (n *Node) leaf() bool { return n.Kind < Object }

// field is a value to be printed: what Path leads to from the variable Var. Prefix is the variable with the place of Var
// in the answer, "" for the whole answer.
type field struct {
	Var, Prefix string
	Path        []string
	Kind        Kind
}

// loop goes through a list: what Path leads to from Var. Each entry is the variable Item, its number is Index, and its
// place is At.
type loop struct {
	field
	Item, Index, At string
}

// reader is how a language reads an answer.
type reader struct {
	leaf  func(*code, field)
	open  func(*code, loop)
	close func(*code, loop)
}

// read writes how all of an answer is read, whose variable is root.
func (r reader) read(c *code, answer *Node, root string) {
	r.walk(c, answer, field{Var: root}, map[string]bool{root: true}, 0)
}

func (r reader) walk(c *code, n *Node, at field, used map[string]bool, depth int) {
	at.Kind = n.Kind
	switch n.Kind {
	case Object:
		for _, m := range n.Members {
			below := at
			below.Path = append(at.Path[:len(at.Path):len(at.Path)], m.Name)
			r.walk(c, m, below, used, depth)
		}
	case List:
		l := loop{at, item(n.Name, used), string(rune('i' + depth)), "at" + suffix(depth)}
		r.open(c, l)
		r.walk(c, n.Item, field{Var: l.Item, Prefix: l.At}, used, depth+1)
		r.close(c, l)
		delete(used, l.Item)
	default:
		r.leaf(c, at)
	}
}

func suffix(depth int) string {
	if depth == 0 {
		return ""
	}
	return strconv.Itoa(depth + 1)
}

// item names the variable for an entry of a list, unlike those in use.
func item(list string, used map[string]bool) string {
	name := strings.TrimSuffix(list, "s")
	switch name {
	case "operation", "label", "result", "permission", "ancestor", "embeddedContent":
	default:
		name = "entry"
	}
	return unlike(used, name)
}

// unlike returns a name, with a number where it is in use, and uses it.
func unlike(used map[string]bool, name string) string {
	free := name
	for i := 2; used[free]; i++ {
		free = name + strconv.Itoa(i)
	}
	used[free] = true
	return free
}
