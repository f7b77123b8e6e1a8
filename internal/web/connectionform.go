package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow"
)

// What a connection can be made of.
const (
	connectMe     = "me"     // this server, with a token of who asks that is made for it
	connectToken  = "token"  // this server, with a token that there is
	connectRemote = "remote" // a site elsewhere
)

// connectionDays is how long a token that is made for a connection is good where nobody says otherwise.
const connectionDays = 90

// connectionForm is where a connection is added or gets another token.
type connectionForm struct {
	Frame
	Of      shownConnection // that gets another token; without a name for a new one
	Kind    string          // "" until one is chosen
	Name    string
	BaseURL string
	Email   string
	Days    int
	Choices []int // of Days
	Problem string
	At      string // the field that Problem is about; empty where it is about none

	secret string // is not shown again
}

// Tab is the page's, of those about workflows.
func (connectionForm) Tab() string { return "connections" }

// putting stores a connection in a transaction, as workflow.Store does.
type putting func(context.Context, *change.Tx, workflow.Connection, string) error

// newConnection asks what is to be connected to, and adds it.
func (v *visit) newConnection() error {
	form := connectionForm{Frame: v.frame(), Kind: v.r.URL.Query().Get("kind"), Days: connectionDays, Choices: tokenDays}
	if !slices.Contains([]string{"", connectMe, connectToken, connectRemote}, form.Kind) {
		return failure.Invalid.Errorf("The kind %.60q is none of me, token, remote.", form.Kind)
	}
	if !v.posted() || form.Kind == "" {
		return v.show(http.StatusOK, "connection-form", form)
	}
	form.read(v)
	return v.connect(form, v.Workflows.AddConnectionIn, "added")
}

// renewConnection gives a connection another token. Where it leads stays.
func (v *visit) renewConnection() error {
	page, err := v.connectionPage()
	if err != nil {
		return err
	}
	c := page.Connection
	form := connectionForm{Frame: v.frame(), Of: c, Kind: connectRemote, Days: connectionDays, Choices: tokenDays}
	if c.Here() {
		form.Kind = connectMe
		if v.r.URL.Query().Get("kind") == connectToken {
			form.Kind = connectToken
		}
	}
	if form.Email = c.Email; v.posted() {
		form.read(v)
	}
	form.Name, form.BaseURL = c.Name, c.BaseURL
	if !v.posted() {
		return v.show(http.StatusOK, "connection-form", form)
	}
	return v.connect(form, v.Workflows.PutConnectionIn, "renewed")
}

// read takes what was typed.
func (form *connectionForm) read(v *visit) {
	get := func(name string) string { return strings.TrimSpace(clipped(v.r.PostForm.Get(name))) }
	form.Name, form.BaseURL, form.Email = get("name"), strings.TrimSuffix(get("url"), "/"), get("email")
	form.secret = strings.TrimSpace(v.r.PostForm.Get("token"))
	if days, err := strconv.Atoi(v.r.PostForm.Get("days")); err == nil && slices.Contains(tokenDays, days) {
		form.Days = days
	}
}

// connect stores what the form says, or shows it again with what is wrong.
func (v *visit) connect(form connectionForm, put putting, done string) error {
	err := v.putConnection(form, put)
	if err == nil {
		return v.goTo(withQuery(connectionPath(form.Name), "done", done))
	}
	if form.Problem, err = said(err); err != nil {
		return err
	}
	for _, about := range [][2]string{{"name", "name"}, {"already", "name"}, {"base URL", "url"}, {"e-mail", "email"}, {"token", "token"}, {"secret", "token"}} {
		if strings.Contains(form.Problem, about[0]) {
			form.At = cmp.Or(form.At, about[1])
		}
	}
	return v.show(http.StatusUnprocessableEntity, "connection-form", form)
}

// putConnection stores what the form says.
func (v *visit) putConnection(form connectionForm, put putting) error {
	c := workflow.Connection{Name: form.Name, Kind: workflow.Local}
	secret := form.secret
	switch form.Kind {
	case connectMe:
		return v.connectMe(form.Name, form.Days, put)
	case connectToken:
		owner, err := v.ownerOf(secret)
		if err != nil {
			return err
		}
		c.AccountID = owner
	default:
		c.Kind, c.BaseURL, c.Email = workflow.Remote, form.BaseURL, form.Email
		if secret == "" {
			return failure.Invalid.Errorf("The token is missing.")
		}
	}
	return v.Workflows.Changes.Write(v.ctx(), v.site.ID, v.by, func(tx *change.Tx) error { return put(v.ctx(), tx, c, secret) })
}

// connectMe stores a connection to this server as the person, with a token that is made for it.
func (v *visit) connectMe(name string, days int, put putting) error {
	secret := directory.NewSecret(v.site.CloudID)
	return v.Workflows.Changes.Write(v.ctx(), v.site.ID, v.by, func(tx *change.Tx) error {
		me, err := v.Directory.AccountIn(v.ctx(), tx, v.who.account.ID)
		if err != nil {
			return err
		}
		if err := put(v.ctx(), tx, workflow.Connection{Name: name, Kind: workflow.Local, AccountID: me.ID}, secret); err != nil {
			return err
		}
		_, err = v.Directory.AddTokenIn(v.ctx(), tx, me, directory.Token{Label: workflow.TokenLabel(name), ExpiresAt: v.ending(days)}, secret)
		return err
	})
}

// ownerOf returns whose API token a secret is. One that is no good is Invalid.
func (v *visit) ownerOf(secret string) (string, error) {
	t, found, err := v.Directory.TokenBySecret(v.ctx(), v.site.ID, secret)
	if err != nil {
		return "", err
	}
	if !found || t.Kind != directory.Classic && t.Kind != directory.Scoped || t.Useless(v.Directory.Changes.Now()) != "" {
		return "", failure.Invalid.Errorf("This is no API token of this site, or none that is good.")
	}
	return t.AccountID, nil
}
