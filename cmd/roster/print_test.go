package main

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
)

func TestALongListIsWrittenBlockByBlock(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := newListing(&env{Stdout: &out}, newVersionCommand(nil), func(n int) []string { return []string{strconv.Itoa(n), "x"} }, "number", "name")
	for n := range blockRows {
		if err := l.add(n); err != nil {
			t.Fatal(err)
		}
	}
	if lines := strings.Count(out.String(), "\n"); lines != 1+blockRows {
		t.Errorf("a full block is written as %d lines", lines)
	}
	if err := l.all([]int{7}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), "\nNUMBER  NAME\n7       x\n") {
		t.Errorf("the last block is %q", out.String()[out.Len()-30:])
	}
}
