package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/oauth"
)

const (
	appsPath     = "/apps"
	appNewPath   = appsPath + "/new"
	servicesPath = "/service-accounts"

	servicesShown = 50
)

// appsPage lists the apps of the site, and the accounts of type app that are no registered app's.
type appsPage struct {
	Frame
	Apps     []listedApp
	Services []directory.Account
	Next     string // of the service accounts
	Begun    bool
}

// listedApp is an app in the list.
type listedApp struct {
	directory.Registration
	Approved bool // it may read e-mail addresses
}

func (v *visit) apps() error {
	page := appsPage{Frame: v.frame(), Begun: v.r.URL.Query().Get("after") != ""}
	registered, err := v.Directory.Registrations(v.ctx(), v.site.ID)
	if err != nil {
		return err
	}
	approved, err := v.Directory.ApprovedApps(v.ctx(), v.site.ID)
	if err != nil {
		return err
	}
	accounts := make(map[string]bool, len(registered))
	for _, r := range registered {
		accounts[r.AccountID] = true
		page.Apps = append(page.Apps, listedApp{r, slices.Contains(approved, r.AccountID)})
	}
	slices.SortFunc(page.Apps, func(a, b listedApp) int { return compareFolded(a.Name, b.Name) })
	found, next, err := v.Directory.Find(v.ctx(), v.site.ID, v.by, directory.Filter{Type: directory.App}, clipped(v.r.URL.Query().Get("after")), servicesShown)
	if err != nil {
		return err
	}
	for _, a := range found {
		if !accounts[a.ID] {
			page.Services = append(page.Services, a)
		}
	}
	if next != "" {
		page.Next = withQuery("apps", "after", next)
	}
	return v.show(http.StatusOK, "apps", page)
}

// appFrame is what all pages of one app show.
type appFrame struct {
	Frame
	App     directory.Registration
	Account directory.Account // as which it acts
	Scopes  []meaning
	Problem string
	Untold  string // why the app could not be told of what was done
}

// appPage shows an app with what people allow it.
type appPage struct {
	appFrame
	Grants []listedGrant
	Next   string // of the grants
}

// listedGrant is what a person allows an app.
type listedGrant struct {
	oauth.Grant
	Name    string   // of the person
	Without []string // what the app may ask for and the person has not allowed by it
}

func (v *visit) appFrame() (appFrame, error) {
	f := appFrame{Frame: v.frame()}
	var err error
	if f.App, err = v.Directory.Registration(v.ctx(), v.site.ID, v.r.PathValue("app")); err != nil {
		return f, err
	}
	f.Account, err = v.Directory.Account(v.ctx(), v.site.ID, f.App.AccountID)
	for _, scope := range f.App.Scopes {
		text, _ := v.OAuth.Meaning(scope)
		f.Scopes = append(f.Scopes, meaning{scope, text})
	}
	return f, err
}

func appPath(id string) string { return appsPath + "/" + url.PathEscape(id) }

// app shows an app, blocks it, or lets it read addresses. What is done here can be taken back by the same form.
func (v *visit) app() error {
	f, err := v.appFrame()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.showApp(f)
	}
	done := v.r.PostForm.Get("do")
	var untold error
	switch done {
	case "approve", "unapprove":
		_, err = v.Directory.Change(v.ctx(), v.site.ID, v.by, f.App.AccountID, func(a *directory.Account) error {
			a.EmailApproved = done == "approve"
			return nil
		})
	case "block", "unblock":
		_, untold, err = v.Installer.Block(v.ctx(), v.site.Site, v.by, f.App.ClientID, done == "block")
	default:
		return v.problem(http.StatusBadRequest, "form", "")
	}
	if err != nil {
		return err
	}
	if untold == nil {
		return v.goTo(withQuery(appPath(f.App.ClientID), "done", done))
	}
	told := f.Frame
	if f, err = v.appFrame(); err != nil {
		return err
	}
	f.Frame = told
	f.Done, f.Untold = done, v.untold(f.App.ClientID, untold)
	return v.showApp(f)
}

// showApp shows an app, and what people allow it, the newest first.
func (v *visit) showApp(f appFrame) error {
	page := appPage{appFrame: f}
	grants, next, err := v.OAuth.GrantsTo(v.ctx(), v.site.ID, f.App.ClientID, clipped(v.r.URL.Query().Get("after")), peopleShown)
	if err != nil {
		return err
	}
	var people []string
	for _, g := range grants {
		people = append(people, g.AccountID)
	}
	names, err := v.names(people)
	if err != nil {
		return err
	}
	for _, g := range grants {
		row := listedGrant{Grant: g, Name: names[g.AccountID]}
		for _, scope := range f.App.Scopes {
			if !slices.Contains(g.Scopes, scope) {
				row.Without = append(row.Without, scope)
			}
		}
		page.Grants = append(page.Grants, row)
	}
	if next != "" {
		page.Next = withQuery("", "after", next)
	}
	return v.show(http.StatusOK, "app", page)
}

// untold is why an app could not be told of something. What is not for people is logged.
func (v *visit) untold(id string, err error) string {
	if err == nil {
		return ""
	}
	if kind, message := failure.Of(err); kind != failure.Internal {
		return message
	}
	v.Log.WarnContext(v.ctx(), "a Connect app could not be told", "request", v.by.RequestID, "app", id, "err", err)
	return "-"
}

// removeApp asks whether to remove an app, and does so.
func (v *visit) removeApp() error {
	f, err := v.appFrame()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "app-remove", f)
	}
	_, untold, err := v.Installer.Remove(v.ctx(), v.site.Site, v.by, f.App.ClientID)
	if err != nil {
		return err
	}
	if v.untold(f.App.ClientID, untold) != "" {
		return v.goTo(withQuery(appsPath, "done", "removed-untold", "of", f.App.Name))
	}
	return v.goTo(withQuery(appsPath, "done", "removed", "of", f.App.Name))
}

// madeApp is shown once, as the secrets in it are.
type madeApp struct {
	appFrame
	Secrets directory.AppSecrets
	New     bool // else the secret was replaced
}

// rotateApp asks whether to replace an app's secret, and shows the new one.
func (v *visit) rotateApp() error {
	f, err := v.appFrame()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "app-rotate", f)
	}
	secrets, untold, err := v.Installer.Rotate(v.ctx(), v.site.Site, v.by, f.App.ClientID)
	if err == nil {
		f.Untold = v.untold(f.App.ClientID, untold)
		return v.show(http.StatusOK, "app-made", madeApp{f, secrets, false})
	}
	if f.Problem, err = said(err); err != nil {
		return err
	}
	return v.show(http.StatusConflict, "app-rotate", f)
}
