//go:build !race

package transfer_test

const slowed = 1
