// Package user gets a user of Confluence and mails the result, as a workflow of Temporal.
package user

import (
	"context"
	"errors"
	"fmt"
	"net/smtp"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/rosterhq/roster/confluence"
)

// Ask is the input of [GetUserAndMail].
type Ask struct {
	AccountID string
	To        string
}

// GetUserAndMail is the workflow. Reading is tried again; the mail is not, since nobody knows whether a mail server
// that was cut off took it.
func GetUserAndMail(ctx workflow.Context, ask Ask) error {
	reads := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, MaximumAttempts: 5},
	})
	sends := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Minute,
		RetryPolicy:         &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	var a *Activities
	var who confluence.User
	if err := workflow.ExecuteActivity(reads, a.GetUser, ask.AccountID).Get(ctx, &who); err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n\nAccount ID: %s\nStatus: %s\n", who.DisplayName, who.AccountID, who.AccountStatus)
	return workflow.ExecuteActivity(sends, a.Mail, ask.To, text).Get(ctx, nil)
}

// Activities are what reaches outside.
type Activities struct {
	Client *confluence.Client
	SMTP   string // HOST:PORT
	From   string
}

// GetUser asks the site. What the site refuses is not asked again.
func (a *Activities) GetUser(ctx context.Context, accountID string) (*confluence.User, error) {
	who, err := a.Client.Users.Get(ctx, accountID, "operations", "personalSpace")
	if errors.Is(err, confluence.ErrNotFound) || errors.Is(err, confluence.ErrForbidden) || errors.Is(err, confluence.ErrUnauthenticated) {
		return nil, temporal.NewNonRetryableApplicationError(err.Error(), "Refused", err)
	}
	return who, err
}

// Mail hands a text to the mail server.
func (a *Activities) Mail(_ context.Context, to, text string) error {
	message := "From: " + a.From + "\r\nTo: " + to + "\r\nSubject: A user of Confluence\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text
	return smtp.SendMail(a.SMTP, nil, a.From, []string{to}, []byte(message))
}
