package main

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/rosterhq/roster/internal/app"
)

// introduceApps says which apps one can be on a site: the client ID or key of each, and what it proves itself with.
func introduceApps(w io.Writer, apps []app.ReadyApp) {
	for _, a := range apps {
		id := a.ClientID
		if a.Key != "" {
			id = a.Key
		}
		fmt.Fprintf(w, "  %s  %s  %s  %s\n", text.Pad(a.Name, 24, ' '), text.Pad(id, 32, ' '), text.Pad(a.Kind, 24, ' '), a.ClientSecret+a.SharedSecret)
		for _, t := range a.Tokens {
			fmt.Fprintf(w, "    %s  %s  %s  %s\n", text.Pad(t.Label, 22, ' '), text.Pad(t.AsUser, 32, ' '), text.Pad("access token", 24, ' '), t.Token)
		}
	}
}
