package directory

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rosterhq/roster/internal/cache"
	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/failure"
)

// AppKind is by which platform an app is registered.
type AppKind string

const (
	OAuthApp   AppKind = "oauth"   // an OAuth 2.0 client: for people who consent, and as itself
	ConnectApp AppKind = "connect" // signs a JWT with a shared secret
	ForgeApp   AppKind = "forge"   // gets tokens as itself and as people
)

// Registration is an app that is registered on a site: what it may ask for and as whom it acts.
type Registration struct {
	ClientID     string
	Version      int64
	Kind         AppKind
	Name         string
	AccountID    string   // the app as itself
	Public       bool     // an OAuth client that can keep no secret, and so has none
	RedirectURIs []string // where an OAuth client may send people back to, exactly
	Scopes       []string // what it may ask for; Connect's own for a Connect app
	Key          string   // of a Connect app's descriptor; empty for others
	ClientKey    string   // names a Connect app's installation; empty for others
	Descriptor   string   // of a Connect app, as JSON
	Blocked      bool     // none of its credentials is good, and none of those that people gave it
	CreatedAt    time.Time
}

// AppSecrets are what an app proves itself with. They are shown when they are made, and never again.
type AppSecrets struct {
	Client string // an OAuth or Forge app's client secret
	Shared string // a Connect app's shared secret
}

// NewAppSecret makes the text of a secret that an app of a site and the server share.
func NewAppSecret(cloudID string) string {
	var random [32]byte
	rand.Read(random[:])
	return AppSecretFrom(cloudID, random)
}

// AppSecretFrom is [NewAppSecret] with given bits, for a stand-in whose secrets are the same every time.
func AppSecretFrom(cloudID string, bits [32]byte) string {
	return "rosterapp_" + strings.ReplaceAll(cloudID, "-", "") + "_" + base62(bits[:], 43)
}

// NewClientID makes the ID of an app.
func NewClientID() string {
	var random [24]byte
	rand.Read(random[:])
	return base62(random[:], 33)
}

const appColumns = `p.client_id, p.version, p.kind, p.name, p.account_id, p.public, p.redirect_uris, p.scopes, p.app_key, p.client_key, p.descriptor, p.blocked, p.created_at`

// scanAppInto scans appColumns and then more.
func scanAppInto(rows *sql.Rows, r *Registration, more ...any) error {
	var redirects, scopes string
	var key, clientKey sql.NullString
	var created int64
	err := rows.Scan(append([]any{
		&r.ClientID, &r.Version, &r.Kind, &r.Name, &r.AccountID, &r.Public, &redirects, &scopes, &key, &clientKey,
		&r.Descriptor, &r.Blocked, &created,
	}, more...)...)
	r.RedirectURIs, r.Scopes = strings.Fields(redirects), strings.Fields(scopes)
	r.Key, r.ClientKey, r.CreatedAt = key.String, clientKey.String, time.UnixMicro(created).UTC()
	return err
}

func scanApp(rows *sql.Rows) (r Registration, err error) { return r, scanAppInto(rows, &r) }

// Register registers an app on a site and makes the account as which it acts, which can use the site. What r and s
// do not give, the ID and the secret of its kind, is made. An app of the same ID, or of the same Connect key, is a
// Conflict.
func (d *Directory) Register(ctx context.Context, site int64, cloudID string, by change.Actor, r Registration, s AppSecrets) (Registration, AppSecrets, error) {
	var made Registration
	r, s, err := r.prepare(s.filled(r, cloudID))
	if err == nil {
		err = d.Changes.Write(ctx, site, by, func(tx *change.Tx) error {
			made, err = d.RegisterIn(ctx, tx, r, s)
			return err
		})
	}
	return made, s, err
}

// filled adds the secret that an app of this kind proves itself with, where there is none.
func (s AppSecrets) filled(r Registration, cloudID string) AppSecrets {
	switch {
	case r.Kind == ConnectApp && s.Shared == "":
		s.Shared = NewAppSecret(cloudID)
	case r.Kind != ConnectApp && !r.Public && s.Client == "":
		s.Client = NewAppSecret(cloudID)
	}
	return s
}

