package confluence_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/rosterhq/roster/confluence"
)

// cupboard stands for a site that keeps one property of whoever is asked about.
func cupboard() *httptest.Server {
	var kept []byte
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPost:
			if kept != nil {
				w.WriteHeader(http.StatusConflict)
				return
			}
			kept, _ = io.ReadAll(r.Body)
			w.WriteHeader(http.StatusCreated)
		default:
			fmt.Fprintf(w, `{"key":"colour","id":"1",%s`, kept[1:])
		}
	}))
}

func ExampleProperties() {
	server := cupboard()
	defer server.Close()
	ctx := context.Background()

	client, err := confluence.NewClient(server.URL, confluence.WithBasicAuth("ada@acme.example", "token"))
	if err != nil {
		panic(err)
	}
	if err := client.Properties.Create(ctx, "557058:ada", "colour", map[string]int{"hue": 210}); err != nil {
		panic(err)
	}
	err = client.Properties.Create(ctx, "557058:ada", "colour", json.RawMessage(`{"hue":0}`))
	fmt.Println("twice:", errors.Is(err, confluence.ErrConflict))
	property, err := client.Properties.Get(ctx, "557058:ada", "colour")
	if err != nil {
		panic(err)
	}
	fmt.Println(property.Key, string(property.Value))
	// Output:
	// twice: true
	// colour {"hue":210}
}

func ExampleAdminKeys() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"accountId":"557058:ada","expirationTime":"2030-01-01T00:10:00.000Z"}`)
	}))
	defer server.Close()

	client, err := confluence.NewClient(server.URL, confluence.WithBasicAuth("ada@acme.example", "token"))
	if err != nil {
		panic(err)
	}
	key, err := client.AdminKey.Enable(context.Background(), 10)
	if err != nil {
		panic(err)
	}
	fmt.Println("until", key.ExpirationTime)
	// Output: until 2030-01-01T00:10:00.000Z
}

func ExampleGroups_Create() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"type":"group","name":"analysts","id":"01900000-0000-7000-8000-000000000001"}`)
	}))
	defer server.Close()

	client, err := confluence.NewClient(server.URL, confluence.WithBasicAuth("ada@acme.example", "token"))
	if err != nil {
		panic(err)
	}
	group, err := client.Groups.Create(context.Background(), "analysts")
	if err != nil {
		panic(err)
	}
	fmt.Println(group.Name, group.ID)
	// Output: analysts 01900000-0000-7000-8000-000000000001
}
