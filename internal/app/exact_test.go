package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/site"
)

var byCLI = change.Actor{Via: change.CLI}

// What another program changes in the database, the very next request sees, although the server keeps what it read
// and others ask it for the same all the while.
func TestTheNextRequestSeesWhatAnotherProgramChanged(t *testing.T) {
	dbtest.EachFresh(t, func(t *testing.T, database string) {
		server := open(t, database, func(o *app.Options) { o.Cache = 4 << 20 })
		bootstrap(t, server)
		other := open(t, database)
		s, err := other.Sites.Named(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		p := &exact{t: t, dir: other.Directory, site: s}
		listener := httptest.NewServer(server.Handler("http://roster.example"))
		t.Cleanup(listener.Close)
		p.url = listener.URL
		p.settle()

		stop := make(chan struct{})
		var load sync.WaitGroup
		for range 8 {
			load.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						p.ask(p.viewerToken)
					}
				}
			})
		}
		defer load.Wait()
		defer close(stop)
		for round := range 5 {
			p.round(round, other.Sites)
		}
	})
}

// exact asks for one person as another, and changes what decides on the answer.
type exact struct {
	t            *testing.T
	dir          *directory.Directory
	site         site.Site
	url          string
	viewer, seen directory.Account
	users        string
	viewerToken  string
}

func (p *exact) do(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *exact) settle() {
	p.t.Helper()
	home, err := p.dir.HomeGroup(p.t.Context(), p.site.ID, false)
	p.do(err)
	p.users = home
	p.viewer, err = p.dir.Add(p.t.Context(), p.site.ID, byCLI, directory.Account{DisplayName: "Charles Babbage", Email: "charles@example.com"}, home)
	p.do(err)
	p.seen, err = p.dir.Add(p.t.Context(), p.site.ID, byCLI, directory.Account{DisplayName: "Ada Lovelace", PublicName: "ada", Email: "ada@example.com"}, home)
	p.do(err)
	p.viewerToken = p.token()
}

func (p *exact) token() string {
	p.t.Helper()
	secret := directory.NewSecret(p.site.CloudID)
	_, err := p.dir.AddToken(p.t.Context(), p.site.ID, byCLI, p.viewer.ID, directory.Token{}, secret)
	p.do(err)
	return secret
}

// ask returns the status of a look at the person, and their display name.
func (p *exact) ask(token string) (status int, name string) {
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+"/wiki/rest/api/user?accountId="+p.seen.ID, nil)
	if err != nil {
		p.t.Error(err)
		return 0, ""
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Error(err)
		return 0, ""
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	var user struct {
		DisplayName string `json:"displayName"`
	}
	json.Unmarshal(body, &user)
	return answer.StatusCode, user.DisplayName
}

// wants asks once, and fails where the answer is not that of the change just made.
func (p *exact) wants(what, token string, status int, name string) {
	p.t.Helper()
	if gotStatus, gotName := p.ask(token); gotStatus != status || gotName != name {
		p.t.Errorf("after %s: %d %q, want %d %q", what, gotStatus, gotName, status, name)
	}
}

func (p *exact) change(edit func(*directory.Account)) {
	p.t.Helper()
	_, err := p.dir.Change(p.t.Context(), p.site.ID, byCLI, p.seen.ID, func(a *directory.Account) error { edit(a); return nil })
	p.do(err)
}

// round changes a credential, a standing, a permission, a membership, a privacy choice, a name and a setting.
func (p *exact) round(n int, sites *site.Store) {
	ctx, id := p.t.Context(), p.site.ID
	name := fmt.Sprintf("Ada %d", n)
	p.change(func(a *directory.Account) { a.DisplayName = name })
	p.wants("a new name", p.viewerToken, 200, name)

	p.change(func(a *directory.Account) { a.Visibility[directory.NameField] = directory.OnlyMe })
	p.wants("a name hidden", p.viewerToken, 200, "ada")
	p.change(func(a *directory.Account) { a.Visibility = directory.DefaultVisibility() })
	p.wants("a name shown", p.viewerToken, 200, name)

	secret := p.token()
	p.wants("a new token", secret, 200, name)
	tokens, err := p.dir.Tokens(ctx, id, p.viewer.ID)
	p.do(err)
	_, err = p.dir.RevokeToken(ctx, id, byCLI, tokens[len(tokens)-1].ID)
	p.do(err)
	p.wants("a token revoked", secret, 401, "")

	_, err = p.dir.Change(ctx, id, byCLI, p.viewer.ID, func(a *directory.Account) error { a.Status = directory.Inactive; return nil })
	p.do(err)
	p.wants("a caller deactivated", p.viewerToken, 401, "")
	_, err = p.dir.Change(ctx, id, byCLI, p.viewer.ID, func(a *directory.Account) error { a.Status = directory.Active; return nil })
	p.do(err)
	p.wants("a caller active again", p.viewerToken, 200, name)

	_, err = p.dir.RemoveMember(ctx, id, byCLI, p.users, p.viewer.ID)
	p.do(err)
	p.wants("a membership ended", p.viewerToken, 403, "")
	_, err = p.dir.AddMember(ctx, id, byCLI, p.users, p.viewer.ID)
	p.do(err)
	p.wants("a membership begun", p.viewerToken, 200, name)

	_, err = p.dir.Grant(ctx, id, byCLI, p.users, directory.Use, false)
	p.do(err)
	p.wants("a permission taken", p.viewerToken, 403, "")
	_, err = p.dir.Grant(ctx, id, byCLI, p.users, directory.Use, true)
	p.do(err)
	p.wants("a permission given", p.viewerToken, 200, name)

	for _, setting := range []struct {
		value  string
		status int
		name   string
	}{{"groups", 403, ""}, {"all", 200, name}} {
		if setting.value == "groups" {
			_, err = p.dir.Grant(ctx, id, byCLI, p.users, directory.ViewProfiles, false)
			p.do(err)
		}
		_, err = sites.Change(ctx, byCLI, "", func(s *site.Site) error { return s.Settings.Set("viewProfiles", setting.value) })
		p.do(err)
		p.wants("viewProfiles "+setting.value, p.viewerToken, setting.status, setting.name)
	}
}
