package web

import (
	"cmp"
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// words are what the program says, in another language, by the English of it.
type words struct {
	whole   map[string]string
	phrases []phrase // those with the most of the program's own text first
}

// phrase is a sentence of the program with data in it.
type phrase struct {
	english []string // what stands before, between and behind the data
	said    string
}

// verb stands for something in a sentence, as in [fmt.Sprintf], or is a percent sign.
var verb = regexp.MustCompile(`%(?:%|[-+#0-9.]*(?:\[([0-9]+)\])?[a-zA-Z])`)

// readWords reads a language's file of words: English sentences, as the program's text has them, with what to say
// instead. A language may have none.
func readWords(from fs.FS, file string) words {
	w := words{whole: map[string]string{}}
	text, err := fs.ReadFile(from, file)
	if errors.Is(err, fs.ErrNotExist) {
		return w
	}
	if err == nil {
		err = yaml.Unmarshal(text, &w.whole)
	}
	if err != nil {
		panic(file + ": " + err.Error())
	}
	for english, said := range w.whole {
		if verb.MatchString(english) {
			p := phrase{around(english), said}
			if verb.MatchString(filled(said, make([]string, len(p.english)-1))) {
				panic(file + ": more stands for data in " + said + " than in " + english)
			}
			w.phrases = append(w.phrases, p)
		}
	}
	slices.SortFunc(w.phrases, func(a, b phrase) int {
		one, other := strings.Join(a.english, ""), strings.Join(b.english, "")
		return cmp.Or(len(other)-len(one), strings.Compare(one, other), len(a.english)-len(b.english))
	})
	return w
}

// around is what stands before, between and behind the verbs of a sentence.
func around(sentence string) []string {
	var parts []string
	var part strings.Builder
	end := 0
	for _, at := range verb.FindAllStringIndex(sentence, -1) {
		part.WriteString(sentence[end:at[0]])
		end = at[1]
		if sentence[at[0]:end] == "%%" {
			part.WriteByte('%')
			continue
		}
		parts = append(parts, part.String())
		part.Reset()
	}
	return append(parts, part.String()+sentence[end:])
}

// say returns what to say for something English, which is that itself where the language has no words for it.
func (w words) say(english string) string {
	if said, found := w.whole[english]; found {
		return said
	}
	for _, p := range w.phrases {
		if data, found := p.in(english); found {
			return filled(p.said, data)
		}
	}
	return english
}

// in returns the data in a sentence, and false where it is not the phrase.
func (p phrase) in(sentence string) (data []string, found bool) {
	last := len(p.english) - 1
	rest, found := strings.CutPrefix(sentence, p.english[0])
	if !found || last == 0 {
		return nil, found && rest == ""
	}
	for _, part := range p.english[1:last] {
		var one string
		if one, rest, found = strings.Cut(rest, part); !found {
			return nil, false
		}
		data = append(data, one)
	}
	rest, found = strings.CutSuffix(rest, p.english[last])
	return append(data, rest), found
}

// filled puts data where the verbs of a sentence are: one after the other, or by number as in %[2]s.
func filled(said string, data []string) string {
	next := 0
	return verb.ReplaceAllStringFunc(said, func(v string) string {
		if v == "%%" {
			return "%"
		}
		if number := verb.FindStringSubmatch(v)[1]; number != "" {
			next, _ = strconv.Atoi(number)
			next--
		}
		next++
		if next < 1 || next > len(data) {
			return v
		}
		return data[next-1]
	})
}
