package api

import "slices"

// Formats are the names of the forms in which the API is described.
var Formats = []string{"openapi", "openapi-yaml", "openapi-3.0", "openapi-3.0-yaml", "postman"}

// DescribeAs returns the description of the API of a site at an address of a server, in one of [Formats]: of one that
// answers as real sites were observed to, or else as Atlassian documents. It is nil where there is no such format.
func DescribeAs(format string, observed bool, address, server string) []byte {
	switch i := slices.Index(Formats, format); {
	case i < 0:
		return nil
	case format == "postman":
		return postmanTemplate().text(address, server)
	default:
		return documentTemplates[documentForm{modern: i < 2, yaml: i%2 == 1, observed: observed}]().text(address, server)
	}
}
