package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"reflect"
	"strings"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/jsonbody"
)

//go:embed invite_page.html
var invitationPages string

//go:embed invite_page.css
var invitationStyle string

//go:embed invite_page.js
var invitationScript string

var (
	invitationTemplate = template.Must(template.New("").Parse(invitationPages))
	invitationPolicy   = "default-src 'none'; script-src '" + hashOf(invitationScript) + "'; style-src '" + hashOf(invitationStyle) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

// hashOf names what may stand within a page in its policy.
func hashOf(inline string) string {
	sum := sha256.Sum256([]byte(inline))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// acceptPath is where a program accepts an invitation.
const acceptPath = "/_roster/invitations/accept"

// invitationShown is what the pages of an invitation say.
type invitationShown struct {
	Site, Title, Email, DisplayName, Problem string
	AccountID, Token, Base                   string
	Login                                    string // where they can sign in, where that may help
}

// Style is the only style that the pages' policy lets in.
func (invitationShown) Style() template.HTML {
	return template.HTML("<style>" + invitationStyle + "</style>")
}

// Script is the only script that it lets in. It copies the token; without it that is copied by hand.
func (invitationShown) Script() template.HTML {
	return template.HTML("<script>" + invitationScript + "</script>")
}

// invitation serves the page of an invitation: a form, and what comes of sending it. The secret in its path is all
// that it takes to accept, so the page asks for no credential, and reveals its address to nobody.
func (s *Server) invitation(w http.ResponseWriter, r *http.Request, c *call, secret string) error {
	for name, value := range map[string]string{
		"Content-Security-Policy": invitationPolicy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
	} {
		w.Header().Set(name, value)
	}
	shown := invitationShown{Site: c.site.Name, Title: "You are invited to " + c.site.Name, Base: c.base}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		c.allow([]string{http.MethodGet, http.MethodHead, http.MethodPost})
		return failure.WrongMethod.Errorf("This path does not take %.20s.", r.Method)
	}
	if r.Method == http.MethodPost && !sameOrigin(r) {
		s.explained(w, r, c, failure.Forbidden, errOtherSite, http.StatusForbidden)
		shown.Problem = "Another site sent this form. Open the link of your mail and try again."
		return shown.write(w, http.StatusForbidden, "problem")
	}
	open, err := s.Directory.OpenInvitation(r.Context(), c.site.ID, secret)
	if err == nil && r.Method == http.MethodPost {
		return s.acceptForm(w, r, c, open, shown, secret)
	}
	if err != nil {
		return s.refuseInvitation(w, r, c, shown, err)
	}
	shown.Email = open.Email
	return shown.write(w, http.StatusOK, "form")
}

// acceptForm accepts by the form that a person filled in.
func (s *Server) acceptForm(w http.ResponseWriter, r *http.Request, c *call, open directory.Invitation, shown invitationShown, secret string) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	shown.Email, shown.DisplayName = open.Email, r.PostFormValue("displayName")
	let, err := s.Directory.AcceptInvitation(r.Context(), c.site.ID, c.site.CloudID, c.actor, directory.Acceptance{
		Secret: secret, DisplayName: shown.DisplayName, Password: r.PostForm.Get("password"),
	})
	if kind, message := failure.Of(err); kind == failure.Invalid {
		shown.Problem = message
		s.explained(w, r, c, kind, err, http.StatusBadRequest)
		return shown.write(w, http.StatusBadRequest, "form")
	}
	if err != nil {
		return s.refuseInvitation(w, r, c, shown, err)
	}
	shown.Title, shown.DisplayName = "Welcome to "+c.site.Name, let.Account.DisplayName
	shown.AccountID, shown.Token = let.Account.ID, let.Token
	if let.Token != "" && r.PostForm.Get("password") != "" {
		shown.Login = c.base + "/login"
	}
	return shown.write(w, http.StatusOK, "welcome")
}

// refuseInvitation says that an invitation is no longer valid, in the same words whatever stands against it.
func (s *Server) refuseInvitation(w http.ResponseWriter, r *http.Request, c *call, shown invitationShown, err error) error {
	kind, message := failure.Of(err)
	if kind != failure.NotFound {
		return err
	}
	shown.Title, shown.Problem, shown.Login = "Invitation", message, c.base+"/login"
	s.explained(w, r, c, kind, err, http.StatusNotFound)
	return shown.write(w, http.StatusNotFound, "problem")
}

func (shown invitationShown) write(w http.ResponseWriter, status int, page string) error {
	var out bytes.Buffer
	if err := invitationTemplate.ExecuteTemplate(&out, page, shown); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(out.Bytes())
	return nil
}

// sameOrigin reports whether a form was sent by a page of ours, or by no browser. As our page has browsers send no
// referrer, they call its origin null where the site is reached without TLS.
func sameOrigin(r *http.Request) bool {
	if r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") == "" {
		return true
	}
	return http.NewCrossOriginProtection().Check(r) == nil
}

// errOtherSite is a page of another site that makes a browser accept.
var errOtherSite = &checked{failure.Forbidden.Errorf("Another site sent this request."), explain.XSRF}

// acceptance is the body by which a program accepts an invitation.
type acceptance struct {
	Token       string `json:"token" required:"true"`
	DisplayName string `json:"displayName" required:"true"`
	Password    string `json:"password"` // to sign in with later; none unless given
}

// accept accepts an invitation for a program.
func (s *Server) accept(w http.ResponseWriter, r *http.Request, c *call) error {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodPost {
		c.allow([]string{http.MethodPost})
		return failure.WrongMethod.Errorf("This path does not take %.20s.", r.Method)
	}
	if http.NewCrossOriginProtection().Check(r) != nil {
		return errOtherSite
	}
	var in acceptance
	if err := jsonbody.Read(r, reflect.ValueOf(&in).Elem(), true); err != nil {
		return err
	}
	let, err := s.Directory.AcceptInvitation(r.Context(), c.site.ID, c.site.CloudID, c.actor, directory.Acceptance{
		Secret: in.Token, DisplayName: in.DisplayName, Password: in.Password,
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, struct {
		AccountID string `json:"accountId"`
		APIToken  string `json:"apiToken,omitempty"`
	}{let.Account.ID, let.Token})
	return nil
}

// invitationOf returns what serves a path that is about accepting invitations, or nil where it is not.
func invitationOf(path string) func(*Server, http.ResponseWriter, *http.Request, *call) error {
	if path == acceptPath {
		return (*Server).accept
	}
	if secret, ok := strings.CutPrefix(path, directory.InvitationPath); ok {
		return func(s *Server, w http.ResponseWriter, r *http.Request, c *call) error {
			return s.invitation(w, r, c, secret)
		}
	}
	return nil
}
