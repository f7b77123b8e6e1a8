package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// Paths of the endpoints, the same for every site: what an app shows there says which site it is for.
const (
	AuthorizePath = "/authorize"
	TokenPath     = "/oauth/token"
	AssertionPath = "/oauth2/token" // where Connect apps ask to act as somebody
	RevokePath    = "/oauth/revoke"
	ResourcesPath = "/oauth/token/accessible-resources"
	MePath        = "/me"
	MetadataPath  = "/.well-known/oauth-authorization-server"
)

// Handle answers the endpoints that programs call, by their path, and reports whether the request was for one.
// identify gives the answer the ID of its request.
func (s *Server) Handle(w http.ResponseWriter, r *http.Request, identify func(http.ResponseWriter) string) bool {
	var do func(http.ResponseWriter, *http.Request, change.Actor)
	switch r.URL.Path {
	case TokenPath, AssertionPath:
		do = s.posted(s.token)
	case RevokePath:
		do = s.posted(s.revoke)
	case ResourcesPath:
		do = s.resources
	case MePath:
		do = s.me
	case MetadataPath:
		do = s.metadata
	default:
		return false
	}
	do(w, r, change.Actor{RequestID: identify(w), IP: auth.ClientIP(r), Via: change.API})
	return true
}

// tokenRequest is what the token and revocation endpoints are sent, as JSON or as a form.
type tokenRequest struct {
	GrantType    string `json:"grant_type"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Code         string `json:"code"`
	RedirectURI  string `json:"redirect_uri"`
	CodeVerifier string `json:"code_verifier"`
	RefreshToken string `json:"refresh_token"`
	Scope        string `json:"scope"`
	Assertion    string `json:"assertion"`
	Token        string `json:"token"`
	TokenHint    string `json:"token_type_hint"`
}

// at names where each parameter goes; others are ignored (RFC 6749, section 3.2).
func (in *tokenRequest) at() map[string]*string {
	return map[string]*string{
		"grant_type": &in.GrantType, "client_id": &in.ClientID, "client_secret": &in.ClientSecret, "code": &in.Code,
		"redirect_uri": &in.RedirectURI, "code_verifier": &in.CodeVerifier, "refresh_token": &in.RefreshToken, "scope": &in.Scope,
		"assertion": &in.Assertion, "token": &in.Token, "token_type_hint": &in.TokenHint,
	}
}

// largestBody is more than any request needs.
const largestBody = 64 << 10

// posted answers a POST of an app. Nothing of what it answers may be kept by a cache (RFC 6749, section 5.1).
func (s *Server) posted(do func(*http.Request, change.Actor, tokenRequest) (any, error)) func(http.ResponseWriter, *http.Request, change.Actor) {
	return func(w http.ResponseWriter, r *http.Request, by change.Actor) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Pragma", "no-cache")
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			answer(w, http.StatusMethodNotAllowed, &Error{Code: "invalid_request", Description: "This path takes POST."})
			return
		}
		in, err := readRequest(w, r)
		var out any
		if err == nil {
			out, err = do(r, by, in)
		}
		if err != nil {
			s.refuse(w, r, by, in, err)
			return
		}
		answer(w, http.StatusOK, out)
	}
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, by change.Actor, in tokenRequest, err error) {
	e := s.report(w, r, by, err)
	s.explainError(w, r, by, in.ClientID, e, err)
	if e.status == http.StatusUnauthorized && len(r.Header["Authorization"]) > 0 {
		w.Header().Set("WWW-Authenticate", `Basic realm="oauth"`) // RFC 6749, section 5.2
	}
	answer(w, e.status, e)
}

// report says how a request is refused, and logs what only the operator may read.
func (s *Server) report(w http.ResponseWriter, r *http.Request, by change.Actor, err error) *Error {
	e := errorOf(err)
	if e.status >= http.StatusInternalServerError && r.Context().Err() == nil {
		s.Log.ErrorContext(r.Context(), "request failed", "request", by.RequestID, "path", r.URL.Path, "err", err)
	}
	if e.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	return e
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.Encode(body)
}

// readRequest reads the body, a JSON object or a form, and who the client says it is.
func readRequest(w http.ResponseWriter, r *http.Request) (in tokenRequest, err error) {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return in, invalidRequest("The body is compressed; it is taken as it is only.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return in, &Error{"invalid_request", "The body is too large.", http.StatusRequestEntityTooLarge}
	}
	if err != nil {
		return in, invalidRequest("The body cannot be read.")
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return in, invalidRequest("The Content-Type is neither application/json nor application/x-www-form-urlencoded.")
	}
	switch kind {
	case "application/json":
		err = in.fromJSON(body)
	case "application/x-www-form-urlencoded":
		err = in.fromForm(string(body))
	default:
		err = invalidRequest("The Content-Type is neither application/json nor application/x-www-form-urlencoded.")
	}
	if err == nil {
		err = in.readBasic(r)
	}
	if err == nil {
		err = in.checkText()
	}
	return in, err
}

// checkText refuses what is no text in UTF-8 (RFC 6749, appendix B). No database need take a NUL either.
func (in *tokenRequest) checkText() error {
	for name, at := range in.at() {
		if !utf8.ValidString(*at) || strings.ContainsRune(*at, 0) {
			return invalidRequest("%s is not text.", name)
		}
	}
	return nil
}

func (in *tokenRequest) fromForm(body string) error {
	values, err := url.ParseQuery(body)
	if err != nil {
		return invalidRequest("The form is not encoded correctly.")
	}
	at := in.at()
	for name, given := range values {
		if len(given) > 1 {
			return invalidRequest("A parameter stands more than once.")
		}
		if to := at[name]; to != nil {
			*to = given[0]
		}
	}
	return nil
}

func (in *tokenRequest) fromJSON(body []byte) error {
	members, err := membersOf(body)
	if err != nil {
		return err
	}
	at := in.at()
	for name, value := range members {
		if to := at[name]; to != nil {
			if json.Unmarshal(value, to) != nil || string(value) == "null" {
				return invalidRequest("%s is not a string.", name)
			}
		}
	}
	return nil
}

// readBasic reads a client's credential from the header, where it stands form-encoded (RFC 6749, section 2.3.1).
func (in *tokenRequest) readBasic(r *http.Request) error {
	if held := r.Header["Authorization"]; len(held) == 0 || len(held) == 1 && held[0] == "" {
		return nil
	}
	user, password, ok := r.BasicAuth()
	id, err := url.QueryUnescape(user)
	secret, err2 := url.QueryUnescape(password)
	switch {
	case len(r.Header["Authorization"]) > 1 || !ok || err != nil || err2 != nil || id == "":
		return failure.Because(errClient, "The header Authorization is not one credential by Basic with a client ID.")
	case in.ClientSecret != "" || in.ClientID != "" && in.ClientID != id:
		return invalidRequest("The client proves itself in the header and in the body.")
	}
	in.ClientID, in.ClientSecret = id, secret
	return nil
}

// token is the token endpoint.
func (s *Server) token(r *http.Request, by change.Actor, in tokenRequest) (any, error) {
	switch in.GrantType {
	case "":
		return nil, invalidRequest("There is no grant_type.")
	case assertionGrant:
		return s.assertion(r.Context(), by, in)
	case "authorization_code":
		return s.forSecret(r, by, in, "code", in.Code, errCode, s.exchange)
	case "refresh_token":
		return s.forSecret(r, by, in, "refresh_token", in.RefreshToken, errRefresh, s.refresh)
	case "client_credentials":
		if in.ClientID == "" {
			return nil, failure.Because(errClient, "The request names no client.")
		}
		st, _, err := s.place(r.Context(), in, "")
		if err != nil {
			return nil, err
		}
		return s.forClient(r, by, in, st, s.clientCredentials)
	}
	return nil, unsupportedGrant("The grant_type is none of authorization_code, refresh_token, client_credentials and %s.", assertionGrant)
}

// forSecret does what a client asks with a secret, on the site that the secret names.
func (s *Server) forSecret(r *http.Request, by change.Actor, in tokenRequest, name, secret string, unknown error, do grantor) (any, error) {
	switch {
	case in.ClientID == "":
		return nil, failure.Because(errClient, "The request names no client.")
	case secret == "":
		return nil, invalidRequest("There is no %s.", name)
	}
	st, named, err := s.place(r.Context(), in, secret)
	if err != nil {
		return nil, err
	}
	if !named { // whoever is not the client is told so first, as with any other secret
		do = func(context.Context, change.Actor, site.Site, directory.Registration, tokenRequest) (Tokens, error) {
			return Tokens{}, failure.Because(unknown, "The %s names no site on which the app is registered.", name)
		}
	}
	return s.forClient(r, by, in, st, do)
}
