package web

import (
	"errors"
	"net/http"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

// loginAsPath is where a stand-in signs anybody in as anybody. roster serve does not have it.
const loginAsPath = "/login/as"

// mostOffered is how many people a stand-in offers at once.
const mostOffered = 100

// offered are the people as whom one can sign in to a stand-in.
type offered struct {
	Search string
	People []directory.Account
	More   bool
}

var errEnough = errors.New("enough")

// offer returns the first active people of a site whose names or address begin as the request says.
func (v *visit) offer(st site.Site) (*offered, error) {
	o := &offered{Search: v.r.FormValue("search")}
	err := v.Directory.Each(v.ctx(), st.ID, directory.Filter{Status: directory.Active, Text: o.Search}, func(a directory.Account) error {
		switch {
		case a.Type == directory.App:
			return nil
		case len(o.People) == mostOffered:
			o.More = true
			return errEnough
		}
		o.People = append(o.People, a)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return o, err
}

// loginAs signs in as an account, without its password.
func (v *visit) loginAs() error {
	if !v.posted() {
		v.w.Header().Set("Allow", http.MethodPost)
		return v.problem(http.StatusMethodNotAllowed, "method", "")
	}
	st, err := v.target()
	if err != nil {
		return err
	}
	a, err := v.Directory.Account(v.ctx(), st.ID, v.r.PostForm.Get("account"))
	if err != nil {
		return err
	}
	if a.Type == directory.App {
		return v.problem(http.StatusBadRequest, "refused", "")
	}
	if err := v.enter(st, a.ID); err != nil {
		return err
	}
	return v.proceed(nextOf(v.r.FormValue("next")))
}
