package e2e

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The examples are run one after the other in one folder, beside the stand-in that they are about. What the reader is
// to open in a browser is opened and allowed.
func TestTheExamplesOfTheOAuthDocumentWork(t *testing.T) {
	t.Parallel()
	path := filepath.Dir(binary(t))
	text, err := os.ReadFile("../docs/oauth.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := shellBlock.FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 7 {
		t.Fatalf("the document has %d shell blocks", len(blocks))
	}
	folder := t.TempDir()
	database := filepath.Join(folder, "roster.db")
	said := standIn(t, database)
	b := newBrowser(t, database, said.Sites[0].Name, said.Sites[0].AdminEmail)
	for _, block := range blocks {
		cmd := program(t, "bash", "-euo", "pipefail", "-c", strings.ReplaceAll(block[1], "http://127.0.0.1:8080", said.URL))
		cmd.Dir = folder
		cmd.Env = append(withoutProxies(cmd.Env), "PATH="+path+":"+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s\n%s", err, block[1], out)
		}
		if to, err := os.ReadFile(filepath.Join(folder, "open-this")); err == nil {
			b.open(t, folder, strings.TrimSpace(string(to)))
		}
	}
}

// open allows what a reader is to open, and keeps the code as they would.
func (b *browser) open(t *testing.T, folder, to string) {
	t.Helper()
	code := filepath.Join(folder, "code")
	if _, err := os.Stat(code); err == nil {
		return
	}
	back, err := url.Parse(b.allow(t, to))
	if err == nil {
		err = os.WriteFile(code, []byte(back.Query().Get("code")), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
