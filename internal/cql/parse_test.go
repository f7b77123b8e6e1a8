package cql_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rosterhq/roster/internal/cql"
)

func term(f cql.Field, op cql.Op, values ...string) cql.Term {
	t := cql.Term{Field: f, Op: op}
	for _, v := range values {
		t.Values = append(t.Values, cql.Value{Text: v})
	}
	return t
}

func TestEveryFormSeenInTheWildIsRead(t *testing.T) {
	t.Parallel()
	isUser := term(cql.FieldType, cql.Equal, "user")
	x := term(cql.FieldFullName, cql.Contains, "x")
	mine := cql.Term{Field: cql.FieldUser, Op: cql.Equal, Values: []cql.Value{cql.CurrentUser}}
	for text, want := range map[string]cql.Expr{
		`type=user`:                       isUser,
		`TYPE = "user"`:                   isUser,
		`user.fullname~"x"`:               x,
		`user.fullName ~ x`:               x,
		`(((user.fullname ~ 'x')))`:       x,
		`user="557058:a-b"`:               term(cql.FieldUser, cql.Equal, "557058:a-b"),
		`user=557058:a-b`:                 term(cql.FieldUser, cql.Equal, "557058:a-b"),
		`user IN ("a","b")`:               term(cql.FieldUser, cql.In, "a", "b"),
		`user not in ( a , b )`:           term(cql.FieldUser, cql.NotIn, "a", "b"),
		`user.accountId!="x"`:             term(cql.FieldAccountID, cql.NotEqual, "x"),
		`user.userkey = x`:                term(cql.FieldUserKey, cql.Equal, "x"),
		`user.fullname !~ kahn*`:          term(cql.FieldFullName, cql.NotContains, "kahn*"),
		`type=user AND user.fullname~"x"`: cql.And{isUser, x},
		`type=user and user.fullname~x or user=currentUser()`: cql.Or{cql.And{isUser, x}, mine},
		`not type=user and user = CURRENTUSER ( )`:            cql.And{cql.Not{isUser}, mine},
		`not (type=user and user.fullname~x)`:                 cql.Not{cql.And{isUser, x}},
		`type=user and (type=user and user.fullname~x)`:       cql.And{isUser, cql.And{isUser, x}},
		`user.fullname ~ "say \"hi\" \\ O'Brien"`:             term(cql.FieldFullName, cql.Contains, `say "hi" \ O'Brien`),
		`user.fullname ~ 'O\'Brien'`:                          term(cql.FieldFullName, cql.Contains, "O'Brien"),
		`user.fullname ~ "and"`:                               term(cql.FieldFullName, cql.Contains, "and"),
		`type=user ORDER BY title`:                            isUser,
		`type=user order by user.fullname desc, created asc`:  isUser,
		`user.fullname ~ 山田`:                                  term(cql.FieldFullName, cql.Contains, "山田"),
	} {
		q, err := cql.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, q.Expr); diff != "" {
			t.Errorf("%s: -want +got\n%s", text, diff)
		}
	}
}

func TestAFieldThatPeopleLackIsReadAndMarked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]cql.Field{
		`title ~ "x"`:                          "title",
		`type=user and Space.Key = DS`:         "space.key",
		`type=user or created > now("-4w", x)`: "created",
		`content.property[app].a <= 3`:         "content.property[app].a",
		`not (label in (a, b) or user = "x")`:  "label",
		`creator = currentUser()`:              "creator",
	} {
		q, err := cql.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, ok := q.Unsupported(); !ok || got != want {
			t.Errorf("%s: unsupported field %q %v, want %q", text, got, ok, want)
		}
		if q.Match(cql.Person{AccountID: "x"}, "x") {
			t.Errorf("%s: finds somebody", text)
		}
	}
	q, err := cql.Parse("type = user")
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := q.Unsupported(); ok {
		t.Errorf("type is marked as %q", f)
	}
}

