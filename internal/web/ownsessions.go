package web

import (
	"net/http"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
)

const ownSessionsPath = "/profile/sessions"

// ownSessions are the browsers in which a person is signed in.
type ownSessions struct {
	ownPage
	Sessions []ownSession
	Others   bool // there are, besides this one
	Has      bool // a password
}

type ownSession struct {
	directory.Token
	This bool
}

func (v *visit) ownSessions() error {
	sessions, err := v.Directory.Sessions(v.ctx(), v.site.ID, v.who.account.ID)
	if err != nil {
		return err
	}
	page := ownSessions{ownPage: v.ownPage("sessions")}
	slices.Reverse(sessions)
	for _, t := range sessions {
		page.Sessions = append(page.Sessions, ownSession{t, t.ID == v.who.TokenID})
	}
	page.Others = len(sessions) > 1
	if page.Has, err = v.Directory.HasPassword(v.ctx(), v.site.ID, v.who.account.ID); err != nil {
		return err
	}
	return v.show(http.StatusOK, "ownsessions", page)
}

// endSession asks, and then ends the session that the path names, or all of them, or all others than this one.
func (v *visit) endSession() error {
	which := v.r.PathValue("session")
	if which == "all" {
		if !v.posted() {
			return v.question("everywhere", "", ownSessionsPath, true)
		}
		return v.signOut(true)
	}
	if which == "others" {
		if !v.posted() {
			return v.question("sessions", "", ownSessionsPath, false)
		}
		if _, err := v.Directory.EndOtherSessions(v.ctx(), v.site.ID, v.by, v.who.account.ID, v.who.TokenID); err != nil {
			return err
		}
		return v.goTo(withQuery(ownSessionsPath, "done", "others"))
	}
	sessions, err := v.Directory.Sessions(v.ctx(), v.site.ID, v.who.account.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(sessions, func(t directory.Token) bool { return t.ID == which })
	switch {
	case i < 0: // it has ended by itself
		return v.goTo(withQuery(ownSessionsPath, "done", "ended"))
	case !v.posted():
		return v.question("session", sessions[i].Label, ownSessionsPath, which == v.who.TokenID)
	}
	if _, err := v.Directory.RevokeToken(v.ctx(), v.site.ID, v.by, which); err != nil {
		return err
	}
	return v.goTo(withQuery(ownSessionsPath, "done", "ended"))
}
