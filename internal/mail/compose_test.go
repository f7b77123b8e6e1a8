package mail_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/mail"
)

const someID = "01234567-89ab-7def-8123-456789abcdef"

// prepared is a message that can be composed.
func prepared() mail.Message {
	m := letter("ada@example.com")
	m.ID, m.Date, m.Delivery = someID, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), mail.AtLeastOnce
	return m
}

func TestAMessageIsComposedOfPlainAndLegibleParts(t *testing.T) {
	t.Parallel()
	m := prepared()
	m.To = []mail.Address{{Name: "Ada Lovelace", Address: "ada@example.com"}, {Name: "Галилео", Address: "g@example.com"}}
	m.Subject = "Łódź: a short invitation that is long enough to need more than one line"
	m.Text = "Good day, Ada.\n\n.A line that begins with a dot, and one that is rather long, so that it must be broken somewhere = here.\nµ\n"
	m.Headers = []mail.Header{{Name: "X-Auto-Response-Suppress", Value: "All"}}
	m.Attachments = []mail.Attachment{{Name: "people.json", ContentType: "application/json", Content: []byte(`{"people":[]}`)}}
	got, err := m.Compose()
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/message.eml"
	text := strings.ReplaceAll(string(got), "\r\n", "\n")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Error(diff)
	}
	for line := range strings.Lines(string(got)) {
		if !strings.HasSuffix(line, "\r\n") || len(line) > 100 {
			t.Errorf("the line %q", line)
		}
	}
	again, _ := m.Compose()
	if !bytes.Equal(got, again) {
		t.Error("it is not composed of the same bytes twice")
	}
}