func TestUnreadableTextNamesThePlace(t *testing.T) {
	t.Parallel()
	for text, offset := range map[string]int{
		"":                              0,
		"   ":                           3,
		"user":                          4,
		"user =":                        6,
		"user = and":                    7,
		`user = ""`:                     7,
		`user.fullname ~ "  "`:          16,
		`user.fullname ~ ""`:            16,
		`user = "x`:                     7,
		`user = "x\"`:                   7,
		`user = a b`:                    9,
		`user in ()`:                    9,
		`user in a`:                     8,
		`user in (a b)`:                 11,
		`user in (a,`:                   11,
		`user not like a`:               9,
		`(user = a`:                     9,
		`user = a)`:                     8,
		`user = a and`:                  12,
		`user = a order title`:          15,
		`user = a order by`:             17,
		`order by title`:                6,
		`user > a`:                      5,
		`type ~ user`:                   5,
		`user.accountid !~ a`:           15,
		`user = now()`:                  7,
		`type = currentUser()`:          7,
		`user.fullname = currentUser()`: 16,
		`user = currentUser(1)`:         19,
		`title = now(`:                  12,
		`"user" = a`:                    0,
		`benützer = a`:                  0,
		`user = a\b`:                    8,
		`user ! a`:                      5,
		"user = \xff":                   7,
		"user = \"a\x00\"":              9,
		`user = "a" "b"`:                11,
		"user = " + strings.Repeat("a", cql.MaxLength): cql.MaxLength,
	} {
		_, err := cql.Parse(text)
		bad, ok := errors.AsType[*cql.SyntaxError](err)
		if !ok {
			t.Errorf("%.60q: error %v", text, err)
			continue
		}
		if bad.Offset != offset || bad.Message == "" || !strings.Contains(bad.Error(), bad.Message) {
			t.Errorf("%.60q: at %d (%s), want at %d", text, bad.Offset, bad.Message, offset)
		}
	}
}

func TestTheBoundsHoldExactly(t *testing.T) {
	t.Parallel()
	nested := func(n int) string { return strings.Repeat("(", n) + "user=a" + strings.Repeat(")", n) }
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"deepest":         {nested(cql.MaxDepth), true},
		"too deep":        {nested(cql.MaxDepth + 1), false},
		"NOTs count too":  {strings.Repeat("not ", cql.MaxDepth+1) + "user=a", false},
		"most terms":      {"user=a" + strings.Repeat(" or user=a", cql.MaxTerms-1), true},
		"too many terms":  {"user=a" + strings.Repeat(" or user=a", cql.MaxTerms), false},
		"most values":     {"user in (a" + strings.Repeat(",a", cql.MaxTerms-1) + ")", true},
		"too many values": {"user in (a" + strings.Repeat(",a", cql.MaxTerms) + ")", false},
		"longest":         {"user = " + strings.Repeat("a", cql.MaxLength-7), true},
		"only openings":   {strings.Repeat("(", cql.MaxLength), false},
	} {
		if _, err := cql.Parse(c.text); (err == nil) != c.ok {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzParseNeverPanicsAndStringParsesToTheSameTree(f *testing.F) {
	for _, text := range []string{
		`type=user AND user.fullname~"x"`, `not (user in (a,'b') or user!="c\"") order by x desc`,
		`user = currentUser()`, `title > now("x") and not not a.b[c] !~ *`, `((`, `user = "\`, "a=\u0085\u00a0b",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := cql.Parse(text)
		if err != nil {
			bad, ok := errors.AsType[*cql.SyntaxError](err)
			if !ok || bad.Offset < 0 || bad.Offset > len(text) {
				t.Fatalf("%#v", err)
			}
			return
		}
		q.Match(cql.Person{AccountID: "a", Names: []string{"Ada Lovelace"}}, "a")
		again, err := cql.Parse(q.String())
		if err != nil {
			if len(q.String()) > cql.MaxLength { // quotation marks and spaces may lengthen the text
				return
			}
			t.Fatalf("%q printed as %q: %v", text, q, err)
		}
		if diff := cmp.Diff(q, again); diff != "" {
			t.Fatalf("%q printed as %q: -first +again\n%s", text, q, diff)
		}
	})
}