// prepare checks what is to be registered, and gives it an ID where it has none.
func (r Registration) prepare(s AppSecrets) (Registration, AppSecrets, error) {
	if r.ClientID == "" {
		r.ClientID = NewClientID()
	}
	return r, s, r.check(s)
}

// validAppName is what an app can be looked up by: a client ID, or a Connect app's key or client key.
var validAppName = regexp.MustCompile(`^[A-Za-z0-9:._-]{1,128}$`)

// check reports the first thing that is wrong with a registration.
func (r *Registration) check(s AppSecrets) error {
	switch {
	case r.Kind != OAuthApp && r.Kind != ConnectApp && r.Kind != ForgeApp:
		return failure.Invalid.Errorf("The kind of app %.60q is none of oauth, connect, forge.", r.Kind)
	case strings.TrimSpace(r.Name) == "":
		return failure.Invalid.Errorf("The app has no name.")
	case !ValidAccountID(r.ClientID):
		return failure.Invalid.Errorf("The client ID %.200q is not 1 to %d letters, digits, colons, dots, hyphens and underscores.", r.ClientID, MaxAccountID)
	case r.Public && r.Kind != OAuthApp:
		return failure.Invalid.Errorf("Only an OAuth app can be public.")
	case r.Public && s.Client != "":
		return failure.Invalid.Errorf("A public app has no secret.")
	case r.Kind == ConnectApp && (r.Key == "" || r.ClientKey == ""):
		return failure.Invalid.Errorf("A Connect app has the key of its descriptor and a client key.")
	case r.Kind == ConnectApp && !(validAppName.MatchString(r.Key) && validAppName.MatchString(r.ClientKey)):
		return failure.Invalid.Errorf("The key or the client key of the Connect app is not 1 to %d letters, digits, colons, dots, hyphens and underscores.", MaxAccountID)
	case !validText(r.Descriptor):
		return failure.Invalid.Errorf("The descriptor is not text.")
	case r.Kind != ConnectApp && r.Key+r.ClientKey+r.Descriptor != "":
		return failure.Invalid.Errorf("Only a Connect app has a key and a descriptor.")
	case r.Kind != OAuthApp && len(r.RedirectURIs) > 0:
		return failure.Invalid.Errorf("Only an OAuth app has redirect URIs.")
	}
	for _, uri := range r.RedirectURIs {
		if err := checkRedirect(uri); err != nil {
			return err
		}
	}
	if err := r.checkScopes(); err != nil {
		return err
	}
	return checkText("name", r.Name)
}

const (
	mostRedirects = 100
	mostScopes    = 500
)

// validScope is a scope-token of RFC 6749, section 3.3: several are kept as one text.
var validScope = regexp.MustCompile(`^[!#-\[\]-~]{1,255}$`)

func (r *Registration) checkScopes() error {
	switch {
	case len(r.RedirectURIs) > mostRedirects:
		return failure.Invalid.Errorf("The app has more than %d redirect URIs.", mostRedirects)
	case len(r.Scopes) > mostScopes:
		return failure.Invalid.Errorf("The app has more than %d scopes.", mostScopes)
	}
	for _, scope := range r.Scopes {
		if !validScope.MatchString(scope) {
			return failure.Invalid.Errorf("%.200q is not a scope.", scope)
		}
	}
	return nil
}

// validURI has only what a URI may be written with (RFC 3986, section 2) and no fragment. A host name in other letters
// is written in Punycode, so that nobody takes it for another.
var validURI = regexp.MustCompile(`^[A-Za-z0-9._~:/?@!$&'()*+,;=%\[\]-]+$`)

// noRedirects are schemes of what a browser runs, shows or sends instead of asking an app.
var noRedirects = []string{
	"about", "blob", "data", "file", "filesystem", "ftp", "javascript", "mailto", "sms", "tel", "vbscript", "view-source", "ws", "wss",
}

