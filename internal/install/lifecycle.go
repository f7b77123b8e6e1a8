package install

import (
	"context"

	"github.com/rosterhq/roster/internal/change"
	"github.com/rosterhq/roster/internal/connect"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// What apps are told of the product's versions: any number is as good.
const (
	serverVersion  = "6452"
	pluginsVersion = "1.1000.0"
)

// mayTell refuses an app that wants to be told where a site is, when nobody knows.
func (i *Installer) mayTell(st site.Site, d connect.Descriptor) error {
	if len(d.Lifecycle) > 0 && st.PublicURL == "" && i.ServerURL == "" {
		return failure.Invalid.Errorf("The app wants to be told where the site is, and the site has no public URL yet.")
	}
	return nil
}

// tell sends an app the callback about what happened to it, if it wants that one.
func (i *Installer) tell(ctx context.Context, st site.Site, by change.Actor, d connect.Descriptor, in Installation, event connect.Event) error {
	if _, wanted := d.Lifecycle[event]; !wanted {
		return nil
	}
	if err := i.mayTell(st, d); err != nil {
		return err
	}
	signer, public, err := i.signer(ctx, st, by)
	if err != nil {
		return err
	}
	base := st.URL(i.ServerURL, i.StandIn) + "/wiki"
	c := connect.Callback{
		Key: in.Key, ClientKey: in.ClientKey, OAuthClientID: in.ClientID, PublicKey: public, SharedSecret: in.Shared,
		ServerVersion: serverVersion, PluginsVersion: pluginsVersion,
		BaseURL: base, ProductType: "confluence", Description: "Confluence at " + base, Event: event,
	}
	if d.Auth != connect.ByJWT && event == connect.Installed {
		c.SharedSecret = ""
	}
	return signer.Send(ctx, i.Client, d, c, i.Directory.Changes.Now())
}

// signer returns what a site's callbacks are signed with, and the public half.
func (i *Installer) signer(ctx context.Context, st site.Site, by change.Actor) (connect.Signer, string, error) {
	k, err := i.Directory.SigningKey(ctx, st.ID, st.CloudID, by, func() (string, error) {
		key, err := connect.NewKey()
		if err != nil {
			return "", err
		}
		return connect.PrivatePEM(key)
	})
	if err != nil {
		return connect.Signer{}, "", err
	}
	key, err := connect.ParseKey(k.Private)
	if err != nil {
		return connect.Signer{}, "", err
	}
	public, err := connect.PublicPEM(key)
	return connect.Signer{Key: key, KeyID: k.ID}, public, err
}

// Remove unregisters an app of any kind, and then tells a Connect app. That the app could not be told is untold.
func (i *Installer) Remove(ctx context.Context, st site.Site, by change.Actor, id string) (r directory.Registration, untold, err error) {
	if r, err = i.Directory.Unregister(ctx, st.ID, by, id); err != nil {
		return r, nil, err
	}
	return r, i.report(ctx, st, by, r, connect.Uninstalled), nil
}

// Block has an app of any kind, and all that people gave it, refused or taken again, and then tells a Connect app. That the
// app could not be told is untold.
func (i *Installer) Block(ctx context.Context, st site.Site, by change.Actor, id string, blocked bool) (r directory.Registration, untold, err error) {
	changed := false
	r, err = i.Directory.ChangeRegistration(ctx, st.ID, by, id, func(r *directory.Registration) error {
		changed = r.Blocked != blocked
		r.Blocked = blocked
		return nil
	})
	if err != nil || !changed {
		return r, nil, err
	}
	event := connect.Enabled
	if blocked {
		event = connect.Disabled
	}
	return r, i.report(ctx, st, by, r, event), nil
}

// Rotate gives an app of any kind a new secret, and tells a Connect app that it is installed with that. The old one is no good
// from then on, whether the app could be told or not: one is replaced because somebody else knows it. Where it could not,
// which is untold, to install it again tells it.
func (i *Installer) Rotate(ctx context.Context, st site.Site, by change.Actor, id string) (s directory.AppSecrets, untold, err error) {
	if s, err = i.Directory.RotateAppSecret(ctx, st.ID, st.CloudID, by, id); err != nil {
		return s, nil, err
	}
	r, err := i.Directory.Registration(ctx, st.ID, id)
	if err != nil {
		return s, nil, err
	}
	return s, i.report(ctx, st, by, r, connect.Installed), nil
}

// report tells a Connect app what has happened to it; other apps are told nothing.
func (i *Installer) report(ctx context.Context, st site.Site, by change.Actor, r directory.Registration, event connect.Event) error {
	if r.Kind != directory.ConnectApp || r.Descriptor == "" {
		return nil
	}
	d, err := connect.ParseDescriptor([]byte(r.Descriptor))
	if err != nil {
		return err
	}
	in := Installation{Registration: r}
	if event != connect.Uninstalled {
		app, found, err := i.Directory.InstalledBy(ctx, st.ID, r.ClientID)
		if err != nil || !found {
			return err
		}
		in.Shared = app.SharedSecret
	}
	return i.tell(ctx, st, by, d, in, event)
}
