package web

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
)

// access says who may open a page.
type access int

const (
	anyone        access = iota
	person               // who is signed in
	administrator        // site administrators
)

// route is a page, or what a form does. Who may do it is said nowhere else.
type route struct {
	path    string // as http.ServeMux has it, below the beginning of a site's pages
	section string // that the navigation marks; empty for none
	access  access
	standIn bool // roster serve does not have it
	do      handler
}

// handler answers a request for one page. What it returns is told on a page of its own.
type handler func(*visit) error

var routes = []route{
	{"/login", "", anyone, false, (*visit).login},
	{"/logout", "", anyone, false, (*visit).logout},
	{oauth.AuthorizePath, "", anyone, false, (*visit).authorize},
	{loginAsPath, "", anyone, true, (*visit).loginAs},
	{homePath + "{$}", "", anyone, false, (*visit).home},

	{profilePath, "profile", person, false, (*visit).profile},
	{ownEditPath, "profile", person, false, (*visit).editProfile},
	{ownPicturePath, "profile", person, false, (*visit).picture},
	{ownUnpicturePath, "profile", person, false, (*visit).removePicture},
	{ownPasswordPath, "profile", person, false, (*visit).changePassword},
	{ownGroupsPath, "profile", person, false, (*visit).ownGroups},
	{ownWatchesPath, "profile", person, false, (*visit).ownWatches},
	{ownTokensPath, "profile", person, false, (*visit).ownTokens},
	{ownTokenNewPath, "profile", person, false, (*visit).newToken},
	{ownTokenPath, "profile", person, false, (*visit).testToken},
	{ownTokenRevokePath, "profile", person, false, (*visit).revokeToken},
	{ownSessionsPath, "profile", person, false, (*visit).ownSessions},
	{ownSessionsPath + "/{session}/end", "profile", person, false, (*visit).endSession},
	{ownAppsPath, "profile", person, false, (*visit).ownApps},
	{ownAppRevokePath, "profile", person, false, (*visit).revokeApp},

	{peoplePath, "people", administrator, false, (*visit).people},
	{peoplePath + "/new", "people", administrator, false, (*visit).newPerson},
	{peoplePath + "/select", "people", administrator, false, (*visit).selectPeople},
	{peoplePath + "/export", "people", administrator, false, (*visit).exportPeople},
	{peoplePath + "/{account}", "people", administrator, false, (*visit).person},
	{peoplePath + "/{account}/edit", "people", administrator, false, (*visit).editPerson},
	{peoplePath + "/{account}/status", "people", administrator, false, (*visit).personStatus},
	{peoplePath + "/{account}/close", "people", administrator, false, (*visit).closePerson},
	{peoplePath + "/{account}/password", "people", administrator, false, (*visit).personPassword},
	{peoplePath + "/{account}/picture", "people", administrator, false, (*visit).personPicture},
	{personPicturePath, "people", administrator, false, (*visit).changePersonPicture},
	{peoplePath + "/{account}/picture/remove", "people", administrator, false, (*visit).removePersonPicture},
	{peoplePath + "/{account}/groups", "people", administrator, false, (*visit).personGroups},
	{peoplePath + "/{account}/access", "people", administrator, false, (*visit).personAccess},
	{peoplePath + "/{account}/access/{held}/end", "people", administrator, false, (*visit).endAccess},
	{peoplePath + "/{account}/watches", "people", administrator, false, (*visit).personWatches},
	{peoplePath + "/{account}/properties", "people", administrator, false, (*visit).personProperties},
	{peoplePath + "/{account}/history", "people", administrator, false, (*visit).personHistory},
	{peoplePath + "/{account}/explain", "people", administrator, false, (*visit).explainPerson},
	{groupsPath, "groups", administrator, false, (*visit).groups},
	{groupsPath + "/new", "groups", administrator, false, (*visit).newGroup},
	{groupsPath + "/{group}", "groups", administrator, false, (*visit).group},
	{groupsPath + "/{group}/delete", "groups", administrator, false, (*visit).deleteGroup},
	{spacesPath, "spaces", administrator, false, (*visit).spaces},
	{spaceNewPath, "spaces", administrator, false, (*visit).newSpace},
	{spacesPath + "/{key}", "spaces", administrator, false, (*visit).space},
	{spacesPath + "/{key}/delete", "spaces", administrator, false, (*visit).deleteSpace},
	{spacesPath + "/{key}/permissions/{permission}/end", "spaces", administrator, false, (*visit).forbidInSpace},
	{invitationsPath, "invitations", administrator, false, (*visit).invitations},
	{invitationsPath + "/{invitation}/resend", "invitations", administrator, false, (*visit).resendInvitation},
	{invitationsPath + "/{invitation}/revoke", "invitations", administrator, false, (*visit).revokeInvitation},

	{appsPath, "apps", administrator, false, (*visit).apps},
	{appNewPath, "apps", administrator, false, (*visit).newApp},
	{appsPath + "/{app}", "apps", administrator, false, (*visit).app},
	{appsPath + "/{app}/edit", "apps", administrator, false, (*visit).editApp},
	{appsPath + "/{app}/rotate", "apps", administrator, false, (*visit).rotateApp},
	{appsPath + "/{app}/remove", "apps", administrator, false, (*visit).removeApp},
	{appsPath + "/{app}/token", "apps", administrator, false, (*visit).newAppToken},
	{servicesPath + "/{account}", "apps", administrator, false, (*visit).service},
	{tokensPath, "tokens", administrator, false, (*visit).tokens},
	{tokensPath + "/{token}", "tokens", administrator, false, (*visit).token},
	{tokensPath + "/{token}/revoke", "tokens", administrator, false, (*visit).revokeAnyToken},

	{actionsPath, "actions", person, false, (*visit).actions},
	{actionsPath + "/{action}", "actions", person, false, (*visit).action},
	{workflowsPath, "workflows", person, false, (*visit).workflows},
	{workflowAddPath, "workflows", administrator, false, flowing((*visit).addWorkflow)},
	{workflowsPath + "/{workflow}", "workflows", person, false, (*visit).workflow},
	{workflowsPath + "/{workflow}/run", "workflows", administrator, false, flowing((*visit).runWorkflow)},
	{workflowsPath + "/{workflow}/switch", "workflows", administrator, false, flowing((*visit).switchWorkflow)},
	{workflowsPath + "/{workflow}/remove", "workflows", administrator, false, flowing((*visit).removeWorkflow)},
	{runsPath, "workflows", administrator, false, flowing((*visit).runs)},
	{runsPath + "/{run}", "workflows", administrator, false, flowing((*visit).runDetail)},
	{runsPath + "/{run}/cancel", "workflows", administrator, false, flowing((*visit).cancelRun)},
	{runsPath + "/{run}/decide", "workflows", administrator, false, flowing((*visit).decideRun)},
	{connectionsPath, "workflows", administrator, false, flowing((*visit).connections)},
	{connectionNewPath, "workflows", administrator, false, flowing((*visit).newConnection)},
	{connectionsPath + "/{connection}", "workflows", administrator, false, flowing((*visit).connection)},
	{connectionsPath + "/{connection}/token", "workflows", administrator, false, flowing((*visit).renewConnection)},
	{connectionsPath + "/{connection}/remove", "workflows", administrator, false, flowing((*visit).removeConnection)},
	{secretsPath, "workflows", administrator, false, flowing((*visit).secrets)},
	{secretNewPath, "workflows", administrator, false, flowing((*visit).newSecret)},
	{secretsPath + "/{secret}/replace", "workflows", administrator, false, flowing((*visit).replaceSecret)},
	{secretsPath + "/{secret}/remove", "workflows", administrator, false, flowing((*visit).removeSecret)},

	{webhooksPath, "webhooks", administrator, false, (*visit).webhooks},
	{webhookNewPath, "webhooks", administrator, false, (*visit).newWebhook},
	{webhooksPath + "/{webhook}", "webhooks", administrator, false, (*visit).webhook},
	{webhooksPath + "/{webhook}/edit", "webhooks", administrator, false, (*visit).editWebhook},
	{webhooksPath + "/{webhook}/rotate", "webhooks", administrator, false, (*visit).rotateWebhook},
	{webhooksPath + "/{webhook}/remove", "webhooks", administrator, false, (*visit).removeWebhook},
	{outboxPath, "outbox", administrator, false, (*visit).outbox},
	{outboxPath + "/{message}", "outbox", administrator, false, (*visit).outboxMessage},
	{outboxPath + "/{message}/resend", "outbox", administrator, false, (*visit).resendMessage},
	{outboxPath + "/{message}/sent", "outbox", administrator, false, (*visit).markMessage},
	{outboxPath + "/{message}/cancel", "outbox", administrator, false, (*visit).cancelMessage},
	{auditPath, "audit", administrator, false, (*visit).audit},
	{auditPath + "/export", "audit", administrator, false, (*visit).exportAudit},
	{auditPath + "/verify", "audit", administrator, false, (*visit).verifyAudit},
	{auditPath + "/{change}/{item}", "audit", administrator, false, (*visit).auditEntry},
	{trafficPath, "traffic", administrator, false, (*visit).traffic},
	{settingsPath, "settings", administrator, false, (*visit).settings},

	{docsPath, "docs", anyone, false, (*visit).docs},
	{docsPath + "/{operation}", "docs", anyone, false, (*visit).docsOperation},

	{sitesPath, "sites", person, true, (*visit).sites},
	{seedSitePath, "sites", person, true, (*visit).seedSite},
	{sitesPath + "/{site}/seed", "sites", person, true, (*visit).siteSeed},
	{sitesPath + "/{site}/reset", "sites", person, true, (*visit).resetSite},
	{sitesPath + "/{site}/delete", "sites", person, true, (*visit).deleteSite},
	{inboxPath, "inbox", person, true, (*visit).inbox},
	{inboxPath + "/{message}", "inbox", person, true, (*visit).showLetter},
	{inboxPath + "/{message}/html", "inbox", person, true, (*visit).messageHTML},
	{inboxPath + "/{message}/raw", "inbox", person, true, (*visit).messageRaw},
	{requestsPath, "requests", person, true, (*visit).requests},
}

