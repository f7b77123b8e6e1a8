package main

import (
	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

func newExplainField(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "field --viewer ACCOUNT|anonymous --account ACCOUNT",
		Short: "Which fields of an account a viewer sees, and by whose choice",
	}
	viewer := cmd.Flags().String("viewer", "", "who looks: an account ID, an e-mail address, or anonymous")
	account := cmd.Flags().String("account", "", "whose fields: an account ID or e-mail address")
	cmd.RunE = e.onSite(func(cmd *cobra.Command, _ []string, b *backend, s site.Site) error {
		if *viewer == "" || *account == "" {
			return misuse("say both --viewer and --account")
		}
		a, err := b.Directory.Account(cmd.Context(), s.ID, *account)
		if err != nil {
			return err
		}
		caller, err := b.looker(cmd, s, *viewer)
		if err != nil {
			return err
		}
		fields := newListing(e, cmd, func(v fieldView) []string {
			return []string{v.Field, v.verdict(), string(v.By), v.Audience, v.Why}
		}, "field", "shown", "by", "audience", "why")
		return fields.all(explainFields(caller, s.Settings, a))
	})
	return cmd
}

// looker is a viewer as a caller with a classic token, or without a credential.
func (b *backend) looker(cmd *cobra.Command, s site.Site, ref string) (auth.Caller, error) {
	if ref == "anonymous" {
		return auth.Caller{Kind: auth.Anonymous}, nil
	}
	a, err := b.Directory.Account(cmd.Context(), s.ID, ref)
	if err != nil {
		return auth.Caller{}, err
	}
	standing, _, err := b.Directory.StandingOf(cmd.Context(), s.ID, a.ID)
	return auth.Caller{Kind: auth.Token, Standing: standing}, err
}

// fieldView is a field's explanation as it is printed. What the account has there is not.
type fieldView struct {
	Field    string            `json:"field"`
	Shown    bool              `json:"shown"`
	Given    bool              `json:"given"`
	By       directory.Decider `json:"by"`
	Audience string            `json:"audience"` // the owner's choice
	Why      string            `json:"why"`
}

func (v fieldView) verdict() string {
	switch {
	case !v.Shown:
		return "hidden"
	case !v.Given:
		return "nothing given"
	}
	return "shown"
}

func explainFields(c auth.Caller, settings site.Settings, a directory.Account) []fieldView {
	barred := barredFrom(c, settings, a.ID)
	var views []fieldView
	for _, r := range c.Standing.Viewer().Explain(a) {
		v := fieldView{directory.Fields[r.Field].Name, r.Shown, r.Given, r.By, a.Visibility[r.Field].String(), r.Why}
		if barred != "" {
			v.Shown, v.By, v.Why = false, directory.BySite, barred
		}
		views = append(views, v)
	}
	return views
}

// barredFrom says why the site shows a caller nothing at all of an account, whatever its owner chose; empty where it
// does not. It is what the API refuses before it looks at the account.
func barredFrom(c auth.Caller, settings site.Settings, account string) string {
	switch {
	case c.Kind == auth.Anonymous && !settings.AnonymousAccess:
		return "The site lets nobody in without a credential: its setting anonymousAccess is off."
	case c.Kind == auth.Anonymous && !settings.AnonymousProfiles:
		return "The site does not let anonymous callers view profiles: its setting anonymousProfiles is off."
	case c.Kind == auth.Anonymous:
		return ""
	case c.Standing.Status == directory.Closed:
		return "The viewer's account is closed: no credential of it is good."
	case c.Standing.Status != directory.Active:
		return "The viewer's account is deactivated: no credential of it is good."
	case !c.CanUse(settings):
		return "The viewer may not use the site: no group of theirs holds the permission use."
	case !c.CanViewProfiles(settings) && c.Standing.AccountID != account:
		return "The viewer may not view profiles: the site's setting viewProfiles is groups, and no group of theirs holds view-profiles or administer."
	}
	return ""
}
