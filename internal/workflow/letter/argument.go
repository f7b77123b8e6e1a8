package letter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

const (
	mostRecipients = 100
	mostText       = 256 << 10 // bytes of the words
	mostData       = 4 << 20   // bytes of the data as indented JSON
	mostColumns    = 12
	defaultSubject = "Result of a workflow"
)

// Arguments are the names of what mail.send takes.
var Arguments = []string{"to", "from", "subject", "template", "text", "data", "columns", "format", "attach"}

// arguments are those of mail.send, read.
type arguments struct {
	to       []mail.Address
	from     mail.Address
	subject  string
	template string
	text     string
	data     any    // of JSON alone: nil, bool, json.Number, string, []any, map[string]any
	json     []byte // the data, indented, its keys in order
	given    bool   // there is data
	columns  []string
	format   string
	attach   bool
}

// read checks each argument. One that is null counts as not given, since that is what an expression makes of what is
// not there.
func read(args map[string]any) (*arguments, error) {
	for _, name := range slices.Sorted(maps.Keys(args)) {
		if !slices.Contains(Arguments, name) {
			return nil, failure.Invalid.Errorf("%s: mail.send takes no such argument.", name)
		}
	}
	a := &arguments{}
	for _, step := range []func(map[string]any) error{a.readTo, a.readFrom, a.readWords, a.readData, a.readColumns, a.readLooks, a.checkHeader} {
		if err := step(args); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *arguments) readTo(args map[string]any) error {
	var all []any
	switch to := args["to"].(type) {
	case []any:
		all = to
	case []string:
		for _, one := range to {
			all = append(all, one)
		}
	case nil:
	default:
		all = []any{to}
	}
	if len(all) == 0 {
		return failure.Invalid.Errorf("to: whom to mail is missing.")
	}
	if len(all) > mostRecipients {
		return failure.Invalid.Errorf("to: a message has at most %d recipients, not %d.", mostRecipients, len(all))
	}
	there := map[string]bool{}
	for i, one := range all {
		name := "to"
		if len(all) > 1 {
			name = fmt.Sprintf("to[%d]", i)
		}
		address, err := addressOf(name, one)
		if err != nil {
			return err
		}
		if key := strings.ToLower(address.Address); !there[key] {
			there[key] = true
			a.to = append(a.to, address)
		}
	}
	return nil
}

func (a *arguments) readFrom(args map[string]any) error {
	if args["from"] == nil {
		return nil
	}
	var err error
	a.from, err = addressOf("from", args["from"])
	return err
}

// addressOf reads one address. A text with several of them is none, so that nobody adds a recipient by what they are
// called.
func addressOf(name string, v any) (mail.Address, error) {
	text, ok := v.(string)
	if !ok {
		return mail.Address{}, failure.Invalid.Errorf("%s: an address is a text such as ada@example.com, not %s.", name, kind(v))
	}
	if strings.TrimSpace(text) == "" {
		return mail.Address{}, failure.Invalid.Errorf("%s: the address is empty, as that of an account is which the caller may not see.", name)
	}
	address, err := mail.ParseAddress(text)
	if err != nil {
		_, why := failure.Of(err)
		return mail.Address{}, failure.Invalid.Errorf("%s: %s", name, why)
	}
	return address, nil
}

func (a *arguments) readWords(args map[string]any) (err error) {
	if a.subject, err = text(args, "subject", defaultSubject); err != nil {
		return err
	}
	if a.text, err = text(args, "text", ""); err != nil {
		return err
	}
	if len(a.text) > mostText {
		return failure.Invalid.Errorf("text: it has %d bytes, more than %d.", len(a.text), mostText)
	}
	return nil
}

// readData keeps the data as what JSON makes of it, so that whatever made it looks the same.
func (a *arguments) readData(args map[string]any) error {
	data := args["data"]
	if data == nil {
		return nil
	}
	var out bytes.Buffer
	to := json.NewEncoder(&out)
	to.SetEscapeHTML(false)
	to.SetIndent("", "  ")
	if err := to.Encode(data); err != nil {
		return failure.Invalid.Errorf("data: it cannot be written as JSON: %v.", err)
	}
	if out.Len() > mostData {
		return failure.Invalid.Errorf("data: as JSON it has %d bytes, more than %d.", out.Len(), mostData)
	}
	from := json.NewDecoder(bytes.NewReader(out.Bytes()))
	from.UseNumber()
	if err := from.Decode(&a.data); err != nil {
		return failure.Invalid.Errorf("data: it cannot be read as JSON: %v.", err)
	}
	a.json, a.given = out.Bytes(), true
	return nil
}

func (a *arguments) readColumns(args map[string]any) error {
	switch names := args["columns"].(type) {
	case nil:
	case []string:
		a.columns = names
	case []any:
		for i, one := range names {
			name, ok := one.(string)
			if !ok {
				return failure.Invalid.Errorf("columns[%d]: a column is named by a text, not by %s.", i, kind(one))
			}
			a.columns = append(a.columns, name)
		}
	default:
		return failure.Invalid.Errorf("columns: they are a list of texts, not %s.", kind(names))
	}
	if len(a.columns) > mostColumns {
		return failure.Invalid.Errorf("columns: a table has at most %d, not %d.", mostColumns, len(a.columns))
	}
	return nil
}

func (a *arguments) readLooks(args map[string]any) (err error) {
	if a.template, err = oneOf(args, "template", Templates); err != nil {
		return err
	}
	if a.format, err = oneOf(args, "format", Formats); err != nil {
		return err
	}
	switch attach := args["attach"].(type) {
	case nil:
	case bool:
		a.attach = attach
	default:
		return failure.Invalid.Errorf("attach: it is true or false, not %s.", kind(attach))
	}
	if a.template != "plain" && !a.given {
		return failure.Invalid.Errorf("data: the %s template needs it.", a.template)
	}
	if a.template != "table" && a.columns != nil {
		return failure.Invalid.Errorf("columns: only a table has them.")
	}
	return nil
}

// checkHeader asks package mail about all that goes to the header, which alone knows what may stand there.
func (a *arguments) checkHeader(map[string]any) error {
	const someID = "00000000-0000-0000-0000-000000000000"
	m := mail.Message{
		ID: someID, From: mail.Address{Address: "roster@example.com"}, To: a.to, Subject: a.subject, Delivery: mail.AtLeastOnce,
	}
	if _, err := m.Compose(); err != nil {
		_, why := failure.Of(err)
		return failure.Invalid.Errorf("subject: %s", why)
	}
	return nil
}

func text(args map[string]any, name, otherwise string) (string, error) {
	switch v := args[name].(type) {
	case nil:
		return otherwise, nil
	case string:
		if v == "" {
			return otherwise, nil
		}
		return v, nil
	default:
		return "", failure.Invalid.Errorf("%s: it is a text, not %s.", name, kind(v))
	}
}

func oneOf(args map[string]any, name string, values []string) (string, error) {
	v, err := text(args, name, values[0])
	if err == nil && !slices.Contains(values, v) {
		return "", failure.Invalid.Errorf("%s: it is one of %s, not %q.", name, strings.Join(values, ", "), v)
	}
	return v, err
}

// kind names what a value is, for somebody who gave another.
func kind(v any) string {
	switch v.(type) {
	case nil:
		return "nothing"
	case bool:
		return "true or false"
	case string:
		return "a text"
	case []any, []string:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "a number"
}
