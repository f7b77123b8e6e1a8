package rosteradmin

import (
	"encoding/json"
	"time"
)

// Kind is by which platform an app is registered.
type Kind string

const (
	OAuth   Kind = "oauth"   // an OAuth 2.0 client
	Connect Kind = "connect" // signs a JWT with a shared secret
	Forge   Kind = "forge"   // gets tokens as itself and as people
)

// App is an app that is registered on a site.
type App struct {
	ClientID      string    `json:"clientId"`
	Kind          Kind      `json:"kind"`
	Name          string    `json:"name"`
	AccountID     string    `json:"accountId"`           // the app as itself
	Public        bool      `json:"public"`              // an OAuth client that has no secret
	RedirectURIs  []string  `json:"redirectUris"`        // of an OAuth app; never null
	Scopes        []string  `json:"scopes"`              // what it may ask for, Connect's own for a Connect app; never null
	Key           string    `json:"key,omitempty"`       // of a Connect app's descriptor
	ClientKey     string    `json:"clientKey,omitempty"` // of a Connect app's installation
	EmailApproved bool      `json:"emailApproved"`       // may read addresses by the e-mail operations
	Blocked       bool      `json:"blocked"`             // none of its credentials is good
	CreatedAt     time.Time `json:"createdAt"`
	Untold        string    `json:"untold,omitempty"` // why a Connect app could not be told of what was just done
}

// AppWithSecret is an app with what it proves itself with, which is told once.
type AppWithSecret struct {
	App
	ClientSecret string `json:"clientSecret,omitempty"` // of an OAuth app that is not public, or of a Forge app
	SharedSecret string `json:"sharedSecret,omitempty"` // of a Connect app
}

// NewApp is an app to register.
type NewApp struct {
	Kind          Kind     `json:"kind"`
	Name          string   `json:"name,omitempty"`                       // a Connect app's descriptor can tell it
	ClientID      string   `json:"clientId,omitempty"`                   // made unless given
	RedirectURIs  []string `json:"redirectUris,omitempty" maxItems:"50"` // of an OAuth app, exact
	Scopes        []string `json:"scopes,omitempty" maxItems:"500"`      // a Connect app's descriptor can tell them
	Public        bool     `json:"public,omitempty"`                     // an OAuth client that can keep no secret
	EmailApproved bool     `json:"emailApproved,omitempty"`

	// A Connect app's key, in place of a descriptor; the client ID unless given.
	Key string `json:"key,omitempty"`
	// A Connect app's descriptor, or where the server finds it. It tells the name, the key and the scopes.
	Descriptor    json.RawMessage `json:"descriptor,omitempty"`
	DescriptorURL string          `json:"descriptorUrl,omitempty"`
}

// NewAppToken is an access token to make for a Forge app.
type NewAppToken struct {
	AsUser    string   `json:"asUser,omitempty"` // the account ID or address of a person; the app as itself unless given
	ExpiresIn Lifetime `json:"expiresIn,omitzero"`
}

// apps are those of a site.
type apps struct {
	Results []App `json:"results"`
}
