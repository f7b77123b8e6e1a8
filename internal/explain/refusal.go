// Package explain keeps, in memory, why requests were refused, so that an administrator can ask. A request that is
// served costs it nothing.
package explain

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Header names, in a refusal, what an administrator can ask why it was refused.
const Header = "X-Roster-Explain"

// Check is one of the checks that a request goes through.
type Check string

// The checks, in the order in which a request meets them.
const (
	Edge       Check = "edge"       // the sizes of the request, and what the edge takes at all
	Site       Check = "site"       // which site it is for
	Credential Check = "credential" // who calls
	Host       Check = "host"       // whether this kind of credential is taken at this address
	Route      Check = "route"      // which operation it is for
	RateLimit  Check = "rate limit" // how often
	Scope      Check = "scope"      // what the credential is limited to
	CanUse     Check = "can use"    // whether the caller may use the site
	Settings   Check = "settings"   // whether the site serves the operation
	Parameters Check = "parameters" // the parameters and the body
	XSRF       Check = "xsrf"       // whether a page of another site may have made a browser send it
	Permission Check = "permission" // whether the caller may do this to whom the request names
	AppRule    Check = "app rule"   // whether the space lets apps in
	Existence  Check = "existence"  // whether what it is about is there, for this caller
	State      Check = "state"      // whether it can be done as things stand
	Server     Check = "server"     // no check at all: the server could not
)

// Checks lists every check, in that order.
var Checks = []Check{
	Edge, Site, Credential, Host, Route, RateLimit, Scope, CanUse, Settings, Parameters, XSRF, Permission, AppRule, Existence, State, Server,
}

// Refusal is why one request was refused. It holds no secret, no address, and nothing of the request's query and body.
type Refusal struct {
	ID         string // names the node
	Site       int64  // 0 where the request was for no site
	At         time.Time
	RequestID  string
	Node       string
	Method     string // the store makes it "other" where no operation has it
	Operation  string // ID of the operation; empty where the request found none
	Route      string // the operation's path with its parameters' names; empty where the request found none
	Status     int    // that was answered
	Kind       string // of failure, in words
	Check      Check  // that refused
	Reason     string
	Remedy     string // what would help; may be empty
	AccountID  string // who called; empty where that is not known
	TokenID    string // with what; empty where that is not known
	CallerKind string // the way in that the caller took
}

// longestText bounds what is kept of each text, in bytes.
const longestText = 600

// bound makes r's texts no longer than they may be, and none a part of something longer that would be kept with it.
func (r *Refusal) bound() {
	for _, text := range []*string{
		&r.RequestID, &r.Method, &r.Operation, &r.Route, &r.Kind, &r.Reason, &r.Remedy, &r.AccountID, &r.TokenID, &r.CallerKind,
	} {
		if len(*text) > longestText {
			*text = strings.Clone(strings.ToValidUTF8((*text)[:longestText-utf8.UTFMax], "")) + "…"
		}
	}
}
