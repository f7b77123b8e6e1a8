package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
)

// siteParameter chooses a site at the authorization endpoint, where the app is registered on several. It is ours: an
// app need not know of it.
const siteParameter = "site"

// authorize is the authorization endpoint (RFC 6749, section 4.1.1): it asks people what an app may do for them. What
// is allowed is what the address says; the form carries nothing but the answer.
func (v *visit) authorize() error {
	q, err := url.ParseQuery(v.r.URL.RawQuery)
	if err != nil {
		v.explain(http.StatusBadRequest, failure.Invalid.Errorf("The link is not encoded correctly."))
		return v.problem(http.StatusBadRequest, "misdirected", "The link is not encoded correctly.")
	}
	ask, err := v.OAuth.Read(v.ctx(), q)
	if misdirected, ok := errors.AsType[*oauth.Misdirected](err); ok {
		v.explainMisdirected(http.StatusBadRequest, err)
		return v.problem(http.StatusBadRequest, "misdirected", misdirected.Reason)
	}
	if _, told := errors.AsType[*oauth.Error](err); told {
		return v.refuse(ask, err)
	}
	if err != nil {
		return err
	}
	p, in, err := v.signedIn()
	if err != nil {
		return err
	}
	st, chosen := v.siteOf(ask, q, p, in)
	switch in = in && chosen && p.site.ID == st.ID; {
	case !in && ask.Prompt == "none":
		return v.refuse(ask, oauth.LoginRequired())
	case !chosen:
		return v.chooseSite(ask, q)
	case !in:
		return v.signInFor(st, q)
	case ask.Prompt == "login":
		q.Set("prompt", "consent") // once they have signed in, what is left of login is to be asked
		return v.signInFor(st, q)
	}
	return v.decide(ask, q, p)
}

// siteOf returns the site of an app that the request is about: the one that was chosen, else the one to which the
// person is signed in, or that of the path, or the only one.
func (v *visit) siteOf(ask oauth.Ask, q url.Values, p signedIn, in bool) (site.Site, bool) {
	for _, one := range ask.Sites {
		if one.CloudID == q.Get(siteParameter) {
			return one, true
		}
	}
	for _, one := range ask.Sites {
		if in && one.ID == p.site.ID || v.site.Way == site.ByName && one.ID == v.site.ID {
			return one, true
		}
	}
	return ask.Sites[0], len(ask.Sites) == 1
}

// signInFor sends a person to sign in, and then back.
func (v *visit) signInFor(st site.Site, q url.Values) error {
	q.Set(siteParameter, st.CloudID)
	return v.goTo(withQuery(loginPath, "site", st.CloudID, "next", oauth.AuthorizePath+"?"+q.Encode()))
}

// choice is a site that a person can choose.
type choice struct{ Name, Link string }

func (v *visit) choices(ask oauth.Ask, q url.Values, but int64) []choice {
	var all []choice
	q = url.Values(http.Header(q).Clone())
	for _, one := range ask.Sites {
		if one.ID != but {
			q.Set(siteParameter, one.CloudID)
			all = append(all, choice{one.Name, "?" + q.Encode()})
		}
	}
	return all
}

func (v *visit) chooseSite(ask oauth.Ask, q url.Values) error {
	return v.show(http.StatusOK, "choose", struct {
		Frame
		App   string
		Sites []choice
	}{v.frame(), ask.App.Name, v.choices(ask, q, 0)})
}

// consentPage is what a person is asked.
type consentPage struct {
	Frame
	App         string
	Name, Email string
	AccountID   string
	Meanings    []meaning
	Host        string       // to which they go back
	Others      []choice     // sites
	Again       string       // where to sign in as somebody else
	Back        template.URL // to the app, for who cannot be asked
}

// meaning is what a scope lets an app do.
type meaning struct{ Scope, Text string }

// decide asks a person who is signed in, or does what they answered.
func (v *visit) decide(ask oauth.Ask, q url.Values, p signedIn) error {
	if p.Standing.Type != directory.Person || !p.Standing.CanUse {
		if ask.Prompt == "none" {
			return v.refuse(ask, oauth.Deny())
		}
		v.explainBarred(http.StatusForbidden, p)
		return v.consent(http.StatusForbidden, "barred", ask, q, p)
	}
	// An answer counts for whom it was asked: somebody else may have signed in since.
	if v.posted() && v.r.PostForm.Get("account") == p.account.ID {
		switch v.r.PostForm.Get("decision") {
		case "allow":
			return v.allow(ask, p)
		case "deny":
			return v.refuse(ask, oauth.Deny())
		}
	}
	must, err := v.OAuth.MayAsk(v.ctx(), ask, p.site.ID, p.account.ID)
	switch {
	case err != nil:
		return err
	case !must && !v.posted():
		return v.allow(ask, p)
	case ask.Prompt == "none":
		return v.refuse(ask, oauth.ConsentRequired())
	}
	return v.consent(http.StatusOK, "consent", ask, q, p)
}

func (v *visit) allow(ask oauth.Ask, p signedIn) error {
	to, err := v.OAuth.Allow(v.ctx(), ask, p.site, v.by, v.OAuth.Issuer(v.r))
	if _, ok := errors.AsType[*oauth.Error](err); ok {
		return v.refuse(ask, err) // the app's registration, or the person's access, changed since the page was shown
	}
	if err != nil {
		return err
	}
	return v.backTo(ask, to)
}

// refuse tells the app why it gets nothing.
func (v *visit) refuse(ask oauth.Ask, why error) error {
	return v.backTo(ask, ask.Refuse(v.OAuth.Issuer(v.r), why))
}

// backTo sends the browser to the app.
func (v *visit) backTo(ask oauth.Ask, to string) error {
	if v.posted() {
		return v.leave(to, ask.App.Name)
	}
	v.w.Header().Set("Referrer-Policy", "no-referrer")
	v.w.Header().Set("Location", ascii(to))
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// consent shows what an app asks for.
func (v *visit) consent(status int, page string, ask oauth.Ask, q url.Values, p signedIn) error {
	shown := consentPage{
		Frame: v.frame(), App: ask.App.Name, Name: p.account.DisplayName, Email: p.account.Email, AccountID: p.account.ID,
		Others: v.choices(ask, q, p.site.ID), Back: template.URL(ask.Refuse(v.OAuth.Issuer(v.r), oauth.Deny())),
	}
	shown.Site = p.site.Name
	if u, err := url.Parse(ask.RedirectURI); err == nil {
		shown.Host = u.Host
	}
	q.Set(siteParameter, p.site.CloudID)
	shown.Again = v.link(withQuery(loginPath, "site", p.site.CloudID, "next", oauth.AuthorizePath+"?"+q.Encode()))
	for _, scope := range inOrder(ask.Scopes) {
		text, _ := v.OAuth.Meaning(scope)
		shown.Meanings = append(shown.Meanings, meaning{scope, text})
	}
	return v.show(status, page, shown)
}

// inOrder puts what matters most where it is read last: that an app acts while its person is away.
func inOrder(scopes []string) []string {
	rest := slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return s == oauth.OfflineAccess })
	if len(rest) < len(scopes) {
		rest = append(rest, oauth.OfflineAccess)
	}
	return rest
}
