package mail

import (
	"bytes"
	"encoding/base64"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/failure"
)

// Boundaries hold "=_", which neither quoted-printable nor base64 can write: no content ends its part.
const (
	alternativeBoundary = "=_alternative"
	mixedBoundary       = "=_mixed"
)

// Compose writes the message as RFC 5322 has it, with CRLF at every line's end: the same bytes every time.
// What could not be sent as it is meant is Invalid.
func (m *Message) Compose() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	header, content, err := m.content()
	if err != nil {
		return nil, err
	}
	to := make([]string, len(m.To))
	for i, a := range m.To {
		to[i] = a.String()
	}
	var out bytes.Buffer
	out.Grow(len(content) + 1024)
	field(&out, "Date", m.Date.UTC().Format(time.RFC1123Z))
	field(&out, "From", m.From.String())
	field(&out, "To", strings.Join(to, ", "))
	field(&out, "Message-ID", m.messageID())
	field(&out, "Subject", unstructured(m.Subject))
	field(&out, "Auto-Submitted", "auto-generated") // RFC 3834: no robot answers a robot
	for _, h := range m.Headers {
		field(&out, h.Name, unstructured(h.Value))
	}
	field(&out, "MIME-Version", "1.0")
	field(&out, "Content-Type", header.Get("Content-Type"))
	if encoding := header.Get("Content-Transfer-Encoding"); encoding != "" {
		field(&out, "Content-Transfer-Encoding", encoding)
	}
	out.WriteString("\r\n")
	out.Write(content)
	return out.Bytes(), nil
}

// messageID is what every copy of the message carries.
func (m *Message) messageID() string { return "<" + m.ID + "@" + m.From.domain() + ">" }

// content is the body with the header that says what it is: text alone, or with HTML as an alternative, or
// either of them followed by the attachments.
func (m *Message) content() (textproto.MIMEHeader, []byte, error) {
	header, body, err := written("text/plain", m.Text)
	if err == nil && m.HTML != "" {
		var htmlHeader textproto.MIMEHeader
		var html []byte
		if htmlHeader, html, err = written("text/html", m.HTML); err != nil {
			return nil, nil, err
		}
		header, body, err = together("alternative", alternativeBoundary, part{header, body}, part{htmlHeader, html})
	}
	if err != nil || len(m.Attachments) == 0 {
		return header, body, err
	}
	parts := []part{{header, body}}
	for _, a := range m.Attachments {
		p, err := a.part()
		if err != nil {
			return nil, nil, err
		}
		parts = append(parts, p)
	}
	return together("mixed", mixedBoundary, parts...)
}

// part is a piece of a message with parts.
type part struct {
	header textproto.MIMEHeader
	body   []byte
}

func written(contentType, text string) (textproto.MIMEHeader, []byte, error) {
	// After a carriage return that stands alone, quotedprintable loses the next line's end.
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	var out bytes.Buffer
	out.Grow(len(text) + len(text)/4)
	w := quotedprintable.NewWriter(&out)
	if _, err := w.Write([]byte(strings.ToValidUTF8(text, "\ufffd"))); err != nil {
		return nil, nil, err
	}
	if err := w.Close(); err != nil {
		return nil, nil, err
	}
	if !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
		out.WriteString("\r\n")
	}
	return textproto.MIMEHeader{
		"Content-Type":              {contentType + "; charset=utf-8"},
		"Content-Transfer-Encoding": {"quoted-printable"},
	}, out.Bytes(), nil
}

func together(kind, boundary string, parts ...part) (textproto.MIMEHeader, []byte, error) {
	var out bytes.Buffer
	size := 1024
	for _, p := range parts {
		size += len(p.body)
	}
	out.Grow(size)
	w := multipart.NewWriter(&out)
	if err := w.SetBoundary(boundary); err != nil {
		return nil, nil, err
	}
	for _, p := range parts {
		to, err := w.CreatePart(p.header)
		if err != nil {
			return nil, nil, err
		}
		if _, err := to.Write(p.body); err != nil {
			return nil, nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, nil, err
	}
	return textproto.MIMEHeader{"Content-Type": {`multipart/` + kind + `; boundary="` + boundary + `"`}}, out.Bytes(), nil
}

// header says what an attachment is. One that no mail server would take as it is meant is Invalid.
func (a Attachment) header() (textproto.MIMEHeader, error) {
	if err := checkLine("attachment's name", a.Name); err != nil {
		return nil, err
	}
	contentType, parameters, err := mime.ParseMediaType(a.ContentType)
	if err != nil || !strings.Contains(contentType, "/") || strings.HasPrefix(contentType, "multipart/") {
		return nil, failure.Invalid.Errorf("An attachment cannot have the content type %q.", a.ContentType)
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": a.Name})
	if a.Name == "" || utf8.RuneCountInString(a.Name) > mostFileName || strings.ContainsAny(a.Name, `/\`) || disposition == "" {
		return nil, failure.Invalid.Errorf("An attachment cannot have the name %q.", a.Name)
	}
	return textproto.MIMEHeader{
		"Content-Type":              {mime.FormatMediaType(contentType, parameters)},
		"Content-Transfer-Encoding": {"base64"},
		"Content-Disposition":       {disposition},
	}, nil
}

func (a Attachment) part() (part, error) {
	header, err := a.header()
	if err != nil {
		return part{}, err
	}
	var out bytes.Buffer
	encoded := base64.StdEncoding.EncodeToString(a.Content)
	for encoded != "" {
		n := min(76, len(encoded))
		out.WriteString(encoded[:n] + "\r\n")
		encoded = encoded[n:]
	}
	return part{header, out.Bytes()}, nil
}
