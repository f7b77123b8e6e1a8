package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const recipes = "../examples/recipes"

// kitchen is where a recipe is tried: a stand-in, and a folder with what the recipe finds at its user's home.
type kitchen struct {
	site   ready
	folder string
	env    map[string]string
}

func newKitchen(t *testing.T) *kitchen {
	t.Helper()
	path := filepath.Dir(binary(t))
	k := &kitchen{site: standIn(t, filepath.Join(t.TempDir(), "roster.db")), folder: t.TempDir()}
	text := read(t, "roster.env")
	if !strings.Contains(text, k.site.Sites[0].AdminToken) {
		t.Error("roster.env does not hold the token of the demo site")
	}
	text = strings.ReplaceAll(text, "http://127.0.0.1:8080", k.site.URL)
	if err := os.WriteFile(filepath.Join(k.folder, "roster.env"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	k.env = map[string]string{"HOME": k.folder, "PATH": path + ":" + os.Getenv("PATH")}
	return k
}

// withSite sets what the recipe has of the site from its own settings.
func (k *kitchen) withSite() *kitchen {
	k.env["ROSTER_URL"], k.env["ROSTER_EMAIL"], k.env["ROSTER_TOKEN"] = k.site.URL, k.site.Sites[0].AdminEmail, k.site.Sites[0].AdminToken
	return k
}

// sh runs lines of a shell and returns what they print.
func (k *kitchen) sh(t *testing.T, shell, lines string) string {
	t.Helper()
	cmd := program(t, shell, "-ec", lines)
	cmd.Dir, cmd.Env = k.folder, nil
	for name, value := range k.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, lines, complaints.Bytes())
	}
	return out.String()
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(recipes, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func decodeYAML(t *testing.T, name string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, name)), into); err != nil {
		t.Fatal(err)
	}
}

var cronLine = regexp.MustCompile(`^(?:[\d*/,-]+ ){5} *(.+)$`)

func TestTheLinesForCronWork(t *testing.T) {
	t.Parallel()
	k := newKitchen(t)
	var said []string
	lines := bufio.NewScanner(strings.NewReader(read(t, "cron/crontab")))
	for lines.Scan() {
		found := cronLine.FindStringSubmatch(lines.Text())
		if found == nil {
			continue
		}
		if strings.Contains(found[1], "%") {
			t.Errorf("cron ends a command at %%: %s", found[1])
		}
		said = append(said, k.sh(t, "sh", found[1]))
	}
	if len(said) != 3 || !strings.Contains(said[0], `"displayName": "Grace Hopper"`) || !strings.Contains(said[1], "  Grace Hopper\n") || said[2] != "" {
		t.Errorf("cron would mail %q", said)
	}
}

func TestTheStepsForGitHubActionsWork(t *testing.T) {
	t.Parallel()
	var file struct {
		Jobs map[string]struct {
			Env   map[string]string
			Steps []struct{ Name, Run string }
		}
	}
	decodeYAML(t, "github-actions/people.yml", &file)
	k := newKitchen(t).withSite()
	k.env["GITHUB_ENV"], k.env["GITHUB_STEP_SUMMARY"] = filepath.Join(k.folder, "env"), filepath.Join(k.folder, "summary")
	k.env["GROUP"] = "engineering"
	job := file.Jobs["members"]
	for name := range job.Env {
		if k.env[name] == "" {
			t.Errorf("the job needs %s", name)
		}
	}
	for _, step := range job.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("the script of %q holds an expression", step.Name)
		}
		k.sh(t, "bash", "set -o pipefail\n"+step.Run)
		later, _ := os.ReadFile(k.env["GITHUB_ENV"])
		for line := range strings.Lines(string(later)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			k.env[name] = value
		}
	}
	summary, err := os.ReadFile(k.env["GITHUB_STEP_SUMMARY"])
	if err != nil || !strings.Contains(string(summary), "| 5b10408a563ad95fc803e2a5 | Grace Hopper |") {
		t.Errorf("%v\n%s", err, summary)
	}
}

func TestTheStepsForDaguWork(t *testing.T) {
	t.Parallel()
	var file struct {
		Schedule string
		Params   map[string]string
		Steps    []struct {
			ID, Run, Action, Output string
			With                    map[string]string
			Depends                 []string
		}
	}
	decodeYAML(t, "dagu/get-user-and-mail.yaml", &file)
	k := newKitchen(t).withSite()
	maps.Copy(k.env, file.Params)
	var done []string
	var mailed map[string]string
	for _, step := range file.Steps {
		for _, id := range step.Depends {
			if !slices.Contains(done, id) {
				t.Errorf("%s depends on %s, which comes later", step.ID, id)
			}
		}
		done = append(done, step.ID)
		switch {
		case step.Run != "" && step.Output != "":
			k.env[step.Output] = strings.TrimSpace(k.sh(t, "sh", step.Run))
		case step.Action == "mail.send":
			mailed = map[string]string{}
			for name, value := range step.With {
				mailed[name] = os.Expand(value, func(name string) string { return k.env[name] })
			}
		default:
			t.Errorf("the step %s is of another kind", step.ID)
		}
	}
	want := map[string]string{
		"from": "roster@example.com", "to": "people@example.com", "subject": "A user of Confluence",
		"message": "Grace Hopper\nAccount ID: 5b10408a563ad95fc803e2a5\nStatus: active",
	}
	if !maps.Equal(want, mailed) || file.Schedule == "" {
		t.Errorf("the mail would be %q", mailed)
	}
}

// answers sends the request that a recipe describes, and returns the members of the answer.
func (k *kitchen) answers(t *testing.T, address string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(k.site.Sites[0].AdminEmail, k.site.Sites[0].AdminToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %v\n%s", res.Status, err, body)
	}
	var members map[string]any
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatal(err)
	}
	return members
}

