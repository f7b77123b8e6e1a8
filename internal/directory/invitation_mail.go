package directory

import (
	"context"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/mail"
)

// InvitationPath is where invitations stand on their site: the secret follows.
const InvitationPath = "/invitation/"

var invitationText = texttemplate.Must(texttemplate.New("text").Parse(`Hello,

you are invited to {{.Site}}, as {{.Email}}.

To accept, open this page and say what you are called:

{{.Link}}

The link works once, until {{.Until}}.
If you did not expect this, do nothing: without you nothing happens.
`))

var invitationHTML = htmltemplate.Must(htmltemplate.New("html").Parse(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>You are invited to {{.Site}}</title></head>
<body style="font-family: sans-serif; line-height: 1.5">
<p>Hello,</p>
<p>you are invited to <strong>{{.Site}}</strong>, as {{.Email}}.</p>
<p><a href="{{.Link}}">Accept the invitation</a> and say what you are called.</p>
<p>Where the link cannot be opened, copy this address:<br><span style="word-break: break-all">{{.Link}}</span></p>
<p>The link works once, until {{.Until}}.<br>If you did not expect this, do nothing: without you nothing happens.</p>
</body>
</html>
`))

// MailSettled notes on an invitation what became of its last mail, in the transaction that settles it: that the mail
// server took it, or never will. Other mail is nothing to it.
func (d *Directory) MailSettled(ctx context.Context, tx *change.Tx, messageID string, recipients []mail.Recipient) error {
	var taken int64
	refused := len(recipients) > 0
	for _, r := range recipients {
		refused = refused && r.State == mail.Refused
		if r.State == mail.Sent {
			taken = tx.Now.UnixMicro()
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE invitations SET taken_at = $3, refused = $4 WHERE site_id = $1 AND message_id = $2`,
		tx.Site, messageID, taken, refused)
	return err
}

// message is the mail that holds the link. It says nothing that another caller wrote, so that nobody can have this
// server mail words of theirs to strangers.
func (i Invitation) message(from mail.Address, site, link string) (mail.Message, error) {
	says := struct{ Site, Email, Link, Until string }{site, i.Email, link, i.ExpiresAt.UTC().Format("2 January 2006, 15:04 UTC")}
	var text, html strings.Builder
	if err := invitationText.Execute(&text, says); err != nil {
		return mail.Message{}, err
	}
	if err := invitationHTML.Execute(&html, says); err != nil {
		return mail.Message{}, err
	}
	return mail.Message{
		From: from, To: []mail.Address{{Address: mailbox(i.Email, i.emailKey)}}, Subject: "You are invited to " + site,
		Text: text.String(), HTML: html.String(),
	}, nil
}
