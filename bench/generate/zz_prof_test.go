package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestZZProf(t *testing.T) {
	n := os.Getenv("ZZN")
	if n == "" {
		t.Skip()
	}
	url := os.Getenv("ZZURL")
	if url == "" {
		url = filepath.Join(t.TempDir(), "x.db")
	}
	if err := run(t.Context(), []string{"--db", url, "--people", n}, os.Stderr, io.Discard); err != nil {
		t.Fatal(err)
	}
}
