package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
)

// lookOf is another word for each other look of what a page shows and renews by itself.
func lookOf(shown ...any) (string, error) {
	text, err := json.Marshal(shown)
	if err != nil {
		return "", fmt.Errorf("look at what is shown: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}

// seen answers with nothing, and reports so, where a page that renews itself looks like that already.
func (v *visit) seen(look string) bool {
	seen := v.partial() && v.r.URL.Query().Get("look") == look
	if seen {
		v.w.WriteHeader(http.StatusNoContent)
	}
	return seen
}
