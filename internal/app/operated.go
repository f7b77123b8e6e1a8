package app

import (
	"cmp"
	"context"
	"os"
	"runtime/debug"

	"github.com/rosterhq/roster/internal/install"
	"github.com/rosterhq/roster/internal/mail"
	"github.com/rosterhq/roster/internal/web"
)

// operated is what the pages for administrators run the server by.
func (a *App) operated(installer *install.Installer) web.Operated {
	o := web.Operated{Outbox: mail.NewOutbox(a.Changes), Installer: installer, Webhooks: a.Webhooks, Traffic: a.traffic, Meter: a.meter, Storage: a.storage}
	if a.post != nil {
		o.Outbox = a.post.outbox
	}
	return o
}

// storage tells where things are kept, and by which program.
func (a *App) storage(ctx context.Context) (web.Storage, error) {
	size, err := a.DB.Size(ctx)
	s := web.Storage{Engine: string(a.DB.Engine), Name: a.DB.Name, Bytes: size.Bytes, Schema: size.Schema, Known: size.Known, Program: cmp.Or(a.options.Version, builtVersion())}
	if node, err := os.Hostname(); err == nil {
		s.Node = node
	}
	if a.cache != nil {
		s.Cache, s.Most = a.cache.Bytes(), a.options.Cache
	}
	return s, err
}

// builtVersion is the version of the program, as it was built.
func builtVersion() string {
	built, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	version := built.Main.Version
	for _, s := range built.Settings {
		if s.Key == "vcs.revision" && (version == "" || version == "(devel)") {
			version = s.Value[:min(len(s.Value), 12)]
		}
	}
	return version
}