// section is a part of the pages that the navigation leads to.
type section struct {
	name    string // of the template's words for it
	path    string
	access  access
	standIn bool
}

// sections in the order of the navigation: one's own first.
var sections = []section{
	{"profile", profilePath, person, false},
	{"people", peoplePath, administrator, false},
	{"groups", groupsPath, administrator, false},
	{"spaces", spacesPath, administrator, false},
	{"invitations", invitationsPath, administrator, false},
	{"apps", appsPath, administrator, false},
	{"tokens", tokensPath, administrator, false},
	{"actions", actionsPath, person, false},
	{"workflows", workflowsPath, person, false},
	{"webhooks", webhooksPath, administrator, false},
	{"outbox", outboxPath, administrator, false},
	{"audit", auditPath, administrator, false},
	{"traffic", trafficPath, administrator, false},
	{"settings", settingsPath, administrator, false},
	{"docs", docsPath, anyone, false},
	{"sites", sitesPath, person, true},
	{"inbox", inboxPath, person, true},
	{"requests", requestsPath, person, true},
}

// Paths returns the paths of all routes, those of a stand-in included.
func Paths() []string {
	paths := make([]string, len(routes))
	for i, r := range routes {
		paths[i] = r.path
	}
	return paths
}

// mux finds the page at a path. What it serves is never its own answer: see Server.Handle.
func (s *Server) mux() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range routes {
		if r.standIn && !s.StandIn {
			continue
		}
		mux.HandleFunc(r.path, func(_ http.ResponseWriter, asked *http.Request) {
			v := asked.Context().Value(visitKey{}).(*visit)
			v.r, v.route = asked, r
			v.answer()
		})
		first, _, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
		s.first[strings.TrimSuffix(first, "{$}")] = true
	}
	return mux
}

