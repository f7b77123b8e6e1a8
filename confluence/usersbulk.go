package confluence

import (
	"context"
	"net/http"
)

// How many IDs or addresses one request may name.
const (
	bulkChunk   = 100
	bulkV2Chunk = 250
	emailChunk  = 100
	accessChunk = 100
)

// Bulk returns any number of users, as far as the caller may see them, in the order asked for, each once.
// Unknown accounts are left out. It asks v1, which can expand the same parts as [Users.Get].
func (u *Users) Bulk(ctx context.Context, accountIDs []string, expand ...string) ([]User, error) {
	return inOrder(accountIDs, User.id, bulkChunk, func(ids []string) ([]User, int, error) {
		q := expanding(expand)
		q["accountId"] = ids
		var out BulkUserArray
		if err := u.c.get(ctx, "/wiki/rest/api/user/bulk", q, &out); err != nil {
			return nil, 0, err
		}
		// A site may take fewer IDs than we sent, and drops the rest without a word but for its limit.
		if 0 < out.Limit && out.Limit < len(ids) {
			return out.Results, out.Limit, nil
		}
		return out.Results, len(ids), nil
	})
}

// BulkV2 returns any number of users, as far as the caller may see them, in the order asked for, each once.
// Unknown accounts are left out.
func (u *Users) BulkV2(ctx context.Context, accountIDs []string) ([]UserV2, error) {
	return inOrder(accountIDs, UserV2.id, bulkV2Chunk, func(ids []string) ([]UserV2, int, error) {
		var out UsersBulk
		err := u.c.do(ctx, call{
			method: http.MethodPost, path: "/wiki/api/v2/users-bulk", idempotent: true,
			in: UsersBulkRequest{AccountIDs: ids}, out: &out,
		})
		return out.Results, len(ids), err
	})
}

// CheckAccess tells which of any number of addresses have no access to the site and which are no addresses,
// both in the order asked for, each once.
func (u *Users) CheckAccess(ctx context.Context, emails []string) (*CheckAccess, error) {
	all := &CheckAccess{EmailsWithoutAccess: []string{}, InvalidEmails: []string{}}
	err := chunks(emails, accessChunk, func(some []string) (int, error) {
		var out CheckAccess
		err := u.c.do(ctx, call{
			method: http.MethodPost, path: "/wiki/api/v2/user/access/check-access-by-email", idempotent: true,
			in: EmailsRequest{Emails: some}, out: &out,
		})
		all.EmailsWithoutAccess = append(all.EmailsWithoutAccess, out.EmailsWithoutAccess...)
		all.InvalidEmails = append(all.InvalidEmails, out.InvalidEmails...)
		all.NoAccessEmails = append(all.NoAccessEmails, out.NoAccessEmails...)
		return len(some), err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func (u User) id() string { return u.AccountID }

func (u UserV2) id() string { return u.AccountID }

func (r AccountIDEmailRecord) id() string { return r.AccountID }
