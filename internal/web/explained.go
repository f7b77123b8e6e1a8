package web

import (
	"cmp"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/oauth"
)

// explain keeps why the authorization endpoint shows a refusal, and names that in the header of its answer: on the site
// of the app where err says which that is, else on that of the address. What other pages refuse is told to the person
// alone.
func (v *visit) explain(status int, err error) {
	kind, message := failure.Of(err)
	words, check := explain.Of(kind)
	why := explain.Refusal{
		Status: status, Kind: words, Check: check, Reason: cmp.Or(failure.ReasonOf(err), explain.Unquoted(message)), CallerKind: "web browser",
	}
	if kind == failure.Internal {
		why.Reason, why.Remedy = "The server could not.", "Its log says why, under the ID of the request."
	}
	v.keepRefusal(cmp.Or(oauth.SiteOf(err), v.site.ID), why)
}

// explainMisdirected is explain of a link whose app or redirect URI is not known.
func (v *visit) explainMisdirected(status int, err error) {
	words, check := explain.Of(failure.Invalid)
	v.keepRefusal(cmp.Or(oauth.SiteOf(err), v.site.ID), explain.Refusal{
		Status: status, Kind: words, Check: check, Reason: cmp.Or(failure.ReasonOf(err), err.Error()), CallerKind: "web browser",
	})
}

// explainBarred is explain of a person who cannot allow an app anything.
func (v *visit) explainBarred(status int, p signedIn) {
	kind, reason, remedy := failure.NoAccess, "No group of the account holds the permission use ('Can use').", "Add the account to a group that holds it."
	if p.Standing.Type != directory.Person {
		kind, reason, remedy = failure.Forbidden, "Only a person can allow an app anything; the type of the account is "+string(p.Standing.Type)+".", ""
	}
	words, check := explain.Of(kind)
	v.keepRefusal(p.site.ID, explain.Refusal{
		Status: status, Kind: words, Check: check, Reason: reason, Remedy: remedy, AccountID: p.account.ID, TokenID: p.TokenID, CallerKind: p.Kind.String(),
	})
}

func (v *visit) keepRefusal(siteID int64, why explain.Refusal) {
	if siteID == 0 || !strings.HasSuffix(v.r.URL.EscapedPath(), oauth.AuthorizePath) {
		return
	}
	why.Site, why.At, why.RequestID, why.Method, why.Route = siteID, v.Directory.Changes.Now(), v.by.RequestID, v.r.Method, oauth.AuthorizePath
	if id := v.Refusals.Keep(why); id != "" {
		v.w.Header().Set(explain.Header, id)
	}
}
