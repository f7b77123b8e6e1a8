package api

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/rosterhq/roster/internal/site"
)

// situation is one way for a request to be answered with something else than what it asked for, shown by requests
// to operations that refuse in different words.
type situation struct {
	name string
	on   func(*site.Site) // what is different about the site
	asks []ask
}

const (
	userPathOf  = "/wiki/rest/api/user"
	searchPath  = "/wiki/rest/api/search/user"
	groupPath   = "/wiki/rest/api/group"
	v2BulkPath  = "/wiki/api/v2/users-bulk"
	checkPath   = "/wiki/api/v2/user/access/check-access-by-email"
	invitePath  = "/wiki/api/v2/user/access/invite-by-email"
	missingPath = "/wiki/rest/api/nothing"
)

func getsUser() ask    { return ask{path: userPathOf + "?accountId=" + accountID(colleague)} }
func getsCurrent() ask { return ask{path: userPathOf + "/current"} }
func searches() ask    { return ask{path: searchPath + "?cql=type%3Duser"} }
func getsBulkV2() ask  { return posts(v2BulkPath, `{"accountIds":["`+accountID(colleague)+`"]}`) }
func getsEmail() ask   { return ask{path: userPathOf + "/email?accountId=" + accountID(colleague)} }
func checks() ask      { return posts(checkPath, `{"emails":["ada@example.com"]}`) }
func invites() ask     { return posts(invitePath, `{"emails":["ada@example.com"]}`) }
func posts(path, body string) ask {
	return ask{method: http.MethodPost, path: path, body: body}
}

// gets are GETs of paths.
func gets(paths ...string) (asks []ask) {
	for _, p := range paths {
		asks = append(asks, ask{path: p})
	}
	return asks
}

// by are requests of somebody's.
func by(role string, asks ...ask) []ask {
	for i := range asks {
		asks[i].role = role
	}
	return asks
}

// far are requests through the gateway.
func far(asks ...ask) []ask {
	for i := range asks {
		asks[i].base = "gateway"
	}
	return asks
}

// showing are requests with a header.
func showing(name, value string, asks ...ask) []ask {
	for i := range asks {
		asks[i].header = http.Header{name: strings.Split(value, "\n")}
	}
	return asks
}

func allOf(lists ...[]ask) (all []ask) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func basic(text string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(text))
}

func credentialSituations() []situation {
	forms := []string{
		"Basic !!!", basic("no-colon"), basic(":token"), basic("ada@example.com:"), basic("ada@example.com:to:ken"),
		"Bearer", "Bearer a b", "Digest x", "Bearer one\nBearer two",
	}
	var unparsable []ask
	for _, f := range forms {
		unparsable = append(unparsable, showing("Authorization", f, getsUser())...)
	}
	return []situation{
		{"No credential", nil, []ask{getsUser(), getsCurrent(), searches(), getsBulkV2(), getsEmail(), checks()}},
		{"A token that nobody knows, is revoked or expired, or whose account is deactivated", nil, allOf(
			by("wrong", getsUser()), by("revoked", getsUser()), by("expired", getsUser()), by(deactivated, getsUser()),
			by("wrong", searches()), by("revoked", searches()), by("expired", searches()), by(deactivated, searches()),
			by("wrong", getsBulkV2()), by("revoked", getsBulkV2()), by("expired", getsBulkV2()), by(deactivated, getsBulkV2()),
		)},
		{"A credential that cannot be read", nil, append(unparsable, showing("Authorization", "Basic !!!", getsCurrent(), searches(), getsBulkV2())...)},
		{"An account that may not use the site", nil, by(unlicensed, getsUser(), getsCurrent(), searches(), getsBulkV2(), getsEmail(), checks())},
		{"A token without the scope", nil, far(by("wrong-scope", getsUser(), searches(), getsBulkV2())...)},
		{"A scoped token on the site's own address", nil, by("scoped", getsUser(), getsBulkV2())},
		{"The same token through the gateway", nil, far(by("scoped", getsUser(), getsBulkV2())...)},
		{"No site of this cloud ID", nil, far(by("elsewhere", getsUser(), getsBulkV2())...)},
		{"A caller who may not view profiles", with("viewProfiles", "groups"), by(person, getsUser(), searches(),
			ask{path: groupPath + "/" + groupID("users") + "/membersByGroupId"}, getsBulkV2())},
		{"No credential, on a site that lets anonymous callers in", with("anonymousAccess", "true"), []ask{getsUser(), getsCurrent(), searches(), getsBulkV2(), getsEmail()}},
		{"An e-mail operation, called by whom it is not for", nil, allOf(by(person, getsEmail()), by(app, getsEmail()), by(admin, getsEmail()))},
		{"The e-mail operations are switched off", with("emailApi", "false"), by(approved, getsEmail())},
		{"The access operations are switched off", with("accessApi", "false"), by(person, checks(), invites())},
		{"An invitation, and one by whom the site does not let invite", with("whoMayInvite", "administrators"), allOf(by(admin, invites()), by(person, invites()))},
	}
}

