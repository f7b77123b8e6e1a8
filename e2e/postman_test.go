package e2e

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// collection is what this test reads of a collection for Postman. What it does not change it hands on as it is.
type collection struct {
	Info     json.RawMessage    `json:"info"`
	Auth     json.RawMessage    `json:"auth"`
	Event    json.RawMessage    `json:"event"`
	Variable json.RawMessage    `json:"variable"`
	Item     []collectionFolder `json:"item"`
}

type collectionFolder struct {
	Name string           `json:"name"`
	Item []collectionItem `json:"item"`
}

type collectionItem struct {
	Name     string            `json:"name"`
	Request  json.RawMessage   `json:"request"`
	Event    []collectionEvent `json:"event"`
	Response []savedResponse   `json:"response,omitempty"`
}

type collectionEvent struct {
	Listen string `json:"listen"`
	Script struct {
		Exec []string `json:"exec"`
	} `json:"script"`
}

type savedResponse struct {
	Name    string          `json:"name"`
	Request json.RawMessage `json:"originalRequest"`
	Code    int             `json:"code"`
	Header  json.RawMessage `json:"header"`
	Body    string          `json:"body"`
}

//go:embed postman_shape.js
var savedShape string

// again runs a request again until the site finds that it comes too often: under load a second may pass between two.
const again = `
const tries = Number(pm.variables.get("tries") || 0);
pm.variables.set("tries", tries + 1);
if (pm.response.code !== 429 && tries < 100) {
  pm.execution.setNextRequest(pm.info.requestName);
} else {
  pm.variables.set("tries", 0);
  like(saved);
}`

// The states of a site in which answers come: most come in any.
const (
	anyState    = "any"
	switchedOff = "switched off"
	limited     = "limited"
	lost        = "lost" // its database
)

// state is the one in which an answer comes.
func (s savedResponse) state() string {
	switch {
	case strings.HasPrefix(s.Name, "The site does not serve this operation"):
		return switchedOff
	case s.Code == http.StatusTooManyRequests:
		return limited
	case s.Code == http.StatusServiceUnavailable:
		return lost
	}
	return anyState
}

// asked is a request of its own, which is asserted to be answered as it was when the answer was saved.
func (s savedResponse) asked(t *testing.T, name string, events []collectionEvent) collectionItem {
	t.Helper()
	saved, err := json.Marshal(map[string]any{"code": s.Code, "header": s.Header, "body": s.Body})
	if err != nil {
		t.Fatal(err)
	}
	then := "like(saved);"
	if s.Code == http.StatusTooManyRequests {
		then = again
	}
	test := collectionEvent{Listen: "test"}
	test.Script.Exec = strings.Split(savedShape+"const saved = "+string(saved)+";\n"+then, "\n")
	return collectionItem{Name: name + ", " + http.StatusText(s.Code), Request: s.Request, Event: append(slices.Clip(events), test)}
}

// asking is a collection of which each request is followed by those of its saved answers that come in a state of the site.
func (c collection) asking(t *testing.T, state string) (all collection, n int) {
	t.Helper()
	all = c
	all.Item = nil
	for _, folder := range c.Item {
		asking := collectionFolder{Name: folder.Name}
		for _, item := range folder.Item {
			for i, saved := range item.Response {
				if saved.state() != state {
					continue
				}
				events := []collectionEvent(nil)
				if i == 0 { // the request itself, with the test that it comes with
					saved.Request, events = item.Request, item.Event
				}
				asking.Item = append(asking.Item, saved.asked(t, item.Name, events))
			}
		}
		if n += len(asking.Item); len(asking.Item) > 0 { // or it would be taken for a request
			all.Item = append(all.Item, asking)
		}
	}
	return all, n
}

// postmanSite is a throw-away site with the tokens of those for whom a collection has variables.
type postmanSite struct {
	*sampleSite
	variables []string
	database  string
}

