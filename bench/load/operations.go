package main

import (
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
)

// operation is one thing to measure.
type operation struct {
	name string
	next request
}

// pageSize is that of the lists: a small one, so that finding the page weighs most.
const pageSize = 25

// operations are what is measured on a subject.
func (s *subject) operations() []operation {
	get := func(path func(random *rand.Rand) string) request {
		return func(buf []byte, random *rand.Rand) []byte { return s.head(buf, "GET", path(random), 0) }
	}
	members := func(start func(random *rand.Rand) int) request {
		return get(func(random *rand.Rand) string {
			return "/rest/api/group/" + s.BigGroupID + "/membersByGroupId?limit=" + strconv.Itoa(pageSize) + "&start=" + strconv.Itoa(start(random))
		})
	}
	last := max(0, s.members-pageSize)
	return []operation{
		{"GET user", get(func(random *rand.Rand) string { return "/rest/api/user?accountId=" + s.person(random) })},
		{"user/bulk of 100", get(func(random *rand.Rand) string {
			return "/rest/api/user/bulk?accountId=" + strings.Join(s.some(random, 100), "&accountId=")
		})},
		{"users-bulk of 100", func(buf []byte, random *rand.Rand) []byte {
			body, err := json.Marshal(map[string][]string{"accountIds": s.some(random, 100)})
			if err != nil {
				panic(err)
			}
			return append(s.head(buf, "POST", "/api/v2/users-bulk", len(body)), body...)
		}},
		{"memberof", get(func(random *rand.Rand) string { return "/rest/api/user/memberof?accountId=" + s.person(random) })},
		{"members, first page", members(func(*rand.Rand) int { return 0 })},
		{"members, any page", members(func(random *rand.Rand) int { return random.IntN(last + 1) })},
		{"members, last page", members(func(*rand.Rand) int { return last })},
		{"search by prefix", get(func(random *rand.Rand) string {
			return "/rest/api/search/user?limit=" + strconv.Itoa(pageSize) + "&cql=user.fullname~%22" + s.prefix(random) + "*%22"
		})},
	}
}

// some are so many accounts, anywhere.
func (s *subject) some(random *rand.Rand, many int) []string {
	ids := make([]string, many)
	for i := range ids {
		ids[i] = s.person(random)
	}
	return ids
}

// prefix is how some name begins.
func (s *subject) prefix(random *rand.Rand) string {
	word := []rune(strings.ToLower(s.Words[random.IntN(len(s.Words))]))
	return url.QueryEscape(string(word[:min(len(word), 3)]))
}