func parameterSituations() []situation {
	id, ab := accountID(colleague), accountID(colleague)+"&accountId="+accountID(person)
	cqlOf := func(text string) string { return searchPath + "?cql=" + url.QueryEscape(text) }
	return []situation{
		{"A user whom nobody knows", nil, allOf(by(person, gets(userPathOf+"?accountId=nobody", userPathOf+"/memberof?accountId=nobody", userPathOf+"/bulk?accountId=nobody")...),
			by(approved, gets(userPathOf+"/email?accountId=nobody")...), by(person, posts(v2BulkPath, `{"accountIds":["nobody"]}`)))},
		{"`accountId` is missing, empty or of another name", nil, by(person, gets(userPathOf, userPathOf+"?accountId=", userPathOf+"?accountid="+id,
			userPathOf+"?username=ada", userPathOf+"/bulk?accountId=,", userPathOf+"/memberof")...)},
		{"One value asked for, several given", nil, by(person, gets(userPathOf+"?accountId="+ab, searchPath+"?cql=type%3Duser&cql=user%3Dx", groupPath+"?start=1&start=2")...)},
		{"A number that is none", nil, by(person, gets(groupPath+"?start=abc", groupPath+"?limit=99999999999", groupPath+"?start=3%204", groupPath+"?start=%22%3C",
			searchPath+"?cql=type%3Duser&limit=abc", userPathOf+"/bulk?accountId="+id+"&limit=x")...)},
		{"A negative number", nil, by(person, gets(groupPath+"?limit=-1&start=-1", searchPath+"?cql=type%3Duser&start=-1", userPathOf+"/bulk?accountId="+id+"&limit=-1")...)},
		{"No number where one is needed", nil, by(person, gets(userPathOf+"/bulk?accountId="+id+"&limit=0", groupPath+"?limit=0", groupPath+"?start=&limit=")...)},
		{"A limit above the cap", nil, by(person, gets(groupPath+"?limit=5000", userPathOf+"/bulk?accountId="+id+"&limit=500", searchPath+"?cql=type%3Duser&limit=500",
			groupPath+"/"+groupID("users")+"/membersByGroupId?limit=201")...)},
		{"Neither true nor false", nil, by(person, gets(groupPath+"/picker?query=a&shouldReturnTotalSize=maybe")...)},
		{"A word that is not on the list", nil, by(person, gets(groupPath+"?accessType=x", searchPath+"?cql=type%3Duser&sitePermissionTypeFilter=x")...)},
		{"An expansion that nobody knows", nil, by(person, gets(userPathOf+"?accountId="+id+"&expand=nonsense.deep")...)},
		{"A query that is not percent-encoded", nil, by(person, gets(userPathOf+"?accountId=%zz")...)},
		{"A group that nobody knows", nil, by(person, gets(groupPath+"/by-id?id=nothing", groupPath+"/nothing/membersByGroupId")...)},
		{"`cql` is missing or empty", nil, by(person, gets(searchPath, searchPath+"?cql=", searchPath+"?CQL=type%3Duser")...)},
		{"`cql` cannot be read", nil, by(person, gets(cqlOf("user ="), cqlOf(`user.fullname ~ ""`), cqlOf(`user > "a"`))...)},
		{"`cql` names a field that people do not have", nil, by(person, gets(cqlOf(`title ~ "x"`))...)},
	}
}

