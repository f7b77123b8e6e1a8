package oauth_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/oauth"
)

// atOnce does the same n times side by side.
func (b *bed) atOnce(n int, do func() answer) []answer {
	b.Helper()
	answers := make([]answer, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			answers[i] = do()
		})
	}
	close(start)
	all.Wait()
	return answers
}

func TestEightRefreshesAtOnceAreOneRotation(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		access, refresh := b.tokens(c)
		answers := b.atOnce(8, func() answer { return b.refresh(c, refresh) })
		next, accesses := answers[0].get("refresh_token"), map[string]bool{access: true}
		for _, a := range answers {
			accesses[a.get("access_token")] = true
			if a.status != http.StatusOK || a.get("refresh_token") != next || next == "" || next == refresh {
				t.Errorf("%d %s", a.status, a.text)
			}
		}
		if len(accesses) != 9 {
			t.Errorf("there are %d access tokens", len(accesses))
		}
		b.pass(10*time.Minute - time.Second)
		if a := b.refresh(c, refresh); a.status != http.StatusOK || a.get("refresh_token") != next {
			t.Errorf("at the end of the leeway: %d %s", a.status, a.text)
		} else {
			accesses[a.get("access_token")] = true
		}
		for token := range accesses {
			if got := b.calls(token); got != http.StatusOK {
				t.Errorf("a call: %d", got)
			}
		}
		b.pass(time.Second)
		b.refused("reuse after the leeway", b.refresh(c, refresh), http.StatusForbidden, "invalid_grant")
		for token := range accesses {
			if got := b.calls(token); got != http.StatusUnauthorized {
				t.Errorf("a call after reuse: %d", got)
			}
		}
		b.refused("the successor after reuse", b.refresh(c, next), http.StatusForbidden, "invalid_grant")
	})
}

func TestReuseIsToldEvenOfARefreshTokenThatWouldHaveExpired(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		_, first := b.tokens(c)
		b.pass(89 * 24 * time.Hour)
		second := b.refresh(c, first).get("refresh_token")
		b.pass(2 * 24 * time.Hour)
		b.refused("the first", b.refresh(c, first), http.StatusForbidden, "invalid_grant")
		b.refused("the second", b.refresh(c, second), http.StatusForbidden, "invalid_grant")
	})
}

func TestARefreshTokenLivesNinetyDaysFromItsRotation(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		_, token := b.tokens(c)
		for range 3 {
			b.pass(90*24*time.Hour - time.Second)
			a := b.refresh(c, token)
			if token = a.get("refresh_token"); a.status != http.StatusOK {
				t.Fatalf("%d %s", a.status, a.text)
			}
		}
		b.pass(90 * 24 * time.Hour)
		a := b.refresh(c, token)
		b.refused("after 90 days", a, http.StatusForbidden, "invalid_grant")
		if a.get("error_description") != "Unknown or invalid refresh token." {
			t.Error(a.text)
		}
	})
}

func TestARefreshTokenIsItsClientsOwn(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c, other, open := b.registered(), b.registered(), b.registered(public)
		access, refresh := b.tokens(c)
		for name, a := range map[string]answer{
			"another client":        b.refresh(other, refresh),
			"a public client":       b.refresh(open, refresh),
			"an access token":       b.refresh(c, access),
			"one of nobody":         b.refresh(c, directory.NewSecret(b.site.CloudID)),
			"one of no site":        b.refresh(c, directory.NewSecret("00000000-0000-4000-8000-000000000000")),
			"one that is no secret": b.refresh(c, "x"),
		} {
			b.refused(name, a, http.StatusForbidden, "invalid_grant")
		}
		b.refused("none", b.refresh(c, ""), http.StatusBadRequest, "invalid_request")
		b.refused("without the secret", b.refresh(c, refresh, "client_secret", ""), http.StatusUnauthorized, "invalid_client")
		if a := b.refresh(c, refresh); a.status != http.StatusOK {
			t.Errorf("its own client, after all that: %d %s", a.status, a.text)
		}
	})
}

func TestARefreshCanAskForLess(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		_, refresh := b.tokens(c, "scope", readUser+" "+readGroups+" offline_access")
		less := b.refresh(c, refresh, "scope", readGroups)
		if less.get("scope") != readGroups || b.calls(less.get("access_token")) != http.StatusUnauthorized {
			t.Errorf("%d %s", less.status, less.text)
		}
		for _, scope := range []string{readUser + " read:me", "nonsense", readUser + " ' OR 1=1"} {
			b.refused(scope, b.refresh(c, less.get("refresh_token"), "scope", scope), http.StatusBadRequest, "invalid_scope")
		}
		all := b.refresh(c, less.get("refresh_token"))
		if all.get("scope") != "offline_access "+readGroups+" "+readUser || b.calls(all.get("access_token")) != http.StatusOK {
			t.Errorf("all again: %d %s", all.status, all.text)
		}
	})
}

