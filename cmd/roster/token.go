package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

func newTokenCommand(e *env) *cobra.Command {
	return withJSON(family("token", "Make, test and revoke API tokens", newTokenAdd(e), newTokenList(e), newTokenRevoke(e), newTokenTest(e)))
}

func newTokenAdd(e *env) *cobra.Command {
	var label, expires string
	var scopes []string
	cmd := &cobra.Command{
		Use:   "add ACCOUNT",
		Short: "Make a token and print its secret, which is never shown again",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			for _, scope := range scopes {
				if !slices.Contains(app.Scopes(), scope) {
					return misuse("no operation asks for the scope %q; there is %s", scope, strings.Join(app.Scopes(), ", "))
				}
			}
			t := directory.Token{Label: label, Scopes: scopes}
			var err error
			if t.ExpiresAt, err = expiry(e.Now(), expires); err != nil {
				return err
			}
			secret := directory.NewSecret(s.CloudID)
			if t, err = b.Directory.AddToken(cmd.Context(), s.ID, b.By, args[0], t, secret); err != nil {
				return err
			}
			if asJSON(cmd) {
				return writeJSON(e.Stdout, struct {
					tokenView
					Secret string `json:"token"`
				}{showToken(t), secret})
			}
			// The secret stands alone on standard output, so that a script can take it from there.
			fmt.Fprintf(e.Stderr, "Token %s of %s is good until %s. This is the only time it is shown:\n", t.ID, t.AccountID, moment(t.ExpiresAt))
			_, err = fmt.Fprintln(e.Stdout, secret)
			return err
		}),
	}
	cmd.Flags().StringVar(&label, "label", "", "what the token is for")
	cmd.Flags().StringVar(&expires, "expires", "365d", "how long it is good, such as 90d or 12h, or until when, such as 2030-12-31; at most a year")
	cmd.Flags().StringArrayVar(&scopes, "scope", nil, "limit the token to this scope (may be repeated); without any it may do all that the account may")
	return cmd
}

// expiry reads when a token ends: a number of days or hours from now, a date (its beginning, in UTC) or a
// time in the form of RFC 3339.
func expiry(now time.Time, text string) (time.Time, error) {
	for _, unit := range []struct {
		suffix string
		length time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}} {
		if number, found := strings.CutSuffix(text, unit.suffix); found {
			if n, err := strconv.ParseUint(number, 10, 16); err == nil {
				return now.Add(time.Duration(n) * unit.length), nil
			}
		}
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, misuse("--expires takes 90d, 12h, 2030-12-31 or 2030-12-31T12:00:00Z, not %q", text)
}

func newTokenList(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "list [ACCOUNT]",
		Short: "List the tokens of an account, or of the whole site",
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
			tokens, err := b.Directory.Tokens(cmd.Context(), s.ID, account)
			if err != nil {
				return err
			}
			out := newListing(e, cmd, func(t tokenView) []string {
				return []string{t.ID, t.AccountID, t.Label, strings.Join(t.Scopes, " "), t.ExpiresAt, t.LastUsedAt, t.RevokedAt}
			}, "token ID", "account ID", "label", "scopes", "expires", "last used", "revoked")
			views := make([]tokenView, len(tokens))
			for i, t := range tokens {
				views[i] = showToken(t)
			}
			return out.all(views)
		}),
	}
}

func newTokenRevoke(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke TOKEN-ID…",
		Short: "Make tokens useless from the next request on",
		Args:  cobra.MinimumNArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			for _, id := range args {
				if _, err := b.Directory.RevokeToken(cmd.Context(), s.ID, b.By, id); err != nil {
					return err
				}
				if err := e.report(cmd, map[string]string{"tokenId": id}, "Token %s is revoked.", id); err != nil {
					return err
				}
			}
			return nil
		}),
	}
}

// tokenView is a token as it is printed.
type tokenView struct {
	ID         string              `json:"tokenId"`
	AccountID  string              `json:"accountId"`
	Label      string              `json:"label"`
	Kind       directory.TokenKind `json:"kind"`
	Scopes     []string            `json:"scopes"`
	CreatedAt  string              `json:"createdAt"`
	ExpiresAt  string              `json:"expiresAt"`
	LastUsedAt string              `json:"lastUsedAt,omitempty"`
	RevokedAt  string              `json:"revokedAt,omitempty"`
}

func showToken(t directory.Token) tokenView {
	return tokenView{
		t.ID, t.AccountID, t.Label, t.Kind, append([]string{}, t.Scopes...),
		moment(t.CreatedAt), moment(t.ExpiresAt), moment(t.LastUsed), moment(t.RevokedAt),
	}
}