func protocolSituations() []situation {
	many := `{"accountIds":["` + strings.Repeat(`x","`, 250) + `x"]}`
	wrongType := posts(v2BulkPath, `{"accountIds":["x"]}`)
	wrongType.header = http.Header{"Content-Type": {"text/plain"}}
	packed := posts(v2BulkPath, `{"accountIds":["x"]}`)
	packed.header = http.Header{"Content-Encoding": {"gzip"}}
	method := func(m string, paths ...string) (asks []ask) {
		for _, p := range paths {
			asks = append(asks, ask{method: m, path: p, role: person})
		}
		return asks
	}
	return []situation{
		{"A path that nothing answers", nil, allOf(by(person, gets(missingPath+"?a=b", "/wiki/api/v2/nothing", userPathOf+"/", "/wiki/rest//api/user")...),
			gets(missingPath), by(person, showing("Accept", "*/*", gets(missingPath)...)...))},
		{"A watch without what is watched", nil, by(person, gets(userPathOf+"/watch/content", userPathOf+"/watch/label/")...)},
		{"A write without the XSRF header", nil, by(person, ask{method: "POST", path: userPathOf + "/watch/label/" + onLabel})},
		{"What is to be watched does not exist", nil, by(person, gets(userPathOf+"/watch/label/nothing", userPathOf+"/watch/space/NOTHING", userPathOf+"/watch/content/1")...)},
		{"A write that is for site administrators", nil, allOf(by(person, posts(groupPath, `{"name":"New"}`)), by(person, ask{method: "DELETE", path: groupPath + "/by-id?id=" + groupID("empty")}), by(person, gets("/wiki/api/v2/admin-key")...))},
		{"A property that is there already, or is not", nil, by(person, posts(userPathOf+"/"+accountID(colleague)+"/property/colour", `{"value":{}}`), ask{path: userPathOf + "/" + accountID(colleague) + "/property/nothing"})},
		{"A method that the path does not take", nil, allOf(method("POST", userPathOf, searchPath), method("PUT", userPathOf+"/watch/label/x"), method("GET", v2BulkPath))},
		{"PATCH", nil, method("PATCH", userPathOf, v2BulkPath, missingPath)},
		{"OPTIONS", nil, method("OPTIONS", userPathOf, searchPath, v2BulkPath)},
		{"A body that cannot be read", nil, by(person, posts(v2BulkPath, `{`), posts(v2BulkPath, `["x"]`), posts(v2BulkPath, `{"accountIds":["x"]}}`),
			posts(v2BulkPath, `{"accountIds":["x"],"accountIds":[]}`), posts(v2BulkPath, "{\"accountIds\":[\"\xff\"]}"), posts(v2BulkPath, ""))},
		{"A body that says the wrong thing", nil, by(person, posts(v2BulkPath, `{}`), posts(v2BulkPath, `{"accountIds":null}`), posts(v2BulkPath, `{"accountIds":"x"}`),
			posts(v2BulkPath, `{"accountIds":[null]}`), posts(v2BulkPath, `{"accountIds":[]}`), posts(v2BulkPath, many), posts(checkPath, `{"emails":[]}`))},
		{"A body of another type", nil, by(person, wrongType, packed)},
		{"A body above 1 MiB", nil, by(person, posts(v2BulkPath, `{"accountIds":["`+strings.Repeat("x", 1<<20)+`"]}`))},
		{"A URL above 64 KiB", nil, by(person, gets(userPathOf+"?accountId="+strings.Repeat("x", 64<<10))...)},
		{"Headers above 32 KiB", nil, showing("X-Long", strings.Repeat("x", 32<<10), getsUser())},
	}
}
