package dsl

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestWhatTheSpecificationShowsRunsAsItSays has the situations of the specification's examples and of its conformance kit
// that lie in our subset.
func TestWhatTheSpecificationShowsRunsAsItSays(t *testing.T) {
	t.Parallel()
	event := map[string]any{"accountId": "a"}
	for _, c := range []struct {
		name, input, output string
		status              int // of what a call over HTTP fails with, or of the run's failure where there is no output
		waits               time.Duration
	}{
		{"set", `{"size": 12}`, `{"form": "circle", "size": 12, "fill": {"red": 69, "green": 69}}`, 0, 0},
		{"sequence", `{}`, `{"list": [1, 2]}`, 0, 0},
		{"jump", `null`, `{"n": 6}`, 0, 0},
		{"conditional", `{"customer": {"subscribed": true}}`, `{"customer": {"subscribed": true}, "mail": true}`, 0, 0},
		{"conditional", `{"customer": {}}`, `{"customer": {}}`, 0, 0},
		{"switch", `{"orderType": "electronic"}`, `{"shipped": true}`, 0, 0},
		{"switch", `{"orderType": "odd"}`, `{"warned": "odd"}`, 0, 0},
		{"for", `{"colors": ["red", "green", "blue"]}`, `{"colors": ["red", "green", "blue", "red", "green"], "stop": true}`, 0, 0},
		{"input", `{"user": {"claims": {"subject": "6As"}}}`, `{"playerId": "6As"}`, 0, 0},
		{"export", `null`, `{"from": "earth"}`, 0, 0},
		{"raise", `null`, ``, 500, 0},
		{"try", `null`, `{"missing": 404}`, 404, 0},
		{"try", `null`, ``, 503, 0},
		{"retry", `null`, ``, 503, 93 * time.Second},
		{"wait", `{"x": 1}`, `{"x": 1}`, 0, 15*time.Minute + 30*time.Second},
		{"event", `null`, `{"id": "a"}`, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile("testdata/accepted/" + c.name + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			host := &fake{answer: func(context.Context, Call) (any, error) {
				return nil, &Failure{Type: CommunicationError, Status: c.status}
			}}
			begin := Run{Input: fromText(t, c.input)}
			if c.name == "event" {
				begin.Trigger = event
			}
			got, err := parsed(t, string(text)).Run(t.Context(), begin, host)
			if host.waits != c.waits {
				t.Errorf("it waits %v", host.waits)
			}
			if c.output == "" {
				var f *Failure
				if !errors.As(err, &f) || f.Status != c.status {
					t.Errorf("got %v, %v", got, err)
				}
				return
			}
			if diff := cmp.Diff(fromText(t, c.output), got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}
