package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

const (
	invitationBlock   = 200
	mostInInvitations = 5000 // invitations that one page may read
)

// FindInvitations returns up to limit of the invitations in a state, or in any where it is "", the newest first, from the
// one behind the ID after, and the ID behind which the next page begins; "" on the last. It gives up after some thousands
// in other states, so a page may hold fewer than limit and still have a next.
func (d *Directory) FindInvitations(ctx context.Context, site int64, state InvitationState, after string, limit int) (page []Invitation, next string, err error) {
	const last = "ffffffff-ffff-ffff-ffff-ffffffffffff"
	if after == "" {
		after = last
	}
	if uuid.Validate(after) != nil {
		return nil, "", failure.ErrPlace
	}
	now := d.Changes.Now()
	for read := 0; read < mostInInvitations; read += invitationBlock {
		block, err := db.All(ctx, d.db(), scanInvitation, `SELECT `+invitationColumns+` FROM invitations
			WHERE site_id = $1 AND invitation_id < $2 ORDER BY invitation_id DESC LIMIT $3`, site, after, invitationBlock)
		if err != nil {
			return nil, "", err
		}
		for _, i := range block {
			if state == "" || i.State(now) == state {
				if len(page) == limit {
					return page, after, nil
				}
				page = append(page, i)
			}
			after = i.ID
		}
		if len(block) < invitationBlock {
			return page, "", nil
		}
	}
	return page, after, nil
}
