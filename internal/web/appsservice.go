package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// servicePage shows an account of type app with its tokens, and makes more.
type servicePage struct {
	appForm
	Account directory.Account
	Tokens  []owned
	App     directory.Registration // that the account belongs to; zero for a service account
}

func servicePath(id string) string { return servicesPath + "/" + url.PathEscape(id) }

func (v *visit) service() error {
	a, err := v.account()
	if err == nil && a.Type != directory.App {
		err = failure.NotFound.Errorf("There is no such service account.")
	}
	if err != nil {
		return err
	}
	page := servicePage{appForm: appForm{Frame: v.frame(), Kind: serviceKind, Days: 90, Choices: tokenDays}, Account: a}
	status := http.StatusOK
	if v.posted() {
		if err := v.readApp(&page.appForm); err != nil {
			return err
		}
	}
	page.offer(v, v.r.PostForm["scope"])
	if v.posted() {
		err := v.addServiceToken(page)
		if err == nil {
			return nil
		}
		if page.Problem, err = said(err); err != nil {
			return err
		}
		page.blame()
		status = http.StatusUnprocessableEntity
	}
	if err := v.fillService(&page); err != nil {
		return err
	}
	return v.show(status, "service", page)
}

func (v *visit) addServiceToken(page servicePage) error {
	if page.Label == "" {
		return failure.Invalid.Errorf("The token has no label.")
	}
	secret := directory.NewSecret(v.site.CloudID)
	made, err := v.Directory.AddToken(v.ctx(), v.site.ID, v.by, page.Account.ID, directory.Token{
		Label: page.Label, Scopes: page.chosen(), ExpiresAt: v.ending(page.Days),
	}, secret)
	if err != nil {
		return err
	}
	return v.showService(page.Frame, made, secret)
}

// fillService reads the account's tokens, those that are good first, and the app that it belongs to.
func (v *visit) fillService(page *servicePage) error {
	tokens, err := v.Directory.Tokens(v.ctx(), v.site.ID, page.Account.ID)
	if err != nil {
		return err
	}
	tokens = slices.DeleteFunc(tokens, func(t directory.Token) bool { return !t.RevokedAt.IsZero() })
	slices.SortFunc(tokens, func(a, b directory.Token) int { return b.ExpiresAt.Compare(a.ExpiresAt) })
	if page.Tokens, err = v.owned(tokens[:min(len(tokens), tokensOfOne)]); err != nil {
		return err
	}
	registered, err := v.Directory.Registrations(v.ctx(), v.site.ID)
	for _, r := range registered {
		if r.AccountID == page.Account.ID {
			page.App = r
		}
	}
	return err
}

// compareFolded compares names as people sort them.
func compareFolded(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }

// appTokenForm is where the token is made that a Forge app would send.
type appTokenForm struct {
	appFrame
	AsUser string
}

// newAppToken makes an access token of a Forge app.
func (v *visit) newAppToken() error {
	f, err := v.appFrame()
	if err != nil {
		return err
	}
	form := appTokenForm{appFrame: f, AsUser: strings.TrimSpace(clipped(v.r.PostForm.Get("person")))}
	if !v.posted() {
		return v.show(http.StatusOK, "app-token", form)
	}
	ask := directory.AppToken{}
	if form.AsUser != "" {
		a, err := v.Directory.Account(v.ctx(), v.site.ID, form.AsUser)
		if form.Problem, err = saidOf(err); err != nil {
			return err
		}
		ask.AsUser = a.ID
	}
	if form.Problem == "" {
		secret := directory.NewSecret(v.site.CloudID)
		made, err := v.Directory.AddAppToken(v.ctx(), v.site.ID, v.by, f.App.ClientID, ask, secret)
		if err == nil {
			page := madeService{f.Frame, made, secret, v.site.GatewayURL(v.PublicURL), appPath(f.App.ClientID)[1:]}
			return v.show(http.StatusOK, "service-made", page)
		}
		if form.Problem, err = said(err); err != nil {
			return err
		}
	}
	return v.show(http.StatusUnprocessableEntity, "app-token", form)
}

// saidOf is [said], and nothing where there is no error.
func saidOf(err error) (string, error) {
	if err == nil {
		return "", nil
	}
	return said(err)
}
