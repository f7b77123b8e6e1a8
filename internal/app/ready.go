package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rosterhq/roster/internal/seed"
)

// Readiness tells a script how to reach a stand-in.
type Readiness struct {
	URL      string      `json:"url"`
	TLSURL   string      `json:"tlsUrl,omitempty"`   // where it takes TLS for Atlassian's host names
	ProxyURL string      `json:"proxyUrl,omitempty"` // where it takes the requests of a forward proxy
	CAFile   string      `json:"caFile,omitempty"`   // the certificate that either is trusted by
	Database string      `json:"database"`
	Sites    []ReadySite `json:"sites"`
}

// ReadySite is one site of a [Readiness].
type ReadySite struct {
	CloudID    string `json:"cloudId"`
	Name       string `json:"name"`
	URL        string `json:"url"`        // without /wiki
	GatewayURL string `json:"gatewayUrl"` // without /wiki
	AdminEmail string `json:"adminEmail"`
	AdminToken string `json:"adminToken"`

	Apps []ReadyApp `json:"apps"` // never null
}

// Ready describes a stand-in.
func Ready(serverURL, database string, sites []seed.Applied) Readiness {
	r := Readiness{URL: serverURL, Database: database, Sites: make([]ReadySite, len(sites))}
	for i, s := range sites {
		r.Sites[i] = readySite(serverURL, s)
	}
	return r
}

func readySite(serverURL string, s seed.Applied) ReadySite {
	r := ReadySite{
		CloudID: s.Site.CloudID, Name: s.Site.Name, URL: s.Site.URL(serverURL, true), GatewayURL: s.Site.GatewayURL(serverURL),
		AdminEmail: s.Admin.Email, Apps: readyApps(s.Apps),
	}
	if len(s.Admin.Tokens) > 0 {
		r.AdminToken = s.Admin.Tokens[0].Text
	}
	return r
}

// ForgetReady removes the file that an earlier stand-in left, so that nobody reads where that one listened.
func ForgetReady(path string) error {
	if path == "" {
		return nil
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("the ready file %s is there and is no file", path)
	case err == nil:
		err = os.Remove(path)
	}
	if err != nil {
		return fmt.Errorf("remove the old ready file: %w", err)
	}
	return nil
}

// WriteReady writes r to path, so that whoever finds the file finds it whole. No path is no file.
func WriteReady(path string, r Readiness) error {
	if path == "" {
		return nil
	}
	body, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".ready-*")
	if err != nil {
		return fmt.Errorf("write the ready file: %w", err)
	}
	_, err = temporary.Write(append(body, '\n'))
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		os.Remove(temporary.Name())
		return fmt.Errorf("write the ready file: %w", err)
	}
	return nil
}