type visitKey struct{}

// mayServe tells most paths that are not served from those that are, without asking the database.
func (s *Server) mayServe(path string) bool {
	if rest, named := strings.CutPrefix(path, "/_site/"); named && s.Sites.Named {
		_, rest, _ := strings.Cut(rest, "/")
		path = "/" + rest
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return s.first[first]
}

// within returns a request for a page by its path below the beginning of the site's pages, and false where there is no
// such page.
func (s *Server) within(r *http.Request, found site.Found) (*http.Request, bool) {
	plain, err := url.PathUnescape(found.Path)
	if err != nil || found.Way == site.ByGateway || plain != "/" && path.Clean(plain) != plain {
		return nil, false
	}
	inner := r.Clone(r.Context())
	inner.URL = &url.URL{Path: plain, RawPath: found.Path, RawQuery: r.URL.RawQuery}
	_, pattern := s.pages.Handler(inner)
	return inner, pattern != ""
}

// admit lets in whom the route is for. Others are sent to sign in, or told.
func (v *visit) admit() (admitted bool, err error) {
	if v.route.access == anyone {
		return true, nil
	}
	who, in, err := v.signedIn()
	switch {
	case err != nil:
		return false, err
	case !in || who.site.ID != v.site.ID:
		if v.posted() {
			return false, v.goTo(loginPath)
		}
		if v.partial() { // the page is asked for again, as a whole
			v.w.Header().Set("HX-Refresh", "true")
			v.w.WriteHeader(http.StatusNoContent)
			return false, nil
		}
		return false, v.goTo(withQuery(loginPath, "next", v.r.URL.RequestURI()))
	}
	v.who = who // who is turned away sees their own sections as well
	switch {
	case !who.CanUse(v.site.Settings):
		return false, v.problem(http.StatusForbidden, "use", "")
	case v.route.access == administrator && !who.Standing.SiteAdmin:
		return false, v.problem(http.StatusForbidden, "administrators", "")
	}
	return true, nil
}

const homePath = "/"

// home leads to the page that somebody is likely to want first.
func (v *visit) home() error {
	who, in, err := v.signedIn()
	switch {
	case err != nil:
		return err
	case !in || who.site.ID != v.site.ID:
		return v.goTo(loginPath)
	}
	for _, s := range sections {
		if s.name == "people" && s.access == administrator && who.Standing.SiteAdmin {
			return v.goTo(s.path)
		}
	}
	return v.goTo(profilePath)
}

// account returns the account that the path names.
func (v *visit) account() (directory.Account, error) {
	a, err := v.Directory.Account(v.ctx(), v.site.ID, v.r.PathValue("account"))
	if err == nil && a.ID != v.r.PathValue("account") {
		err = failure.NotFound.Errorf("There is no such account.")
	}
	return a, err
}
