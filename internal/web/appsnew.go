package web

import (
	"cmp"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/internal/oauth"
)

const (
	largestDescriptor = 256 << 10
	serviceKind       = "service" // of what is made, beside the kinds of apps
)

// appForm is where apps and service accounts are added.
type appForm struct {
	Frame
	Kind       string // "" until one is chosen
	Name       string
	Redirects  string // one a line
	Public     bool
	Approved   bool
	URL        string // of a Connect app's descriptor
	Descriptor string
	Label      string
	Days       int
	Choices    []int // of Days
	Scopes     []scopeChoice
	Problem    string
	At         string // the field that Problem is about; empty where it is about none
}

// newApp asks what is to be added, and adds it.
func (v *visit) newApp() error {
	form := appForm{Frame: v.frame(), Kind: v.r.URL.Query().Get("kind"), Days: 90, Choices: tokenDays}
	if v.posted() {
		if err := v.readApp(&form); err != nil {
			return err
		}
	}
	switch form.Kind {
	case string(directory.OAuthApp), string(directory.ForgeApp), string(directory.ConnectApp), serviceKind, "":
	default:
		return failure.Invalid.Errorf("The kind %.60q is none of oauth, connect, forge, service.", form.Kind)
	}
	form.offer(v, v.r.PostForm["scope"])
	if !v.posted() || form.Kind == "" {
		return v.show(http.StatusOK, "app-new", form)
	}
	var err error
	switch form.Kind {
	case string(directory.ConnectApp):
		err = v.addConnect(form)
	case serviceKind:
		err = v.addService(form)
	default:
		err = v.addApp(form)
	}
	if err == nil {
		return nil
	}
	if form.Problem, err = said(err); err != nil {
		return err
	}
	form.blame()
	return v.show(http.StatusUnprocessableEntity, "app-new", form)
}

// readApp takes what was typed.
func (v *visit) readApp(form *appForm) error {
	if strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/") {
		if err := v.r.ParseMultipartForm(largestDescriptor); err != nil {
			return failure.Invalid.Errorf("The form was too large, or not encoded correctly.")
		}
		defer v.r.MultipartForm.RemoveAll()
	}
	typed := v.r.PostForm
	get := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(typed.Get(name), ""), "\x00", ""))
	}
	form.Kind, form.Name, form.Redirects, form.URL, form.Descriptor = get("kind"), get("name"), get("redirects"), get("url"), get("descriptor")
	form.Label, form.Public, form.Approved = get("label"), typed.Has("public"), typed.Has("approved")
	if days, err := strconv.Atoi(typed.Get("days")); err == nil && slices.Contains(tokenDays, days) {
		form.Days = days
	}
	if v.r.MultipartForm == nil || form.Descriptor != "" {
		return nil
	}
	for _, file := range v.r.MultipartForm.File["file"] {
		text, err := read(file)
		if err != nil {
			return err
		}
		form.Descriptor = text
	}
	return nil
}

func read(file *multipart.FileHeader) (string, error) {
	f, err := file.Open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, largestDescriptor))
	return strings.ReplaceAll(strings.ToValidUTF8(string(text), ""), "\x00", ""), err
}

// offer fills in the scopes that there are for the kind.
func (form *appForm) offer(v *visit, ticked []string) {
	scopes := api.Scopes()
	if form.Kind != serviceKind {
		scopes = append(scopes, oauth.ReadMe, oauth.OfflineAccess)
	}
	for _, scope := range scopes {
		text, _ := v.OAuth.Meaning(scope)
		form.Scopes = append(form.Scopes, scopeChoice{meaning{scope, text}, slices.Contains(ticked, scope)})
	}
}

// chosen are the scopes that are ticked, of those that there are.
func (form *appForm) chosen() (all []string) {
	for _, c := range form.Scopes {
		if c.Ticked {
			all = append(all, c.Scope)
		}
	}
	return all
}

