package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/site"
)

const (
	answersBegin = "<!-- answers: printed by TestTheContractPrintsWhatTheServerAnswers -->\n"
	answersEnd   = "<!-- end of answers -->\n"
)

// The table of docs/contract.md is what the real server answers, in both fidelities and on both engines.
func TestTheContractPrintsWhatTheServerAnswers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		beds := map[site.Fidelity]*testSite{}
		for _, f := range bothFidelities {
			beds[f] = newSite(t, d, atAcme, inFidelity(f))
			beds[f].strangers()
			beds[f].token("wrong-scope", person, "read:jira-work")
			beds[f].token("scoped", person, "read:confluence-user", "read:user:confluence")
		}
		var out strings.Builder
		for _, s := range slices.Concat(credentialSituations(), parameterSituations(), protocolSituations()) {
			fmt.Fprintf(&out, "\n**%s**\n\n| request | documented | observed |\n|---|---|---|\n", s.name)
			rows := s.answers(beds)
			for i, row := range rows {
				if i > 0 && row.answers == rows[i-1].answers {
					continue
				}
				requests := row.request
				for _, next := range rows[i+1:] {
					if next.answers != row.answers {
						break
					}
					requests += "<br>" + next.request
				}
				fmt.Fprintf(&out, "| %s | %s | %s |\n", requests, row.answers[0], row.answers[1])
			}
		}
		goldenFile(t, filepath.Join("..", "..", "docs", "contract.md"), func(old string) string {
			before, rest, found := strings.Cut(old, answersBegin)
			_, after, ended := strings.Cut(rest, answersEnd)
			if !found || !ended {
				t.Fatal("docs/contract.md has no place for the answers")
			}
			return before + answersBegin + out.String() + "\n" + answersEnd + after
		})
	})
}

// answered is a row: a request, and its answer in each fidelity.
type answered struct {
	request string
	answers [2]string
}

func (s situation) answers(beds map[site.Fidelity]*testSite) []answered {
	rows := make([]answered, len(s.asks))
	for i, f := range bothFidelities {
		bed := beds[f]
		bed.settings(inFidelity(f), s.on)
		for j, a := range s.asks {
			rows[j].request = a.String()
			if a.base == "gateway" {
				a.base = bed.gateway()
			}
			if a.role == "elsewhere" {
				a.role, a.base = person, bed.server+"/ex/confluence/"+uuid.NewString()
			}
			rows[j].answers[i] = bed.ask(a).String()
		}
	}
	return rows
}

// settings makes the site's settings those of a new stand-in but for edits, some of which may be nil.
func (s *testSite) settings(edits ...func(*site.Site)) {
	s.t.Helper()
	_, err := s.sites.Change(s.t.Context(), operator, s.Name, func(x *site.Site) error {
		x.Settings = site.StandInSettings()
		for _, edit := range edits {
			if edit != nil {
				edit(x)
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

var shorten = strings.NewReplacer(accountID(colleague), "{id}", accountID(person), "{other}", groupID("users"), "{group}", "|", `\|`)

// String is the request as the table shows it.
func (a ask) String() string {
	method := a.method
	if method == "" {
		method = http.MethodGet
	}
	text := method + " " + shorten.Replace(a.path)
	for name, values := range a.header {
		text += " " + name + ": " + strings.Join(values, ", ")
	}
	if a.body != "" {
		text += " " + shorten.Replace(strings.ToValidUTF8(a.body, `\xff`))
	}
	if len(text) > 150 {
		text = text[:100] + "…"
	}
	who := map[string]string{"wrong": "an unknown token", "revoked": "a revoked token", "expired": "an expired token", deactivated: "a deactivated account's token"}[a.role]
	if who != "" {
		return "`" + text + "` with " + who
	}
	switch a.role {
	case app, approved, admin:
		return "`" + text + "` by " + map[string]string{app: "an app", approved: "an approved app", admin: "a site administrator"}[a.role]
	}
	return "`" + text + "`"
}

// String is the answer as the table shows it: status, what headers say, and the body of a refusal.
func (r response) String() string {
	parts := []string{fmt.Sprint(r.status)}
	for _, name := range []string{"Allow", "WWW-Authenticate", "X-Failure-Category", "Retry-After", "Cache-Control", "Expires"} {
		if value := r.header.Get(name); value != "" {
			parts = append(parts, "`"+name+": "+value+"`")
		}
	}
	switch media := r.header.Get("Content-Type"); {
	case r.status < 300:
		return strings.Join(append(parts, placeInList(r.body)...), "<br>")
	case r.body == "":
		parts = append(parts, "no body")
	case media != "application/json":
		parts = append(parts, "`"+media+"`")
		fallthrough
	default:
		parts = append(parts, "`"+shorten.Replace(strings.ReplaceAll(r.body, "\n", " "))+"`")
	}
	return strings.Join(parts, "<br>")
}

// placeInList is what the body of a success says of its place in a list.
func placeInList(body string) []string {
	var says struct {
		Start *int `json:"start"`
		Limit *int `json:"limit"`
		Size  *int `json:"size"`
	}
	if json.Unmarshal([]byte(body), &says) != nil || says.Limit == nil {
		return nil
	}
	return []string{fmt.Sprintf("`\"start\":%d,\"limit\":%d,\"size\":%d`", *says.Start, *says.Limit, *says.Size)}
}