var jsonMember = regexp.MustCompile(`\$json\.(\w+)`)

func TestTheWorkflowForN8nHangsTogetherAndItsRequestIsAnswered(t *testing.T) {
	t.Parallel()
	var file struct {
		Nodes []struct {
			ID, Name, Type string
			Parameters     struct {
				URL             string
				Authentication  string
				GenericAuthType string
				QueryParameters struct {
					Parameters []struct{ Name, Value string }
				}
				FromEmail, ToEmail, Text, HTML string
			}
		}
		Connections map[string]struct {
			Main [][]struct{ Node, Type string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "n8n/get-user-and-mail.json")), &file); err != nil {
		t.Fatal(err)
	}
	k, members, order := newKitchen(t), map[string]any{}, []string{}
	for _, node := range file.Nodes {
		order = append(order, node.Name)
		p := node.Parameters
		switch node.Type {
		case "n8n-nodes-base.scheduleTrigger":
		case "n8n-nodes-base.httpRequest":
			if p.Authentication+"/"+p.GenericAuthType != "genericCredentialType/httpBasicAuth" {
				t.Errorf("%s does not say who calls", node.Name)
			}
			query := url.Values{}
			for _, q := range p.QueryParameters.Parameters {
				query.Set(q.Name, q.Value)
			}
			members = k.answers(t, strings.Replace(p.URL, "http://127.0.0.1:8080", k.site.URL, 1)+"?"+query.Encode())
		case "n8n-nodes-base.emailSend":
			used := jsonMember.FindAllStringSubmatch(p.Text, -1)
			if len(used) == 0 || !strings.HasPrefix(p.Text, "=") || p.FromEmail == "" || p.ToEmail == "" {
				t.Errorf("%s mails %q from %q to %q", node.Name, p.Text, p.FromEmail, p.ToEmail)
			}
			for _, m := range used {
				if members[m[1]] == nil {
					t.Errorf("the answer has no %s", m[1])
				}
			}
		default:
			t.Errorf("the node %s is of another kind", node.Name)
		}
	}
	for i, name := range order[:len(order)-1] {
		if next := file.Connections[name].Main; len(next) != 1 || len(next[0]) != 1 || next[0][0].Node != order[i+1] || next[0][0].Type != "main" {
			t.Errorf("%s leads to %v", name, next)
		}
	}
	if len(order) != 3 || len(file.Connections) != 2 {
		t.Errorf("%d nodes, %d connections", len(order), len(file.Connections))
	}
}

var bodyMember = regexp.MustCompile(`json\(outputs\.get_user\.body\)\.(\w+)`)

func TestTheFlowForKestraHangsTogetherAndItsRequestIsAnswered(t *testing.T) {
	t.Parallel()
	var file struct {
		ID, Namespace string
		Inputs        []struct{ ID, Type, Defaults string }
		Tasks         []struct {
			ID, Type, URI, From, To, Host, Subject string
			Options                                struct {
				Auth struct{ Type, Username, Password string }
			}
			PlainTextContent string `yaml:"plainTextContent"`
		}
		Triggers []struct{ ID, Type, Cron string }
	}
	decodeYAML(t, "kestra/get-user-and-mail.yaml", &file)
	if file.ID == "" || file.Namespace == "" || len(file.Tasks) != 2 || len(file.Triggers) != 1 {
		t.Fatalf("the flow is %+v", file)
	}
	k := newKitchen(t)
	get, mail := file.Tasks[0], file.Tasks[1]
	if get.ID != "get_user" || get.Type != "io.kestra.plugin.core.http.Request" || get.Options.Auth.Type != "BASIC" ||
		get.Options.Auth.Password != "{{ secret('ROSTER_TOKEN') }}" {
		t.Errorf("the request is %+v", get)
	}
	address := strings.NewReplacer("{{ kv('ROSTER_URL') }}", k.site.URL, "{{ inputs.accountId | urlencode }}", url.QueryEscape(file.Inputs[0].Defaults)).Replace(get.URI)
	members := k.answers(t, address)
	used := bodyMember.FindAllStringSubmatch(mail.PlainTextContent, -1)
	if mail.Type != "io.kestra.plugin.email.MailSend" || mail.From == "" || mail.To != "{{ inputs.to }}" || mail.Subject == "" || len(used) != 3 {
		t.Errorf("the mail is %+v", mail)
	}
	for _, m := range used {
		if members[m[1]] == nil {
			t.Errorf("the answer has no %s", m[1])
		}
	}
}

// The workflow runs in Temporal's own test environment, as no server of Temporal is at hand.
func TestTheWorkflowForTemporalRuns(t *testing.T) {
	t.Parallel()
	k := newKitchen(t).withSite()
	module := filepath.Join(k.folder, "temporal")
	if err := os.CopyFS(module, os.DirFS(filepath.Join(recipes, "temporal"))); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = module, append(os.Environ(), "GOWORK=off")
		for _, name := range []string{"ROSTER_URL", "ROSTER_EMAIL", "ROSTER_TOKEN"} {
			cmd.Env = append(cmd.Env, name+"="+k.env[name])
		}
		return cmd.CombinedOutput()
	}
	if out, err := run("mod", "edit", "-replace", "github.com/rosterhq/roster="+root); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := run("mod", "download", "go.temporal.io/sdk"); err != nil {
		t.Skipf("Temporal's SDK is not to be had here: %s", out)
	}
	// What this module needs may have newer versions than the recipe was written with.
	out, err := run("test", "-mod=mod", "-count=1", "-v", "./...")
	if err != nil || bytes.Count(out, []byte("--- PASS: ")) != 2 {
		t.Errorf("%v\n%s", err, out)
	}
}
