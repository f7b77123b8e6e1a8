package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/workflow"
)

const (
	connectionsPath   = "/connections"
	connectionNewPath = connectionsPath + "/_new" // no connection's name begins so
)

func connectionPath(name string) string { return connectionsPath + "/" + url.PathEscape(name) }

// connectionsPage lists the accounts as which workflows call.
type connectionsPage struct {
	Frame
	Connections []shownConnection
}

// Tab is the page's, of those about workflows.
func (connectionsPage) Tab() string { return "connections" }

func (v *visit) connections() error {
	all, err := v.Workflows.Connections(v.ctx(), v.site.ID)
	if err != nil {
		return err
	}
	shown, err := v.shownConnections(all)
	if err != nil {
		return err
	}
	users, err := v.Workflows.Workflows(v.ctx(), v.site.ID)
	if err != nil {
		return err
	}
	for i := range shown {
		shown[i].Users = usersOf(users, shown[i].Name)
	}
	return v.show(http.StatusOK, "connections", connectionsPage{v.frame(), shown})
}

// shownConnection is a connection with what this server knows of its token.
type shownConnection struct {
	workflow.Connection
	Token directory.Token     // of a connection to this server; without an ID where the site has none such
	Owner string              // the name of the token's account
	Good  bool                // the token is taken
	Mine  bool                // the token's account is that of who looks
	Made  bool                // the token is for this connection alone, and goes with it
	Users []workflow.Workflow // that have it
}

// Here reports whether the connection leads to this server.
func (c shownConnection) Here() bool { return c.Kind == workflow.Local }

// shownConnections looks up the tokens of connections.
func (v *visit) shownConnections(all []workflow.Connection) ([]shownConnection, error) {
	shown := make([]shownConnection, len(all))
	var owners []string
	for i, c := range all {
		shown[i].Connection = c
		if c.Kind != workflow.Local {
			continue
		}
		t, found, err := v.Directory.TokenByHash(v.ctx(), v.site.ID, c.Fingerprint)
		if err != nil {
			return nil, err
		}
		if found {
			one := &shown[i]
			one.Token, one.Good = t.Token, t.Useless(v.Directory.Changes.Now()) == ""
			one.Mine, one.Made = t.AccountID == v.who.account.ID, t.Label == workflow.TokenLabel(c.Name)
			owners = append(owners, t.AccountID)
		}
	}
	names, err := v.names(owners)
	for i := range shown {
		shown[i].Owner = names[shown[i].Token.AccountID]
	}
	return shown, err
}

// usersOf are the workflows that have a connection.
func usersOf(all []workflow.Workflow, connection string) []workflow.Workflow {
	return slices.DeleteFunc(slices.Clone(all), func(w workflow.Workflow) bool { return w.Connection != connection })
}
