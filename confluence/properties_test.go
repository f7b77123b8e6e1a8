package confluence

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestAPropertysValueTravelsByteForByte(t *testing.T) {
	t.Parallel()
	const value = `{ "é" : 1e400 ,"big":9007199254740993,"<&>":"\u00e9 é", "b":1,"a":[ ] }`
	var sent string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent += r.Method + " " + string(body)
		answer(200, `{"key":"colour","value":`+value+`,"id":"1"}`)(w, r)
	})
	for _, write := range []func() error{
		func() error {
			return c.Properties.Create(t.Context(), "557058:ada", "colour", json.RawMessage(value))
		},
		func() error {
			return c.Properties.Update(t.Context(), "557058:ada", "colour", json.RawMessage(value))
		},
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	if want := `POST {"value":` + value + `}PUT {"value":` + value + `}`; sent != want {
		t.Errorf("sent %s, want %s", sent, want)
	}
	got, err := c.Properties.Get(t.Context(), "557058:ada", "colour")
	if err != nil || string(got.Value) != value {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, a := range c.asked {
		if a.URL.EscapedPath() != "/wiki/rest/api/user/557058:ada/property/colour" {
			t.Errorf("asked %s", a.URL.EscapedPath())
		}
	}
}

func TestAPropertysValueMayBeAnythingThatBecomesJSON(t *testing.T) {
	t.Parallel()
	var sent []byte
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		sent, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusCreated)
	})
	err := c.Properties.Create(t.Context(), "ada", "k", map[string]string{"a": "<b>"})
	if err != nil || string(sent) != `{"value":{"a":"<b>"}}` {
		t.Errorf("sent %s, %v", sent, err)
	}
	for _, bad := range []any{json.RawMessage(`{`), json.RawMessage(nil), json.RawMessage(`{}}`), func() {}} {
		if err := c.Properties.Create(t.Context(), "ada", "k", bad); err == nil {
			t.Errorf("%v was sent", bad)
		}
	}
	if len(c.asked) != 1 {
		t.Errorf("asked %v", c.addresses())
	}
}

func TestTheKeysOfPropertiesComePageByPage(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		page := `{"results":[{"key":"a"},{"key":"b"}],"start":0,"limit":2,"size":2,"_links":{"next":"/rest/api/user/ada/property?next=true&limit=2&start=2"}}`
		if r.FormValue("start") == "2" {
			page = `{"results":[{"key":"c"}],"start":2,"limit":2,"size":1,"_links":{}}`
		}
		answer(200, page)(w, r)
	})
	var keys []string
	for k, err := range c.Properties.List(t.Context(), "ada", PageOptions{Limit: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k.Key)
	}
	if fmt.Sprint(keys) != "[a b c]" {
		t.Errorf("got %v", keys)
	}
}

func TestWhatCannotStandInThePathOfAPropertyIsNotSent(t *testing.T) {
	t.Parallel()
	c := serve(t, answer(200, `{}`))
	for _, name := range []string{"", ".", ".."} {
		if _, err := c.Properties.Get(t.Context(), name, "k"); err == nil {
			t.Errorf("the account %q was sent", name)
		}
		if err := c.Properties.Delete(t.Context(), "ada", name); err == nil {
			t.Errorf("the key %q was sent", name)
		}
	}
	if len(c.asked) > 0 {
		t.Errorf("asked %v", c.addresses())
	}
}

func TestGroupWritesSayWhatTheyWrite(t *testing.T) {
	t.Parallel()
	var sent []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = append(sent, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(201, `{"type":"group","name":"Staff","id":"7"}`)(w, r)
	})
	g, err := c.Groups.Create(t.Context(), "Staff")
	if err != nil || g.ID != "7" {
		t.Errorf("got %+v, %v", g, err)
	}
	err = errors.Join(c.Groups.AddMember(t.Context(), "7", "ada"), c.Groups.RemoveMember(t.Context(), "7", "ada"), c.Groups.Delete(t.Context(), "7"))
	want := `[POST /wiki/rest/api/group {"name":"Staff"} POST /wiki/rest/api/group/userByGroupId?groupId=7 {"accountId":"ada"} ` +
		`DELETE /wiki/rest/api/group/userByGroupId?accountId=ada&groupId=7 DELETE /wiki/rest/api/group/by-id?id=7]`
	if err != nil || fmt.Sprint(sent) != want {
		t.Errorf("sent %v, %v", sent, err)
	}
}

func TestAnAdminKeyIsEnabledReadAndDisabled(t *testing.T) {
	t.Parallel()
	var sent []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = append(sent, strings.TrimSpace(r.Method+" "+string(body)))
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(200, `{"accountId":"ada","expirationTime":"2030-01-01T00:00:00.000Z"}`)(w, r)
	})
	k, err := c.AdminKey.Enable(t.Context(), 60)
	if err != nil || k.ExpirationTime != "2030-01-01T00:00:00.000Z" {
		t.Errorf("got %+v, %v", k, err)
	}
	_, err = c.AdminKey.Enable(t.Context(), 0)
	_, err2 := c.AdminKey.Get(t.Context())
	if err := errors.Join(err, err2, c.AdminKey.Disable(t.Context())); err != nil {
		t.Error(err)
	}
	if fmt.Sprint(sent) != `[POST {"durationInMinutes":60} POST {} GET DELETE]` {
		t.Errorf("sent %v", sent)
	}
}
