package workflow

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/db"
)

// MarkHeader is the header by which a run that calls its own server through the network tells that it does: see [Store.Marked].
const MarkHeader = "X-Roster-Run"

// mark marks a request as the run's. Nobody else can: nothing but the database tells under which lease a run goes on, and
// the mark does not.
func (c *claim) mark(h http.Header) { h.Set(MarkHeader, c.id+" "+proof(c.id, c.lease)) }

func proof(id, lease string) string {
	sum := sha256.Sum256([]byte(id + " " + lease))
	return hex.EncodeToString(sum[:])
}

// Marked returns the run of a site that a request is marked as, which goes on at this moment; empty where the mark is none.
func (s *Store) Marked(ctx context.Context, site int64, mark string) (run string, err error) {
	id, shown, _ := strings.Cut(mark, " ")
	if !utf8.ValidString(id) {
		return "", nil
	}
	lease, _, err := db.One(ctx, s.Changes.DB, db.Scalar[string], `SELECT lease FROM workflow_runs WHERE site_id = $1 AND run_id = $2`, site, id)
	if err != nil || lease == "" || subtle.ConstantTimeCompare([]byte(shown), []byte(proof(id, lease))) != 1 {
		return "", err
	}
	return id, nil
}
