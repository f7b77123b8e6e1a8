package samples

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// code is a text that grows line by line, each as far to the right as blocks are open.
type code struct {
	text   strings.Builder
	indent string // of one block
	depth  int
}

// line adds a line.
func (c *code) line(format string, args ...any) {
	if format != "" {
		c.text.WriteString(strings.Repeat(c.indent, c.depth))
		fmt.Fprintf(&c.text, format, args...)
	}
	c.text.WriteByte('\n')
}

// lines adds a block of lines as they are.
func (c *code) lines(block string) {
	for line := range strings.Lines(block) {
		if line = strings.TrimSuffix(line, "\n"); line == "" {
			c.line("")
		} else {
			c.line("%s", line)
		}
	}
}

// comments adds sentences, each behind a mark.
func (c *code) comments(mark string, sentences []string) {
	for _, s := range sentences {
		c.line("%s %s", mark, s)
	}
}

// double quotes as JSON does, which Go, Java, JavaScript, C# and Python read alike.
func double(s string) string { return strconv.Quote(s) }

// doubled quotes as Pascal and PowerShell do.
func doubled(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// slashed quotes as PHP and Ruby do.
func slashed(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// inShell quotes as a shell does.
func inShell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// escape is a value as it stands in a URL.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

const widest = 90 // characters of a piece of a long list

// pieces splits a long list at its commas, so that a line stays readable.
func pieces(s string) []string {
	if len(s) <= widest || strings.Contains(s, " ") {
		return []string{s}
	}
	var all []string
	now := ""
	for word := range strings.SplitAfterSeq(s, ",") {
		if now != "" && len(now)+len(word) > widest {
			all, now = append(all, now), ""
		}
		now += word
	}
	return append(all, now)
}

// joined writes a value in quotes, over several lines where it is long; plus is the operator between them.
func (c *code) joined(s string, quote func(string) string, plus string) string {
	var parts []string
	for _, p := range pieces(s) {
		parts = append(parts, quote(p))
	}
	return strings.Join(parts, plus+"\n"+strings.Repeat(c.indent, c.depth+2))
}

// dotted is a path as one text.
func dotted(path []string) string { return strings.Join(path, ".") }

// label is the place of a field as an expression; within is how a language writes a variable and what follows it as one text.
func (f field) label(quote func(string) string, within string) string {
	switch path := dotted(f.Path); {
	case f.Prefix == "":
		return quote(path)
	case path == "":
		return f.Prefix
	default:
		return fmt.Sprintf(within, f.Prefix, path)
	}
}

// place is the place of an entry as a text; within is how a language writes a variable in a text.
func (l loop) place(within string) string {
	place := dotted(l.Path) + "[" + fmt.Sprintf(within, l.Index) + "]"
	if l.Prefix != "" {
		place = fmt.Sprintf(within, l.Prefix) + "." + place
	}
	return place
}
