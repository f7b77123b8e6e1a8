package web_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/rosterhq/roster/internal/avatar"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

// upload sends a file as the form of one's own picture does.
func (w *browser) upload(content []byte) answer { return w.uploadTo("/profile/picture", content) }

// uploadTo sends a file as a picture form at a path does.
func (w *browser) uploadTo(path string, content []byte) answer {
	w.t.Helper()
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	file, err := parts.CreateFormFile("picture", "picture.png")
	w.must(err)
	_, err = file.Write(content)
	w.must(err)
	w.must(parts.Close())
	return w.send(path, parts.FormDataContentType(), form.Bytes())
}

func (w *browser) send(path, contentType string, body []byte) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+path, bytes.NewReader(body))
	w.must(err)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Origin", w.url)
	got, err := w.client.Do(r)
	w.must(err)
	defer got.Body.Close()
	var out bytes.Buffer
	_, err = out.ReadFrom(got.Body)
	w.must(err)
	return answer{got.StatusCode, got.Header, out.String()}
}

// drawn is a PNG whose middle is of one colour.
func drawn(t *testing.T, wide, high int, middle color.Color) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, wide, high))
	for x := (wide - high) / 2; x < (wide+high)/2; x++ {
		for y := range high {
			img.Set(x, y, middle)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (b *bed) picture(account string) []byte {
	b.t.Helper()
	got, err := b.people.PicturePNG(b.t.Context(), b.site.ID, directory.Viewer{Admin: true}.See(b.accountOf(account)))
	b.must(err)
	return got
}

func TestOfAPictureTheSquareInItsMiddleIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		w := b.signed("ada")
		red := color.NRGBA{0xff, 0, 0, 0xff}
		if got := w.upload(drawn(t, 60, 40, red)); got.status != http.StatusSeeOther {
			t.Fatalf("%d %s", got.status, got.body)
		}
		kept, err := png.Decode(bytes.NewReader(b.picture("ada")))
		if err != nil || kept.Bounds().Dx() != 40 || kept.Bounds().Dy() != 40 || kept.At(0, 0) != kept.At(39, 39) {
			t.Fatalf("%v %v", kept, err)
		}
		if r, _, _, _ := kept.At(20, 20).RGBA(); r != 0xffff {
			t.Errorf("%v", kept.At(20, 20))
		}
		if got := w.get("/profile/picture"); !got.has("profile/picture/remove") {
			t.Errorf("%s", got.body)
		}
		if got := w.get("/profile/picture/remove"); got.status != http.StatusOK || b.picture("ada") == nil {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := w.post("/profile/picture/remove"); got.status != http.StatusSeeOther || b.picture("ada") != nil {
			t.Errorf("%d %s", got.status, got.body)
		}
	})
}

func TestWhatIsNoPictureIsRefusedAndThePictureStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBed(t, d)
		w := b.signed("ada")
		good := drawn(t, 20, 20, color.White)
		w.upload(good)
		before := b.picture("ada")
		huge := bytes.Clone(good)
		copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536 × 65536 pixels, it says
		for what, test := range map[string]struct {
			got  answer
			want string
		}{
			"nothing":      {w.upload(nil), "Choose a file first."},
			"a plain form": {w.post("/profile/picture", "picture", "x"), "Choose a file first."},
			"half a form":  {w.send("/profile/picture", "multipart/form-data; boundary=x", []byte("--x\r\n")), "Choose a file first."},
			"text":         {w.upload([]byte("hello")), "is not a PNG"},
			"svg":          {w.upload([]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)), "is not a PNG"},
			"half":         {w.upload(good[:len(good)/2]), "damaged"},
			"a bomb":       {w.upload(huge), ""},
			"large":        {w.upload(append(bytes.Clone(good), make([]byte, avatar.MaxBytes)...)), "too large"},
		} {
			if test.got.status != http.StatusUnprocessableEntity || !test.got.has(test.want, `role="alert"`) {
				t.Errorf("%s: %d\n%s", what, test.got.status, test.got.body)
			}
		}
		if after := b.picture("ada"); !bytes.Equal(before, after) {
			t.Errorf("the picture is another: %d bytes", len(after))
		}
	})
}

func TestOnlyThePictureFormMayBeLarge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newBed(t, d).signed("ada")
		if got := w.post("/profile/edit", "name", strings.Repeat("x", 70<<10)); got.status != http.StatusBadRequest {
			t.Errorf("%d", got.status)
		}
		if got := w.post("/profile/picture", "picture", strings.Repeat("x", 70<<10)); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%d", got.status)
		}
	})
}
