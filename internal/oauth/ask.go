package oauth

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// Ask is what an app asks a person for at the authorization endpoint (RFC 6749, section 4.1.1).
type Ask struct {
	App         directory.Registration // as it is registered on the first of Sites
	Sites       []site.Site            // on which the app may ask for this, one of which the person chooses
	RedirectURI string
	Scopes      []string
	State       string
	Challenge   string // of PKCE, by S256; empty without one
	Prompt      string // "", consent, login or none

	apps []directory.Registration // as the app is registered on each of Sites
}

// Misdirected is a request whose app or redirect URI is not known, so that its error is shown to the person and
// never sent anywhere.
type Misdirected struct{ Reason string }

func (m *Misdirected) Error() string { return m.Reason }

// Read takes an authorization request apart. An error is a [*Misdirected], or an [*Error] that [Ask.Refuse] sends
// back to the app, or the server's own. Only a site on which the app is registered with the very redirect URI, and with
// the scopes, is one of the ask's: what an app is on one site says nothing about another.
func (s *Server) Read(ctx context.Context, q url.Values) (Ask, error) {
	for _, name := range []string{"client_id", "redirect_uri"} {
		if len(q[name]) > 1 {
			return Ask{}, &Misdirected{"The link names " + name + " more than once."}
		}
	}
	var ask Ask
	if err := s.readApp(ctx, &ask, q.Get("client_id")); err != nil {
		return Ask{}, err
	}
	first := ask.Sites[0].ID
	if err := ask.readRedirect(q.Get("redirect_uri")); err != nil {
		return Ask{}, on(first, "", err)
	}
	if len(q["state"]) == 1 {
		ask.State = q.Get("state")
	}
	return ask, ask.readRest(q)
}

func (s *Server) readApp(ctx context.Context, ask *Ask, clientID string) error {
	ids, err := s.Directory.SitesOfClient(ctx, clientID)
	if err != nil {
		return err
	}
	misdirected := error(&Misdirected{"No app with this client_id asks people to sign in here."})
	refused := failure.Because(misdirected, "No site has an app with this client ID.")
	for i, id := range ids {
		app, err := s.app(ctx, id, clientID)
		if err == nil && app.Kind != directory.OAuthApp {
			err = failure.Because(errClient, "The app %s is a %s app, and only an oauth app asks people to sign in.", app.ClientID, app.Kind)
		}
		if errors.Is(err, errClient) {
			if i == 0 {
				refused = on(id, "", failure.Because(misdirected, "%s", failure.ReasonOf(err)))
			}
			continue
		}
		if err != nil {
			return err
		}
		st, err := s.Sites.ByID(ctx, id)
		if err != nil {
			return err
		}
		ask.Sites, ask.apps = append(ask.Sites, st), append(ask.apps, app)
	}
	if len(ask.Sites) == 0 {
		return refused
	}
	return nil
}

// keep leaves the sites where the app's registration is one that is wanted.
func (ask *Ask) keep(wanted func(directory.Registration) bool) {
	sites, apps := ask.Sites, ask.apps
	ask.Sites, ask.apps = nil, nil
	for i, app := range apps {
		if wanted(app) {
			ask.Sites, ask.apps = append(ask.Sites, sites[i]), append(ask.apps, app)
		}
	}
	if len(ask.apps) > 0 {
		ask.App = ask.apps[0]
	}
}

// on returns the app as it is registered on one of the ask's sites, or false where it is not.
func (ask Ask) on(siteID int64) (directory.Registration, bool) {
	for i, st := range ask.Sites {
		if st.ID == siteID {
			return ask.apps[i], true
		}
	}
	return directory.Registration{}, false
}

func (ask *Ask) readRedirect(uri string) error {
	if uri == "" {
		uri = ask.onlyRedirect()
	}
	ask.keep(func(app directory.Registration) bool { return slices.Contains(app.RedirectURIs, uri) })
	switch {
	case uri == "":
		return &Misdirected{"The link has no redirect_uri."}
	case len(ask.Sites) == 0:
		return &Misdirected{"The redirect_uri of the link is not one that the app is registered with, letter for letter."}
	}
	ask.RedirectURI = uri
	return nil
}

// onlyRedirect returns the redirect URI of an app that has a single one, or "".
func (ask *Ask) onlyRedirect() string {
	only := map[string]bool{}
	for _, app := range ask.apps {
		for _, uri := range app.RedirectURIs {
			only[uri] = true
		}
	}
	for uri := range only {
		if len(only) == 1 {
			return uri
		}
	}
	return ""
}

// longestState bounds what an app may have carried around.
const longestState = 4096

var validChallenge = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// audience is what an app may ask for access to: the host name of the API on real sites.
const audience = "api.atlassian.com"

func (ask *Ask) readRest(q url.Values) error {
	for _, values := range q {
		if len(values) > 1 {
			return invalidRequest("A parameter stands more than once.")
		}
	}
	ask.Challenge, ask.Prompt = q.Get("code_challenge"), q.Get("prompt")
	switch {
	case len(ask.State) > longestState:
		ask.State = ""
		return invalidRequest("The state is longer than %d bytes.", longestState)
	case q.Get("request") != "" || q.Get("request_uri") != "":
		return refusal(http.StatusBadRequest, "request_not_supported")("Request objects are not taken.")
	case q.Get("response_type") == "":
		return invalidRequest("There is no response_type.")
	case q.Get("response_type") != "code":
		return refusal(http.StatusBadRequest, "unsupported_response_type")("The response_type is not code.")
	case q.Get("response_mode") != "" && q.Get("response_mode") != "query":
		return invalidRequest("The response_mode is not query.")
	case q.Get("audience") != "" && q.Get("audience") != audience:
		return invalidRequest("The audience is not %s.", audience)
	case !slices.Contains([]string{"", "consent", "login", "none"}, ask.Prompt):
		return invalidRequest("The prompt is none of consent, login and none.")
	}
	if err := ask.checkChallenge(q.Get("code_challenge_method")); err != nil {
		return err
	}
	return ask.readScopes(q.Get("scope"))
}