func TestAGrantThatIsTakenBackEndsAllThatCameOfIt(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		unused := b.code(c)
		access, refresh := b.tokens(c)
		others, _ := b.tokens(b.registered())
		grants, err := b.server.Grants(t.Context(), b.site.ID, b.ada.ID)
		if err != nil || len(grants) != 3 {
			t.Fatal(grants, err)
		}
		for _, g := range grants {
			if g.AccountID != b.ada.ID || g.AppName != "Notes" || len(g.Scopes) != 2 || g.CreatedAt.IsZero() {
				t.Errorf("the grant is %+v", g)
			}
			if g.ClientID == c.ClientID {
				b.patiently(func() error { return b.server.RevokeGrant(t.Context(), b.site.ID, operator, g.ID) })
				b.patiently(func() error { return b.server.RevokeGrant(t.Context(), b.site.ID, operator, g.ID) })
			}
		}
		if got := b.calls(access); got != http.StatusUnauthorized {
			t.Errorf("a call: %d", got)
		}
		b.refused("a refresh", b.refresh(c, refresh), http.StatusForbidden, "invalid_grant")
		b.refused("a code that waited", b.exchange(c, unused), http.StatusForbidden, "invalid_grant")
		if got := b.calls(others); got != http.StatusOK {
			t.Errorf("another app's call: %d", got)
		}
		if grants, err := b.server.Grants(t.Context(), b.site.ID, ""); err != nil || len(grants) != 1 {
			t.Error(grants, err)
		}
		for _, id := range []string{"", "x", "\x00", "\xff", "00000000-0000-0000-0000-000000000000"} {
			if err := b.server.RevokeGrant(t.Context(), b.site.ID, operator, id); !isNotFound(err) {
				t.Errorf("the grant %q: %v", id, err)
			}
		}
	})
}

func TestADeactivatedAccountsGrantsEndForGood(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		code := b.code(c)
		access, refresh := b.tokens(c)
		b.change(b.ada.ID, directory.Inactive)
		if got := b.calls(access); got != http.StatusUnauthorized {
			t.Errorf("a call: %d", got)
		}
		for range 2 {
			b.refused("a refresh", b.refresh(c, refresh), http.StatusForbidden, "invalid_grant")
			b.refused("a code", b.exchange(c, code), http.StatusForbidden, "invalid_grant")
		}
		b.change(b.ada.ID, directory.Active)
		if got := b.calls(access); got != http.StatusUnauthorized {
			t.Errorf("a call afterwards: %d", got)
		}
		b.refused("a refresh afterwards", b.refresh(c, refresh), http.StatusForbidden, "invalid_grant")
		if access, refresh = b.tokens(c); b.calls(access) != http.StatusOK || refresh == "" {
			t.Error("what is allowed afterwards is of no use")
		}
	})
}

func TestABlockedAppHasNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		code := b.code(c)
		access, refresh := b.tokens(c)
		own := b.asItself(c).get("access_token")
		b.edit(c, func(r *directory.Registration) { r.Blocked = true })
		for name, token := range map[string]string{"a person's": access, "its own": own} {
			if got := b.calls(token); got != http.StatusUnauthorized {
				t.Errorf("a call with %s token: %d", name, got)
			}
		}
		if a := b.get(oauth.ResourcesPath, access); a.status != http.StatusUnauthorized {
			t.Errorf("its sites: %d %s", a.status, a.text)
		}
		b.refused("a refresh", b.refresh(c, refresh), http.StatusUnauthorized, "invalid_client")
		b.refused("a code", b.exchange(c, code), http.StatusUnauthorized, "invalid_client")
		b.refused("as itself", b.asItself(c), http.StatusUnauthorized, "invalid_client")
		if _, err := b.server.Read(t.Context(), c.query()); !isMisdirected(err) {
			t.Errorf("asking: %v", err)
		}
		b.edit(c, func(r *directory.Registration) { r.Blocked = false })
		if a := b.refresh(c, refresh); a.status != http.StatusOK || b.calls(access) != http.StatusOK {
			t.Errorf("unblocked: %d %s", a.status, a.text)
		}
	})
}

func TestAnAppThatIsGoneLeavesNothingThatWorks(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		c := b.registered()
		code := b.code(c)
		access, refresh := b.tokens(c)
		own := b.asItself(c).get("access_token")
		b.patiently(func() error {
			_, err := b.dir.Unregister(t.Context(), b.site.ID, change.Actor{Via: change.CLI}, c.ClientID)
			return err
		})
		for name, token := range map[string]string{"a person's": access, "its own": own} {
			if got := b.calls(token); got != http.StatusUnauthorized {
				t.Errorf("a call with %s token: %d", name, got)
			}
		}
		b.refused("a refresh", b.refresh(c, refresh), http.StatusUnauthorized, "invalid_client")
		b.refused("a code", b.exchange(c, code), http.StatusUnauthorized, "invalid_client")
		if grants, err := b.server.Grants(t.Context(), b.site.ID, b.ada.ID); err != nil || len(grants) != 0 {
			t.Error(grants, err)
		}
	})
}
