package e2e

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// exim is Debian's mail server, with a configuration and a maildir of its own.
type exim struct {
	address string
	maildir string
}

func startExim(t *testing.T) exim {
	t.Helper()
	program4, err := exec.LookPath("exim4")
	if err != nil {
		if program4 = "/usr/sbin/exim4"; !exists(program4) {
			t.Skip("there is no exim: scripts/install.sh exim4-daemon-light")
		}
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	// It never writes as root, so it writes as nobody where we are root.
	writer := me.Username
	if me.Uid == "0" {
		writer = "nobody"
	}
	folder, err := os.MkdirTemp("", "roster-exim-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	x := exim{maildir: filepath.Join(folder, "mail")}
	for _, d := range []string{folder, x.maildir, filepath.Join(folder, "spool")} {
		if err := errors.Join(os.MkdirAll(d, 0o755), os.Chmod(d, 0o777)); err != nil {
			t.Fatal(err)
		}
	}
	config := filepath.Join(folder, "exim.conf")
	if err := os.WriteFile(config, []byte(fmt.Sprintf(eximConfig, me.Username, folder, x.maildir, writer)), 0o644); err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x.address = free.Addr().String()
	_, port, _ := net.SplitHostPort(x.address)
	free.Close()
	cmd := program(t, program4, "-C", config, "-bdf", "-oX", port)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for end := time.Now().Add(time.Minute); ; <-time.After(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", x.address); err == nil {
			c.Close()
			return x
		} else if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// eximConfig takes all mail and keeps it: the user, the folder, the maildir, who writes it.
const eximConfig = `exim_user = %[1]s
spool_directory = %[2]s/spool
log_file_path = %[2]s/%%slog
pid_file_path =
primary_hostname = mx.example.org
local_interfaces = 127.0.0.1
tls_advertise_hosts =
acl_smtp_rcpt = all
acl_smtp_data = all
begin acl
all:
  accept
begin routers
all:
  driver = accept
  transport = keep
begin transports
keep:
  driver = appendfile
  directory = %[3]s
  maildir_format
  user = %[4]s
`

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// mail waits for so many messages, and returns them as they lie there.
func (x exim) mail(t *testing.T, n int) []string {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; <-time.After(20 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(x.maildir, "new", "*"))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) < n && time.Now().Before(end) {
			continue
		}
		if len(files) != n {
			t.Fatalf("%d messages, want %d", len(files), n)
		}
		var all []string
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(text))
		}
		return all
	}
}

// parts are the bodies of a message by their type, decoded.
func parts(t *testing.T, message string) (netmail.Header, map[string]string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return m.Header, all
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		all[kind] = string(body)
	}
}

// The whole way without a server of ours: a file, a site, and a mail server that is nobody's stand-in.
func TestAUserIsGotAndMailedThroughARealMailServer(t *testing.T) {
	binary(t)
	x := startExim(t)
	said := standIn(t, filepath.Join(t.TempDir(), "roster.db"))
	s := said.Sites[0]
	home := t.TempDir()
	workflow := func(args ...string) ([]byte, error) {
		cmd := program(t, binary(t), append([]string{"workflow"}, args...)...)
		cmd.Env = append(cmd.Env, "HOME="+home, "XDG_STATE_HOME=", "ROSTER_URL="+said.URL, "ROSTER_EMAIL="+s.AdminEmail, "ROSTER_TOKEN="+s.AdminToken,
			"ROSTER_SMTP=smtp://"+x.address, "ROSTER_MAIL_FROM=Roster <roster@example.org>")
		return cmd.CombinedOutput()
	}
	// Her name has characters that HTML and headers care about.
	account := rows[struct{ AccountID string }](t, roster(t, "account", "list", "--text", "Somerville", "--json", "--db", said.Database))[0].AccountID
	out, err := workflow("run", "../workflows/get-user-and-mail.yaml", "--wait", "--input", "accountId="+account, "--input", "to=boss@example.com",
		"--input", "expand=operations,personalSpace", "--input", "subject=Who is Mary?")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	header, bodies := parts(t, x.mail(t, 1)[0])
	if header.Get("To") != "<boss@example.com>" || header.Get("Subject") != "Who is Mary?" || !strings.Contains(header.Get("From"), "roster@example.org") {
		t.Errorf("%v", header)
	}
	if !strings.Contains(bodies["text/plain"], account) || !strings.Contains(bodies["text/plain"], `Mary "Queen of Science" <html>Somerville</html> & 'Co'`) {
		t.Errorf("%s", bodies["text/plain"])
	}
	if html := bodies["text/html"]; strings.Contains(html, "<html>Somerville") || !strings.Contains(html, "&lt;html&gt;Somerville") {
		t.Errorf("%s", html)
	}
	out, err = workflow("run", "get-user-and-mail", "--wait", "--input", "accountId=nobody", "--input", "to=boss@example.com")
	if err == nil || !strings.Contains(string(out), "There is no user with this account ID.") {
		t.Errorf("an unknown account: %v\n%s", err, out)
	}
	x.mail(t, 1)
}
