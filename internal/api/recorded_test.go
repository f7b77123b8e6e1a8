package api

import (
	"testing"

	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
)

// The refusals that were recorded on real sites, to the byte, as far as their bytes are known.
func TestAnObservedSiteRefusesInTheRecordedBytes(t *testing.T) {
	const (
		rejected = `{"statusCode":403,"message":"com.atlassian.confluence.mvc.rest.common.exception.StacklessResponseStatusException: 403 FORBIDDEN \"Request rejected because caller cannot access Confluence\""}`
		service  = `"message":"com.atlassian.confluence.api.service.exceptions.api.`
	)
	if len(rejected) != 190 {
		t.Fatalf("the body of a rejected caller has %d bytes, and 190 were recorded", len(rejected))
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, observedSite, atAcme)
		open := newSite(t, d, observedSite, with("anonymousAccess", "true"))
		for _, test := range []struct {
			got    response
			status int
			body   string
		}{
			{s.ask(getsUser()), 403, rejected},
			{s.get(unlicensed, "/wiki/rest/api/group"), 403, rejected},
			{s.get("", "/wiki/rest/api/user/"+accountID(person)+"/property"), 403, rejected},
			{s.ask(searches()), 403, `{"message":"Current user not permitted to use Confluence","statusCode":403}`},
			{s.get("", "/wiki/rest/api/user/watch/space/DS"), 403, `{"message":"Current user not permitted to use Confluence","statusCode":403}`},
			{s.ask(getsBulkV2()), 404, `{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}`},
			{open.ask(getsUser()), 403, `{"statusCode":403,"data":{"authorized":false,"valid":true,"errors":[],"successful":false},` + service + `PermissionException: User not permitted to view user profiles"}`},
			{
				s.get(person, "/wiki/rest/api/group?limit=abc"), 400,
				`{"statusCode":400,"message":"org.springframework.web.method.annotation.MethodArgumentTypeMismatchException: Failed to convert value of type 'java.lang.String' to required type 'int'; nested exception is java.lang.NumberFormatException: For input string: \"abc\""}`,
			},
			{s.get(person, searchPath+"?cql=user%3Dx&limit=abc"), 404, ""},
			{s.get(person, "/wiki/rest/api/group?start=-1&limit=-1"), 400, `{"statusCode":400,"message":"java.lang.IllegalArgumentException: start cannot be less than zero"}`},
			{s.get(person, searchPath+"?start=-1"), 400, `{"statusCode":400,"data":{"authorized":true,"valid":true,"errors":[],"successful":true},` + service + `BadRequestException: cql query parameter is required"}`},
			{s.get(person, searchPath+"?cql=user%3D"), 400, `{"statusCode":400,"data":{"authorized":true,"valid":true,"errors":[],"successful":true},` + service + `BadRequestException: Could not parse cql : user="}`},
			{s.ask(ask{method: "PUT", path: userPathOf, role: person}), 405, `{"errors":[{"status":405,"code":"METHOD_NOT_ALLOWED","title":"org.springframework.web.HttpRequestMethodNotSupportedException: Request method 'PUT' not supported"}]}`},
			{s.ask(ask{method: "PUT", path: searchPath, role: person}), 405, ""},
			{s.ask(ask{method: "OPTIONS", path: userPathOf}), 404, `{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found"}]}`},
			{s.get(person, missingPath), 404, `{"message":"null for uri: https://acme.example/wiki/rest/api/nothing","status-code":404}`},
		} {
			if test.got.status != test.status || test.got.body != test.body {
				t.Errorf("%d %s\nwant %d %s", test.got.status, test.got.body, test.status, test.body)
			}
		}
	})
}

func TestADocumentedSiteNeverRefusesInHTMLOrWithoutABody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for i := range operations {
			op := &operations[i]
			for _, credential := range []string{"", "Basic !!!", "Bearer x"} {
				for _, method := range []string{op.method(), "PATCH", "OPTIONS", "TRACE"} {
					a := op.request()
					if a.method = method; credential != "" {
						a.header.Set("Authorization", credential)
					}
					a.header.Set("Accept", "text/html")
					got := s.ask(a)
					if got.status < 400 || got.status >= 500 || got.header.Get("Content-Type") != "application/json" || got.body == "" {
						t.Errorf("%s %s with %q: %d %v %q", method, op.id, credential, got.status, got.header, got.body)
					}
					if got.status == 405 && got.header.Get("Allow") == "" {
						t.Errorf("%s %s: 405 without Allow", method, op.id)
					}
				}
			}
		}
	})
}
