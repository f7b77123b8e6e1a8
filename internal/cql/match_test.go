package cql_test

import (
	"testing"

	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/fold"
)

func TestContainsMatchesBeginningsOfWordsInOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value, name string
		want        bool
	}{
		{"kahn", "Louis Kahn", true},
		{"kahn*", "Louis Kahn", true},
		{"LOU", "Louis Kahn", true},
		{"lou ka", "Louis Kahn", true},
		{"louis kahn", "Louis Isadore Kahn", true},
		{"kahn louis", "Louis Kahn", false},
		{"ahn", "Louis Kahn", false},
		{"louis louis", "Louis Kahn", false},
		{"*", "Louis Kahn", true},
		{" * * ", "", true},
		{"!", "Louis Kahn", false},
		{"x", "", false},
		{"o'br", "Mary O'Brien", true},
		{"eva", "Éva", false},
		{"e\u0301va", "Éva", true},
		{"山田", "山田太郎", true},
		{"太郎", "山田太郎", false},
		{"ｋａｈｎ", "Louis Kahn", true},
	} {
		if got := cql.NewPattern(c.value).Match(fold.Words(c.name)); got != c.want {
			t.Errorf("%q ~ %q: %v", c.name, c.value, got)
		}
	}
}

func TestAQueryFindsWhomItDescribes(t *testing.T) {
	t.Parallel()
	ada := cql.Person{AccountID: "557058:ada", Names: []string{"Ada Lovelace", "countess"}}
	for text, want := range map[string]bool{
		`type = User`:                                     true,
		`type = page`:                                     false,
		`type != page`:                                    true,
		`type in (page, user)`:                            true,
		`user = "557058:ada"`:                             true,
		`user = "557058:ADA"`:                             false,
		`user.accountid in (x, "557058:ada")`:             true,
		`user not in (x, "557058:ada")`:                   false,
		`user != x`:                                       true,
		`user.userkey = x`:                                false,
		`user.fullname ~ love`:                            true,
		`user ~ love`:                                     true,
		`user.fullname ~ count`:                           true,
		`user.fullname ~ "ada countess"`:                  false,
		`user.fullname !~ love`:                           false,
		`user.fullname = "ada  LOVELACE"`:                 true,
		`user.fullname = ada`:                             false,
		`type = user and user.fullname ~ grace`:           false,
		`user.fullname ~ grace or user.fullname ~ ada`:    true,
		`not user.fullname ~ grace`:                       true,
		`user = currentUser()`:                            true,
		`user != currentUser()`:                           false,
		`user in (x, currentUser())`:                      true,
		`not title ~ x`:                                   false,
		`user = x or user = y and user != "557058:ada"`:   false,
		`(user = x or type = user) and user.fullname ~ a`: true,
	} {
		q, err := cql.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := q.Match(ada, ada.AccountID); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestNobodyIsTheCurrentUserOfAnAnonymousCaller(t *testing.T) {
	t.Parallel()
	q, err := cql.Parse("user = currentUser()")
	if err != nil {
		t.Fatal(err)
	}
	if q.Match(cql.Person{}, "") {
		t.Error("an anonymous caller is somebody")
	}
}
