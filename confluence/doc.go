// Package confluence is the vocabulary of the Confluence Cloud user API and a client for it.
//
// The types are exactly what travels on the wire, in that order of members. The server in this module encodes
// them, [Client] decodes them, and neither has a second copy. What may be absent, null or a value is a [Nullable].
//
// A [Client] speaks to one site, either at the site's own address or through the gateway for tokens:
//
//	client, err := confluence.NewClient("https://acme.example", confluence.WithBasicAuth("ada@acme.example", token))
//	user, err := client.Users.Get(ctx, "557058:ada", "operations")
//
// Lists come as iterators, which ask for one page at a time and only as far as they are read:
//
//	for group, err := range client.Users.MemberOf(ctx, user.AccountID, confluence.PageOptions{}) { … }
//
// Bulk lookups take any number of IDs: they are split into requests of the size a site takes, and what comes
// back is in the order asked for, each once, with unknown IDs left out.
//
// An answer outside 2xx is an [*Error], whichever of the site's bodies it came in, and matches one of the sentinels
// such as [ErrNotFound]. A refusal that says when to come back is repeated, within the bounds of [WithRetries].
package confluence
