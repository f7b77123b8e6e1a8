package confluence_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/rosterhq/roster/confluence"
)

// site stands for a site that knows one user and two groups.
func site() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /wiki/rest/api/user", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("accountId") != "557058:ada" {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"statusCode":404,"message":"No user has this account ID."}`)
			return
		}
		fmt.Fprint(w, `{"type":"known","accountId":"557058:ada","displayName":"Ada Lovelace","timeZone":null,
			"operations":[{"operation":"use","targetType":"application"}]}`)
	})
	mux.HandleFunc("GET /wiki/rest/api/user/bulk", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"results":[{"accountId":"557058:ada","displayName":"Ada Lovelace"}],"start":0,"limit":100,"size":1,"_links":{}}`)
	})
	mux.HandleFunc("GET /wiki/rest/api/user/memberof", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"results":[{"name":"analysts"},{"name":"engineers"}],"start":0,"limit":200,"size":2,"_links":{}}`)
	})
	mux.HandleFunc("GET /wiki/rest/api/space", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"results":[],"size":0}`)
	})
	return httptest.NewServer(mux)
}

func Example() {
	server := site()
	defer server.Close()
	ctx := context.Background()

	client, err := confluence.NewClient(server.URL, confluence.WithBasicAuth("ada@acme.example", "token"))
	if err != nil {
		panic(err)
	}
	user, err := client.Users.Get(ctx, "557058:ada", "operations")
	if err != nil {
		panic(err)
	}
	fmt.Println(user.DisplayName, "may", user.Operations[0].Operation, "the site")
	// Output: Ada Lovelace may use the site
}

func ExampleUsers_MemberOf() {
	server := site()
	defer server.Close()

	client, err := confluence.NewClient(server.URL)
	if err != nil {
		panic(err)
	}
	for group, err := range client.Users.MemberOf(context.Background(), "557058:ada", confluence.PageOptions{}) {
		if err != nil {
			panic(err)
		}
		fmt.Println(group.Name)
	}
	// Output:
	// analysts
	// engineers
}

func ExampleUsers_Bulk() {
	server := site()
	defer server.Close()

	client, err := confluence.NewClient(server.URL)
	if err != nil {
		panic(err)
	}
	users, err := client.Users.Bulk(context.Background(), []string{"557058:nobody", "557058:ada"})
	if err != nil {
		panic(err)
	}
	for _, user := range users {
		fmt.Println(user.DisplayName)
	}
	// Output: Ada Lovelace
}

func ExampleError() {
	server := site()
	defer server.Close()

	client, err := confluence.NewClient(server.URL)
	if err != nil {
		panic(err)
	}
	_, err = client.Users.Get(context.Background(), "557058:nobody")
	fmt.Println(errors.Is(err, confluence.ErrNotFound))
	fmt.Println(err)
	// Output:
	// true
	// GET /wiki/rest/api/user: 404 Not Found: No user has this account ID.
}

func ExampleNullable() {
	server := site()
	defer server.Close()

	client, err := confluence.NewClient(server.URL)
	if err != nil {
		panic(err)
	}
	user, err := client.Users.Get(context.Background(), "557058:ada")
	if err != nil {
		panic(err)
	}
	if _, ok := user.TimeZone.Get(); !ok {
		fmt.Println("absent:", user.TimeZone.IsZero(), "hidden:", user.TimeZone.IsNull())
	}
	// Output: absent: false hidden: true
}

func ExampleClient_Do() {
	server := site()
	defer server.Close()

	client, err := confluence.NewClient(server.URL)
	if err != nil {
		panic(err)
	}
	var spaces struct{ Size int }
	if err := client.Do(context.Background(), "GET", "/wiki/rest/api/space", nil, nil, &spaces); err != nil {
		panic(err)
	}
	fmt.Println(spaces.Size, "spaces")
	// Output: 0 spaces
}
