package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

// ownTokenForm is where people make API tokens for themselves.
type ownTokenForm struct {
	ownPage
	ID      string // that the token will have, so that a form that is sent twice makes one
	Label   string
	Kind    string // classic or scoped
	Days    int
	Choices []int // of Days
	Classic []scopeChoice
	Fine    []scopeChoice
	Problem string // "", label, scopes, or a sentence
}

// scopeChoice is a scope that a token can have.
type scopeChoice struct {
	meaning
	Ticked bool
}

// madeToken is shown once.
type madeToken struct {
	ownPage
	Token  directory.Token
	Secret string
	URL    string // to call with it
}

var tokenDays = []int{7, 30, 90, 180, 365}

func (v *visit) newToken() error {
	form := ownTokenForm{ownPage: v.ownPage("tokens"), Kind: string(directory.Scoped), Days: 90, Choices: tokenDays}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	form.ID = id.String()
	if !v.posted() {
		form.offer(v, nil)
		return v.show(http.StatusOK, "owntokennew", form)
	}
	t, ok := form.read(v)
	if !ok {
		return v.show(http.StatusUnprocessableEntity, "owntokennew", form)
	}
	secret := directory.NewSecret(v.site.CloudID)
	made, err := v.Directory.AddToken(v.ctx(), v.site.ID, v.by, v.who.account.ID, t, secret)
	switch kind, message := failure.Of(err); {
	case err == nil:
		page := madeToken{v.ownPage("tokens"), made, secret, v.site.URL(v.PublicURL, v.StandIn)}
		if made.Kind == directory.Scoped {
			page.URL = v.site.GatewayURL(v.PublicURL)
		}
		return v.show(http.StatusOK, "owntokenmade", page)
	case kind == failure.Conflict:
		return v.goTo(withQuery(ownTokensPath, "done", "twice"))
	case kind == failure.Invalid:
		form.Problem = message
		return v.show(http.StatusUnprocessableEntity, "owntokennew", form)
	}
	return err
}

// offer fills in the scopes that there are.
func (form *ownTokenForm) offer(v *visit, ticked []string) {
	var scopes []string
	for scope := range v.OAuth.Scopes {
		scopes = append(scopes, scope)
	}
	slices.Sort(scopes)
	for _, m := range v.meanings(scopes) {
		c := scopeChoice{m, slices.Contains(ticked, m.Scope)}
		if strings.HasSuffix(m.Scope, ":confluence") {
			form.Fine = append(form.Fine, c)
		} else {
			form.Classic = append(form.Classic, c)
		}
	}
}

// read takes what was typed, and reports whether it is a token.
func (form *ownTokenForm) read(v *visit) (t directory.Token, ok bool) {
	typed := v.r.PostForm
	if id, err := uuid.Parse(typed.Get("id")); err == nil && id.Version() == 7 {
		form.ID = id.String()
	}
	form.Label, form.Kind = strings.TrimSpace(typed.Get("label")), typed.Get("kind")
	form.offer(v, typed["scope"])
	if days, err := strconv.Atoi(typed.Get("days")); err == nil && slices.Contains(tokenDays, days) {
		form.Days = days
	}
	t = directory.Token{ID: form.ID, Label: form.Label, Kind: directory.Classic}
	if form.Days < tokenDays[len(tokenDays)-1] { // else as long as one can be good
		t.ExpiresAt = v.Directory.Changes.Now().Add(time.Duration(form.Days) * 24 * time.Hour)
	}
	if form.Kind != string(directory.Classic) {
		form.Kind, t.Kind = string(directory.Scoped), directory.Scoped
		for _, c := range slices.Concat(form.Classic, form.Fine) {
			if c.Ticked {
				t.Scopes = append(t.Scopes, c.Scope)
			}
		}
	}
	switch {
	case form.Label == "":
		form.Problem = "label"
	case t.Kind == directory.Scoped && len(t.Scopes) == 0:
		form.Problem = "scopes"
	}
	return t, form.Problem == ""
}
