package mail

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/failure"
)

// Newest returns up to limit messages of a site, those queued last first, from the one behind the place after, and the
// place behind which the next page begins; "" on the last. "" is the first place.
func (o *Outbox) Newest(ctx context.Context, site int64, after string, limit int) (page []Message, next string, err error) {
	at, id, err := readPlace(after)
	if err != nil {
		return nil, "", err
	}
	entries, err := readEntries(ctx, o.Changes.DB, site, `(created_at, message_id) < ($2, $3) ORDER BY created_at DESC, message_id DESC LIMIT $4`, site, at, id, limit+1)
	if len(entries) > limit {
		entries = entries[:limit]
		last := entries[limit-1]
		next = strconv.FormatInt(last.CreatedAt.UnixMicro(), 10) + "." + last.Message.ID
	}
	for _, e := range entries {
		page = append(page, e.Message)
	}
	return page, next, err
}

func readPlace(text string) (at int64, id string, err error) {
	if text == "" {
		return math.MaxInt64, "", nil
	}
	digits, id, _ := strings.Cut(text, ".")
	if at, err = strconv.ParseInt(digits, 10, 64); err == nil {
		err = uuid.Validate(id)
	}
	if err != nil {
		return 0, "", failure.ErrPlace
	}
	return at, id, nil
}
