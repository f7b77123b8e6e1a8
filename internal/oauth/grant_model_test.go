package oauth_test

import (
	"net/http"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/oauth"
)

// promise is a grant and what came of it, as plainly as it can be said.
type promise struct {
	id    string
	ended bool
}

// thing is a code, a refresh token or an access token.
type thing struct {
	text    string
	of      *promise
	until   time.Duration
	used    bool          // a code: exchanged; a refresh token: rotated
	at      time.Duration // a refresh token: when it was rotated
	next    string        // a refresh token: its successor
	revoked bool          // an access token: given back
}

// life is what an app has on a site, and what it should have.
type life struct {
	*bed
	client, other client
	idle          bool // Ada is deactivated
	promises      []*promise
	codes         []*thing
	refreshes     []*thing
	accesses      []*thing
}

func (l *life) now() time.Duration { return time.Duration(l.ahead.Load()) }

func pick(rt *rapid.T, things []*thing) *thing {
	if len(things) == 0 {
		rt.Skip("nothing yet")
	}
	return things[rapid.IntRange(0, len(things)-1).Draw(rt, "which")]
}

func (l *life) allow(rt *rapid.T) {
	if l.idle {
		rt.Skip("Ada is deactivated")
	}
	known := map[string]bool{}
	for _, p := range l.promises {
		known[p.id] = true
	}
	code := l.code(l.client)
	grants, err := l.server.Grants(l.Context(), l.site.ID, l.ada.ID)
	if err != nil {
		rt.Fatal(err)
	}
	for _, g := range grants {
		if !known[g.ID] {
			p := &promise{id: g.ID}
			l.promises = append(l.promises, p)
			l.codes = append(l.codes, &thing{text: code, of: p, until: l.now() + 5*time.Minute})
		}
	}
}

// given checks an answer against whether tokens should be given, and keeps the access token.
func (l *life) given(rt *rapid.T, what string, a answer, of *promise, want bool) {
	if (a.status == http.StatusOK) != want || !want && a.get("error") != "invalid_grant" {
		rt.Fatalf("%s: %d %s, not %v", what, a.status, a.text, want)
	}
	if want {
		l.accesses = append(l.accesses, &thing{text: a.get("access_token"), of: of, until: l.now() + time.Hour})
	}
}

func (l *life) exchangeCode(rt *rapid.T) {
	c := pick(rt, l.codes)
	want := !c.used && !c.of.ended && l.now() < c.until && !l.idle
	a := l.exchange(l.client, c.text)
	c.of.ended = c.of.ended || c.used
	l.given(rt, "exchange", a, c.of, want)
	if want {
		c.used = true
		l.refreshes = append(l.refreshes, &thing{text: a.get("refresh_token"), of: c.of, until: l.now() + 90*24*time.Hour})
	}
}

func (l *life) rotate(rt *rapid.T) {
	r, n := pick(rt, l.refreshes), rapid.SampledFrom([]int{1, 1, 1, 4}).Draw(rt, "at once")
	for i, a := range l.atOnce(n, func() answer { return l.refresh(l.client, r.text) }) {
		late := r.used && l.now() >= r.at+10*time.Minute
		want := !r.of.ended && !late && l.now() < r.until && !l.idle
		r.of.ended = r.of.ended || late
		l.given(rt, "refresh", a, r.of, want)
		if !want {
			continue
		}
		if !r.used {
			r.used, r.at, r.next = true, l.now(), a.get("refresh_token")
			l.refreshes = append(l.refreshes, &thing{text: r.next, of: r.of, until: l.now() + 90*24*time.Hour})
		}
		if a.get("refresh_token") != r.next {
			rt.Fatalf("refresh %d of %d: another successor", i, n)
		}
	}
}

func (l *life) injected(rt *rapid.T) {
	all := append(append([]*thing{}, l.codes...), l.refreshes...)
	secret := pick(rt, all).text
	l.given(rt, "another's code", l.exchange(l.other, secret), nil, false)
	l.given(rt, "another's refresh token", l.refresh(l.other, secret), nil, false)
	if a := l.post(oauth.RevokePath, l.other.proof("token", secret)); a.status != http.StatusOK {
		rt.Fatalf("another's revocation: %d %s", a.status, a.text)
	}
}

func (l *life) giveBack(rt *rapid.T) {
	all := append(append([]*thing{}, l.accesses...), l.refreshes...)
	x := pick(rt, all)
	if a := l.post(oauth.RevokePath, l.client.proof("token", x.text)); a.status != http.StatusOK {
		rt.Fatalf("revocation: %d %s", a.status, a.text)
	}
	for _, r := range l.refreshes {
		x.of.ended = x.of.ended || r == x
	}
	x.revoked = true
}

func (l *life) takeBack(rt *rapid.T) {
	if len(l.promises) == 0 {
		rt.Skip("nothing yet")
	}
	p := l.promises[rapid.IntRange(0, len(l.promises)-1).Draw(rt, "which")]
	if err := l.server.RevokeGrant(l.Context(), l.site.ID, operator, p.id); err != nil {
		rt.Fatal(err)
	}
	p.ended = true
}

func (l *life) wait(rt *rapid.T) {
	l.pass(rapid.SampledFrom([]time.Duration{time.Second, 5 * time.Minute, 10*time.Minute - time.Second, 10 * time.Minute, time.Hour, 89 * 24 * time.Hour}).Draw(rt, "for"))
}

func (l *life) toggle(*rapid.T) {
	if l.idle = !l.idle; l.idle {
		l.change(l.ada.ID, directory.Inactive)
		for _, p := range l.promises {
			p.ended = true
		}
	} else {
		l.change(l.ada.ID, directory.Active)
	}
}

// check calls the API with the latest few access tokens, and compares which grants stand.
func (l *life) check(rt *rapid.T) {
	for _, x := range l.accesses[max(0, len(l.accesses)-4):] {
		want := http.StatusOK
		if x.revoked || x.of.ended || l.now() >= x.until || l.idle {
			want = http.StatusUnauthorized
		}
		if got := l.calls(x.text); got != want {
			rt.Fatalf("a call is %d, not %d: %+v of %+v", got, want, x, x.of)
		}
	}
	standing := 0
	for _, p := range l.promises {
		if !p.ended {
			standing++
		}
	}
	if grants, err := l.server.Grants(l.Context(), l.site.ID, l.ada.ID); err != nil || len(grants) != standing {
		rt.Fatalf("%d grants stand, not %d (%v)", len(grants), standing, err)
	}
}

func TestAGrantLivesAsThePlainModelSays(t *testing.T) {
	each(t, func(t *testing.T, b *bed) {
		rounds := 0
		rapid.Check(t, func(rt *rapid.T) {
			if rounds++; rounds > 15 && !testing.Short() || rounds > 5 && testing.Short() {
				return // each round is a few hundred requests
			}
			l := &life{bed: b, client: b.registered(), other: b.registered()}
			l.ada = b.person("Ada", directory.NewClientID()+"@example.com", b.users)
			rt.Repeat(map[string]func(*rapid.T){
				"": l.check, "allow": l.allow, "exchange": l.exchangeCode, "refresh": l.rotate, "refresh again": l.rotate, "inject": l.injected,
				"give back": l.giveBack, "take back": l.takeBack, "wait": l.wait, "deactivate": l.toggle,
			})
		})
	})
}
