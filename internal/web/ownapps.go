package web

import (
	"net/http"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/oauth"
)

const (
	ownAppsPath      = "/profile/apps"
	ownAppRevokePath = "/profile/apps/{app}/revoke"
)

// ownApps are the apps that a person lets in.
type ownApps struct {
	ownPage
	Apps []ownApp
}

type ownApp struct {
	oauth.Allowed
	Meanings []meaning
}

func (v *visit) ownApps() error {
	apps, err := v.OAuth.Allowed(v.ctx(), v.site.ID, v.who.account.ID)
	if err != nil {
		return err
	}
	page := ownApps{ownPage: v.ownPage("apps")}
	for _, a := range apps {
		page.Apps = append(page.Apps, ownApp{a, v.meanings(a.Scopes)})
	}
	return v.show(http.StatusOK, "ownapps", page)
}

// revokeApp asks, and then takes back what a person allowed an app.
func (v *visit) revokeApp() error {
	apps, err := v.OAuth.Allowed(v.ctx(), v.site.ID, v.who.account.ID)
	if err != nil {
		return err
	}
	for _, a := range apps {
		switch {
		case a.ClientID != v.r.PathValue("app"):
			continue
		case !v.posted():
			return v.confirm("app", a.AppName, "apps")
		}
		if _, err := v.OAuth.Disallow(v.ctx(), v.site.ID, v.by, v.who.account.ID, a.ClientID); err != nil {
			return err
		}
		return v.goTo(withQuery(ownAppsPath, "done", "revoked", "of", a.AppName))
	}
	return failure.NotFound.Errorf("You let no such app in.")
}
