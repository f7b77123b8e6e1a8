package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/rosterhq/roster/internal/failure"
)

const ownPasswordPath = "/profile/password"

// ownPassword is where people change their password.
type ownPassword struct {
	ownPage
	Has     bool   // they have one, which is asked for
	Problem string // "", wrong, wait, differ or new
	Wait    int    // seconds
	Detail  string // what is wrong with the new one
}

// changePassword gives a person another password, and signs them out everywhere but here.
func (v *visit) changePassword() error {
	a := v.who.account
	has, err := v.Directory.HasPassword(v.ctx(), v.site.ID, a.ID)
	if err != nil {
		return err
	}
	page := ownPassword{ownPage: v.ownPage("sessions"), Has: has}
	if !v.posted() {
		return v.show(http.StatusOK, "ownpassword", page)
	}
	form := v.r.PostForm
	if form.Get("new") != form.Get("again") {
		page.Problem = "differ"
		return v.show(http.StatusUnprocessableEntity, "ownpassword", page)
	}
	if has {
		g, wait := v.guesses.try(v.site.CloudID+" "+foldedAddress(a.Email), v.by.IP)
		if wait > 0 {
			page.Problem, page.Wait = "wait", int((wait+time.Second-1)/time.Second)
			v.w.Header().Set("Retry-After", strconv.Itoa(page.Wait))
			return v.show(http.StatusTooManyRequests, "ownpassword", page)
		}
		accountID, ok, err := v.Directory.CheckPassword(v.ctx(), v.site.ID, a.Email, form.Get("old"))
		if err != nil {
			return err
		}
		if !ok || accountID != a.ID {
			page.Problem = "wrong"
			return v.show(http.StatusForbidden, "ownpassword", page)
		}
		g.right()
	}
	_, err = v.Directory.SetPassword(v.ctx(), v.site.ID, v.by, a.ID, form.Get("new"))
	if kind, message := failure.Of(err); err != nil && kind == failure.Invalid {
		page.Problem, page.Detail = "new", message
		return v.show(http.StatusUnprocessableEntity, "ownpassword", page)
	}
	if err == nil {
		err = v.enter(v.site.Site, a.ID) // the session of this browser has ended with the others
	}
	if err != nil {
		return err
	}
	return v.goTo(withQuery(ownSessionsPath, "done", "password"))
}
