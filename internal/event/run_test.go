package event_test

import (
	"testing"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/event"
)

func TestOnlyARequestOfARunNamesOne(t *testing.T) {
	t.Parallel()
	for want, id := range map[string]string{
		"":    event.RequestID(t.Context(), "0190-1"),
		"run": event.RequestID(event.ByRun(t.Context(), "run"), "0190-1"),
	} {
		all := event.Of("", change.Entry{Operation: "account.create", Target: "account:ada", Actor: change.Actor{RequestID: id}})
		if len(all) != 1 || all[0].Run != want {
			t.Errorf("the request %q is of the run %q, not %q", id, all[0].Run, want)
		}
	}
}
