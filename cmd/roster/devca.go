package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/app"
	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/emulate"
)

func newDevCACommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ca",
		Short: "Print the stand-in's certificate authority, and how clients are told of it",
		Long: `Print the certificate that roster dev --as and roster dev --proxy are trusted by, and the lines that lead
clients there which insist on Atlassian's host names. The authority is made unless it is there.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var c config.DevCA
			if err := config.Load(cmd.Flags(), e.Environ(), c.Settings()); err != nil {
				return err
			}
			authority, err := app.Authority(c.CAFolder, e.Now())
			if err != nil {
				return err
			}
			_, err = io.WriteString(e.Stdout, trusting(authority, emulate.Names{As: c.As}))
			return err
		},
	}
	config.Bind(cmd.Flags(), new(config.DevCA).Settings())
	return cmd
}

// trusting is a certificate, and behind it what clients are told. Programs that read certificates pass over the rest.
func trusting(authority *emulate.Authority, names emulate.Names) string {
	w := new(strings.Builder)
	w.Write(authority.PEM)
	fmt.Fprintf(w, "\n# Clients trust this certificate by (curl, Go, OpenSSL; Node; Python's requests)\n")
	for _, variable := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"} {
		fmt.Fprintf(w, "export %s=%s\n", variable, quoted(authority.File))
	}
	fmt.Fprintf(w, "\n# and come by the hosts file, where roster dev has --tls-listen 127.0.0.1:443 (--as adds a name here),\n")
	fmt.Fprintf(w, "127.0.0.1 %s\n", strings.Join(names.List(), " "))
	fmt.Fprintf(w, "\n# or through the proxy of roster dev --proxy 127.0.0.1:8888.\n")
	for _, variable := range []string{"HTTPS_PROXY", "HTTP_PROXY"} {
		fmt.Fprintf(w, "export %s=http://127.0.0.1:8888\n", variable)
	}
	return w.String()
}

// waysIn says by which names a stand-in is reached that has a front.
func waysIn(w io.Writer, ready app.Readiness, front *emulate.Front) {
	if front == nil {
		return
	}
	fmt.Fprintf(w, "For clients that insist on %s\n", front.Names)
	if ready.TLSURL != "" {
		fmt.Fprintf(w, "  TLS      %s\n", ready.TLSURL)
	}
	if ready.ProxyURL != "" {
		fmt.Fprintf(w, "  proxy    %s  (HTTPS_PROXY, HTTP_PROXY)\n", ready.ProxyURL)
	}
	fmt.Fprintf(w, "  trusted  %s  (roster dev ca prints how)\n", ready.CAFile)
	fmt.Fprintf(w, "  plain    %s  without either\n\n", ready.URL)
}

// quoted is a path as a shell takes it.
func quoted(path string) string {
	if !strings.ContainsFunc(path, func(r rune) bool {
		return !strings.ContainsRune("/._-+,:@%=", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
