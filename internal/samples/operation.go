// Package samples writes a program for an operation in each of many languages: it sends the request, checks the status and
// reads every field of the answer. It knows no operation by itself; whoever asks describes one.
package samples

import "strings"

// Operation is what a sample is made from.
type Operation struct {
	ID     string // such as getUser; programs are named after it
	Title  string
	Method string
	Site   string // the site's address, without /wiki
	Path   string // from /wiki on, with {name} for each of Names
	Names  []Value
	Query  []Value
	Token  bool   // the header X-Atlassian-Token: no-check is needed
	App    bool   // only an app may call, as itself
	NoApp  bool   // no scope lets an app call
	Body   string // JSON to send, on one line; "" for none
	Status int    // of success
	Answer *Node  // nil where there is no body

	AnswerType string // of the SDK, such as confluence.User
	Go         string // the SDK's method with its arguments, "" where there is none that answers with that type
}

// Value is a parameter and its example. A list that is sent as one value, separated by commas, may be long.
type Value struct{ Name, Text string }

// Sample is a program, or as much of one as its language needs.
type Sample struct {
	Lang   string // as a documentation page names it for its highlighter
	Label  string // as people name it
	Source string
}

// Pascal is the label of the language whose sample of one user reads everything that there can be.
const Pascal = "Delphi / Free Pascal"

// languages are all there are, in the order in which they are shown.
var languages = []struct {
	lang, label string
	write       func(Operation) string
}{
	{"Shell", "curl", curl},
	{"Go", "Go", golang},
	{"Python", "Python", python},
	{"JavaScript", "JavaScript (fetch)", javascript},
	{"JavaScript", "JavaScript (@forge/api)", forge},
	{"Java", "Java", java},
	{"C#", "C#", csharp},
	{"PHP", "PHP", php},
	{"Ruby", "Ruby", ruby},
	{"PowerShell", "PowerShell", powershell},
	{"Pascal", Pascal, pascal},
	{"Pascal", "Delphi (Chilkat)", chilkat},
}

// All returns a sample in each language.
func All(o Operation) []Sample {
	list := make([]Sample, len(languages))
	for i, l := range languages {
		list[i] = Sample{l.lang, l.label, l.write(o)}
	}
	return list
}

// program is the name of a sample, as a type is named.
func (o Operation) program() string { return strings.ToUpper(o.ID[:1]) + o.ID[1:] }

// verb is the method as libraries name it.
func (o Operation) verb() string { return o.Method[:1] + strings.ToLower(o.Method[1:]) }

// address is the URL without its query, with the example values in the path.
func (o Operation) address() string {
	path := o.Path
	for _, n := range o.Names {
		path = strings.ReplaceAll(path, "{"+n.Name+"}", escape(n.Text))
	}
	return o.Site + path
}

// about are the words at the top of each sample, with what it needs beside the language.
func (o Operation) about(needs string) []string {
	lines := []string{o.Title + "."}
	if needs != "" {
		lines = append(lines, "Needs "+needs+".")
	}
	if o.App {
		return append(lines, "CONFLUENCE_APP_TOKEN holds the access token of an app that is approved for e-mail addresses.")
	}
	return append(lines,
		"CONFLUENCE_EMAIL and CONFLUENCE_TOKEN hold an e-mail address and its API token.",
		"An OAuth 2.0 access token is sent as Authorization: Bearer TOKEN instead.")
}
