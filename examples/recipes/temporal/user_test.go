package user

import (
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"go.temporal.io/sdk/testsuite"

	"github.com/rosterhq/roster/confluence"
)

const grace = "5b10408a563ad95fc803e2a5"

func TestTheUserIsMailed(t *testing.T) {
	got, err := run(t, Ask{AccountID: grace, To: "people@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	if mail := <-got; !strings.Contains(mail, "To: people@example.com\r\n") || !strings.Contains(mail, "Grace Hopper\r\n") {
		t.Errorf("the mail is %q", mail)
	}
}

func TestNobodyIsMailedAboutAnUnknownAccount(t *testing.T) {
	got, err := run(t, Ask{AccountID: "nobody", To: "people@example.com"})
	if err == nil || !strings.Contains(err.Error(), "404") || len(got) != 0 {
		t.Errorf("it ended with %v, %d mails", err, len(got))
	}
}

// run runs the workflow against the stand-in and a mail server of its own.
func run(t *testing.T, ask Ask) (chan string, error) {
	t.Helper()
	if os.Getenv("ROSTER_URL") == "" {
		t.Skip("ROSTER_URL is not set: run roster dev, and source roster.env")
	}
	got := make(chan string, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return session(got), nil }))
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })

	client, err := confluence.NewClient(os.Getenv("ROSTER_URL"), confluence.WithBasicAuth(os.Getenv("ROSTER_EMAIL"), os.Getenv("ROSTER_TOKEN")))
	if err != nil {
		t.Fatal(err)
	}
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.RegisterActivity(&Activities{Client: client, SMTP: l.Addr().String(), From: "roster@example.com"})
	env.ExecuteWorkflow(GetUserAndMail, ask)
	return got, env.GetWorkflowError()
}

// session takes every message.
type session chan string

func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (session) Reset()                               {}
func (session) Logout() error                        { return nil }

func (s session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s <- string(text)
	return err
}
