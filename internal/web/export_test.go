package web

import (
	"io/fs"
	"strings"
)

// Speaking has a server say its pages in the languages of a file system's templates. The program's own sentences are
// said, in all of them, by say; nil leaves them to the languages' words.
func Speaking(from fs.FS, say func(english string) string) func(*Server) {
	read := readTongues(from)
	if say != nil {
		for _, t := range read.all {
			t.say = say
		}
	}
	return func(s *Server) { s.tongues = func() *tongues { return read } }
}

// Says tells of sentences whether a format of the program's makes them of some data. A format of little but data makes
// only itself.
func Says(format string) func(sentence string) bool {
	p := phrase{around(format), ""}
	enough := len(strings.Join(p.english, "")) > 8
	return func(sentence string) bool {
		_, found := p.in(sentence)
		return format == sentence || enough && found
	}
}
