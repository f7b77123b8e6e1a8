package api

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/failure"
)

func TestOnlyHiddenProfilesAreRefusedInTheWordsForThem(t *testing.T) {
	t.Parallel()
	const recorded = "User not permitted to view user profiles"
	for i := range operations {
		op := &operations[i]
		if !op.needs.has(viewProfiles) || op.v2() {
			continue
		}
		for _, kind := range []failure.Kind{failure.ProfilesHidden, failure.Forbidden} {
			err := kind.Errorf("Not this.")
			f := refused{&call{op: op}, httptest.NewRequest(op.method(), op.path(), nil), err, "Not this."}
			body := string(refusals[kind].observed(f).body)
			if strings.Contains(body, recorded) != (kind == failure.ProfilesHidden) {
				t.Errorf("%s: %v is %s", op.id, kind, body)
			}
		}
	}
}