func (ask *Ask) checkChallenge(method string) error {
	switch {
	case ask.Challenge == "" && method != "":
		return invalidRequest("There is a code_challenge_method and no code_challenge.")
	case ask.Challenge != "" && method != "S256":
		return invalidRequest("The code_challenge_method is not S256.")
	case ask.Challenge != "" && !validChallenge.MatchString(ask.Challenge):
		return invalidRequest("The code_challenge is not a SHA-256 in base64url.")
	}
	return nil
}

// readScopes reads what is asked for. Of several sites those are left on which the app may ask for that.
func (ask *Ask) readScopes(asked string) error {
	var refused error
	for _, app := range ask.apps {
		scopes, ok := within(asked, mayAsk(app))
		switch {
		case !ok:
			refused = cmp.Or(refused, invalidScope("The scope names what the app is not registered for."))
			continue
		case len(scopes) == 0:
			refused = cmp.Or(refused, invalidScope("The scope is empty."))
			continue
		}
		ask.Scopes = scopes
		if err := ask.check(app); err != nil {
			refused = cmp.Or(refused, err)
			continue
		}
		ask.keep(func(app directory.Registration) bool { return ask.check(app) == nil })
		return nil
	}
	return refused
}

// mayAsk is what an app may ask for on a site.
func mayAsk(app directory.Registration) []string {
	return append(slices.Clone(app.Scopes), OfflineAccess)
}

// check refuses what an app, as it is registered on a site, may not ask for there.
func (ask Ask) check(app directory.Registration) error {
	switch {
	case app.Public && ask.Challenge == "":
		return invalidRequest("A public client shows a code_challenge (PKCE).")
	case app.Blocked || app.Kind != directory.OAuthApp || !slices.Contains(app.RedirectURIs, ask.RedirectURI) || !isWithin(ask.Scopes, mayAsk(app)):
		return accessDenied("The app may not ask for this on this site.")
	}
	return nil
}

// Refuse returns where the person's browser is sent with an error (RFC 6749, section 4.1.2.1).
func (ask Ask) Refuse(issuer string, err error) string {
	e := errorOf(err)
	return ask.redirect(issuer, url.Values{"error": {e.Code}, "error_description": {e.Description}})
}

// Deny is the error of a person who said no.
func Deny() error { return accessDenied("The person did not allow it.") }

// LoginRequired and ConsentRequired are the errors of a request that forbids to ask anybody.
func LoginRequired() error {
	return refusal(http.StatusBadRequest, "login_required")("Nobody is signed in.")
}

// ConsentRequired is [LoginRequired] where the person would have to be asked.
func ConsentRequired() error {
	return refusal(http.StatusBadRequest, "consent_required")("The person has not allowed this yet.")
}

// redirect adds to the redirect URI, which may have a query of its own. iss tells the app which server answered
// (RFC 9207), so that it cannot be made to take one server's code to another. A space is %20, which every decoder reads.
func (ask Ask) redirect(issuer string, q url.Values) string {
	if ask.State != "" {
		q.Set("state", ask.State)
	}
	q.Set("iss", issuer)
	separator := "?"
	if strings.Contains(ask.RedirectURI, "?") {
		separator = "&"
	}
	return ask.RedirectURI + separator + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// MayAsk reports whether a person must be asked, or has allowed this app the same before. Who cannot prove which app
// they are is always asked about.
func (s *Server) MayAsk(ctx context.Context, ask Ask, siteID int64, accountID string) (bool, error) {
	app, found := ask.on(siteID)
	if !found || app.Public || ask.Prompt == "consent" || ask.Prompt == "login" {
		return true, nil
	}
	before, err := s.granted(ctx, siteID, accountID, app.ClientID, ask.Scopes)
	return !before, err
}

// Allow records that a person allows an app what it asks for, on one of its sites, and returns where their browser is
// sent with the code. Who may not use the site, or is nobody that could allow anything, and an app that may not ask for
// this any more, is an [*Error] for [Ask.Refuse].
func (s *Server) Allow(ctx context.Context, ask Ask, st site.Site, by change.Actor, issuer string) (string, error) {
	if _, found := ask.on(st.ID); !found {
		return "", failure.NotFound.Errorf("The app is not registered on this site.")
	}
	who, found, err := s.Directory.StandingOf(ctx, st.ID, by.AccountID)
	if err != nil {
		return "", err
	}
	if !found || who.Type != directory.Person || who.Status != directory.Active || !who.CanUse {
		return "", accessDenied("This account may not use the site.")
	}
	secret := directory.NewSecret(st.CloudID)
	err = s.Changes.Write(ctx, st.ID, by, func(tx *change.Tx) error {
		app, err := s.Directory.RegistrationIn(ctx, tx, ask.App.ClientID)
		if kind, _ := failure.Of(err); err != nil && kind == failure.NotFound {
			return accessDenied("The app is not registered on this site any more.")
		}
		if err == nil {
			err = ask.check(app)
		}
		if err != nil {
			return err
		}
		grant, err := addGrantIn(ctx, tx, app.ClientID, by.AccountID, ask.Scopes)
		if err != nil {
			return err
		}
		return addCodeIn(ctx, tx, grant, secret, ask.RedirectURI, ask.Challenge, s.now().Add(codeLife))
	})
	if err != nil {
		return "", err
	}
	return ask.redirect(issuer, url.Values{"code": {secret}}), nil
}
