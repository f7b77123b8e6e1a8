package oauth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// gatewayError is how the gateway of real sites refuses.
type gatewayError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// bearer returns the token that a request shows and its site. Where it is no good, that is answered, and ok is false.
func (s *Server) bearer(w http.ResponseWriter, r *http.Request, by change.Actor) (t directory.Shown, st site.Site, ok bool) {
	w.Header().Set("Cache-Control", "no-store")
	secret := bearerOf(r)
	st, found, err := s.siteOf(r.Context(), secret)
	if !reads(r) {
		words, check := explain.Of(failure.WrongMethod)
		s.explain(w, r, by, explain.Refusal{Site: st.ID, Status: http.StatusMethodNotAllowed, Kind: words, Check: check, Reason: "This path takes GET and HEAD."})
		onlyReads(w)
		return t, st, false
	}
	if err == nil && found {
		t, found, err = s.Directory.TokenBySecret(r.Context(), st.ID, secret)
	}
	if err != nil {
		s.broken(w, r, by, on(st.ID, "", err))
		return t, st, false
	}
	if why := s.useless(t, found); why != "" {
		words, check := explain.Of(failure.Unauthenticated)
		s.explain(w, r, by, explain.Refusal{Site: st.ID, Status: http.StatusUnauthorized, Kind: words, Check: check, Reason: why})
		answer(w, http.StatusUnauthorized, gatewayError{http.StatusUnauthorized, "Unauthorized"})
		return t, st, false
	}
	return t, st, true
}

// bearerOf returns the token that a request shows, or "" where it shows none, or more than one.
func bearerOf(r *http.Request) string {
	if values := r.Header["Authorization"]; len(values) == 1 {
		if scheme, rest, _ := strings.Cut(values[0], " "); strings.EqualFold(scheme, "bearer") {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// useless says why a token is no good here, or "" where it is.
func (s *Server) useless(t directory.Shown, found bool) string {
	switch {
	case !found:
		return "No token of this site has this secret."
	case t.Kind == directory.Session:
		return fmt.Sprintf("Token %s is the session of a browser, which is not taken here.", t.ID)
	}
	return t.Useless(s.now())
}

// reads reports whether a request only reads.
func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// onlyReads answers a request that does more than read.
func onlyReads(w http.ResponseWriter) {
	w.Header().Set("Allow", "GET, HEAD")
	answer(w, http.StatusMethodNotAllowed, gatewayError{http.StatusMethodNotAllowed, "Method Not Allowed"})
}

// broken answers a request that failed by no fault of its own.
func (s *Server) broken(w http.ResponseWriter, r *http.Request, by change.Actor, err error) {
	e := s.report(w, r, by, err)
	s.explainError(w, r, by, "", e, err)
	answer(w, e.status, gatewayError{e.status, e.Description})
}

// resource is a site that a token is for.
type resource struct {
	ID        string   `json:"id"` // cloud ID
	URL       string   `json:"url"`
	Name      string   `json:"name"`
	Scopes    []string `json:"scopes"`
	AvatarURL string   `json:"avatarUrl"`
}

// resources lists the site that a token is for, or nothing where its account may not use it.
func (s *Server) resources(w http.ResponseWriter, r *http.Request, by change.Actor) {
	t, st, ok := s.bearer(w, r, by)
	if !ok {
		return
	}
	list := []resource{}
	if t.Standing.CanUse {
		url := st.URL(s.PublicURL, s.StandIn)
		list = append(list, resource{st.CloudID, url, st.Name, append([]string{}, t.Scopes...), url + "/wiki/aa-avatar/anonymous"})
	}
	answer(w, http.StatusOK, list)
}

// person is who a token is for, as seen by themselves.
type person struct {
	AccountType   string `json:"account_type"`
	AccountID     string `json:"account_id"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"email_verified"`
	Name          string `json:"name"`
	Picture       string `json:"picture"`
	AccountStatus string `json:"account_status"`
	Nickname      string `json:"nickname"`
	ZoneInfo      string `json:"zoneinfo"`
	Locale        string `json:"locale"`
}

// me tells an app who allowed it, and an API token whose it is.
func (s *Server) me(w http.ResponseWriter, r *http.Request, by change.Actor) {
	t, st, ok := s.bearer(w, r, by)
	if !ok {
		return
	}
	if t.Kind != directory.Classic && !slices.Contains(t.Scopes, ReadMe) {
		words, check := explain.Of(failure.OutOfScope)
		s.explain(w, r, by, explain.Refusal{
			Site: st.ID, Status: http.StatusUnauthorized, Kind: words, Check: check, AccountID: t.AccountID, TokenID: t.ID, CallerKind: callerKind(t),
			Reason: "This takes the scope " + ReadMe + ", and the token does not have it.", Remedy: "Have the app ask for it too.",
		})
		w.Header().Set("X-Failure-Category", "FAILURE_CLIENT_SCOPE_CHECK")
		answer(w, http.StatusUnauthorized, gatewayError{http.StatusUnauthorized, "Unauthorized; scope does not match"})
		return
	}
	profiles, err := s.Directory.Profiles(r.Context(), st.ID, t.Standing.Viewer(), t.AccountID)
	if err == nil && len(profiles) == 0 {
		err = errors.New("an account that has a token has no profile")
	}
	if err != nil {
		s.broken(w, r, by, on(st.ID, "", err))
		return
	}
	p := profiles[0]
	answer(w, http.StatusOK, person{
		AccountType: string(p.Type), AccountID: p.ID, Email: p.Email, EmailVerified: p.Email != "", Name: p.DisplayName,
		Picture: st.URL(s.PublicURL, s.StandIn) + "/wiki/aa-avatar/" + p.ID, AccountStatus: string(p.Status), Nickname: p.PublicName,
		ZoneInfo: p.TimeZone, Locale: p.Locale,
	})
}
