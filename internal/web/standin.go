package web

import (
	"context"

	"github.com/rosterhq/roster/internal/emulate"
	"github.com/rosterhq/roster/internal/explain"
)

// Emulated is what only a stand-in has.
type Emulated struct {
	Controlled *emulate.Sites // makes its sites; nil where nobody may
	// Posted returns once the outbox holds all the mail that was caused before; nil where nothing writes any.
	Posted   func(ctx context.Context) error
	Requests *explain.Log // the last requests of its API
}

// The pages that only a stand-in has.
const (
	sitesPath    = "/sites"
	seedSitePath = "/sites/seed"
	inboxPath    = "/inbox"
	requestsPath = "/requests"
)
