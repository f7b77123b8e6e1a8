//go:build race

package transfer_test

// slowed is by how much a test makes less of what takes time only: the race detector makes SQLite ten times as slow.
const slowed = 5
