// Package contract reads the facts of the official API description from a table: which operations there
// are, what they take, what they answer, and of what their documents are made. Tests compare the product
// with it. The table is derived by internal/api/contractgen and holds no word of the description itself.
package contract

import "slices"

// Contract is everything the table says. Operations are in order of ID, schemas in order of name.
type Contract struct {
	Operations []Operation
	Schemas    []Schema
}

// Operation is one method of one path.
type Operation struct {
	ID           string // the official operationId
	Method       string // in capitals
	Path         string // from the root of the site, v2 paths too: /wiki/api/v2/…
	Tag          string
	Deprecated   bool
	Experimental bool
	Connect      string   // the Connect scope: READ, WRITE, NONE, INACCESSIBLE, …
	Exempt       *bool    // from app access rules; nil where the description does not say
	Classic      []string // scopes in state Current, sorted; v2 puts granular names here
	Granular     []string // scopes in state Beta, sorted
	Security     []string // names of security schemes, sorted; none where the description lists none
	Params       []Param  // in order of name
	Body         *Body    // nil for an operation without a request body
	Statuses     []Status // in order of code
}

// Param is a parameter outside the body.
type Param struct {
	Name       string
	In         string // path, query or header
	Type       string // as in Member
	Required   bool
	Default    string // as text; "" is none, "null" is an explicit null
	Min, Max   string // as text; "" is none
	Enum       []string
	Style      string // style/explode, for instance form/false; "" where the description does not say
	Deprecated bool
	Pattern    string
}

// Body is a request body.
type Body struct {
	ContentType string
	Schema      string // a name in Contract.Schemas
	Required    bool
}

// Status is an answer that the description lists.
type Status struct {
	Code        int
	ContentType string   // "" for an answer without a described body
	Schema      string   // a name in Contract.Schemas, or ""
	Headers     []string // described headers, sorted
}

// Schema is a document or a part of one. Names of v2 components begin with "v2."; inline schemas are
// named after their title, or after their operation, as in inviteByEmail.request.
type Schema struct {
	Name    string
	Root    Member   // the schema as a whole; its Name is "."
	Members []Member // in order of name
}

// Member is a member of an object. Members of nested objects have dotted names (body.storage), those of
// objects in a list a bracket (results[].key). A name ending in "*" stands for all members that are not
// listed: of type any, of type none where others are forbidden, or of the type that they must have.
type Member struct {
	Name       string
	Type       string // string, boolean, int32, …, object, array<T>, map<T>, A|B, or the name of a schema
	Required   bool   // by the object that it stands in
	Nullable   bool   // itself, or by the schema that Type names
	Enum       []string
	Format     string
	Deprecated bool
	Min, Max   string // of the number, the text's length or the list's length; "" is none
	Default    string // as in Param
}

// Operation returns the operation of that ID; false if the contract has none.
func (c *Contract) Operation(id string) (Operation, bool) {
	return find(c.Operations, func(o Operation) bool { return o.ID == id })
}

// Schema returns the schema of that name; false if the contract has none.
func (c *Contract) Schema(name string) (Schema, bool) {
	return find(c.Schemas, func(s Schema) bool { return s.Name == name })
}

// Param returns the parameter of that name; false if the operation has none.
func (o Operation) Param(name string) (Param, bool) {
	return find(o.Params, func(p Param) bool { return p.Name == name })
}

// Status returns the answer with that code; false if the description lists none.
func (o Operation) Status(code int) (Status, bool) {
	return find(o.Statuses, func(s Status) bool { return s.Code == code })
}

// Member returns the member of that dotted name; false if the schema has none.
func (s Schema) Member(name string) (Member, bool) {
	return find(s.Members, func(m Member) bool { return m.Name == name })
}

func find[T any](list []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}
