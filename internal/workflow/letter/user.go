package letter

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// card shows one person or app.
type card struct {
	Initials string
	Name     string
	Under    string // the public name, where it is another
	Parts    []section
}

// section is some lines of a card under a heading.
type section struct {
	Title string
	Lines []line
}

// line is a value with its name. A value without a name is one of a list.
type line struct{ Label, Value string }

var typeWords = map[string]string{"atlassian": "person", "app": "app", "customer": "customer"}

// cardOf lays out a user as GET /wiki/rest/api/user answers it: everything that is there, and nothing that is not. What
// the caller may not see is empty or null in the answer, and so not on the card.
func cardOf(user map[string]any) *card {
	left := maps.Clone(user)
	for _, name := range []string{"_links", "_expandable", "profilePicture", "externalCollaborator"} {
		delete(left, name)
	}
	take := func(name string) any {
		v := left[name]
		delete(left, name)
		return v
	}
	c := &card{}
	public, id := words(take("publicName")), words(take("accountId"))
	c.Name = cmp.Or(words(take("displayName")), public, id, "User")
	c.Initials = initials(c.Name)
	if public != c.Name {
		c.Under = public
	}
	if known := words(take("type")); known != "known" && known != "" {
		left["type"] = known
	}
	if abroad, _ := take("isExternalCollaborator").(bool); abroad {
		left["isExternalCollaborator"] = true
	}
	kind := words(take("accountType"))
	if known, ok := typeWords[kind]; ok {
		kind = known
	}
	c.add("Account",
		line{"Account ID", id}, line{"Type", kind}, line{"Status", words(take("accountStatus"))}, line{"E-mail", words(take("email"))},
		line{"Time zone", words(take("timeZone"))}, line{"Locale", words(take("locale"))}, line{"Guest", words(take("isGuest"))})
	if details, ok := take("details").(map[string]any); ok {
		c.members("Work", details["business"], "position", "department", "location")
		c.members("Contact", details["personal"], "phone", "im", "website", "email")
	}
	c.operations(take("operations"))
	_, asked := user["personalSpace"]
	c.space(take("personalSpace"), asked)
	c.members("More", left)
	return c
}

// add adds a section of the lines that say something.
func (c *card) add(title string, lines ...line) {
	lines = slices.DeleteFunc(lines, func(l line) bool { return l.Value == "" })
	if len(lines) > 0 {
		c.Parts = append(c.Parts, section{title, lines})
	}
}

const mostLines = 100 // of a section

// members adds a section of an object's members, those named first, the others by name.
func (c *card) members(title string, of any, first ...string) {
	object, _ := of.(map[string]any)
	var lines []line
	for _, name := range first {
		lines = append(lines, line{label(name), words(object[name])})
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(first, name) && !strings.HasPrefix(name, "_") && len(lines) < mostLines {
			lines = append(lines, line{label(name), words(object[name])})
		}
	}
	c.add(title, lines...)
}

// operations says what the user may do: the operations on each kind of target, in the order of the answer.
func (c *card) operations(v any) {
	all, _ := v.([]any)
	var order []string
	by := map[string][]string{}
	for _, one := range all {
		o, _ := one.(map[string]any)
		target, operation := words(o["targetType"]), strings.ReplaceAll(words(o["operation"]), "_", " ")
		if operation == "" {
			continue
		}
		if by[target] == nil {
			order = append(order, target)
		}
		by[target] = append(by[target], operation)
	}
	var lines []line
	for _, target := range order {
		lines = append(lines, line{label(target), short(strings.Join(by[target], ", "))})
	}
	if v != nil && len(lines) == 0 {
		lines = []line{{"", "nothing"}}
	}
	c.add("May do", lines...)
}

func (c *card) space(v any, asked bool) {
	const title = "Personal space"
	s, ok := v.(map[string]any)
	if !ok {
		if asked {
			c.add(title, line{"", "none"})
		}
		return
	}
	home, _ := s["homepage"].(map[string]any)
	description, _ := s["description"].(map[string]any)
	plain, _ := description["plain"].(map[string]any)
	c.add(title,
		line{"Name", words(s["name"])}, line{"Key", words(s["key"])}, line{"Type", words(s["type"])}, line{"Status", words(s["status"])},
		line{"Homepage", words(home["title"])}, line{"Description", words(plain["value"])})
}

// initials are one or two letters that stand where a picture could.
func initials(name string) string {
	var letters []rune
	for word := range strings.FieldsSeq(name) {
		for _, r := range word {
			if unicode.IsLetter(r) {
				letters = append(letters, unicode.ToUpper(r))
				break
			}
		}
	}
	switch n := len(letters); n {
	case 0:
		return "?"
	case 1:
		return string(letters)
	default:
		return string([]rune{letters[0], letters[n-1]})
	}
}
