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

// asking is a collection of which each request is followed by those of its saved answers. Those of a site that limits how
// often one may call are left out, or they are all there is.
func (c collection) asking(t *testing.T, tooOften bool) (all collection, n int) {
	t.Helper()
	all = c
	all.Item = nil
	for _, folder := range c.Item {
		asking := collectionFolder{Name: folder.Name}
		for _, item := range folder.Item {
			for i, saved := range item.Response {
				if (saved.Code == http.StatusTooManyRequests) != tooOften {
					continue
				}
				events := []collectionEvent(nil)
				if i == 0 { // the request itself, with the test that it comes with
					saved.Request, events = item.Request, item.Event
				}
				asking.Item = append(asking.Item, saved.asked(t, item.Name, events))
			}
		}
		n += len(asking.Item)
		all.Item = append(all.Item, asking)
	}
	return all, n
}

// postmanSite is a throw-away site with the tokens of those for whom a collection has variables.
type postmanSite struct {
	*sampleSite
	variables []string
	database  string
}

func newPostmanSite(t *testing.T) *postmanSite {
	t.Helper()
	database := filepath.Join(t.TempDir(), "roster.db")
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

func TestEachSavedAnswerOfThePostmanCollectionIsAnsweredLive(t *testing.T) {
	t.Parallel()
	s := newPostmanSite(t)
	c := s.collection(t)
	all, n := c.asking(t, false)
	out, err := s.newman(t, all).CombinedOutput()
	if sent := requestsSent.FindSubmatch(out); err != nil || n < 250 || sent == nil || string(sent[1]) != strconv.Itoa(n) {
		t.Errorf("of %d requests %s were sent: %v\n%s", n, sent, err, out)
	}
	roster(t, "site", "set", s.CloudID, "rateLimit=burst", "rateLimitPerSecond=1", "rateLimitWritesPerSecond=1", "--db", s.database)
	tooOften, n := c.asking(t, true)
	if out, err := s.newman(t, tooOften).CombinedOutput(); err != nil || n < 50 {
		t.Errorf("%d operations are limited: %v\n%s", n, err, out)
	}
}

// requestsSent finds how many requests were sent in what the runner prints.
var requestsSent = regexp.MustCompile(`requests │ +(\d+) │ +0 │`)

func TestPostmansRunnerFindsAnAnswerThatIsNotAsItWasSaved(t *testing.T) {
	t.Parallel()
	s := newPostmanSite(t)
	for name, spoil := range map[string]func(*savedResponse){
		"the status": func(saved *savedResponse) { saved.Code = http.StatusTeapot },
		"the type":   func(saved *savedResponse) { saved.Header = json.RawMessage(`[]`) },
		"the shape":  func(saved *savedResponse) { saved.Body = strings.Replace(saved.Body, `"accountId":`, `"account":`, 1) },
	} {
		c := s.collection(t)
		c.Item = c.Item[:1]
		c.Item[0].Item = c.Item[0].Item[:1]
		spoil(&c.Item[0].Item[0].Response[0])
		spoiled, _ := c.asking(t, false)
		out, err := s.newman(t, spoiled).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "  1. "+name+" is the saved one\n") || strings.Contains(string(out), "  2. ") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
