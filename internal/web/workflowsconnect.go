package web

import (
	"strconv"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/workflow"
)

// connectAsMe is the choice that makes a connection to this server as the person who is signed in.
const connectAsMe = "+me"

// connectionChoice is what a form offers as connection.
type connectionChoice struct {
	All    []workflow.Connection
	Chosen string
	AsMe   bool // one of the person's own can be made, as there is none
}

func (v *visit) connectionChoice(chosen string) (connectionChoice, error) {
	all, err := v.Workflows.Connections(v.ctx(), v.site.ID)
	c := connectionChoice{All: all, Chosen: chosen, AsMe: true}
	for _, one := range all {
		if one.Kind == workflow.Local && one.AccountID == v.who.account.ID {
			c.AsMe = false
			if chosen == "" {
				c.Chosen = one.Name
			}
		}
	}
	if c.Chosen == "" && c.AsMe {
		c.Chosen = connectAsMe
	}
	return c, err
}

// connected returns the name of the connection that a form chose, which it makes where it is to be the person's own.
func (v *visit) connected(chosen string) (string, error) {
	if chosen != connectAsMe {
		return chosen, nil
	}
	all, err := v.Workflows.Connections(v.ctx(), v.site.ID)
	if err != nil {
		return "", err
	}
	taken := map[string]bool{}
	for _, c := range all {
		if c.Kind == workflow.Local && c.AccountID == v.who.account.ID {
			return c.Name, nil
		}
		taken[c.Name] = true
	}
	name := "this-server"
	for n := 2; taken[name]; n++ {
		name = "this-server-" + strconv.Itoa(n)
	}
	secret := directory.NewSecret(v.site.CloudID)
	t, err := v.Directory.AddToken(v.ctx(), v.site.ID, v.by, v.who.account.ID, directory.Token{Label: "Workflows: connection " + name}, secret)
	if err != nil {
		return "", err
	}
	one := workflow.Connection{Name: name, Kind: workflow.Local, AccountID: v.who.account.ID}
	if err := v.Workflows.PutConnection(v.ctx(), v.site.ID, v.by, one, secret); err != nil {
		_, _ = v.Directory.RevokeToken(v.ctx(), v.site.ID, v.by, t.ID) // which nobody holds
		return "", err
	}
	return name, nil
}
