package api

import (
	"net/http"

	"github.com/rosterhq/roster/internal/auth"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// operationsPath is where callers ask what they can call.
const operationsPath = "/_roster/operations"

// holderOut is who asks, as it is answered.
type holderOut struct {
	Kind      string   `json:"kind"`
	AccountID string   `json:"accountId"`
	TokenID   string   `json:"tokenId"`
	Scopes    []string `json:"scopes"`
}

// showOperations tells whoever shows a good credential which operations they can call by the way in that they took,
// and why not the others. Real sites have no such page, so it answers alike in both fidelities.
func (s *Server) showOperations(w http.ResponseWriter, _ *http.Request, c *call) error {
	w.Header().Set("Cache-Control", "no-store")
	verdicts := Examine(c.caller, c.site, c.way)
	c.site.Settings.Fidelity = site.Documented
	if c.caller.Kind == auth.Anonymous {
		if kind, message := failure.Of(c.nobody); c.nobody != nil && kind == failure.WrongHost {
			return failure.Because(failure.Unauthenticated.Errorf("%s", message), "%s", failure.ReasonOf(c.nobody))
		}
		return failure.Because(failure.Unauthenticated.Errorf("This needs a good credential, and tells what it is good for."),
			"The request shows no credential that is good.")
	}
	held := c.caller
	writeJSON(w, http.StatusOK, struct {
		Caller     holderOut `json:"caller"`
		Gateway    bool      `json:"gateway"` // else the site's own address
		Operations []Verdict `json:"operations"`
	}{
		holderOut{held.Kind.String(), held.Standing.AccountID, held.TokenID, append([]string{}, held.Scopes...)},
		c.way == site.ByGateway, verdicts,
	})
	return nil
}
