package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/rosterhq/roster/internal/action"
	"github.com/rosterhq/roster/internal/auth"
)

// mostOfAnswer is how many bytes of an answer a page shows.
const mostOfAnswer = 64 << 10

// actionResult is what came of an action that was run.
type actionResult struct {
	Status int
	Good   bool
	Body   string // indented where it is JSON; empty where there is none
	Whole  int    // bytes, where the page shows only the beginning; else 0
	Millis int64
}

// runAction runs an action with what the form says. What only reads is run at once; what changes something is asked about.
func (v *visit) runAction(page actionPage) error {
	page.Fields = actionFields(page.Action, v.r.PostForm)
	request, wrong := requestOf(page.Action, page.Fields)
	if wrong != nil {
		page.Problem = blame(page.Action, page.Fields, wrong)
		return v.show(http.StatusUnprocessableEntity, "action", page)
	}
	page.Request = request.Method + " " + request.Path
	if len(request.Query) > 0 {
		page.Request += "?" + request.Query.Encode()
	}
	if page.Action.Effect && v.r.PostForm.Get("confirmed") != "yes" {
		page.Ask = true
		return v.show(http.StatusOK, "action", page)
	}
	var err error
	if page.Result, err = v.carryOut(request); err != nil {
		return err
	}
	return v.show(http.StatusOK, "action", page)
}

// carryOut sends a request to the API of the site as the person who is signed in: with their session, and with nothing
// else that they hold.
func (v *visit) carryOut(request action.Request) (*actionResult, error) {
	var body io.Reader
	if request.Body != nil {
		text, err := json.Marshal(request.Body)
		if err != nil {
			return nil, fmt.Errorf("write what an action sends: %w", err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(v.ctx(), request.Method, "http://"+v.r.Host+v.above()+request.Path, body)
	if err != nil {
		return nil, fmt.Errorf("make the request of an action: %w", err)
	}
	r.URL.RawQuery, r.RemoteAddr = request.Query.Encode(), v.r.RemoteAddr
	for name, values := range request.Header {
		r.Header[name] = values
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-Atlassian-Token", "no-check")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.AddCookie(&http.Cookie{Name: auth.SessionCookie, Value: auth.SessionOf(v.r)})
	began := v.Directory.Changes.Now()
	answer, err := v.API.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("run an action: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("read what an action answers: %w", err)
	}
	result := &actionResult{Status: answer.StatusCode, Good: answer.StatusCode < 400, Body: pretty(text), Millis: v.Directory.Changes.Now().Sub(began).Milliseconds()}
	if n := len(result.Body); n > mostOfAnswer {
		cut := mostOfAnswer
		for !utf8.RuneStart(result.Body[cut]) {
			cut--
		}
		result.Whole, result.Body = n, result.Body[:cut]
	}
	return result, nil
}

// above is the part of the path that leads to the site, as the request has it: empty, or such as /_site/acme.
func (v *visit) above() string {
	whole, _, _ := strings.Cut(v.r.RequestURI, "?")
	before, cut := strings.CutSuffix(whole, v.site.Path)
	if !cut || !strings.HasPrefix(whole, "/") {
		return ""
	}
	return before
}

// actionFields are the fields of the form that runs an action, with what was typed.
func actionFields(a action.Action, typed url.Values) []blank {
	fields := make([]blank, len(a.Parameters))
	for i, p := range a.Parameters {
		f := blank{Key: p.Name, Name: "in." + p.Name, Label: p.Label, Help: p.Help, Required: p.Required, Kind: kindOfParameter(p), Text: typed.Get("in." + p.Name)}
		if p.Default != nil {
			f.Preset = strings.Trim(jsonText(p.Default), `"`)
		}
		for _, value := range p.Values {
			f.Choices = append(f.Choices, offer{value.Value, value.Help, false})
		}
		if f.Kind == "several" {
			f.several(typed["in."+p.Name])
		}
		for n := range f.Choices {
			f.Choices[n].Chosen = f.Choices[n].Chosen || f.Kind == "choice" && f.Choices[n].Value == f.Text
		}
		fields[i] = f
	}
	return fields
}

func kindOfParameter(p action.Parameter) string {
	switch p.Type {
	case "integer":
		return "number"
	case "boolean":
		return "truth"
	case "array":
		if len(p.Values) > 0 {
			return "several"
		}
		return "text"
	case "object", "any":
		return "json"
	}
	if len(p.Values) > 0 {
		return "choice"
	}
	return "text"
}

// requestOf is the request that the form asks for.
func requestOf(a action.Action, fields []blank) (action.Request, error) {
	with, missing := map[string]any{}, false
	for i, p := range a.Parameters {
		f := &fields[i]
		text := strings.Join(f.chosen(), ",")
		switch {
		case text == "":
			f.Missing = p.Required
			missing = missing || f.Missing
		case p.Type == "any":
			if !json.Valid([]byte(text)) {
				return action.Request{}, fmt.Errorf("%s: %s is no JSON", a.Name, p.Name)
			}
			with[p.Name] = json.RawMessage(text)
		default:
			with[p.Name] = text
		}
	}
	if missing {
		return action.Request{}, errMissing
	}
	return a.Request(with)
}

// blame puts what is wrong beside the field that it is about, and returns it where that is none of them.
func blame(a action.Action, fields []blank, wrong error) string {
	if wrong == errMissing {
		return ""
	}
	words := strings.TrimPrefix(strings.TrimPrefix(wrong.Error(), a.Name+":"), a.Name)
	for i, p := range a.Parameters {
		if rest, of := strings.CutPrefix(strings.TrimSpace(words), p.Name); of && strings.Trim(rest[:min(len(rest), 1)], ": [") == "" {
			fields[i].Problem = strings.TrimLeft(rest, ": ")
			return ""
		}
	}
	return wrong.Error()
}
