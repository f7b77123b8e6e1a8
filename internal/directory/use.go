package directory

import (
	"context"
	"errors"
	"sync"
	"time"
)

// mostUses bounds how many uses wait to be written.
const mostUses = 100_000

// Uses remembers when tokens were last used, and writes it at most once a minute: a request never waits for it.
type Uses struct {
	Directory *Directory

	mu   sync.Mutex
	last map[use]time.Time
}

type use struct {
	site  int64
	token string
}

// Note remembers that a token was used.
func (u *Uses) Note(site int64, token string, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.last == nil {
		u.last = map[use]time.Time{}
	}
	if key := (use{site, token}); len(u.last) < mostUses || !u.last[key].IsZero() {
		u.last[key] = at
	}
}

// Flush writes what was noted.
func (u *Uses) Flush(ctx context.Context) error {
	u.mu.Lock()
	noted := u.last
	u.last = nil
	u.mu.Unlock()
	var failed error
	for key, at := range noted {
		failed = errors.Join(failed, u.Directory.db().Aside(ctx, `INSERT INTO token_uses (site_id, token_id, last_used_at) VALUES ($1, $2, $3)
			ON CONFLICT (site_id, token_id) DO UPDATE SET last_used_at = excluded.last_used_at
			WHERE excluded.last_used_at > token_uses.last_used_at`, key.site, key.token, at.UnixMicro()))
	}
	return failed
}
