package web

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

const (
	loginPath  = "/login"
	logoutPath = "/logout"
)

// loginPage is the form that people sign in by.
type loginPage struct {
	Frame
	Problem string // "", wrong or wait
	Wait    int    // seconds
	Email   string
	Next    string
	CloudID string // of the site, where the path does not tell it
	Out     bool   // they have just signed out
	Offered *offered
	Other   *elsewhere
}

// elsewhere is where somebody is signed in who looks at the form of another site.
type elsewhere struct {
	Name, Email, Site, URL string
	Here                   string // ID of the account of the same person on the form's site, where a stand-in lets them go on as it
}

// login is where people sign in. Who is signed in already, and is on the way to no other page, is told so.
func (v *visit) login() error {
	st, err := v.target()
	if err != nil {
		return err
	}
	page := loginPage{Frame: v.frame(), Next: nextOf(v.r.FormValue("next")), CloudID: v.r.FormValue("site"), Out: v.r.URL.Query().Has("out")}
	page.Site = st.Name
	if v.posted() {
		return v.check(st, page)
	}
	p, in, err := v.signedIn()
	switch {
	case err != nil:
		return err
	case in && p.site.ID != st.ID:
		if page.Other, err = v.elsewhere(p, st); err != nil {
			return err
		}
	case in && page.Next == "" && !v.r.URL.Query().Has("again"):
		return v.show(http.StatusOK, "account", accountPage{v.frame(), p.account.DisplayName, p.account.Email, p.site.Name})
	}
	return v.ask(http.StatusOK, st, page)
}

// elsewhere tells of a person that they are signed in to another site than st.
func (v *visit) elsewhere(p signedIn, st site.Site) (*elsewhere, error) {
	e := &elsewhere{Name: p.account.DisplayName, Email: p.account.Email, Site: p.site.Name, URL: p.site.URL(v.PublicURL, v.Sites.Named)}
	if !v.StandIn {
		return e, nil
	}
	a, err := v.Directory.Account(v.ctx(), st.ID, cmp.Or(p.account.Email, p.account.ID))
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound {
		return e, nil
	}
	if a.Status == directory.Active && a.Type != directory.App {
		e.Here = a.ID
	}
	return e, err
}

// accountPage says who is signed in.
type accountPage struct {
	Frame
	Name, Email, On string
}

// target is the site to sign in to: the one that the request names by its cloud ID, else the one of its path.
func (v *visit) target() (site.Site, error) {
	cloudID := v.r.FormValue("site")
	if cloudID == "" {
		return v.site.Site, nil
	}
	st, err := v.Sites.Sites.Named(v.ctx(), cloudID)
	if err == nil && st.CloudID != cloudID {
		err = failure.NotFound.Errorf("There is no such site.")
	}
	return st, err
}

// ask shows the form.
func (v *visit) ask(status int, st site.Site, page loginPage) (err error) {
	if v.StandIn {
		if page.Offered, err = v.offer(st); err != nil {
			return err
		}
	}
	return v.show(status, "login", page)
}

// check signs in who knows the password. Whatever is wrong, the answer and what it costs are the same.
func (v *visit) check(st site.Site, page loginPage) error {
	page.Email = v.r.PostForm.Get("email")
	g, wait := v.guesses.try(st.CloudID+" "+foldedAddress(page.Email), v.by.IP)
	if wait > 0 {
		page.Problem, page.Wait = "wait", int((wait+time.Second-1)/time.Second)
		v.w.Header().Set("Retry-After", strconv.Itoa(page.Wait))
		return v.ask(http.StatusTooManyRequests, st, page)
	}
	accountID, ok, err := v.Directory.CheckPassword(v.ctx(), st.ID, page.Email, v.r.PostForm.Get("password"))
	if err != nil {
		return err
	}
	if ok {
		err = v.enter(st, accountID)
	}
	if kind, _ := failure.Of(err); err != nil && kind != failure.Invalid {
		return err
	}
	if !ok || err != nil {
		v.Log.InfoContext(v.ctx(), "sign-in refused", "request", v.by.RequestID, "site", st.Name, "ip", v.by.IP)
		page.Problem = "wrong"
		return v.ask(http.StatusForbidden, st, page)
	}
	g.right()
	return v.proceed(page.Next)
}

// foldedAddress is an address in the form in which it is compared, or as it is where it is none.
func foldedAddress(email string) string {
	if key, err := directory.EmailKey(email); err == nil {
		return key
	}
	return email
}

// proceed sends who has signed in on.
func (v *visit) proceed(next string) error {
	switch {
	case next == "":
		return v.goTo(homePath)
	case toApp(next):
		return v.leave(v.link(next), "")
	}
	return v.goTo(next)
}

// logout signs a person out of this browser, or everywhere.
func (v *visit) logout() error {
	if !v.posted() {
		v.w.Header().Set("Allow", http.MethodPost)
		return v.problem(http.StatusMethodNotAllowed, "method", "")
	}
	return v.signOut(v.r.FormValue("everywhere") == "1")
}

func (v *visit) signOut(everywhere bool) error {
	p, in, err := v.signedIn()
	switch {
	case err != nil:
		return err
	case in && everywhere:
		_, err = v.Directory.EndSessions(v.ctx(), p.site.ID, v.by, p.account.ID)
	case in:
		_, err = v.Directory.RevokeToken(v.ctx(), p.site.ID, v.by, p.TokenID)
	}
	if err != nil {
		return err
	}
	v.keep("", -1, v.site.Site)
	return v.goTo(loginPath + "?out")
}
