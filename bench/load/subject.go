package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	_ "github.com/jackc/pgx/v5/stdlib" // asked for its processes
	"golang.org/x/sync/errgroup"
)

// data describes a filled database, as bench/generate prints it.
type data struct {
	DB      string `json:"db"`
	People  int    `json:"people"`
	Callers []struct {
		Email string `json:"email"`
		Token string `json:"token"`
	} `json:"callers"`
	BigGroupID       string   `json:"bigGroupId"`
	AccountIDPattern string   `json:"accountIdPattern"` // of the person of each number
	Words            []string `json:"words"`            // of names
}

// subject is a server on one database, ready to be measured.
type subject struct {
	*process
	data
	members  int    // of the big group, as anybody sees them
	sample   []byte // an answer of GET /user
	postgres int    // the database server's first process; 0 for none
}

// person is the account ID of anybody.
func (s *subject) person(random *rand.Rand) string {
	return fmt.Sprintf(s.AccountIDPattern, random.IntN(s.People))
}

func (s *subject) engine() string {
	if s.isPostgres() {
		return "PostgreSQL"
	}
	return "SQLite"
}

func (s *subject) isPostgres() bool { return strings.HasPrefix(s.DB, "postgres") }

// newSubject starts the server and learns whom there is to ask for.
func newSubject(ctx context.Context, o options, file string) (_ *subject, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s := &subject{}
	if err := json.Unmarshal(text, &s.data); err != nil {
		return nil, err
	}
	if s.isPostgres() {
		if s.postgres, err = findPostgres(ctx, s.DB); err != nil {
			return nil, err
		}
	}
	if s.process, err = start(ctx, nil, o.roster, "serve", "--db", s.DB, "--listen", "127.0.0.1:0", "--cache", o.cache); err != nil {
		return nil, err
	}
	err = s.learn(ctx)
	if err == nil && o.cache != "0" { // there is nothing to fill otherwise
		err = s.warm(ctx)
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// findPostgres returns the process that all others of a PostgreSQL server descend from. It has to be on this machine.
func findPostgres(ctx context.Context, url string) (int, error) {
	pool, err := sql.Open("pgx", url)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	var pid int
	if err := pool.QueryRowContext(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		return 0, err
	}
	fields, err := stat(pid)
	if err != nil {
		return 0, fmt.Errorf("PostgreSQL is not on this machine: %w", err)
	}
	return strconv.Atoi(fields[1])
}

// learn asks for an answer of GET /user, and how long the list of everybody is.
func (s *subject) learn(ctx context.Context) (err error) {
	if len(s.Callers) == 0 || len(s.Words) == 0 || s.AccountIDPattern == "" {
		return errors.New("no callers, words or accountIdPattern")
	}
	someone := fmt.Sprintf(s.AccountIDPattern, s.People/2)
	if s.sample, err = fetch(ctx, s.url, s.head(nil, "GET", "/rest/api/user?accountId="+someone, 0)); err != nil {
		return err
	}
	page, err := fetch(ctx, s.url, s.head(nil, "GET", "/rest/api/group/"+s.BigGroupID+"/membersByGroupId?limit=1&shouldReturnTotalSize=true", 0))
	if err != nil {
		return err
	}
	var all struct{ TotalSize int }
	err = json.Unmarshal(page, &all)
	s.members = all.TotalSize
	return err
}

// warm asks for everybody once, so that the server's cache holds as many as it may.
func (s *subject) warm(ctx context.Context) error {
	const many = 100
	var next atomic.Int64
	var workers errgroup.Group
	for range 4 {
		workers.Go(func() error {
			for {
				first := int(next.Add(many)) - many
				if first >= s.People {
					return nil
				}
				path := []byte("/rest/api/user/bulk?")
				for i := first; i < min(s.People, first+many); i++ {
					path = fmt.Appendf(path, "accountId="+s.AccountIDPattern+"&", i)
				}
				if _, err := fetch(ctx, s.url, s.head(nil, "GET", string(path), 0)); err != nil {
					return err
				}
			}
		})
	}
	return workers.Wait()
}

// head appends a request up to its body: by a person who is no administrator, so that privacy applies.
func (s *subject) head(buf []byte, method, path string, length int) []byte {
	buf = append(buf, method...)
	buf = append(buf, " /wiki"...)
	buf = append(buf, path...)
	buf = append(buf, " HTTP/1.1\r\nHost: "...)
	buf = append(buf, strings.TrimPrefix(s.url, "http://")...)
	buf = append(buf, "\r\nAuthorization: Basic "...)
	buf = base64.StdEncoding.AppendEncode(buf, []byte(s.Callers[0].Email+":"+s.Callers[0].Token))
	if length > 0 {
		buf = append(buf, "\r\nContent-Type: application/json\r\nContent-Length: "...)
		buf = strconv.AppendInt(buf, int64(length), 10)
	}
	return append(buf, "\r\n\r\n"...)
}

// readBody reads an answer whole, and refuses any but 200.
func readBody(in io.Reader) ([]byte, error) {
	answer, err := http.ReadResponse(bufio.NewReader(in), nil)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("answered %s: %s", answer.Status, bytes.TrimSpace(body))
	}
	return body, err
}
