package seed

import (
	"cmp"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/directory"
)

// App is an app that is registered on the site, with an account of its own.
type App struct {
	Line          int               `yaml:"-"`
	Kind          directory.AppKind `yaml:"kind" required:"true" oneof:"oauth connect forge" doc:"By which platform the app is registered."`
	Name          string            `yaml:"name" required:"true" doc:"The app's name. Names of one site's apps differ."`
	ClientID      string            `yaml:"clientId" doc:"The app's ID. It follows from the names of the site and the app. Of two sites that give the same one, it is the same app."`
	AccountID     string            `yaml:"accountId" doc:"The ID of the account as which the app acts. It follows from the site and the client ID."`
	Secret        string            `yaml:"secret" doc:"The client secret of an OAuth or Forge app. It follows from the site and the client ID."`
	Scopes        []string          `yaml:"scopes" doc:"What the app may ask for; READ, WRITE and so on for a Connect app."`
	RedirectURIs  []string          `yaml:"redirectUris" doc:"Where an OAuth app may send people back to, exactly."`
	Public        bool              `yaml:"public" doc:"Whether an OAuth app can keep no secret, and so has none."`
	EmailApproved bool              `yaml:"emailApproved" doc:"Whether the app may read addresses by the e-mail operations."`
	Key           string            `yaml:"key" doc:"The key of a Connect app. It is the client ID unless given."`
	SharedSecret  string            `yaml:"sharedSecret" doc:"What a Connect app signs with. It follows from the site and the client ID."`
	Groups        []string          `yaml:"groups" doc:"The names of the groups of the app's account. Without any it is in the group that lets new people use the site."`
	Tokens        []AppToken        `yaml:"tokens" doc:"Access tokens of an OAuth or Forge app, such as Forge sends for asApp and asUser."`
}

// AppToken is an access token of an app.
type AppToken struct {
	Line      int           `yaml:"-"`
	Label     string        `yaml:"label" required:"true" doc:"What the token is for. Labels of one app differ."`
	AsUser    string        `yaml:"asUser" doc:"The account ID or e-mail address of the person to act as; the app as itself unless given."`
	Scopes    []string      `yaml:"scopes" doc:"What the token is limited to; all scopes of the app unless given."`
	ExpiresIn time.Duration `yaml:"expiresIn" doc:"How long the token is good, counted from when the seed is applied; a century from the seed's own time unless given."`
}

func (a *App) id(site string) string {
	return cmp.Or(a.ClientID, strings.ReplaceAll(derive("app", site, a.Name), "-", ""))
}

func (a *App) connect() bool { return a.Kind == directory.ConnectApp }

// key is that of a Connect app.
func (a *App) key(clientID string) string {
	if !a.connect() {
		return ""
	}
	return cmp.Or(a.Key, clientID)
}

// clientKey names the installation of a Connect app.
func (a *App) clientKey(cloudID, clientID string) string {
	if !a.connect() {
		return ""
	}
	return derive("client key", cloudID, clientID)
}

// secrets are what the app proves itself with.
func (a *App) secrets(cloudID, clientID string) directory.AppSecrets {
	secret := directory.AppSecretFrom(cloudID, sha256.Sum256([]byte("roster dev app\x00"+cloudID+"\x00"+clientID)))
	switch {
	case a.connect():
		return directory.AppSecrets{Shared: cmp.Or(a.SharedSecret, secret)}
	case a.Public:
		return directory.AppSecrets{}
	}
	return directory.AppSecrets{Client: cmp.Or(a.Secret, secret)}
}

func (t *AppToken) id(cloudID, clientID string) string {
	return derive("app token", cloudID, clientID, t.Label)
}

func (t *AppToken) secret(cloudID, clientID string) string {
	return directory.SecretFrom(cloudID, sha256.Sum256([]byte("roster dev app token\x00"+cloudID+"\x00"+clientID+"\x00"+t.Label)))
}