// parts reads a composed message as a mail program does.
func parts(t rapid.TB, data []byte) (header netmail.Header, bodies map[string]string) {
	m, err := netmail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("read the message: %v\n%s", err, data)
	}
	bodies = map[string]string{}
	var read func(contentType, encoding string, body io.Reader)
	read = func(contentType, encoding string, body io.Reader) {
		kind, parameters, err := mime.ParseMediaType(contentType)
		if err != nil {
			t.Fatalf("content type %q: %v", contentType, err)
		}
		if strings.HasPrefix(kind, "multipart/") {
			for r := multipart.NewReader(body, parameters["boundary"]); ; {
				p, err := r.NextRawPart()
				if err == io.EOF {
					return
				}
				if err != nil {
					t.Fatalf("next part: %v", err)
				}
				read(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
			}
		}
		if encoding == "base64" {
			body = base64.NewDecoder(base64.StdEncoding, body)
		} else {
			body = quotedprintable.NewReader(body)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatalf("read %s: %v", kind, err)
		}
		bodies[kind] += string(text)
	}
	read(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
	return m.Header, bodies
}

func TestWhatIsComposedReadsBackAsItWas(t *testing.T) {
	t.Parallel()
	word := rapid.StringOfN(rapid.RuneFrom([]rune("aZ09 .,=?_-\"'\\<>@()ßłЖ日嘊嘍😀é\u0301")), 0, 60, -1)
	rapid.Check(t, func(t *rapid.T) {
		m := prepared()
		m.From.Name, m.To[0].Name, m.Subject = word.Draw(t, "from"), word.Draw(t, "to"), word.Draw(t, "subject")
		m.Text, m.HTML = rapid.String().Draw(t, "text"), rapid.String().Draw(t, "html")
		if rapid.Bool().Draw(t, "attached") {
			m.Attachments = []mail.Attachment{{Name: "a.bin", ContentType: "application/octet-stream", Content: rapid.SliceOf(rapid.Byte()).Draw(t, "content")}}
		}
		data, err := m.Compose()
		if err != nil {
			t.Fatalf("compose: %v", err)
		}
		header, bodies := parts(t, data)
		subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
		if err != nil || strings.TrimSpace(m.Subject) != "" && subject != m.Subject {
			t.Fatalf("the subject %q became %q, %v", m.Subject, subject, err)
		}
		for name, want := range map[string]mail.Address{"From": m.From, "To": m.To[0]} {
			list, err := header.AddressList(name)
			if err != nil || len(list) != 1 || list[0].Address != want.Address || strings.TrimSpace(want.Name) != "" && list[0].Name != want.Name {
				t.Fatalf("%s: %+v became %q: %v, %v", name, want, header.Get(name), list, err)
			}
		}
		plain := strings.NewReplacer("\r\n", "\n", "\r", "\n")
		if got, want := plain.Replace(bodies["text/plain"]), plain.Replace(m.Text); strings.TrimRight(got, "\n") != strings.TrimRight(want, "\n") {
			t.Fatalf("the text %q became %q", want, got)
		}
		if len(m.Attachments) > 0 && bodies["application/octet-stream"] != string(m.Attachments[0].Content) {
			t.Fatal("the attachment changed")
		}
	})
}

func TestWhatWouldBreakAHeaderIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*mail.Message){
		"CRLF in the subject":     func(m *mail.Message) { m.Subject = "Hello\r\nBcc: eve@example.net" },
		"CR in the subject":       func(m *mail.Message) { m.Subject = "Hello\rBcc: eve@example.net" },
		"NUL in the subject":      func(m *mail.Message) { m.Subject = "Hello\x00" },
		"NEL in the subject":      func(m *mail.Message) { m.Subject = "Hello\u0085" },
		"LS in the subject":       func(m *mail.Message) { m.Subject = "Hello\u2028" },
		"a subject not UTF-8":     func(m *mail.Message) { m.Subject = "Hello\xff" },
		"a long subject":          func(m *mail.Message) { m.Subject = strings.Repeat("x", 401) },
		"LF in a name":            func(m *mail.Message) { m.To[0].Name = "Ada\nBcc: eve@example.net" },
		"LF in the sender":        func(m *mail.Message) { m.From.Name = "Roster\n" },
		"LF in an address":        func(m *mail.Message) { m.To[0].Address = "ada@example.com\nRCPT TO:<eve@example.net>" },
		"an encoded line break":   func(m *mail.Message) { m.To[0].Address = "ada%0d%0aRCPT@example.com" },
		"U+760A in an address":    func(m *mail.Message) { m.To[0].Address = "ada\u760a@example.com" },
		"routing in an address":   func(m *mail.Message) { m.To[0].Address = "eve!ada@example.com" },
		"U+760D in an address":    func(m *mail.Message) { m.To[0].Address = "ada@ex\u760dample.com" },
		"a quoted local part":     func(m *mail.Message) { m.To[0].Address = `"ada> RCPT TO:<eve"@example.com` },
		"an angle bracket":        func(m *mail.Message) { m.To[0].Address = "ada>@example.com" },
		"two addresses":           func(m *mail.Message) { m.To[0].Address = "ada@example.com,eve@example.net" },
		"no domain":               func(m *mail.Message) { m.To[0].Address = "ada" },
		"an empty domain":         func(m *mail.Message) { m.To[0].Address = "ada@" },
		"a hyphen at the end":     func(m *mail.Message) { m.To[0].Address = "ada@example-.com" },
		"a long local part":       func(m *mail.Message) { m.To[0].Address = strings.Repeat("a", 65) + "@example.com" },
		"source routing":          func(m *mail.Message) { m.To[0].Address = "@example.net:ada@example.com" },
		"a recipient twice":       func(m *mail.Message) { m.To = append(m.To, m.To[0]) },
		"no recipient":            func(m *mail.Message) { m.To = nil },
		"a second subject":        func(m *mail.Message) { m.Headers = []mail.Header{{Name: "subject", Value: "x"}} },
		"a colon in a header":     func(m *mail.Message) { m.Headers = []mail.Header{{Name: "X-A: b\r\nBcc", Value: "x"}} },
		"LF in a header":          func(m *mail.Message) { m.Headers = []mail.Header{{Name: "X-A", Value: "x\ny"}} },
		"an ID with a line break": func(m *mail.Message) { m.ID = someID + "\r\n" },
		"LF in a file name":       func(m *mail.Message) { m.Attachments = []mail.Attachment{{Name: "a\nb", ContentType: "text/plain"}} },
		"a folder in a file name": func(m *mail.Message) { m.Attachments = []mail.Attachment{{Name: "../a", ContentType: "text/plain"}} },
		"LF in a content type":    func(m *mail.Message) { m.Attachments = []mail.Attachment{{Name: "a", ContentType: "text/plain\nX: y"}} },
		"an unknown delivery":     func(m *mail.Message) { m.Delivery = "exactly_once" },
		"too large a file": func(m *mail.Message) {
			m.Attachments = []mail.Attachment{{Name: "a", ContentType: "text/plain", Content: make([]byte, 8<<20)}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := prepared()
			spoil(&m)
			_, err := m.Compose()
			if kind, _ := failure.Of(err); err == nil || kind != failure.Invalid {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestAddressesThatPeopleHaveAreTaken(t *testing.T) {
	t.Parallel()
	for _, a := range []string{
		"ada@example.com", "ada.lovelace+roster@mail.example.co.uk", "o'brien@example.com", "d\u017e@\u010desko.example",
		"用户@例え.example", "root@localhost", "a=b/c@example.com",
	} {
		if err := mail.CheckAddress(a); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	for text, want := range map[string]mail.Address{
		"roster@example.org":              {Address: "roster@example.org"},
		"The Roster <roster@example.org>": {Name: "The Roster", Address: "roster@example.org"},
	} {
		if got, err := mail.ParseAddress(text); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "roster", "a@b, c@d", "a@b\r\nBcc: c@d"} {
		if got, err := mail.ParseAddress(text); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}

func TestTextThatLooksEncodedIsShownAsItIs(t *testing.T) {
	t.Parallel()
	m := prepared()
	m.Subject = "=?utf-8?q?Hello=0d=0aBcc:_eve@example.net?="
	data, err := m.Compose()
	if err != nil {
		t.Fatal(err)
	}
	header, _ := parts(t, data)
	if subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject")); err != nil || subject != m.Subject {
		t.Errorf("the subject became %q, %v", subject, err)
	}
}

func TestACarriageReturnAloneEndsALine(t *testing.T) {
	t.Parallel()
	m := prepared()
	m.Text, m.HTML, m.Attachments = "a\rÀ\nb", "", nil
	data, err := m.Compose()
	if err != nil || !strings.HasSuffix(string(data), "\r\n\r\na\r\n=C3=80\r\nb\r\n") {
		t.Errorf("%v\n%s", err, data)
	}
}