// blame finds the field that the problem is about.
func (form *appForm) blame() {
	for _, about := range [][2]string{{"name", "name"}, {"redirect URI", "redirects"}, {"descriptor", "descriptor"}, {"scope", "scopes"}, {"label", "label"}} {
		if strings.Contains(form.Problem, about[0]) {
			form.At = about[1]
			return
		}
	}
}

// addApp registers an OAuth or Forge app.
func (v *visit) addApp(form appForm) error {
	r := directory.Registration{Kind: directory.AppKind(form.Kind), Name: form.Name, Scopes: form.chosen()}
	if r.Kind == directory.OAuthApp {
		r.RedirectURIs, r.Public = strings.Fields(form.Redirects), form.Public
	}
	made, secrets, err := v.Directory.AddApp(v.ctx(), v.site.ID, v.site.CloudID, v.by, r, directory.AppSecrets{}, form.Approved)
	if err != nil {
		return err
	}
	return v.showMade(form.Frame, made, secrets, "")
}

// addConnect installs a Connect app by its descriptor.
func (v *visit) addConnect(form appForm) error {
	var got install.Installation
	var err error
	switch {
	case form.URL != "" && form.Descriptor != "":
		return failure.Invalid.Errorf("Give either the address of the descriptor or the descriptor itself.")
	case form.URL != "":
		got, err = v.Installer.InstallConnectFrom(v.ctx(), v.site.Site, v.by, form.URL)
	case form.Descriptor != "":
		got, err = v.Installer.InstallConnect(v.ctx(), v.site.Site, v.by, []byte(form.Descriptor))
	default:
		return failure.Invalid.Errorf("There is no descriptor.")
	}
	if err == nil && form.Approved {
		_, err = v.Directory.Change(v.ctx(), v.site.ID, v.by, got.AccountID, func(a *directory.Account) error { a.EmailApproved = true; return nil })
	}
	if err != nil {
		return err
	}
	return v.showMade(form.Frame, got.Registration, got.AppSecrets, v.untold(got.ClientID, got.Untold))
}

func (v *visit) showMade(frame Frame, r directory.Registration, secrets directory.AppSecrets, untold string) error {
	a, err := v.Directory.Account(v.ctx(), v.site.ID, r.AccountID)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "app-made", madeApp{appFrame{Frame: frame, App: r, Account: a, Untold: untold}, secrets, true})
}

// madeService is shown once, as the secret in it is.
type madeService struct {
	Frame
	Token  directory.Token
	Secret string
	URL    string // to call with it
	Back   string // below Root
}

// addService makes an account for a program, and a token of it.
func (v *visit) addService(form appForm) error {
	if form.Name == "" {
		return failure.Invalid.Errorf("The service account has no name.")
	}
	t := directory.Token{Label: cmp.Or(form.Label, form.Name), Scopes: form.chosen(), ExpiresAt: v.ending(form.Days)}
	secret := directory.NewSecret(v.site.CloudID)
	made, err := v.Directory.AddServiceToken(v.ctx(), v.site.ID, v.by, form.Name, t, secret)
	if err != nil {
		return err
	}
	return v.showService(form.Frame, made, secret)
}

// ending is so many days from now; zero, which is as late as can be, for a year.
func (v *visit) ending(days int) time.Time {
	if days >= tokenDays[len(tokenDays)-1] {
		return time.Time{}
	}
	return v.Directory.Changes.Now().UTC().Truncate(time.Microsecond).AddDate(0, 0, days)
}

func (v *visit) showService(frame Frame, t directory.Token, secret string) error {
	page := madeService{frame, t, secret, v.site.URL(v.PublicURL, v.StandIn), servicePath(t.AccountID)[1:]}
	if t.Kind != directory.Classic {
		page.URL = v.site.GatewayURL(v.PublicURL)
	}
	return v.show(http.StatusOK, "service-made", page)
}
