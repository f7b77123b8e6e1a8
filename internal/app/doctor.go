package app

import (
	"context"
	"time"

	"github.com/rosterhq/roster/internal/api"
	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// Operation is one row of the table of operations.
type Operation = api.Operation

// Verdict is whether somebody can call an operation.
type Verdict = api.Verdict

// Operations returns the table of operations, in its order.
func Operations() []Operation { return api.Operations() }

// Diagnosis is what a token of a site can do.
type Diagnosis struct {
	Token    directory.Token
	Kind     string    // of caller, in words; empty where the token is no good
	Problem  string    // why the token is no good; empty for a good one
	Remedy   string    // what would help against the problem
	Verdicts []Verdict // by operation; none where the token is no good
}

// Doctor examines tokens, as the server does that serves the same database.
type Doctor struct {
	Directory *directory.Directory
	Now       func() time.Time
}

// Examine tells what a token of a site can do that is shown at the site's own address, or through the gateway.
func (d Doctor) Examine(ctx context.Context, s site.Site, t directory.Shown, gateway bool) (Diagnosis, error) {
	out := Diagnosis{Token: t.Token}
	caller, err := (&auth.Authenticator{Directory: d.Directory, Now: d.Now}).Holder(t)
	if err != nil {
		out.Problem, out.Remedy = failure.ReasonOf(err), remedyOf(t)
		return out, nil
	}
	way := site.ByHost
	if gateway {
		way = site.ByGateway
	}
	out.Kind, out.Verdicts = caller.Kind.String(), api.Examine(caller, s, way)
	return out, d.nameGroups(ctx, s, out.Verdicts)
}

// remedyOf says what would help against a token that is no good.
func remedyOf(t directory.Shown) string {
	switch status := t.Standing.Status; {
	case status == directory.Inactive:
		return "Reactivate the account: roster account reactivate " + t.AccountID
	case status == directory.Closed:
		return "The account is closed for good: use a token of another."
	case t.App.Blocked:
		return "Let the app in again: roster app unblock " + t.ClientID
	case t.Kind == directory.Delegated:
		return "Let the app get a new access token."
	case t.Kind == directory.Session:
		return "Sign in again."
	}
	return "Make a new one: roster token add " + t.AccountID
}

// nameGroups adds to the remedies which groups give the permission that is missing.
func (d Doctor) nameGroups(ctx context.Context, s site.Site, verdicts []Verdict) error {
	named := map[directory.Permission]string{}
	for i := range verdicts {
		v := &verdicts[i]
		permission := directory.SiteAdmin
		switch {
		case v.Check == explain.CanUse:
			permission = directory.Use
		case v.Check != explain.Permission || !v.NeedsSiteAdmin:
			continue
		}
		text, known := named[permission]
		if !known {
			var err error
			if text, err = api.GroupsThatGive(ctx, d.Directory, s.ID, permission); err != nil {
				return err
			}
			named[permission] = text
		}
		v.Remedy += text
	}
	return nil
}
