package rosteradmin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/rosteradmin"
)

// A stand-in makes the caller that a test needs.
func Example() {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"token":"roster_x","tokenId":"1","accountId":"557058:grace","expiresAt":"2030-01-01T00:00:00Z"}`)
	}))
	defer site.Close()
	admin, err := rosteradmin.NewClient(site.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	made, err := admin.Tokens.Make(context.Background(), rosteradmin.NewToken{
		Email: "grace.hopper@example.com", Scopes: []string{"read:confluence-user"}, ExpiresIn: rosteradmin.Lifetime(time.Hour),
	})
	fmt.Println(made.AccountID, err)
	// Output: 557058:grace <nil>
}

func TestARedirectIsNotFollowedWithTheCredential(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
	t.Cleanup(other.Close)
	site := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	t.Cleanup(site.Close)
	c, err := rosteradmin.NewClient(site.URL, rosteradmin.WithBasicAuth("ada@example.com", "secret"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Apps.List(t.Context())
	if failed, ok := errors.AsType[*confluence.Error](err); !ok || failed.StatusCode != http.StatusTemporaryRedirect {
		t.Error(err)
	}
}

func TestABaseThatIsNoSiteIsRefusedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "acme.example", "ftp://acme.example", "https://", "https://ada:s3cret@acme.example", "https://acme.example?x=y", "https://acme.example/#x"} {
		if _, err := rosteradmin.NewClient(base); err == nil || err.Error() != "the base URL is not of the form https://host, without credentials and query" {
			t.Errorf("%s: %v", base, err)
		}
	}
}
