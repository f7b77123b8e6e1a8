// Package e2e tests the built binary from outside, on both engines: by clients that others have written, and
// with real people. Its tests need ROSTER_TEST_BINARY, the path of the binary; make e2e sets it.
package e2e
