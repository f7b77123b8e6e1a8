package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/config"
	"github.com/rosterhq/roster/internal/site"
)

func TestTheReadmeListsEverySetting(t *testing.T) {
	t.Parallel()
	const path, from, to = "../../README.md", "<!-- settings -->\n", "<!-- /settings -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(text), from)
	listed, tail, closed := strings.Cut(rest, to)
	if !found || !closed {
		t.Fatalf("%s has no list of settings", path)
	}
	var want strings.Builder
	want.WriteString("| command | flag | variable | default | what it is |\n|---|---|---|---|---|\n")
	for _, part := range config.Table() {
		for _, s := range part.Settings {
			fmt.Fprintf(&want, "| %s | `--%s` | `%s` | %s | %s |\n", part.Command, s.Name, s.Env, code(s.Default), s.Help)
		}
	}
	want.WriteString("\nOf a site, by `roster site set NAME setting=value`:\n\n| setting | values | default | what it is |\n|---|---|---|---|\n")
	for _, s := range site.SettingsTable {
		fmt.Fprintf(&want, "| `%s` | %s | %s | %s |\n", s.Name, strings.ReplaceAll(s.Values, "|", ", "), code(s.Default), s.Help)
	}
	if listed == want.String() {
		return
	}
	if os.Getenv("UPDATE_GOLDEN") == "" {
		t.Fatalf("%s does not list the settings as they are; UPDATE_GOLDEN=1 writes them:\n%s", path, want.String())
	}
	if err := os.WriteFile(path, []byte(head+from+want.String()+to+tail), 0o666); err != nil {
		t.Fatal(err)
	}
}

func code(value string) string {
	if value == "" {
		return ""
	}
	return "`" + value + "`"
}
