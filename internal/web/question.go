package web

import (
	"net/http"
	"strings"
)

// questionPage asks before something is gone that does not come back by itself. Its form is sent to the page's own address.
type questionPage struct {
	Frame
	What string // for which the template has words
	Of   string // by its name; may be empty
	Back string // below the root
	Here bool   // it signs out the browser that asks
}

// question shows it. back is a path of the site's pages.
func (v *visit) question(what, of, back string, here bool) error {
	return v.show(http.StatusOK, "question", questionPage{v.frame(), what, of, strings.TrimPrefix(back, "/"), here})
}
