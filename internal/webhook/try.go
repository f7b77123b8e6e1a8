package webhook

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// The headers of a delivery, as the Standard Webhooks convention names them.
const (
	headerID        = "Webhook-Id"        // the event's ID: the same at each try
	headerTimestamp = "Webhook-Timestamp" // of the try, in seconds
	headerSignature = "Webhook-Signature" // over "id.timestamp.body"
)

// mostRead is how much of an answer is read, so that its connection can serve again. Nothing goes by what it says.
const mostRead = 4 << 10

// try sends a delivery once.
func (w *Worker) try(ctx context.Context, c *claim) answer {
	ctx, cancel := context.WithTimeout(ctx, w.Limit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, strings.NewReader(c.body))
	if err != nil {
		return answer{words: "its URL cannot be read"}
	}
	now := w.Store.now()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Roster-Webhooks/1")
	r.Header.Set(headerID, c.event)
	r.Header.Set(headerTimestamp, timestamp(now))
	r.Header.Set(headerSignature, c.signature(c.event, now, c.body))
	got, err := w.Client.Do(r)
	if err != nil {
		return answer{words: reason(err)}
	}
	defer got.Body.Close()
	_, _ = io.CopyN(io.Discard, got.Body, mostRead)
	return judge(got.StatusCode)
}

// judge says what an answer means.
func judge(status int) answer {
	a := answer{status: status}
	switch {
	case status == http.StatusGone:
		a.words, a.gone = "it answered 410: it wants nothing more", true
	case status/100 == 3:
		a.words = fmt.Sprintf("it answered %d: redirects are not followed", status)
	case status/100 != 2:
		a.words = fmt.Sprintf("it answered %d", status)
	}
	return a
}
