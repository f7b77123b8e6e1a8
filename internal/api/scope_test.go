package api

import "testing"

func TestEveryScopeHasASentenceToConsentTo(t *testing.T) {
	t.Parallel()
	asked := Scopes()
	for _, scope := range asked {
		if len(scopeMeanings[scope]) < 20 {
			t.Errorf("%s: %q", scope, scopeMeanings[scope])
		}
	}
	if len(scopeMeanings) != len(asked) {
		t.Errorf("there are sentences for %d scopes, and %d scopes", len(scopeMeanings), len(asked))
	}
}
