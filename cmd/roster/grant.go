package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/oauth"
	"github.com/rosterhq/roster/internal/site"
)

func newGrantCommand(e *env) *cobra.Command {
	return withJSON(family("grant", "Show and take back what people allowed apps", newGrantList(e), newGrantRevoke(e)))
}

// authorization is the authorization server, as far as grants go.
func (b *backend) authorization() *oauth.Server {
	return &oauth.Server{Changes: b.Changes, Directory: b.Directory, Sites: b.Sites}
}

func newGrantList(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "list [ACCOUNT]",
		Short: "List what an account, or everybody on the site, allowed apps",
		Args:  cobra.MaximumNArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			account := ""
			if len(args) > 0 {
				a, err := b.Directory.Account(cmd.Context(), s.ID, args[0])
				if err != nil {
					return err
				}
				account = a.ID
			}
			grants, err := b.authorization().Grants(cmd.Context(), s.ID, account)
			if err != nil {
				return err
			}
			out := newListing(e, cmd, func(v grantView) []string {
				return []string{v.ID, v.AccountID, v.App, v.ClientID, strings.Join(v.Scopes, " "), v.CreatedAt}
			}, "grant ID", "account ID", "app", "client ID", "scopes", "since")
			views := make([]grantView, len(grants))
			for i, g := range grants {
				views[i] = showGrant(g)
			}
			return out.all(views)
		}),
	}
}

func newGrantRevoke(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke GRANT-ID…",
		Short: "Take grants back: all that apps got by them is useless from the next request on",
		Args:  cobra.MinimumNArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			for _, id := range args {
				if err := b.authorization().RevokeGrant(cmd.Context(), s.ID, b.By, id); err != nil {
					return err
				}
				if err := e.report(cmd, map[string]string{"grantId": id}, "Grant %s is taken back.", id); err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

// grantView is a grant as it is printed.
type grantView struct {
	ID        string   `json:"grantId"`
	AccountID string   `json:"accountId"`
	App       string   `json:"app"`
	ClientID  string   `json:"clientId"`
	Scopes    []string `json:"scopes"`
	CreatedAt string   `json:"createdAt"`
}

func showGrant(g oauth.Grant) grantView {
	return grantView{g.ID, g.AccountID, g.AppName, g.ClientID, append([]string{}, g.Scopes...), moment(g.CreatedAt)}
}
