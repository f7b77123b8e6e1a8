package app

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/rosteradmin"
)

func TestAStandInMakesAnyCallerAndADirectoryOnlyForItsAdministrators(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, url string) {
		for _, standIn := range []bool{true, false} { // of the same database
			o := Options{DB: url, StandIn: standIn}
			if !standIn {
				o.PublicURL = "https://people.example"
			}
			s := serving(t, o)
			clients := map[string]*rosteradmin.Client{}
			for who, options := range map[string][]rosteradmin.Option{"nobody": nil, "administrator": {rosteradmin.WithBearer(s.token)}, "wrong": {rosteradmin.WithBearer("x")}} {
				c, err := rosteradmin.NewClient(s.URL, append(options, rosteradmin.WithHTTPClient(s.Client()))...)
				if err != nil {
					t.Fatal(err)
				}
				clients[who] = c
			}
			for who, c := range clients {
				if who == "administrator" && s.token == "" {
					continue // the second start makes none
				}
				made, err := c.Tokens.Make(t.Context(), rosteradmin.NewToken{Kind: rosteradmin.Service})
				if may := who == "administrator" || who == "nobody" && standIn; may != (err == nil) || may != strings.HasPrefix(made.Token, "roster_") {
					t.Errorf("stand-in %v, %s: %+v %v", standIn, who, made, err)
				}
				if err == nil {
					api, err := confluence.NewClient(s.URL, confluence.WithBearer(made.Token), confluence.WithHTTPClient(s.Client()))
					if err == nil {
						err = api.Do(t.Context(), http.MethodGet, "/wiki/rest/api/user/current", nil, nil, nil)
					}
					if err != nil {
						t.Error(err)
					}
				}
			}
		}
	})
}
