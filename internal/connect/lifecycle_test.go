package connect_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/failure"
)

// one key will do: to make one takes a while.
var one = sync.OnceValues(connect.NewKey)

func key(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := one()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// app is an app that keeps what it was told, and answers with a status.
func app(t *testing.T, answer http.HandlerFunc) (d connect.Descriptor, told chan *http.Request) {
	t.Helper()
	told = make(chan *http.Request, 10)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		told <- r
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return connect.Descriptor{BaseURL: s.URL + "/base", Lifecycle: map[connect.Event]string{
		connect.Installed: "/installed?site=a%20b", connect.Uninstalled: "/gone",
	}}, told
}

var installed = connect.Callback{
	Key: "com.example.watcher", ClientKey: "client-key", OAuthClientID: "client-1", PublicKey: "p", SharedSecret: secret,
	ServerVersion: "1", PluginsVersion: "1", BaseURL: "https://example.atlassian.net/wiki", ProductType: "confluence",
	Description: "Example", Event: connect.Installed,
}

func TestAnInstalledAppIsToldByASignedCallback(t *testing.T) {
	t.Parallel()
	d, told := app(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	signer := connect.Signer{Key: key(t), KeyID: "key-1"}
	if err := signer.Send(t.Context(), http.DefaultClient, d, installed, noon); err != nil {
		t.Fatal(err)
	}
	r := <-told
	if r.Method != "POST" || r.RequestURI != "/base/installed?site=a%20b" || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s with %v", r.Method, r.RequestURI, r.Header)
	}
	var got map[string]string
	if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"key": "com.example.watcher", "clientKey": "client-key", "oauthClientId": "client-1", "publicKey": "p", "sharedSecret": secret,
		"serverVersion": "1", "pluginsVersion": "1", "baseUrl": "https://example.atlassian.net/wiki", "productType": "confluence",
		"description": "Example", "eventType": "installed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	checkCallbackToken(t, d, r.Header.Get("Authorization"))
}

// The app knows no more than the public half under the name in the header, as anybody can fetch it.
func checkCallbackToken(t *testing.T, d connect.Descriptor, header string) {
	t.Helper()
	public, err := connect.PublicPEM(key(t))
	if err != nil {
		t.Fatal(err)
	}
	verify, err := jwt.ParseRSAPublicKeyFromPEM([]byte(public))
	if err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(header, "JWT ")
	claims := jwt.MapClaims{}
	token, err := jwt.ParseWithClaims(text, claims, func(*jwt.Token) (any, error) { return verify, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(func() time.Time { return noon }), jwt.WithAudience(d.BaseURL),
		jwt.WithIssuer("client-key"), jwt.WithIssuedAt(), jwt.WithExpirationRequired())
	if !ok || err != nil {
		t.Fatalf("%q: %v", header, err)
	}
	if token.Header["kid"] != "key-1" || token.Header["typ"] != "JWT" || claims["qsh"] != connect.QSH("POST", "/installed", "site=a%20b") ||
		claims["exp"].(float64)-claims["iat"].(float64) != 180 {
		t.Errorf("%v %v", token.Header, claims)
	}
}

func TestOnlyAnInstalledAppIsToldTheSecret(t *testing.T) {
	t.Parallel()
	d, told := app(t, func(http.ResponseWriter, *http.Request) {})
	gone := installed
	gone.Event = connect.Uninstalled
	if err := (connect.Signer{Key: key(t), KeyID: "k"}).Send(t.Context(), http.DefaultClient, d, gone, noon); err != nil {
		t.Fatal(err)
	}
	r := <-told
	body, err := io.ReadAll(r.Body)
	if err != nil || r.URL.Path != "/base/gone" || strings.Contains(string(body), "ecret") {
		t.Errorf("%s %s, %v", r.URL, body, err)
	}
}

func TestAnEventThatTheAppDoesNotAskForIsNotTold(t *testing.T) {
	t.Parallel()
	d, told := app(t, func(http.ResponseWriter, *http.Request) {})
	enabled := installed
	enabled.Event = connect.Enabled
	if err := (connect.Signer{Key: key(t)}).Send(t.Context(), http.DefaultClient, d, enabled, noon); err != nil || len(told) > 0 {
		t.Errorf("%d callbacks, %v", len(told), err)
	}
}

func TestAnAppThatDoesNotTakeItsCallbackIsAnError(t *testing.T) {
	t.Parallel()
	for status, word := range map[int]string{302: "302", 307: "307", 308: "308", 404: "404", 500: "500"} {
		d, told := app(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		})
		err := connect.Signer{Key: key(t)}.Send(t.Context(), http.DefaultClient, d, installed, noon)
		if kind, message := failure.Of(err); kind != failure.Invalid || !strings.Contains(message, word) || len(told) != 1 {
			t.Errorf("%d: %v after %d requests", status, err, len(told))
		}
	}
	s := httptest.NewServer(nil)
	s.Close()
	d := connect.Descriptor{BaseURL: s.URL, Lifecycle: map[connect.Event]string{connect.Installed: "/"}}
	err := connect.Signer{Key: key(t)}.Send(t.Context(), http.DefaultClient, d, installed, noon)
	if kind, message := failure.Of(err); kind != failure.Invalid || strings.Contains(message, "127.0.0.1") || !strings.Contains(failure.ReasonOf(err), "refused") {
		t.Errorf("%v, as %s", err, failure.ReasonOf(err))
	}
}

func TestAKeyIsReadBackFromItsText(t *testing.T) {
	t.Parallel()
	text, err := connect.PrivatePEM(key(t))
	if err != nil {
		t.Fatal(err)
	}
	back, err := connect.ParseKey(text + "\n")
	if err != nil || !back.Equal(key(t)) || back.N.BitLen() != 2048 {
		t.Error(err)
	}
	public, err := connect.PublicPEM(key(t))
	if err != nil || strings.Contains(public, "PRIVATE") {
		t.Errorf("%s %v", public, err)
	}
}

func TestAnyOtherTextIsNoKey(t *testing.T) {
	t.Parallel()
	text, err := connect.PrivatePEM(key(t))
	if err != nil {
		t.Fatal(err)
	}
	public, err := connect.PublicPEM(key(t))
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key(t))})
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	shorts, err := connect.PrivatePEM(short)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"nothing": "", "a public key": public, "two keys": text + text, "PKCS #1": string(pkcs1), "a short key": shorts,
		"damage":  strings.Replace(text, "\n", "\nAAAA", 1),
		"headers": strings.Replace(text, "\n", "\nA: b\n\n", 1),
	} {
		if _, err := connect.ParseKey(text); err == nil || len(err.Error()) > 100 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Apps know the secret by then, and verify these as they do any other request of the product.
func TestThatAnAppIsEnabledOrDisabledIsSignedWithTheSecret(t *testing.T) {
	t.Parallel()
	d, told := app(t, func(http.ResponseWriter, *http.Request) {})
	for _, event := range []connect.Event{connect.Enabled, connect.Disabled} {
		d.Lifecycle[event] = "/" + string(event)
		c := installed
		c.Event = event
		if err := (connect.Signer{Key: key(t), KeyID: "k"}).Send(t.Context(), http.DefaultClient, d, c, noon); err != nil {
			t.Fatal(err)
		}
		r := <-told
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "JWT ")
		claims, err := connect.Verify(token, secret, connect.QSH("POST", "/"+string(event), ""), noon)
		if err != nil || claims.Issuer != "client-key" {
			t.Errorf("%s: %+v, %v (%s)", event, claims, err, failure.ReasonOf(err))
		}
		if body, err := io.ReadAll(r.Body); err != nil || strings.Contains(string(body), secret) {
			t.Errorf("%s: %s, %v", event, body, err)
		}
	}
}
