package web

import (
	"net/http"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// explainPage tells what a viewer sees of a person, and why.
type explainPage struct {
	personFrame
	Viewer  string // anyone, account or token
	Ref     string // which
	Looker  directory.Account
	Token   directory.Token
	Scoped  bool
	Barred  string // why the viewer sees nothing at all; a word that the page knows
	Useless string // why the token makes nobody a viewer
	Seen    directory.Profile
	Fields  []explained
	Asked   bool
}

// explained is a field with whether it is seen, by whose choice, and why.
type explained struct {
	Name, Audience, Value string
	Given, Shown          bool
	By                    directory.Decider
	Why                   string
}

// explainPerson tells what somebody sees of a person.
func (v *visit) explainPerson() error {
	f, err := v.personFrame("explain")
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	page := explainPage{personFrame: f, Viewer: q.Get("viewer"), Ref: clipped(q.Get("ref"))}
	status := http.StatusOK
	if page.Viewer != "" {
		caller, err := v.looker(&page)
		if err != nil {
			if page.Problem, err = said(err); err != nil {
				return err
			}
			status = http.StatusUnprocessableEntity
		} else {
			page.explain(caller, v.site.Settings)
		}
	} else {
		page.Viewer = "anyone"
	}
	return v.show(status, "person-explain", page)
}

// looker is whom the page names as a caller.
func (v *visit) looker(page *explainPage) (c auth.Caller, err error) {
	switch page.Viewer {
	case "anyone":
		return auth.Caller{Kind: auth.Anonymous}, nil
	case "account":
		if page.Looker, err = v.Directory.Account(v.ctx(), v.site.ID, page.Ref); err != nil {
			return c, err
		}
		c.Kind = auth.Token
		c.Standing, _, err = v.Directory.StandingOf(v.ctx(), v.site.ID, page.Looker.ID)
		return c, err
	case "token":
		shown, found, err := v.Directory.TokenByID(v.ctx(), v.site.ID, page.Ref)
		if err == nil && !found {
			err = failure.NotFound.Errorf("There is no token %.100q.", page.Ref)
		}
		if err != nil {
			return c, err
		}
		page.Token, page.Scoped = shown.Token, len(shown.Scopes) > 0
		page.Useless = shown.Useless(v.Directory.Changes.Now())
		c.Kind, c.Standing, c.Scopes = auth.Token, shown.Standing, shown.Scopes
		page.Looker, err = v.Directory.Account(v.ctx(), v.site.ID, shown.Standing.AccountID)
		return c, err
	}
	return c, failure.Invalid.Errorf("The viewer %.60q is none of anyone, account, token.", page.Viewer)
}

// explain fills in what a caller sees.
func (p *explainPage) explain(c auth.Caller, settings site.Settings) {
	viewer := c.Standing.Viewer()
	p.Asked, p.Barred, p.Seen = true, barredFrom(c, settings, p.Account.ID), viewer.See(p.Account)
	hidden := p.Barred != "" || p.Useless != ""
	values := map[directory.Field]string{
		directory.NameField: p.Seen.DisplayName, directory.EmailField: p.Seen.Email, directory.TimeZoneField: p.Seen.TimeZone,
		directory.PositionField: p.Seen.Position, directory.DepartmentField: p.Seen.Department, directory.LocationField: p.Seen.Location,
		directory.PhoneField: p.Seen.Phone, directory.IMField: p.Seen.IM, directory.WebsiteField: p.Seen.Website, directory.ManagerField: p.Seen.Manager,
	}
	for _, r := range viewer.Explain(p.Account) {
		e := explained{
			Name: directory.Fields[r.Field].Name, Audience: p.Account.Visibility[r.Field].String(), Given: r.Given, Shown: r.Shown && !hidden, By: r.By, Why: r.Why,
		}
		if e.Shown {
			e.Value = values[r.Field]
		}
		if hidden {
			e.By, e.Why = directory.BySite, ""
		}
		p.Fields = append(p.Fields, e)
	}
}

// barredFrom says why the site shows a caller nothing at all of an account, whatever its owner chose, by a word; empty
// where it does not.
func barredFrom(c auth.Caller, settings site.Settings, account string) string {
	switch {
	case c.Kind == auth.Anonymous && !settings.AnonymousAccess:
		return "anonymous-access"
	case c.Kind == auth.Anonymous && !settings.AnonymousProfiles:
		return "anonymous-profiles"
	case c.Kind == auth.Anonymous:
		return ""
	case c.Standing.Status != directory.Active:
		return "inactive"
	case !c.CanUse(settings):
		return "use"
	case !c.CanViewProfiles(settings) && c.Standing.AccountID != account:
		return "view-profiles"
	}
	return ""
}
