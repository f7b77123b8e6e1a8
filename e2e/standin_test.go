package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// named is what a stand-in with one of Atlassian's host names says in its ready file.
type named struct {
	ready
	TLSURL   string `json:"tlsUrl"`
	ProxyURL string `json:"proxyUrl"`
	CAFile   string `json:"caFile"`
}

// standInAs starts roster dev as example.atlassian.net and returns what it says once it answers.
func standInAs(t *testing.T) named {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "ready.json")
	server := start(t, "dev", "--as", "Example.Atlassian.net", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0", "--proxy", "127.0.0.1:0",
		"--ca-dir", filepath.Join(folder, "ca"), "--ready-file", file)
	var said named
	server.await(t, func() (bool, error) {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err == nil {
			err = json.Unmarshal(text, &said)
		}
		// The file comes before the words.
		return err == nil && strings.Contains(server.output.String(), "\nhttps://"), err
	})
	if len(said.Sites) == 0 || said.TLSURL == "" || said.ProxyURL == "" {
		t.Fatalf("the ready file says %+v", said)
	}
	for _, told := range []string{said.TLSURL, said.ProxyURL, said.CAFile, said.Sites[0].URL} {
		if !strings.Contains(server.output.String(), told) {
			t.Errorf("nobody is told of %s", told)
		}
	}
	if printed := roster(t, "dev", "ca", "--ca-dir", filepath.Join(folder, "ca")); !bytes.HasPrefix(printed, readAll(t, said.CAFile)) ||
		!bytes.Contains(printed, []byte(said.CAFile)) {
		t.Errorf("roster dev ca prints\n%s", printed)
	}
	return said
}

func readAll(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestClientsThatInsistOnAtlassiansNamesReachAStandIn(t *testing.T) {
	t.Parallel()
	said := standInAs(t)
	site := said.Sites[0]
	known, err := json.Marshal(facts{Site: site.URL, Gateway: site.GatewayURL, Email: site.AdminEmail, Token: site.AdminToken})
	if err != nil {
		t.Fatal(err)
	}
	for name, command := range map[string][]string{
		"confluence.js":        {"node", "--import=./throughproxy.mjs", "standin.mjs"},
		"atlassian-python-api": {".venv/bin/python", "standin.py"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, command[0], command[1:]...)
			cmd.Env = append(withoutProxies(cmd.Env), "FACTS="+string(known), "PYTHONDONTWRITEBYTECODE=1",
				"HTTPS_PROXY="+said.ProxyURL, "HTTP_PROXY="+said.ProxyURL,
				"SSL_CERT_FILE="+said.CAFile, "NODE_EXTRA_CA_CERTS="+said.CAFile, "REQUESTS_CA_BUNDLE="+said.CAFile)
			if out, err := cmd.CombinedOutput(); err != nil || !success.Match(out) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// withoutProxies is an environment without what would lead a client elsewhere.
func withoutProxies(environ []string) (left []string) {
	for _, variable := range environ {
		switch name, _, _ := strings.Cut(variable, "="); strings.ToLower(name) {
		case "http_proxy", "https_proxy", "all_proxy", "no_proxy", "curl_ca_bundle", "ssl_cert_dir":
		default:
			left = append(left, variable)
		}
	}
	return left
}

func TestCurlReachesAStandInByTheNamesOfAtlassian(t *testing.T) {
	t.Parallel()
	said := standInAs(t)
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	port := portOf(t, said.TLSURL)
	site := said.Sites[0]
	curl := func(args ...string) (string, error) {
		cmd := program(t, "curl", append([]string{"--silent", "--show-error", "--fail", "--max-time", "60"}, args...)...)
		cmd.Env = withoutProxies(cmd.Env)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	credential := []string{"--cacert", said.CAFile, "--user", site.AdminEmail + ":" + site.AdminToken}
	gateway := strings.TrimPrefix(site.GatewayURL, "https://api.atlassian.com")
	for host, base := range map[string]string{"example.atlassian.net": "", "other.atlassian.net": "", "api.atlassian.com": gateway} {
		path := base + "/wiki/rest/api/user/current"
		resolve := []string{"--resolve", host + ":" + port + ":127.0.0.1"}
		for way, args := range map[string][]string{
			"by name":              append(resolve, "https://"+host+":"+port+path),
			"by HTTP/1.1":          append(resolve, "--http1.1", "https://"+host+":"+port+path),
			"through the proxy":    {"--proxy", said.ProxyURL, "https://" + host + path},
			"in clear, by a proxy": {"--proxy", said.ProxyURL, "http://" + host + path},
		} {
			if got, err := curl(append(args, credential...)...); err != nil || !strings.Contains(got, site.AdminEmail) || !strings.Contains(got, `"https://example.atlassian.net/wiki`) {
				t.Errorf("%s %s: %s (%v)", host, way, got, err)
			}
		}
		if got, err := curl(append(resolve, "https://"+host+":"+port+path)...); err == nil {
			t.Errorf("%s is trusted without the authority: %s", host, got)
		}
	}
	if got, err := curl("--proxy", said.ProxyURL, "https://not-atlassian.example/"); err == nil || !strings.Contains(got, "403") {
		t.Errorf("elsewhere: %s (%v)", got, err)
	}
}

func portOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Hostname() != "127.0.0.1" {
		t.Fatalf("%s (%v)", address, err)
	}
	return u.Port()
}
