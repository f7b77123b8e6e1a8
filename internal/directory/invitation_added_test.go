package directory_test

import (
	"testing"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
)

func TestAnAccountThatIsAddedAsDeactivatedDoesNotComeBackByAnOlderInvitationOrCall(t *testing.T) {
	eachAlone(t, func(t *testing.T, a *alone) {
		older := secretIn(a.invite(true, "ada@example.com")[0])
		a.ask(hurried(), true, "ada@example.com")
		add(t, a.dir, a.site, directory.Account{DisplayName: "Ada", Email: "ADA@example.com", Status: directory.Inactive})
		if err := a.Work(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left := a.mails(); a.last("ada@example.com").RevokedAt.IsZero() || len(left) != 0 {
			t.Errorf("the invitation stands, and mailed is %+v", left)
		}
		if _, err := a.accept(older); kind(err) != failure.NotFound {
			t.Error(err)
		}
		if _, err := a.accept(secretIn(a.inviteBy(hurried(), true, "ada@example.com"))); err != nil {
			t.Errorf("a newer invitation: %v", err)
		}
	})
}
