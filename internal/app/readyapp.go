package app

import "github.com/rosterhq/roster/internal/seed"

// ReadyApp is an app of a [ReadySite], with what it proves itself with.
type ReadyApp struct {
	Name         string       `json:"name"`
	Kind         string       `json:"kind"` // oauth, connect or forge
	ClientID     string       `json:"clientId"`
	ClientSecret string       `json:"clientSecret,omitempty"` // of an OAuth app that is not public, or of a Forge app
	Key          string       `json:"key,omitempty"`          // of a Connect app, and so on
	ClientKey    string       `json:"clientKey,omitempty"`
	SharedSecret string       `json:"sharedSecret,omitempty"`
	AccountID    string       `json:"accountId"`
	RedirectURIs []string     `json:"redirectUris,omitempty"`
	Scopes       []string     `json:"scopes"`           // never null
	Tokens       []ReadyToken `json:"tokens,omitempty"` // access tokens of a Forge or OAuth app
}

// ReadyToken is an access token of a [ReadyApp].
type ReadyToken struct {
	Label  string `json:"label"`
	AsUser string `json:"asUser,omitempty"` // as the seed names the person; absent for the app as itself
	Token  string `json:"token"`
}

func readyApps(apps []seed.Registered) []ReadyApp {
	all := make([]ReadyApp, len(apps))
	for i, a := range apps {
		all[i] = ReadyApp{
			a.Name, string(a.Kind), a.ClientID, a.ClientSecret, a.Key, a.ClientKey, a.SharedSecret, a.AccountID, a.RedirectURIs, append([]string{}, a.Scopes...), nil,
		}
		for _, t := range a.Tokens {
			all[i].Tokens = append(all[i].Tokens, ReadyToken{t.Label, t.AsUser, t.Text})
		}
	}
	return all
}
