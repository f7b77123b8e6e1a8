package confluence

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strings"
)

// Users are the operations documented under "Users".
type Users struct{ c *Client }

// expanding returns the query parameters that inline the parts named.
func expanding(parts []string) url.Values {
	return PageOptions{Expand: parts}.query()
}

// Get returns one user, as far as the caller may see it. The parts named by expand are inlined:
// "operations", "personalSpace" and what is below them, such as "personalSpace.icon".
// An unknown account is [ErrNotFound].
func (u *Users) Get(ctx context.Context, accountID string, expand ...string) (*User, error) {
	q := expanding(expand)
	q.Set("accountId", accountID)
	return u.one(ctx, "/wiki/rest/api/user", q)
}

// Current returns the caller. On sites that admit anonymous callers its Type may be "anonymous",
// and then it has no account ID.
func (u *Users) Current(ctx context.Context, expand ...string) (*User, error) {
	return u.one(ctx, "/wiki/rest/api/user/current", expanding(expand))
}

// one returns a single user. The official schema lets a site answer null, which is no user.
func (u *Users) one(ctx context.Context, path string, q url.Values) (*User, error) {
	var out *User
	if err := u.c.get(ctx, path, q, &out); err != nil {
		return nil, err
	}
	if out == nil {
		return nil, fmt.Errorf("GET %s: the site answered null: %w", path, ErrNotFound)
	}
	return out, nil
}

// Anonymous returns what stands for users without an account. It can expand "operations".
func (u *Users) Anonymous(ctx context.Context, expand ...string) (*UserAnonymous, error) {
	out := new(UserAnonymous)
	if err := u.c.get(ctx, "/wiki/rest/api/user/anonymous", expanding(expand), out); err != nil {
		return nil, err
	}
	return out, nil
}

// MemberOf goes through the groups that a user is a member of.
func (u *Users) MemberOf(ctx context.Context, accountID string, first PageOptions) iter.Seq2[Group, error] {
	return entries(first, func(o PageOptions) (page[Group], error) {
		return groupsOf(u.MemberOfPage(ctx, accountID, o))
	})
}

// MemberOfPage returns one page of the groups that a user is a member of.
func (u *Users) MemberOfPage(ctx context.Context, accountID string, o PageOptions) (*GroupArray, error) {
	q := o.query()
	q.Set("accountId", accountID)
	out := new(GroupArray)
	if err := u.c.get(ctx, "/wiki/rest/api/user/memberof", q, out); err != nil {
		return nil, err
	}
	return out, nil
}

// Email returns a user's address whatever the profile's visibility. Only approved apps may ask.
func (u *Users) Email(ctx context.Context, accountID string) (*AccountIDEmailRecord, error) {
	out := new(AccountIDEmailRecord)
	q := url.Values{"accountId": {accountID}}
	if err := u.c.get(ctx, "/wiki/rest/api/user/email", q, out); err != nil {
		return nil, err
	}
	return out, nil
}

// EmailBulk returns the addresses of any number of users, whatever their visibility, in the order asked for,
// each once. Unknown accounts are left out. Only approved apps may ask.
func (u *Users) EmailBulk(ctx context.Context, accountIDs []string) ([]AccountIDEmailRecord, error) {
	return inOrder(accountIDs, AccountIDEmailRecord.id, emailChunk,
		func(ids []string) (found []AccountIDEmailRecord, taken int, err error) {
			q := url.Values{"accountId": {strings.Join(ids, ",")}}
			err = u.c.get(ctx, "/wiki/rest/api/user/email/bulk", q, &found)
			return found, len(ids), err
		})
}
