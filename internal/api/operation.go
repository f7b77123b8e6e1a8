package api

import (
	"slices"
	"strings"
)

// operation is one row of the table.
type operation struct {
	id      string // operationId of Atlassian's description
	route   string // method and path
	title   string // as the reference names it
	tag     tag
	needs   needs         // permission and request checks
	scopes  scopes        // OAuth: the classic scope, or all the granular ones
	connect string        // Connect app scope
	app     appAccessRule // data security policy
	status  int           // of success
	fails   fails         // the documented failures
	serve   endpoint
}

// method and path split the route.
func (op *operation) method() string { m, _, _ := strings.Cut(op.route, " "); return m }
func (op *operation) path() string   { _, p, _ := strings.Cut(op.route, " "); return p }
func (op *operation) v2() bool       { return strings.Contains(op.route, " /wiki/api/v2/") }

func (op *operation) older() bool { return isOlder(op.path()) }

// isOlder reports whether a real site serves a path by its older services, which refuse in words of their own.
func isOlder(path string) bool {
	return strings.HasPrefix(path, "/wiki/rest/api/search") || strings.HasPrefix(path, watchPath)
}

// tag is the section of the reference.
type tag string

const (
	tagUsers      tag = "Users"
	tagWatches    tag = "Content watches"
	tagProperties tag = "User properties"
	tagGroup      tag = "Group"
	tagSearch     tag = "Search"
	tagUserV2     tag = "User"
	tagAdminKey   tag = "Admin Key"
	tagContent    tag = "Content"
	tagSpace      tag = "Space"
)

type needs int

const (
	canUse         needs = 1 << iota // 'Can use' global permission
	viewProfiles                     // may view user profiles, unless it is their own
	adminForOthers                   // Confluence administrator if the request names another user
	spaceAdmin                       // with adminForOthers: the space's administrator will do
	siteAdmin                        // site administrator
	credential                       // not for anonymous callers, even where the site lets them in
	approvedApp                      // an app that is approved for e-mail addresses, as itself
	emailAPI                         // the site serves the e-mail operations
	accessAPI                        // the site serves the access operations
	limited                          // an account may call only so often a minute
	ownProperties                    // the user, an administrator or the owning app, where the site's propertyAccess is owner
	xsrf                             // X-Atlassian-Token: no-check
	adminKey                         // takes Atl-Confluence-With-Admin-Key: true
	experimental                     // may change
)

func (n needs) has(flag needs) bool { return n&flag != 0 }

// scopes are space-separated, as in OAuth. Empty means there is no such way in.
type scopes struct{ classic, granular string }

// grantedBy reports whether a credential with the scopes held may call: the classic scope will do, or all granular ones.
func (s scopes) grantedBy(held []string) bool {
	all := func(wanted string) bool {
		if wanted == "" {
			return false
		}
		for w := range strings.FieldsSeq(wanted) {
			if !slices.Contains(held, w) {
				return false
			}
		}
		return true
	}
	return all(s.classic) || all(s.granular)
}

const (
	read         = "READ"
	write        = "WRITE"
	deletes      = "DELETE"
	emails       = "ACCESS_EMAIL_ADDRESSES"
	none         = "NONE"
	inaccessible = "INACCESSIBLE"
)

type appAccessRule bool

const (
	exempt appAccessRule = true  // exempt from app access rules
	ruled  appAccessRule = false // app access rules apply
)

// fails maps each documented failure status to its cause.
type fails []cause

type cause struct {
	status int
	text   string
}

func (f fails) has(status int) bool {
	return slices.ContainsFunc(f, func(c cause) bool { return c.status == status })
}

var (
	badRequest   = cause{400, "A parameter or the body is missing or malformed."}
	noCredential = cause{401, "The credential is missing, unknown, expired or revoked."}
	noAccess     = cause{403, "The caller may not use the site, or not do this."}
	noViewing    = cause{403, "The caller may not use the site, or not view user profiles."}
	noWatching   = cause{403, "The caller may not watch this or name this user, or there is nothing of this name to watch."}
	noWatchWrite = cause{403, "The caller may not watch this or name this user, there is nothing of this name to watch, or the header X-Atlassian-Token: no-check is missing."}
	noSiteAdmin  = cause{403, "The caller is not a site administrator."}
	noUser       = cause{404, "There is no such user."}
	noGroup      = cause{404, "There is no such group."}
	noTarget     = cause{404, "The path names nothing to watch, or there is no such user."}
	noProperty   = cause{404, "There is no such user, or the user has no such property."}
	noPermission = cause{404, "The caller may not do this here."}
	notApproved  = cause{400, "The caller is not an app that is approved for e-mail addresses and calls as itself."}
	noPlace      = cause{404, "There is no such space, or the caller may not view it."}
	noContent    = cause{404, "There is no such content, or the caller may not view it."}
	mayNotChange = cause{403, "The caller may not use the site, or not do this here."}
	noAdminKey   = cause{403, "The caller may not use the site, or asks to read with an admin key and has none in force."}
	switchedOff  = cause{501, "The site does not serve this operation."}
	disabled     = cause{503, "The site does not serve this operation now."}
)
