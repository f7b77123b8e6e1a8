package connect

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/rosterhq/roster/internal/failure"
)

// Event is what happened to an app on a site.
type Event string

const (
	Installed   Event = "installed"
	Uninstalled Event = "uninstalled"
	Enabled     Event = "enabled"
	Disabled    Event = "disabled"
)

func (e Event) known() bool {
	return e == Installed || e == Uninstalled || e == Enabled || e == Disabled
}

// Callback tells an app what happened to it, and with [Installed] how to sign its requests.
type Callback struct {
	Key            string `json:"key"`
	ClientKey      string `json:"clientKey"` // names the site
	OAuthClientID  string `json:"oauthClientId,omitempty"`
	PublicKey      string `json:"publicKey,omitempty"`
	SharedSecret   string `json:"sharedSecret,omitempty"` // sent with Installed only; Enabled and Disabled are signed with it
	ServerVersion  string `json:"serverVersion"`
	PluginsVersion string `json:"pluginsVersion"`
	BaseURL        string `json:"baseUrl"` // of the site, with /wiki
	ProductType    string `json:"productType"`
	Description    string `json:"description"`
	Event          Event  `json:"eventType"`
}

// Signer signs callbacks.
type Signer struct {
	Key   *rsa.PrivateKey
	KeyID string // under which apps find the public half
}

const (
	callbackLifetime = 3 * time.Minute
	longestAnswer    = 64 << 10 // read so that the connection can be used again
)

// Send posts a callback to the path that the descriptor names for its event, and returns nil when it names none. Any
// answer but 2xx is an error, redirects too: none may carry the secret elsewhere. An app that does not take its callback
// is [failure.Invalid], with what the network said as the reason.
func (s Signer) Send(ctx context.Context, client *http.Client, d Descriptor, c Callback, now time.Time) error {
	path, ok := d.Lifecycle[c.Event]
	if !ok {
		return nil
	}
	token, err := s.sign(d, c, path, now)
	if err != nil {
		return err
	}
	if c.Event != Installed {
		c.SharedSecret = ""
	}
	body, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write the %s callback: %w", c.Event, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("address the %s callback: %w", c.Event, err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "JWT "+token)
	direct := *client
	direct.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := direct.Do(r)
	if err != nil {
		return failure.Because(failure.Invalid.Errorf("The app could not be told that it is %s.", c.Event), "%v", cause(err))
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, longestAnswer))
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return failure.Invalid.Errorf("The app answered %d when it was told that it is %s.", answer.StatusCode, c.Event)
	}
	return nil
}

// sign vouches for a callback. Apps verify with the site's key those that bring and end the shared secret, and with that
// secret those in between, like any other request of the product.
func (s Signer) sign(d Descriptor, c Callback, path string, now time.Time) (string, error) {
	path, query, _ := strings.Cut(path, "?")
	claims := Claims{
		Issuer: c.ClientKey, QSH: QSH(http.MethodPost, path, query), IssuedAt: now, ExpiresAt: now.Add(callbackLifetime),
	}
	if c.Event == Enabled || c.Event == Disabled {
		return Sign(claims, c.SharedSecret)
	}
	claims.Audience = []string{d.BaseURL}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims.wire())
	token.Header["kid"] = s.KeyID
	return signed(token, s.Key)
}