// checkRedirect refuses what must not be a redirect URI: RFC 6749 section 3.1.2 wants it absolute and without a
// fragment, and a browser must not take it for a script.
func checkRedirect(uri string) error {
	u, err := url.Parse(uri)
	switch {
	case err != nil || len(uri) > 2000 || !validURI.MatchString(uri) || u.Scheme == "" || u.Opaque != "" || u.Host == "" && u.Path == "" || u.User != nil:
		return failure.Invalid.Errorf("The redirect URI %.200q is not an absolute URL without a fragment.", uri)
	case slices.Contains(noRedirects, u.Scheme):
		return failure.Invalid.Errorf("A redirect URI cannot be a %s: URL.", u.Scheme)
	case (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() == "":
		return failure.Invalid.Errorf("The redirect URI %.200q has no host.", uri)
	}
	return nil
}

// RegisterIn is [Directory.Register] inside a transaction, for a registration and secrets that give everything.
func (d *Directory) RegisterIn(ctx context.Context, tx *change.Tx, r Registration, s AppSecrets) (Registration, error) {
	r, s, err := r.prepare(s)
	if err != nil {
		return r, err
	}
	if err := r.unclaimed(ctx, tx); err != nil {
		return r, err
	}
	if r, err = d.withAccount(ctx, tx, r); err != nil {
		return r, err
	}
	r.Version, r.CreatedAt = 1, tx.Now
	r.Scopes = slices.Compact(slices.Sorted(slices.Values(r.Scopes))) // a copy: the transaction may run again
	secret := ""
	if s.Client != "" {
		secret = HashSecret(s.Client)
	}
	n, err := tx.ExecContext(ctx, `INSERT INTO apps (site_id, client_id, version, kind, name, account_id, public, secret_hash, redirect_uris, scopes,
			app_key, client_key, shared_secret, descriptor, blocked, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING`,
		tx.Site, r.ClientID, r.Version, string(r.Kind), r.Name, r.AccountID, r.Public, secret, strings.Join(r.RedirectURIs, "\n"), strings.Join(r.Scopes, " "),
		orNull(r.Key), orNull(r.ClientKey), s.Shared, r.Descriptor, r.Blocked, tx.Now.UnixMicro())
	if err == nil && n == 0 {
		err = failure.Conflict.Errorf("The app %.200q is registered on this site already.", r.Name)
	}
	if err != nil {
		return r, err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO clients (client_id, site_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, r.ClientID, tx.Site); err != nil {
		return r, err
	}
	tx.Record(change.Record{Operation: "app.create", Target: "app:" + r.ClientID, Version: r.Version, Access: true, Fields: change.Fields{
		"Kind": {nil, string(r.Kind)}, "Name": {nil, r.Name}, "Account": {nil, r.AccountID}, "Scopes": {nil, r.Scopes}, "RedirectURIs": {nil, r.RedirectURIs},
	}})
	return r, nil
}

// unclaimed refuses an ID or a key by which another app of the site is found, whichever of its names that is.
func (r *Registration) unclaimed(ctx context.Context, tx *change.Tx) error {
	for _, name := range []string{r.ClientID, r.Key, r.ClientKey} {
		if name == "" {
			continue
		}
		_, err := registration(ctx, tx, tx.Site, name)
		if err == nil {
			return failure.Conflict.Errorf("An app with the ID or key %s is registered on this site already.", name)
		}
		if kind, _ := failure.Of(err); kind != failure.NotFound {
			return err
		}
	}
	return nil
}

// withAccount gives an app the account as which it acts: a new one that can use the site, or the one that it names.
func (d *Directory) withAccount(ctx context.Context, tx *change.Tx, r Registration) (Registration, error) {
	if r.AccountID != "" {
		a, err := d.account(ctx, tx, tx.Site, r.AccountID)
		if err == nil && (a.ID != r.AccountID || a.Type != App) {
			err = failure.Invalid.Errorf("An app acts as an app's account, which %.200q is not.", r.AccountID)
		}
		return r, err
	}
	var groups []string
	home, err := homeGroup(ctx, tx, tx.Site, false)
	if err != nil {
		return r, err
	}
	if home != "" {
		groups = append(groups, home)
	}
	a, err := d.AddIn(ctx, tx, Account{Type: App, DisplayName: r.Name}, groups...)
	r.AccountID = a.ID
	return r, err
}

func orNull(text string) sql.NullString { return sql.NullString{String: text, Valid: text != ""} }

var errNoApp = failure.NotFound.Errorf("There is no such app on this site.")

// Registrations returns a site's apps, by ID.
func (d *Directory) Registrations(ctx context.Context, site int64) ([]Registration, error) {
	return db.All(ctx, d.db(), scanApp, `SELECT `+appColumns+` FROM apps p WHERE p.site_id = $1 ORDER BY p.client_id`, site)
}

// Registration returns the app with this ID, Connect key or client key.
func (d *Directory) Registration(ctx context.Context, site int64, id string) (Registration, error) {
	return registration(ctx, d.db(), site, id)
}

// RegistrationIn is [Directory.Registration] inside a transaction.
func (d *Directory) RegistrationIn(ctx context.Context, tx *change.Tx, id string) (Registration, error) {
	return registration(ctx, tx, tx.Site, id)
}

func registration(ctx context.Context, q db.Querier, site int64, id string) (Registration, error) {
	if !validAppName.MatchString(id) {
		return Registration{}, errNoApp
	}
	r, found, err := db.One(ctx, q, scanApp, `SELECT `+appColumns+` FROM apps p
		WHERE p.site_id = $1 AND (p.client_id = $2 OR p.app_key = $2 OR p.client_key = $2) ORDER BY p.client_id`, site, id)
	if err == nil && !found {
		err = errNoApp
	}
	return r, err
}

// SitesOfClient returns the internal IDs of the sites that an app is registered on.
func (d *Directory) SitesOfClient(ctx context.Context, clientID string) ([]int64, error) {
	if !validAppName.MatchString(clientID) {
		return nil, nil
	}
	return db.All(ctx, d.db(), db.Scalar[int64], `SELECT site_id FROM clients WHERE client_id = $1 ORDER BY site_id`, clientID)
}

// KnowsSecret reports whether this is the client secret of an app. It costs the same whatever is wrong.
func (d *Directory) KnowsSecret(ctx context.Context, site int64, clientID, secret string) (bool, error) {
	if !validAppName.MatchString(clientID) {
		return false, nil
	}
	hash, _, err := db.One(ctx, d.db(), db.Scalar[string], `SELECT secret_hash FROM apps WHERE site_id = $1 AND client_id = $2`, site, clientID)
	return subtle.ConstantTimeCompare([]byte(hash), []byte(HashSecret(secret))) == 1, err
}

// Installed is a Connect app with what its requests are checked with.
type Installed struct {
	Through
	Scopes       []string
	SharedSecret string
	Standing     Standing // of the account as which it acts
}

// InstalledBy returns the Connect app with this app key, client key or client ID, or false where there is none.
func (d *Directory) InstalledBy(ctx context.Context, site int64, issuer string) (Installed, bool, error) {
	return cache.Read(ctx, site, "connect app", issuer, func(in Installed) int { return 600 + 24*len(in.Scopes) }, func() (Installed, bool, error) {
		return d.installedBy(ctx, site, issuer)
	})
}

func (d *Directory) installedBy(ctx context.Context, site int64, issuer string) (Installed, bool, error) {
	if !validAppName.MatchString(issuer) {
		return Installed{}, false, nil
	}
	if unknown, err := d.unknownApp(ctx, site, issuer); err != nil || unknown {
		return Installed{}, false, err
	}
	in, found, err := db.One(ctx, d.db(), func(rows *sql.Rows) (in Installed, err error) {
		st, scopes := &in.Standing, ""
		err = rows.Scan(&in.ClientID, &in.Kind, &in.AccountID, &in.Blocked, &scopes, &in.SharedSecret, &st.AccountID, &st.Type, &st.Status, &st.EmailApproved)
		in.Scopes = strings.Fields(scopes)
		return in, err
	}, `SELECT p.client_id, p.kind, p.account_id, p.blocked, p.scopes, p.shared_secret, a.account_id, a.account_type, a.status, a.email_approved
		FROM apps p JOIN accounts a ON a.site_id = p.site_id AND a.account_id = p.account_id
		WHERE p.site_id = $1 AND p.kind = 'connect' AND (p.app_key = $2 OR p.client_key = $2 OR p.client_id = $2)`, site, issuer)
	if err != nil || !found || in.Standing.Status != Active {
		return in, found, err
	}
	return in, true, d.fillStanding(ctx, site, &in.Standing)
}
