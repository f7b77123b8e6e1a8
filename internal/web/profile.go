package web

import (
	"net/http"

	"github.com/rosterhq/roster/internal/directory"
)

const profilePath = "/profile"

// profilePage shows people themselves.
type profilePage struct {
	Frame
	Account directory.Account
}

// profile is a person's own page.
func (v *visit) profile() error {
	return v.show(http.StatusOK, "profile", profilePage{v.frame(), v.who.account})
}
