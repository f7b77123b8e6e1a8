package app

import "github.com/rosterhq/roster/internal/api"

// SpecFormats are the forms in which [Spec] describes the API.
func SpecFormats() []string { return api.Formats }

// Spec returns the description of the API of a site at an address, in one of [SpecFormats]: of one that answers as real
// sites were observed to, or else as Atlassian documents.
func Spec(format string, observed bool, address string) []byte {
	return api.DescribeAs(format, observed, address, address)
}
