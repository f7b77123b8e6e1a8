package api

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/rosterhq/roster/confluence"
)

// Users are most of what is ever answered, and a refusal is to cost less than they do, so both are encoded by hand:
// encoding/json takes over three times as long. Tests hold that it writes the same.

// encodeUsers encodes a page of users: page says how it is without any, and has its empty list of results first.
func encodeUsers(page any, users []confluence.User) []byte {
	const opening = `{"results":[`
	rest, found := bytes.CutPrefix(encode(page), []byte(opening))
	if !found {
		return nil
	}
	text := append(make([]byte, 0, len(opening)+len(rest)+640*len(users)), opening...)
	for i := range users {
		if i > 0 {
			text = append(text, ',')
		}
		text = appendUser(text, &users[i])
	}
	return append(text, rest...)
}

// appendUser appends a user's JSON.
func appendUser(b []byte, u *confluence.User) []byte {
	b = appendText(append(b, `{"type":`...), u.Type)
	b = appendText(append(b, `,"accountId":`...), u.AccountID)
	b = appendText(append(b, `,"accountType":`...), u.AccountType)
	b = appendText(append(b, `,"email":`...), u.Email)
	b = appendText(append(b, `,"publicName":`...), u.PublicName)
	b = appendIcon(append(b, `,"profilePicture":`...), u.ProfilePicture)
	b = appendText(append(b, `,"displayName":`...), u.DisplayName)
	if zone, given := u.TimeZone.Get(); given {
		b = appendText(append(b, `,"timeZone":`...), zone)
	} else if u.TimeZone.IsNull() {
		b = append(b, `,"timeZone":null`...)
	}
	if u.ExternalCollaborator != nil {
		b = strconv.AppendBool(append(b, `,"externalCollaborator":`...), *u.ExternalCollaborator)
	}
	b = strconv.AppendBool(append(b, `,"isExternalCollaborator":`...), u.IsExternalCollaborator)
	b = strconv.AppendBool(append(b, `,"isGuest":`...), u.IsGuest)
	b = appendText(append(b, `,"locale":`...), u.Locale)
	b = appendText(append(b, `,"accountStatus":`...), u.AccountStatus)
	if u.Operations != nil {
		b = append(append(b, `,"operations":`...), encode(u.Operations)...)
	}
	if u.Details != nil {
		b = append(append(b, `,"details":`...), encode(u.Details)...)
	}
	if !u.PersonalSpace.IsZero() {
		b = append(append(b, `,"personalSpace":`...), encode(u.PersonalSpace)...)
	}
	b = appendTexts(append(b, `,"_expandable":`...), u.Expandable)
	b = appendTexts(append(b, `,"_links":`...), u.Links)
	return append(b, '}')
}

func appendIcon(b []byte, picture confluence.Nullable[confluence.Icon]) []byte {
	icon, given := picture.Get()
	if !given {
		return append(b, `null`...)
	}
	b = appendText(append(b, `{"path":`...), icon.Path)
	b = strconv.AppendInt(append(b, `,"width":`...), int64(icon.Width), 10)
	b = strconv.AppendInt(append(b, `,"height":`...), int64(icon.Height), 10)
	b = strconv.AppendBool(append(b, `,"isDefault":`...), icon.IsDefault)
	return append(b, '}')
}

// appendTexts appends an object of texts in the order of its names.
func appendTexts(b []byte, texts map[string]string) []byte {
	if texts == nil {
		return append(b, `null`...)
	}
	var few [8]string
	names := few[:0]
	for name := range texts {
		names = append(names, name)
	}
	slices.Sort(names)
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, name), ':')
		b = appendText(b, texts[name])
	}
	return append(b, '}')
}

// appendText appends a text in quotes. What is not plain ASCII is left to encoding/json.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
			return append(b, encode(text)...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}

// appendError appends the JSON of a failure without single faults.
func appendError(b []byte, e confluence.ErrorV1) []byte {
	b = strconv.AppendInt(append(b, `{"statusCode":`...), int64(e.StatusCode), 10)
	b = strconv.AppendBool(append(b, `,"data":{"authorized":`...), e.Data.Authorized)
	b = strconv.AppendBool(append(b, `,"valid":`...), e.Data.Valid)
	b = strconv.AppendBool(append(b, `,"errors":[],"successful":`...), e.Data.Successful)
	return append(appendText(append(b, `},"message":`...), e.Message), '}')
}
