package config

import (
	"log/slog"
	"reflect"
	"strings"
	"testing"
)

// given is the flags of a command line.
type given map[string]string

func (g given) String(name, value, usage string) *string { return &value }
func (g given) Changed(name string) bool                 { _, ok := g[name]; return ok }
func (g given) GetString(name string) (string, error)    { return g[name], nil }

func TestAFlagBeatsTheEnvironmentAndThatTheDefault(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		flags   given
		environ []string
		want    Serve
	}{
		{nil, nil, Serve{DB: "roster.db", Listen: "127.0.0.1:8080"}},
		{nil, []string{"ROSTER_DB=a.db", "ROSTER_LOG_LEVEL=WARN"}, Serve{DB: "a.db", Listen: "127.0.0.1:8080", LogLevel: slog.LevelWarn}},
		{nil, []string{"ROSTER_DB=a.db", "ROSTER_DB=b.db", "ROSTER_LISTEN="}, Serve{DB: "b.db", Listen: "127.0.0.1:8080"}},
		{
			given{"db": "c.db", "listen": ":0", "public-url": "https://people.example"},
			[]string{"ROSTER_DB=a.db", "ROSTER_TEST_POSTGRES=x", "HOME=/"},
			Serve{DB: "c.db", Listen: ":0", PublicURL: "https://people.example"},
		},
	} {
		tt.want.Cache = 128 << 20
		var got Serve
		if err := Load(tt.flags, tt.environ, got.Settings()); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%v %v gave %+v (%v), want %+v", tt.flags, tt.environ, got, err, tt.want)
		}
	}
}

func TestABadValueIsOneSentenceThatNamesWhatWasGiven(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		flags   given
		environ []string
		want    string
	}{
		{given{"listen": "8080"}, nil, `--listen takes host:port, with a port from 0 (any that is free) to 65535, not "8080"`},
		{given{"listen": "localhost:65536"}, nil, `--listen takes host:port, with a port from 0 (any that is free) to 65535, not "localhost:65536"`},
		{nil, []string{"ROSTER_LISTEN=:http"}, `ROSTER_LISTEN takes host:port, with a port from 0 (any that is free) to 65535, not ":http"`},
		{nil, []string{"ROSTER_LOG_LEVEL=loud"}, `ROSTER_LOG_LEVEL takes debug, info, warn or error, not "loud"`},
		{given{"db": "mysql://ada:secret@host/x?password=secret"}, nil, `--db takes a file or postgres://user@host/name, not "mysql://ada:xxxxx@host/x"`},
		{given{"db": ""}, nil, `--db takes a file or postgres://user@host/name, not ""`},
		{given{"db": "host=db password=secret"}, nil, `--db takes a file or postgres://user@host/name, not "(hidden)"`},
		{given{"public-url": "https://people.example/"}, nil, `--public-url takes http(s)://host[:port][/path], without /wiki and a trailing slash, not "https://people.example/"`},
		{given{"public-url": "people.example"}, nil, `--public-url takes http(s)://host[:port][/path], without /wiki and a trailing slash, not "people.example"`},
		{given{"smtp": "mail.example"}, nil, `--smtp takes log:, capture:, smtps://host:465 or smtp://host:587, not "mail.example"`},
		{nil, []string{"ROSTER_SMTP=http://ada:secret@mail.example"}, `ROSTER_SMTP takes log:, capture:, smtps://host:465 or smtp://host:587, not "http://ada:xxxxx@mail.example"`},
		{nil, []string{"ROSTER_LISTN=:1"}, `there is no environment variable ROSTER_LISTN; did you mean ROSTER_LISTEN?`},
		{nil, []string{"ROSTER_SITES=1"}, `there is no environment variable ROSTER_SITES; did you mean ROSTER_SITE?`},
	} {
		err := Load(tt.flags, tt.environ, new(Serve).Settings())
		if err == nil || err.Error() != tt.want {
			t.Errorf("%v %v gave the error %v, want %s", tt.flags, tt.environ, err, tt.want)
		}
	}
}

func TestNoPasswordIsEverShown(t *testing.T) {
	t.Parallel()
	for _, db := range []string{
		"postgres://ada:secret@db.example/roster", "postgres://ada@db.example/roster?password=secret",
		"postgres://ada:secret%zz@db.example/roster", "host=db password=secret", "postgres://db/x#secret",
	} {
		if shown, from := Value(given{"db": db}, nil, new(Manage).Settings()[0]); strings.Contains(shown, "secret") || from != FromFlag {
			t.Errorf("%s is shown as %s from %s", db, shown, from)
		}
	}
	for _, s := range new(Serve).Settings() {
		if shown, _ := Value(given{"smtp": "smtp://ada:secret@mail.example:587"}, nil, s); strings.Contains(shown, "secret") {
			t.Errorf("%s is shown as %s", s.Name, shown)
		}
	}
	for _, s := range new(API).Settings() {
		if shown, from := Value(nil, []string{s.Env + "=secret"}, s); s.Secret == (shown == "secret") || from != FromEnvironment {
			t.Errorf("%s is shown as %s from %s", s.Name, shown, from)
		}
	}
}

func TestEachSettingIsOneFlagAndOneVariableWithAGoodDefault(t *testing.T) {
	t.Parallel()
	for _, part := range Table() {
		flags := map[string]bool{}
		for _, s := range part.Settings {
			if flags[s.Name] || s.Help == "" || !strings.HasPrefix(s.Env, prefix) || strings.HasPrefix(s.Env, testPrefix) {
				t.Errorf("%s: --%s stands twice or is incomplete", part.Command, s.Name)
			}
			flags[s.Name] = true
		}
		if err := Load(nil, nil, part.Settings); err != nil {
			t.Errorf("the defaults of %s: %v", part.Command, err)
		}
	}
}

func TestTheStandInNeverTakesTheServersVariables(t *testing.T) {
	t.Parallel()
	server := map[string]bool{}
	for _, s := range append(new(Serve).Settings(), new(Manage).Settings()...) {
		server[s.Env] = true
	}
	for _, s := range new(Dev).Settings() {
		if server[s.Env] {
			t.Errorf("%s belongs to both", s.Env)
		}
	}
}
