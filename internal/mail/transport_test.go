package mail_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/mail"
)

func TestASettingNamesATransport(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]mail.SMTP{
		"smtp://mx.example.org":                        {Host: "mx.example.org", Port: "587"},
		"smtp://mx.example.org:25/?tls=required":       {Host: "mx.example.org", Port: "25", TLSRequired: true},
		"smtps://roster:a%2Fb%40c@mx.example.org":      {Host: "mx.example.org", Port: "465", User: "roster", Password: "a/b@c", Implicit: true},
		"smtp://roster:secret@[::1]:2525?tls=required": {Host: "::1", Port: "2525", User: "roster", Password: "secret", TLSRequired: true},
	} {
		got, err := mail.Open(setting, nil)
		s, ok := got.(*mail.SMTP)
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", setting, got, err)
			continue
		}
		if s.Hello == "" {
			t.Errorf("%s: nothing to say hello with", setting)
		}
		want.Hello = s.Hello
		if *s != want {
			t.Errorf("%s is read as %+v", setting, *s)
		}
	}
	for _, setting := range []string{
		"", "mx.example.org", "http://mx.example.org", "smtp:mx.example.org", "smtp://", "smtp://mx.example.org/queue", "smtp://mx.example.org?tls=none",
		"smtp://mx.example.org?insecure=1", "smtp://mx.example.org?tls=required&tls=none", "smtp://roster@mx.example.org", "smtp://:secret@mx.example.org",
		"smtp://roster:secret@mx.example.org:port", "smtp://roster:secret@mx.example.org:", "smtps://[::1]:", "smtp://:", "smtp://mx.example.org:0", "smtp://mx.example.org:65536",
		"smtp://roster:secret@mx.example.org#x", "log:x",
	} {
		got, err := mail.Open(setting, nil)
		if err == nil {
			t.Errorf("%q is read as %+v", setting, got)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestTheLogShowsTheMessage(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	transport, err := mail.Open("log:", &out)
	if err != nil {
		t.Fatal(err)
	}
	outcomes(t, send(t, transport, letter("ada@example.com")), mail.Accepted)
	for _, want := range []string{"To: <ada@example.com>\n", "Subject: Welcome\n", "\nGood day.\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, out.String())
		}
	}
}

func TestCapturedMailIsListedWhole(t *testing.T) {
	each(t, func(w *world) {
		transport, err := mail.Open("capture:", nil)
		if err != nil {
			w.Fatal(err)
		}
		first := w.enqueue(letter("ada@example.com"))
		w.clock.Pass(1)
		w.drain(transport)
		second := w.enqueue(letter("grace@example.com"))
		list, err := w.outbox.Captured(w.Context(), site)
		if err != nil || len(list) != 2 || list[0].ID != first || list[1].ID != second || list[0].Text != "Good day.\n" || list[1].To[0].Address != "grace@example.com" {
			w.Errorf("captured are %+v, %v", list, err)
		}
		w.states(first, mail.Sent)
		if other, err := w.outbox.Captured(w.Context(), site+1); err != nil || len(other) != 0 {
			w.Errorf("another site captured %v, %v", other, err)
		}
	})
}
