package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// appEdit is where an app is changed.
type appEdit struct {
	appForm
	App     directory.Registration
	Version string // of the app that the form was made from
}

// editApp changes the name, scopes and redirect URIs of an OAuth or Forge app. What a Connect app is stands in its
// descriptor.
func (v *visit) editApp() error {
	r, err := v.Directory.Registration(v.ctx(), v.site.ID, v.r.PathValue("app"))
	if err == nil && r.Kind == directory.ConnectApp {
		err = failure.NotFound.Errorf("A Connect app is changed by its descriptor.")
	}
	if err != nil {
		return err
	}
	page := appEdit{App: r, Version: strconv.FormatInt(r.Version, 10)}
	page.Frame, page.Kind = v.frame(), string(r.Kind)
	if !v.posted() {
		page.Name, page.Redirects = r.Name, strings.Join(r.RedirectURIs, "\n")
		page.offer(v, r.Scopes)
		return v.show(http.StatusOK, "app-edit", page)
	}
	if err := v.readApp(&page.appForm); err != nil {
		return err
	}
	page.Kind, page.Version = string(r.Kind), v.r.PostForm.Get("version")
	page.offer(v, v.r.PostForm["scope"])
	_, err = v.Directory.ChangeRegistration(v.ctx(), v.site.ID, v.by, r.ClientID, func(now *directory.Registration) error {
		if page.Version != strconv.FormatInt(now.Version, 10) {
			return failure.Conflict.Errorf("The app was changed meanwhile.")
		}
		now.Name, now.Scopes = page.Name, append(page.chosen(), page.unoffered(now.Scopes)...)
		if now.Kind == directory.OAuthApp {
			now.RedirectURIs = strings.Fields(page.Redirects)
		}
		return nil
	})
	if err == nil {
		return v.goTo(withQuery(appPath(r.ClientID), "done", "edit"))
	}
	if page.Problem, err = said(err); err != nil {
		return err
	}
	page.blame()
	return v.show(http.StatusUnprocessableEntity, "app-edit", page)
}

// unoffered are those of the scopes that the form does not offer: they stay as they are.
func (form *appForm) unoffered(scopes []string) (all []string) {
	for _, scope := range scopes {
		if !slices.ContainsFunc(form.Scopes, func(c scopeChoice) bool { return c.Scope == scope }) {
			all = append(all, scope)
		}
	}
	return all
}
