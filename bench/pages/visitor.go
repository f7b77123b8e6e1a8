package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// visitor is somebody who is signed in.
type visitor struct {
	client *http.Client
	site   *url.URL // where the pages begin; ends in a slash
}

// signIn returns a visitor. As the browser does, it keeps the cookie.
func signIn(ctx context.Context, o options) (*visitor, error) {
	site, err := url.Parse(strings.TrimSuffix(o.server, "/") + "/")
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	v := &visitor{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, site}
	path, form := "login", url.Values{"email": {o.email}, "password": {o.password}}
	if o.password == "" {
		path, form = "login/as", url.Values{"account": {o.email}}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, site.JoinPath(path).String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	got, err := v.client.Do(r)
	if err != nil {
		return nil, err
	}
	got.Body.Close()
	if got.StatusCode != http.StatusSeeOther {
		return nil, fmt.Errorf("sign in as %s: answered %s", o.email, got.Status)
	}
	return v, nil
}

// answer is what came of a request.
type answer struct {
	status int
	kind   string // its media type; empty for what is to be saved
	body   []byte
	packed int // bytes of the body that were transferred
	took   time.Duration
}

// fetch gets a page whole. How long that takes is what the server took and a little more.
func (v *visitor) fetch(ctx context.Context, address string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	r.Header.Set("Accept-Encoding", "gzip") // said here, so that the answer is left as it is
	began := time.Now()
	got, err := v.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	a := answer{status: got.StatusCode, kind: got.Header.Get("Content-Type")}
	if strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
		a.kind = ""
		return a, nil
	}
	a.body, err = io.ReadAll(got.Body)
	a.took, a.packed = time.Since(began), len(a.body)
	if err == nil && got.Header.Get("Content-Encoding") == "gzip" {
		a.body, err = unpack(a.body)
	}
	if err != nil {
		return answer{}, fmt.Errorf("read %s: %w", address, err)
	}
	return a, nil
}

func unpack(text []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSuffix(line, "\r")
}
