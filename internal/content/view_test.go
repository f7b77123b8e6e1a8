package content_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rosterhq/roster/internal/content"
)

func TestAViewIsSafeToShow(t *testing.T) {
	t.Parallel()
	for storage, want := range map[string]string{
		`<p>Hello <strong>Ada</strong> &amp; Bob</p>`:                           `<p>Hello <strong>Ada</strong> &amp; Bob</p>`,
		`<p onclick="x()" style="y">a</p>`:                                      `<p>a</p>`,
		`a<script>alert(1)</script>b`:                                           `ab`,
		`<a href="javascript:alert(1)">x</a>`:                                   `<a>x</a>`,
		`<a href="https://example.com/?a=1&amp;b=2">x</a>`:                      `<a href="https://example.com/?a=1&amp;b=2">x</a>`,
		`<ac:structured-macro ac:name="toc"><p>in</p></ac:structured-macro>out`: `out`,
		`<b><i>crossed</b></i>`:                                                 `<b><i>crossed</i></b>`,
		`<p>open`:                                                               `<p>open</p>`,
		`<br/><hr>`:                                                             `<br/><hr/>`,
		`<font color="red">old</font>`:                                          `old`,
		`<!-- note --><td colspan="2">x</td>`:                                   `<td colspan="2">x</td>`,
		`&lt;script&gt;`:                                                        `&lt;script&gt;`,
		`<svg><a href="https://example.com">x</a></svg>`:                        ``,
		`<noembed><img src=x onerror=alert(1)></noembed>`:                       `&lt;img src=x onerror=alert(1)&gt;`,
		`<ac:a><ac:a>x</ac:a>y</ac:a>z`:                                         `z`,
		strings.Repeat("<div>", 100) + "x":                                      strings.Repeat("<div>", 64) + "x" + strings.Repeat("</div>", 64),
		`<a href="jav&#x09;ascript:alert(1)" title='"><script>alert(1)</script>'>x</a>`: `<a title="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">x</a>`,
	} {
		if got := content.View(storage); got != want {
			t.Errorf("%s is shown as\n%s, want\n%s", storage, got, want)
		}
	}
}

func TestAViewOfAViewIsTheSame(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"<p>", "</p>", "<b>", "</b>", "<script>", "</script>", "<ac:x>", "</ac:x>", "text", "<", "\"", "&amp;", "<br/>", "<a href='x'>", "</a>", "<![CDATA[", "]]>"})
	rapid.Check(t, func(t *rapid.T) {
		once := content.View(strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(t, "storage"), ""))
		if twice := content.View(once); twice != once {
			t.Errorf("%q is shown as %q", once, twice)
		}
	})
}

func TestADescriptionIsShownAsText(t *testing.T) {
	t.Parallel()
	s := content.Space{Description: "a <b>\nc & d"}
	if got, want := s.DescriptionView(), "a &lt;b&gt;<br/>c &amp; d"; got != want {
		t.Errorf("shown as %q, want %q", got, want)
	}
}

func TestASpacesOwnColoursStandOverTheDefault(t *testing.T) {
	t.Parallel()
	look, err := content.Space{LookAndFeel: `{"links":{"color":"red"},"header":{"button":{"color":"blue"}}}`}.Look()
	if err != nil {
		t.Fatal(err)
	}
	var got, byDefault struct {
		Links    struct{ Color string }
		Headings struct{ Color string }
		Header   struct {
			Button struct{ Color, BackgroundColor string }
		}
	}
	if err := json.Unmarshal(look, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content.DefaultLook(), &byDefault); err != nil {
		t.Fatal(err)
	}
	want := byDefault
	want.Links.Color, want.Header.Button.Color = "red", "blue"
	if got != want {
		t.Errorf("it looks like %+v, want %+v", got, want)
	}
}
