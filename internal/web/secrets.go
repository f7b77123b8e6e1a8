package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/workflow"
	"github.com/rosterhq/roster/internal/workflow/dsl"
)

const (
	secretsPath   = "/secrets"
	secretNewPath = secretsPath + "/_new" // no secret's name begins so
)

// secretsPage lists what workflows may ask for as secrets, without what they are.
type secretsPage struct {
	Frame
	Secrets []workflow.Secret
}

// Tab is the page's, of those about workflows.
func (secretsPage) Tab() string { return "secrets" }

func (v *visit) secrets() error {
	all, err := v.Workflows.Secrets(v.ctx(), v.site.ID)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "secrets", secretsPage{v.frame(), all})
}

// secretForm is where a secret is added, replaced or removed. What it is, is never shown.
type secretForm struct {
	Frame
	Of      string // that is replaced or removed; empty for a new one
	Name    string
	Users   []workflow.Workflow // that ask for it
	Problem string
	At      string // the field that Problem is about
}

// Tab is the page's, of those about workflows.
func (secretForm) Tab() string { return "secrets" }

// newSecret stores a secret under a name that is free.
func (v *visit) newSecret() error {
	form := secretForm{Frame: v.frame(), Name: clipped(v.r.URL.Query().Get("name"))}
	if !v.posted() {
		return v.show(http.StatusOK, "secret-form", form)
	}
	form.Name = strings.TrimSpace(clipped(v.r.PostForm.Get("name")))
	taken, err := v.hasSecret(form.Name)
	if err == nil && taken {
		err = failure.Conflict.Errorf("There is a secret of this name already.")
	}
	if err == nil {
		err = v.putSecret(form.Name)
	}
	return v.storedSecret(form, err, "added")
}

// replaceSecret stores another value for a secret.
func (v *visit) replaceSecret() error {
	form, err := v.secretForm()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "secret-form", form)
	}
	return v.storedSecret(form, v.putSecret(form.Name), "replaced")
}

func (v *visit) putSecret(name string) error {
	return v.Workflows.PutSecret(v.ctx(), v.site.ID, v.by, name, v.r.PostForm.Get("value"))
}

// storedSecret goes on to the list, or shows the form again with what is wrong.
func (v *visit) storedSecret(form secretForm, err error, done string) error {
	if err == nil {
		return v.goTo(withQuery(secretsPath, "done", done, "of", form.Name))
	}
	if form.Problem, err = said(err); err != nil {
		return err
	}
	if strings.Contains(form.Problem, "name") {
		form.At = "name"
	}
	form.At = cmp.Or(form.At, "value")
	return v.show(http.StatusUnprocessableEntity, "secret-form", form)
}

// removeSecret asks whether to remove a secret, and does so.
func (v *visit) removeSecret() error {
	form, err := v.secretForm()
	if err != nil {
		return err
	}
	if v.posted() {
		if err := v.Workflows.RemoveSecret(v.ctx(), v.site.ID, v.by, form.Name); err != nil {
			return err
		}
		return v.goTo(withQuery(secretsPath, "done", "removed", "of", form.Name))
	}
	if form.Users, err = v.asking(form.Name); err != nil {
		return err
	}
	return v.show(http.StatusOK, "secret-remove", form)
}

// secretForm is that of the secret that the path names.
func (v *visit) secretForm() (secretForm, error) {
	name := v.r.PathValue("secret")
	there, err := v.hasSecret(name)
	if err == nil && !there {
		err = failure.NotFound.Errorf("There is no secret %.100q.", name)
	}
	return secretForm{Frame: v.frame(), Of: name, Name: name}, err
}

func (v *visit) hasSecret(name string) (bool, error) {
	all, err := v.Workflows.Secrets(v.ctx(), v.site.ID)
	return slices.ContainsFunc(all, func(s workflow.Secret) bool { return s.Name == name }), err
}

// asking are the workflows whose files ask for a secret.
func (v *visit) asking(name string) (users []workflow.Workflow, err error) {
	all, err := v.Workflows.Workflows(v.ctx(), v.site.ID)
	if err != nil {
		return nil, err
	}
	for _, w := range all {
		text, err := v.Workflows.Text(v.ctx(), v.site.ID, w.Hash)
		if err != nil {
			return nil, err
		}
		if f, err := dsl.Parse([]byte(text), catalogue()); err == nil && slices.Contains(f.Secrets, name) {
			users = append(users, w)
		}
	}
	return users, nil
}
