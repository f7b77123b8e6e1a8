package avatar_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rosterhq/roster/internal/avatar"
)

// stripes is red, white and blue side by side, so a crop shows in the colours of the edges.
func stripes(width, height int) *image.Paletted {
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{
		color.RGBA{0xff, 0, 0, 0xff}, color.White, color.RGBA{0, 0, 0xff, 0xff},
	})
	for y := range height {
		for x := range width {
			img.SetColorIndex(x, y, uint8(3*x/width))
		}
	}
	return img
}

// webpPicture is one lossless black pixel.
var webpPicture = mustDecode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")

func mustDecode(s string) []byte {
	data, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return data
}

func encoded(t testing.TB, encode func(b *bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pictures(t testing.TB) map[string][]byte {
	t.Helper()
	return map[string][]byte{
		"PNG":  encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, stripes(300, 100)) }),
		"JPEG": encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, stripes(300, 100), nil) }),
		"GIF": encoded(t, func(b *bytes.Buffer) error {
			frames := []*image.Paletted{stripes(300, 100), stripes(300, 100)}
			return gif.EncodeAll(b, &gif.GIF{Image: frames, Delay: []int{1, 1}})
		}),
		"WebP": webpPicture,
	}
}

func TestEachFormatBecomesASquarePNG(t *testing.T) {
	t.Parallel()
	for name, data := range pictures(t) {
		out, err := avatar.Reencode(bytes.NewReader(data), 64)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		img, err := png.Decode(bytes.NewReader(out))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := 64
		if name == "WebP" {
			want = 1 // never enlarged
		}
		if b := img.Bounds(); b.Dx() != want || b.Dy() != want {
			t.Errorf("%s: %v, want %d pixels a side", name, b, want)
		}
		if r, g, b, _ := img.At(0, 0).RGBA(); want == 64 && min(r, g, b) < 0xe000 {
			t.Errorf("%s: the left edge is not the middle stripe", name)
		}
	}
}

func TestMetadataIsLeftOut(t *testing.T) {
	t.Parallel()
	plain := pictures(t)["PNG"]
	secret := chunk("tEXt", []byte("Comment\x00taken at 52.5200 N, 13.4050 E"))
	const headerEnd = 8 + 25
	data := append(append(bytes.Clone(plain[:headerEnd]), secret...), plain[headerEnd:]...)
	out, err := avatar.Reencode(bytes.NewReader(data), 64)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out, []byte("taken at")) || bytes.Contains(out, []byte("tEXt")) {
		t.Error("the comment is still there")
	}
}

func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// pngHeader is the beginning of a PNG that claims a size.
func pngHeader(width, height uint32, depth, colour byte) []byte {
	ihdr := binary.BigEndian.AppendUint32(nil, width)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, height), depth, colour, 0, 0, 0)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", ihdr)...)
}

func TestWhatIsNoHarmlessPictureIsRefused(t *testing.T) {
	t.Parallel()
	pics := pictures(t)
	jpegOfManyPasses := append([]byte{}, pics["JPEG"][:len(pics["JPEG"])-2]...)
	for range 1000 {
		jpegOfManyPasses = append(jpegOfManyPasses, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0)
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":          {nil, avatar.ErrFormat},
		"text":             {[]byte("hello"), avatar.ErrFormat},
		"SVG":              {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`), avatar.ErrFormat},
		"XML then SVG":     {[]byte(`<?xml version="1.0"?><svg/>`), avatar.ErrFormat},
		"BMP":              {[]byte("BM\x00\x00\x00\x00\x00\x00\x00\x00"), avatar.ErrFormat},
		"wide bomb":        {pngHeader(100_000, 1, 8, 6), avatar.ErrTooLarge},
		"square bomb":      {pngHeader(50_000, 50_000, 8, 6), avatar.ErrTooLarge},
		"deep bomb":        {pngHeader(4096, 4096, 16, 6), avatar.ErrTooLarge},
		"one row too many": {pngHeader(4096, 4097, 8, 0), avatar.ErrTooLarge},
		"GIF bomb":         {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"), avatar.ErrTooLarge},
		"many bytes":       {append(bytes.Clone(pics["PNG"]), make([]byte, avatar.MaxBytes)...), avatar.ErrTooLarge},
		"many passes":      {jpegOfManyPasses, avatar.ErrDamaged},
		"only a header":    {pngHeader(10, 10, 8, 6), avatar.ErrDamaged},
		"no pixels":        {pngHeader(0, 10, 8, 6), avatar.ErrDamaged},
		"half a PNG":       {pics["PNG"][:len(pics["PNG"])/2], avatar.ErrDamaged},
		"half a JPEG":      {pics["JPEG"][:len(pics["JPEG"])/2], avatar.ErrDamaged},
		"half a GIF":       {pics["GIF"][:len(pics["GIF"])/4], avatar.ErrDamaged},
		"half a WebP":      {pics["WebP"][:len(pics["WebP"])/2+4], avatar.ErrDamaged},
	} {
		if _, err := avatar.Reencode(bytes.NewReader(c.data), 64); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestAFailureToReadIsNotThePicturesFault(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	if _, err := avatar.Reencode(iotest.ErrReader(broken), 64); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	for _, side := range []int{-1, 0, avatar.MaxSide + 1} {
		if _, err := avatar.Reencode(strings.NewReader(""), side); err == nil || errors.Is(err, avatar.ErrFormat) {
			t.Errorf("side %d: %v", side, err)
		}
	}
}

func FuzzReencodeGivesASquarePNGOrAKnownError(f *testing.F) {
	for _, data := range pictures(f) {
		f.Add(data)
	}
	f.Add(pngHeader(50_000, 50_000, 8, 6))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := avatar.Reencode(bytes.NewReader(data), 32)
		if err != nil {
			if !errors.Is(err, avatar.ErrFormat) && !errors.Is(err, avatar.ErrTooLarge) && !errors.Is(err, avatar.ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		c, err := png.DecodeConfig(bytes.NewReader(out))
		if err != nil || c.Width != c.Height || c.Width < 1 || c.Width > 32 {
			t.Fatalf("%d × %d: %v", c.Width, c.Height, err)
		}
	})
}
