package e2e

import (
	"testing"

	"github.com/rosterhq/roster/internal/db/dbtest"
)

// connectFacts is what the Connect app is told.
type connectFacts struct {
	facts
	Server string `json:"server"`
}

func TestAConnectAppIsInstalledAndSignsItsRequests(t *testing.T) {
	binary(t)
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		said := standIn(t, database)
		site := said.Sites[0]
		people := rows[person](t, roster(t, "account", "list", "--json", "--db", database, "--site", site.Name))
		client(t, connectFacts{facts{
			Site: site.URL, Gateway: site.GatewayURL, Email: site.AdminEmail, Token: site.AdminToken, People: people,
		}, said.URL}, "node", "connectjwt.mjs")
	})
}
