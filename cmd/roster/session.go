package main

import (
	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

func newSessionCommand(e *env) *cobra.Command {
	return withJSON(family("session", "Show and end the browsers in which people are signed in", newSessionList(e), newSessionEnd(e)))
}

func newSessionList(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "list ACCOUNT",
		Short: "List where an account is signed in",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			a, err := b.Directory.Account(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			sessions, err := b.Directory.Sessions(cmd.Context(), s.ID, a.ID)
			if err != nil {
				return err
			}
			out := newListing(e, cmd, func(v sessionView) []string {
				return []string{v.ID, v.Browser, v.SignedInAt, v.LastUsedAt, v.ExpiresAt}
			}, "session ID", "browser", "signed in", "last used", "expires")
			views := make([]sessionView, len(sessions))
			for i, t := range sessions {
				views[i] = showSession(t)
			}
			return out.all(views)
		}),
	}
}

func newSessionEnd(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "end ACCOUNT",
		Short: "Sign an account out everywhere, from the next request on",
		Args:  cobra.ExactArgs(1),
		RunE: e.onSite(func(cmd *cobra.Command, args []string, b *backend, s site.Site) error {
			a, err := b.Directory.Account(cmd.Context(), s.ID, args[0])
			if err != nil {
				return err
			}
			n, err := b.Directory.EndSessions(cmd.Context(), s.ID, b.By, a.ID)
			if err != nil {
				return err
			}
			return e.report(cmd, struct {
				AccountID string `json:"accountId"`
				Ended     int64  `json:"ended"`
			}{a.ID, n}, "Account %s is signed out everywhere; that ended %d.", a.ID, n)
		}),
	}
}

// sessionView is a session as it is printed.
type sessionView struct {
	ID         string `json:"sessionId"`
	AccountID  string `json:"accountId"`
	Browser    string `json:"browser"`
	SignedInAt string `json:"signedInAt"`
	LastUsedAt string `json:"lastUsedAt,omitempty"`
	ExpiresAt  string `json:"expiresAt"`
}

func showSession(t directory.Token) sessionView {
	return sessionView{t.ID, t.AccountID, t.Label, moment(t.CreatedAt), moment(t.LastUsed), moment(t.ExpiresAt)}
}
