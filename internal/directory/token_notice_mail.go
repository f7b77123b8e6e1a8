package directory

import (
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/rosterhq/roster/internal/mail"
)

var noticeText = texttemplate.Must(texttemplate.New("text").Parse(`Hello,

an API token of {{if .Owner}}the account {{.Owner}}{{else}}yours{{end}} expires soon. What calls {{.Site}} with it will be refused from then on.

{{if .Label}}Label: {{.Label}}
{{end}}Token ID: {{.ID}}
Expires: {{.Until}}

If it is still needed, have a new token made, put it in the place of this one, and have this one revoked. Whoever runs
the server makes tokens:

roster token add {{.Account}}

If it is not needed any more, do nothing.
`))

var noticeHTML = htmltemplate.Must(htmltemplate.New("html").Parse(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>An API token expires soon</title></head>
<body style="font-family: sans-serif; line-height: 1.5">
<p>Hello,</p>
<p>an API token of {{if .Owner}}the account <strong>{{.Owner}}</strong>{{else}}yours{{end}} expires soon. What calls <strong>{{.Site}}</strong> with it will be refused from then on.</p>
<p>{{if .Label}}Label: {{.Label}}<br>{{end}}Token ID: {{.ID}}<br>Expires: <strong>{{.Until}}</strong></p>
<p>If it is still needed, have a new token made, put it in the place of this one, and have this one revoked. Whoever runs the server makes tokens:</p>
<pre>roster token add {{.Account}}</pre>
<p>If it is not needed any more, do nothing.</p>
</body>
</html>
`))

// message is the mail about a token to one person. The token itself is not in it: nobody knows it but its user.
func (t expiring) message(from, to mail.Address, site string) (mail.Message, error) {
	says := struct{ Owner, Site, Label, ID, Until, Account string }{
		"", site, t.label, t.id, time.UnixMicro(t.expires).UTC().Format(noticeFormat), t.accountID,
	}
	if t.email == "" {
		says.Owner = t.name
	}
	var text, html strings.Builder
	if err := noticeText.Execute(&text, says); err != nil {
		return mail.Message{}, err
	}
	if err := noticeHTML.Execute(&html, says); err != nil {
		return mail.Message{}, err
	}
	return mail.Message{
		From: from, To: []mail.Address{to}, Subject: "An API token of " + site + " expires soon", Text: text.String(), HTML: html.String(),
	}, nil
}
