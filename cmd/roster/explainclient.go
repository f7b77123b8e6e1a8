package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rosterhq/roster/internal/config"
)

// longestAnswer bounds what is read of an answer.
const longestAnswer = 16 << 20

// fetch asks the site that the flags of cmd name for one of Roster's own paths, and reads its JSON into out.
func (e *env) fetch(cmd *cobra.Command, path string, query url.Values, out any) error {
	r, err := e.ownRequest(cmd, path, query)
	if err != nil {
		return err
	}
	return fetchInto(r, out)
}

// fetchInto sends a request for one of Roster's own paths, and reads the JSON of its answer into out.
func fetchInto(r *http.Request, out any) error {
	// A redirect could carry the token to somebody else.
	client := &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err // without the address, which says nothing new
		}
		return fmt.Errorf("call %s: %w", r.URL.Host, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, longestAnswer))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", r.URL.Host, err)
	}
	if answer.StatusCode != http.StatusOK {
		var said struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(body, &said) != nil || said.Message == "" {
			said.Message = http.StatusText(answer.StatusCode)
		}
		return fmt.Errorf("%s answered %d: %s", r.URL.Host, answer.StatusCode, said.Message)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%s answered with something else than was asked for: is it a Roster?", r.URL.Host)
	}
	return nil
}

// ownRequest is a GET of one of Roster's own paths, with the credential that the flags of cmd give.
func (e *env) ownRequest(cmd *cobra.Command, path string, query url.Values) (*http.Request, error) {
	var c config.API
	if err := config.Load(cmd.Flags(), e.Environ(), c.Settings()); err != nil {
		return nil, err
	}
	bearer, err := cmd.Flags().GetBool("bearer")
	if err != nil {
		return nil, err
	}
	r, err := ownRequestTo(cmd.Context(), c.URL, path, query)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Token == "":
		return nil, misuse("this needs the token of a site administrator: say --token or set ROSTER_TOKEN")
	case bearer:
		r.Header.Set("Authorization", "Bearer "+c.Token)
	case c.Email == "":
		return nil, misuse("the token needs its account's e-mail address: say --email or set ROSTER_EMAIL, or say --bearer")
	default:
		r.SetBasicAuth(c.Email, c.Token)
	}
	return r, nil
}

// ownRequestTo is a GET of one of Roster's own paths on the site at an address, without a credential.
func ownRequestTo(ctx context.Context, site, path string, query url.Values) (*http.Request, error) {
	base, err := url.Parse(site)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, misuse("--url takes the URL of a site, such as https://acme.example, without credentials and query")
	}
	place := strings.TrimSuffix(strings.TrimRight(base.EscapedPath(), "/"), "/wiki")
	address := base.Scheme + "://" + base.Host + place + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", "roster/"+version)
	return r, nil
}
