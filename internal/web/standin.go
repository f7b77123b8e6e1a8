package web

import (
	"context"

	"github.com/rosterhq/roster/internal/emulate"
	"github.com/rosterhq/roster/internal/explain"
	"github.com/rosterhq/roster/internal/mail"
)

// Emulated is what only a stand-in has.
type Emulated struct {
	Controlled *emulate.Sites // makes its sites; nil where nobody may
	// Captured returns the mail that a site has written, the oldest first; nil where none is kept.
	Captured func(ctx context.Context, site int64) ([]mail.Message, error)
	Requests *explain.Log // the last requests of its API
}

// The pages that only a stand-in has.
const (
	sitesPath    = "/sites"
	seedSitePath = "/sites/seed"
	inboxPath    = "/inbox"
	requestsPath = "/requests"
)
