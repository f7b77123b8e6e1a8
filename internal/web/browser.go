package web

import (
	"net/http"
	"strings"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// signedIn is who is signed in, on the site where they are.
type signedIn struct {
	auth.Caller
	site    site.Site
	account directory.Account
}

// signedIn returns who is signed in with this browser, on whichever site, or false for nobody. From then on they are
// the actor of what the visit changes.
func (v *visit) signedIn() (signedIn, bool, error) {
	var p signedIn
	secret := auth.SessionOf(v.r)
	cloudID := directory.CloudIDOf(secret)
	if cloudID == "" {
		return p, false, nil
	}
	st, err := v.Sites.Sites.Named(v.ctx(), cloudID)
	if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound {
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	p.site = st
	if p.Caller, err = v.Auth.Browser(v.ctx(), st, secret); err != nil || p.Kind != auth.Session {
		return p, false, err
	}
	p.account, err = v.Directory.Account(v.ctx(), st.ID, p.Standing.AccountID)
	v.by.AccountID, v.by.TokenID = p.account.ID, p.TokenID
	return p, err == nil, err
}

// enter signs a person in to a site, always with a new secret, and ends the session that the browser had before.
func (v *visit) enter(st site.Site, accountID string) error {
	before, was, err := v.signedIn()
	if err != nil {
		return err
	}
	by := v.by
	by.AccountID, by.TokenID = accountID, ""
	secret, err := v.Directory.AddSession(v.ctx(), st.ID, st.CloudID, by, accountID, browserOf(v.r.UserAgent()))
	if err != nil {
		return err
	}
	if was {
		if _, err := v.Directory.RevokeToken(v.ctx(), before.site.ID, v.by, before.TokenID); err != nil {
			return err
		}
	}
	v.keep(secret, int(directory.SessionLife.Seconds()), st)
	return nil
}

// keep has the browser keep the secret of a session for so many seconds; negative is to forget it.
func (v *visit) keep(secret string, seconds int, st site.Site) {
	http.SetCookie(v.w, &http.Cookie{
		Name: auth.SessionCookie, Value: secret, Path: "/", MaxAge: seconds, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.secure(st),
	})
}

// browserOf names a browser so that people tell their sessions apart, by what it says of itself.
func browserOf(agent string) string {
	first := func(among [][2]string) string {
		for _, one := range among {
			if strings.Contains(agent, one[0]) {
				return one[1]
			}
		}
		return ""
	}
	name := first([][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}})
	on := first([][2]string{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	})
	switch {
	case name == "":
		return "browser"
	case on == "":
		return name
	}
	return name + " on " + on
}
