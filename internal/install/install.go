// Package install installs Connect apps: it registers what a descriptor says, and tells the app what happened to it.
package install

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// Installer installs apps on the sites of one database.
type Installer struct {
	Directory *directory.Directory
	Sites     *site.Store
	Client    *http.Client // reaches the apps: one of package outbound
	ServerURL string       // where the server itself is reached; empty where nobody knows
	StandIn   bool         // sites are also reached below /_site/
	Log       *slog.Logger // of what [Installer.Handle] could not answer
}

// Installation is an app as it is registered, and how it took that.
type Installation struct {
	directory.Registration
	directory.AppSecrets          // what the app was told
	NewScopes            []string // those that it did not have before
	Untold               error    // why a callback that nothing depends on did not arrive; nil if they all did
}

// InstallConnectFrom is [Installer.InstallConnect] of the descriptor at an address.
func (i *Installer) InstallConnectFrom(ctx context.Context, st site.Site, by change.Actor, address string) (Installation, error) {
	_, raw, err := connect.Fetch(ctx, i.Client, address)
	if err != nil {
		return Installation{}, err
	}
	return i.InstallConnect(ctx, st, by, raw)
}

// InstallConnect registers the app of a descriptor on a site, or makes of the app that is registered under its key what
// the descriptor says now, with the scopes that it asks for: who installs it consents. Then it tells the app, with the
// secret, which an app keeps when it is installed again. Where the app does not take that, it is as if nothing had
// been done, but for the deactivated account of an app that is new. The client key of an app is the same
// whenever it is installed on a site.
func (i *Installer) InstallConnect(ctx context.Context, st site.Site, by change.Actor, raw []byte) (Installation, error) {
	d, err := connect.ParseDescriptor(raw)
	if err == nil {
		err = i.mayTell(st, d)
	}
	if err != nil {
		return Installation{}, err
	}
	was, err := i.Directory.Registration(ctx, st.ID, d.Key)
	switch kind, _ := failure.Of(err); {
	case err != nil && kind == failure.NotFound:
		return i.add(ctx, st, by, d, raw)
	case err != nil:
		return Installation{}, err
	case was.Kind != directory.ConnectApp || was.Key != d.Key:
		return Installation{}, failure.Conflict.Errorf("The key %s of the app names another app of this site.", d.Key)
	case was.Blocked:
		return Installation{}, failure.Conflict.Errorf("The app %s is blocked on this site: unblock it first.", was.Name)
	}
	return i.renew(ctx, st, by, was, d, raw)
}

// apply writes what a descriptor says into a registration.
func apply(r *directory.Registration, d connect.Descriptor, raw []byte) {
	r.Name, r.Scopes, r.Descriptor = d.Name, slices.Clone(d.Scopes), string(raw)
	if r.Name == "" {
		r.Name = d.Key
	}
}

func (i *Installer) add(ctx context.Context, st site.Site, by change.Actor, d connect.Descriptor, raw []byte) (Installation, error) {
	cloud, err := uuid.Parse(st.CloudID)
	if err != nil {
		return Installation{}, err
	}
	r := directory.Registration{Kind: directory.ConnectApp, Key: d.Key, ClientKey: uuid.NewSHA1(cloud, []byte(d.Key)).String()}
	apply(&r, d, raw)
	var out Installation
	out.Registration, out.AppSecrets, err = i.Directory.Register(ctx, st.ID, st.CloudID, by, r, directory.AppSecrets{})
	if err != nil {
		return Installation{}, err
	}
	out.NewScopes = out.Scopes
	return i.greet(ctx, st, by, d, out, func(ctx context.Context) error {
		_, err := i.Directory.Unregister(ctx, st.ID, by, out.ClientID)
		return err
	})
}

func (i *Installer) renew(ctx context.Context, st site.Site, by change.Actor, was directory.Registration, d connect.Descriptor, raw []byte) (Installation, error) {
	app, found, err := i.Directory.InstalledBy(ctx, st.ID, was.ClientID)
	if err == nil && !found {
		err = failure.Conflict.Errorf("The app %s was removed while it was installed again.", was.Name)
	}
	var out Installation
	if err == nil {
		out.Registration, err = i.Directory.ChangeRegistration(ctx, st.ID, by, was.ClientID, func(r *directory.Registration) error {
			apply(r, d, raw)
			return nil
		})
	}
	if err != nil {
		return Installation{}, err
	}
	out.Shared = app.SharedSecret
	for _, scope := range out.Scopes {
		if !slices.Contains(was.Scopes, scope) {
			out.NewScopes = append(out.NewScopes, scope)
		}
	}
	return i.greet(ctx, st, by, d, out, func(ctx context.Context) error {
		_, err := i.Directory.ChangeRegistration(ctx, st.ID, by, was.ClientID, func(r *directory.Registration) error {
			if r.Version == out.Version { // else somebody has changed it since
				r.Name, r.Scopes, r.Descriptor = was.Name, was.Scopes, was.Descriptor
			}
			return nil
		})
		return err
	})
}

// greet tells an app that it is installed, when that stands already: it may call back at once. Where the app does not
// take it, undo.
func (i *Installer) greet(ctx context.Context, st site.Site, by change.Actor, d connect.Descriptor, in Installation, undo func(context.Context) error) (Installation, error) {
	if err := i.tell(ctx, st, by, d, in, connect.Installed); err != nil {
		if undone := undo(context.WithoutCancel(ctx)); undone != nil {
			return Installation{}, errors.Join(err, undone)
		}
		if kind, message := failure.Of(err); kind == failure.Invalid {
			err = failure.Because(failure.Invalid.Errorf("%s Nothing was installed.", message), "%s", failure.ReasonOf(err))
		}
		return Installation{}, err
	}
	in.Untold = i.tell(ctx, st, by, d, in, connect.Enabled)
	return in, nil
}
