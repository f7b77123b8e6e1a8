package confluence

import (
	"context"
	"net/http"
)

// Invite asks any number of addresses into the site by mail. What is no address, and whoever has access already, is
// passed over without a word; the mails leave after the answer. Where it fails, some may have been invited: asking
// again soon sends nobody a second mail.
func (u *Users) Invite(ctx context.Context, emails []string) error {
	return chunks(emails, accessChunk, func(some []string) (int, error) {
		return len(some), u.c.do(ctx, call{
			method: http.MethodPost, path: "/wiki/api/v2/user/access/invite-by-email", in: EmailsRequest{Emails: some},
		})
	})
}