func newPostmanSite(t *testing.T, database string) *postmanSite {
	t.Helper()
	s := &postmanSite{sampleSite: newSampleSite(t, standIn(t, database).URL), database: database}
	s.variables = []string{"email=" + s.AdminEmail, "token=" + s.AdminToken, "appToken=" + s.appToken}
	type made struct {
		Token string `json:"token"`
	}
	for variable, account := range map[string]string{"memberToken": "charles.babbage@example.com", "outsiderToken": "evariste.galois@example.com"} {
		token := rows[made](t, roster(t, "token", "add", account, "--json", "--db", database, "--site", s.CloudID))[0].Token
		s.variables = append(s.variables, variable+"="+token)
	}
	return s
}

// collection is the site's own.
func (s *postmanSite) collection(t *testing.T) (c collection) {
	t.Helper()
	fetch(t, http.MethodGet, s.URL+"/postman.json", "", nil, &c)
	return c
}

// newman is a run of a collection by Postman's own runner. It asks the site itself: a proxy would mend what cannot be read.
func (s *postmanSite) newman(t *testing.T, c collection) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "collection.json")
	put(t, file, string(text))
	args := []string{"run", file, "--color", "off", "--reporters", "cli", "--reporter-cli-no-success-assertions"}
	for _, v := range s.variables {
		args = append(args, "--env-var", v)
	}
	cmd := program(t, "node_modules/.bin/newman", args...)
	cmd.Env = withoutProxies(cmd.Env)
	return cmd
}

// answers sends the requests of a collection that are answered in a state of the site, of which there are some at least.
func (s *postmanSite) answers(t *testing.T, c collection, state string, least int) {
	t.Helper()
	asking, n := c.asking(t, state)
	out, err := s.newman(t, asking).CombinedOutput()
	sent := requestsSent.FindSubmatch(out)
	if err != nil || n < least || sent == nil || string(sent[1]) != strconv.Itoa(n) && state != limited {
		t.Errorf("%s: of %d requests %s were sent: %v\n%s", state, n, sent, err, out)
	}
}

// requestsSent finds how many requests were sent in what the runner prints.
var requestsSent = regexp.MustCompile(`requests │ +(\d+) │ +0 │`)

func TestEachSavedAnswerOfThePostmanCollectionIsAnsweredLive(t *testing.T) {
	t.Parallel()
	s := newPostmanSite(t, filepath.Join(t.TempDir(), "roster.db"))
	c := s.collection(t)
	s.answers(t, c, anyState, 400)
	s.set(t, "emailApi=false", "accessApi=false")
	s.answers(t, c, switchedOff, 4)
	s.set(t, "rateLimit=burst", "rateLimitPerSecond=1", "rateLimitWritesPerSecond=1")
	s.answers(t, c, limited, 50)
}

// set changes settings of the site.
func (s *postmanSite) set(t *testing.T, settings ...string) {
	t.Helper()
	roster(t, slices.Concat([]string{"site", "set", s.CloudID, "--db", s.database}, settings)...)
}

func TestPostmansRunnerFindsAnAnswerThatIsNotAsItWasSaved(t *testing.T) {
	t.Parallel()
	s := newPostmanSite(t, filepath.Join(t.TempDir(), "roster.db"))
	for name, spoil := range map[string]func(*savedResponse){
		"the status": func(saved *savedResponse) { saved.Code = http.StatusTeapot },
		"the type":   func(saved *savedResponse) { saved.Header = json.RawMessage(`[]`) },
		"the shape":  func(saved *savedResponse) { saved.Body = strings.Replace(saved.Body, `"accountId":`, `"account":`, 1) },
	} {
		c := s.collection(t)
		c.Item = c.Item[:1]
		c.Item[0].Item = c.Item[0].Item[:1]
		spoil(&c.Item[0].Item[0].Response[0])
		spoiled, _ := c.asking(t, anyState)
		out, err := s.newman(t, spoiled).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "  1. "+name+" is the saved one\n") || strings.Contains(string(out), "  2. ") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
