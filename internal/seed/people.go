package seed

import (
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// Applied is a site that was made from a document.
type Applied struct {
	Site   site.Site
	Admin  Person       // the first active site administrator with a token; zero where there is none
	People []Person     // the accounts that have tokens, in the document's order
	Apps   []Registered // in the document's order
}

// Person is somebody whom a caller can be, by any of the tokens.
type Person struct {
	AccountID string
	Email     string // may be empty
	Name      string
	Role      string // in words, such as "guest"
	Tokens    []Secret
}

// Secret is a token's label and its text, which nothing else can tell.
type Secret struct{ Label, Text string }

const siteAdministrator = "site administrator"

// people returns the accounts that have tokens, with the tokens' texts.
func (p *plan) people() []Person {
	var people []Person
	for i := range p.Accounts {
		a := &p.Accounts[i]
		if len(a.Tokens) == 0 {
			continue
		}
		name, _ := a.names()
		person := Person{AccountID: p.accountIDs[i], Email: a.Email, Name: name, Role: p.role(a)}
		for j := range a.Tokens {
			t := &a.Tokens[j]
			person.Tokens = append(person.Tokens, Secret{t.Label, t.secret(p.cloudID, a, person.AccountID)})
		}
		people = append(people, person)
	}
	return people
}

// role says in words what tells an account from the others.
func (p *plan) role(a *Account) string {
	switch {
	case a.Type == directory.App && a.EmailApproved:
		return "app, approved for e-mail"
	case a.Type == directory.App:
		return "app"
	case a.Type == directory.Customer:
		return "customer"
	case p.holds(a, directory.SiteAdmin):
		return siteAdministrator
	case !p.holds(a, directory.Use):
		return "unlicensed"
	case a.External:
		return "external collaborator"
	case a.Guest:
		return "guest"
	}
	return "person"
}
