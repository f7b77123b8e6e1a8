package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

// testPatience is how long the site may take to which a connection leads.
const testPatience = 30 * time.Second

// connectionPage shows a connection, and as whom it calls.
type connectionPage struct {
	Frame
	Connection shownConnection
	Tested     bool
	Acting     workflow.Acting
	Refused    *dsl.Failure // why a test did not tell
	Problem    string
}

// Tab is the page's, of those about workflows.
func (connectionPage) Tab() string { return "connections" }

// connectionPage reads the connection that the path names.
func (v *visit) connectionPage() (connectionPage, error) {
	page := connectionPage{Frame: v.frame()}
	c, err := v.Workflows.Connection(v.ctx(), v.site.ID, v.r.PathValue("connection"))
	if err != nil {
		return page, err
	}
	shown, err := v.shownConnections([]workflow.Connection{c})
	if err != nil {
		return page, err
	}
	page.Connection = shown[0]
	users, err := v.Workflows.Workflows(v.ctx(), v.site.ID)
	page.Connection.Users = usersOf(users, c.Name)
	return page, err
}

// connection shows a connection, and tests it.
func (v *visit) connection() error {
	page, err := v.connectionPage()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "connection", page)
	}
	ctx, stop := context.WithTimeout(v.ctx(), testPatience)
	defer stop()
	page.Tested = true
	page.Acting, err = v.Workflows.Ask(ctx, v.site.ID, page.Connection.Name, v.Way)
	if refused, ok := errors.AsType[*dsl.Failure](err); ok {
		page.Refused, err = refused, nil
	}
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "connection", page)
}

// removeConnection asks whether to remove a connection, and does so.
func (v *visit) removeConnection() error {
	page, err := v.connectionPage()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "connection-remove", page)
	}
	name := page.Connection.Name
	err = v.Workflows.RemoveConnection(v.ctx(), v.site.ID, v.by, name)
	if err == nil {
		return v.goTo(withQuery(connectionsPath, "done", "removed", "of", name))
	}
	if page.Problem, err = said(err); err != nil {
		return err
	}
	return v.show(http.StatusConflict, "connection-remove", page)
}
