package avatar

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
	"golang.org/x/text/unicode/norm"
)

// The sizes, in pixels, that can be drawn.
const (
	MinSize = 16
	MaxSize = 1024
)

// Backgrounds are those that letters stand on. Each gives white text a contrast of 4.5 to 1 or more (WCAG AA).
var Backgrounds = []color.RGBA{
	{0x1d, 0x4e, 0xd8, 0xff},
	{0x03, 0x69, 0xa1, 0xff},
	{0x0e, 0x74, 0x90, 0xff},
	{0x0f, 0x76, 0x6e, 0xff},
	{0x04, 0x78, 0x57, 0xff},
	{0x15, 0x80, 0x3d, 0xff},
	{0x4d, 0x7c, 0x0f, 0xff},
	{0xa1, 0x62, 0x07, 0xff},
	{0xb4, 0x53, 0x09, 0xff},
	{0xc2, 0x41, 0x0c, 0xff},
	{0xb9, 0x1c, 0x1c, 0xff},
	{0xbe, 0x12, 0x3c, 0xff},
	{0xbe, 0x18, 0x5d, 0xff},
	{0xa2, 0x1c, 0xaf, 0xff},
	{0x7e, 0x22, 0xce, 0xff},
	{0x4f, 0x46, 0xe5, 0xff},
}

// neutral is the background of nobody in particular, with the same contrast.
var neutral = color.RGBA{0x5b, 0x64, 0x75, 0xff}

var typeface = sync.OnceValues(func() (*sfnt.Font, error) { return opentype.Parse(gomedium.TTF) })

// Background is the place among [Backgrounds] of the one that a seed has.
func Background(seed string) int {
	hash := fnv.New32a()
	hash.Write([]byte(seed))
	// The low bits of this hash depend on little of the seed.
	return int(hash.Sum32() >> 16 % uint32(len(Backgrounds)))
}

// Initials draws a square PNG with the one or two initials of a name in white on a colour that depends
// on the seed alone, so it stays when the name changes. Equal arguments give equal bytes. A name without
// a letter that the font has gives a silhouette on the same colour. A size outside [MinSize] to [MaxSize]
// is an error.
func Initials(name, seed string, size int) ([]byte, error) {
	img, err := canvas(size, Backgrounds[Background(seed)])
	if err != nil {
		return nil, err
	}
	face, err := typeface()
	if err != nil {
		return nil, fmt.Errorf("read the embedded font: %w", err)
	}
	letters := initials(face, name)
	if letters == "" {
		drawSilhouette(img)
		return encode(img)
	}
	if err := drawLetters(img, face, letters); err != nil {
		return nil, err
	}
	return encode(img)
}

// Anonymous draws the picture of whoever has no account: a white silhouette on grey, as a square PNG.
// A size outside [MinSize] to [MaxSize] is an error.
func Anonymous(size int) ([]byte, error) {
	img, err := canvas(size, neutral)
	if err != nil {
		return nil, err
	}
	drawSilhouette(img)
	return encode(img)
}

func canvas(size int, background color.Color) (*image.RGBA, error) {
	if size < MinSize || size > MaxSize {
		return nil, fmt.Errorf("draw an avatar of %d pixels: sizes are %d to %d", size, MinSize, MaxSize)
	}
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	draw.Draw(img, img.Bounds(), image.NewUniform(background), image.Point{}, draw.Src)
	return img, nil
}

// initials returns the first letters of the first and the last word in upper case, as far as the font
// has them. Words in parentheses are remarks on the name, not part of it.
func initials(f *sfnt.Font, name string) string {
	var letters []rune
	for word := range strings.FieldsSeq(norm.NFC.String(name)) {
		if strings.HasPrefix(word, "(") {
			continue
		}
		at := strings.IndexFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
		if at < 0 {
			continue
		}
		r := unicode.ToUpper([]rune(word[at:])[0])
		if glyph, err := f.GlyphIndex(nil, r); err != nil || glyph == 0 {
			continue
		}
		letters = append(letters, r)
	}
	if len(letters) > 2 {
		letters = []rune{letters[0], letters[len(letters)-1]}
	}
	return string(letters)
}

// drawLetters centres the letters: across by what is inked, down by the height of capitals,
// so that neither accents nor tails move the line.
func drawLetters(img *image.RGBA, f *sfnt.Font, letters string) error {
	size := img.Bounds().Dx()
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 0.42 * float64(size), DPI: 72})
	if err != nil {
		return fmt.Errorf("scale the embedded font: %w", err)
	}
	ink, _ := font.BoundString(face, letters)
	middle := fixed.I(size) / 2
	d := font.Drawer{Dst: img, Src: image.White, Face: face, Dot: fixed.Point26_6{
		X: middle - (ink.Min.X+ink.Max.X)/2,
		Y: middle + face.Metrics().CapHeight/2,
	}}
	d.DrawString(letters)
	return nil
}

// drawSilhouette draws a head and shoulders; what reaches below the picture is cut off.
func drawSilhouette(img *image.RGBA) {
	size := float32(img.Bounds().Dx())
	r := vector.NewRasterizer(img.Bounds().Dx(), img.Bounds().Dy())
	ellipse(r, 0.50*size, 0.38*size, 0.17*size, 0.17*size)
	ellipse(r, 0.50*size, 0.92*size, 0.31*size, 0.31*size)
	r.Draw(img, img.Bounds(), image.White, image.Point{})
}

func ellipse(r *vector.Rasterizer, x, y, rx, ry float32) {
	const k = 0.5523 // makes four cubic curves a circle, to a thousandth of its radius
	r.MoveTo(x+rx, y)
	r.CubeTo(x+rx, y+k*ry, x+k*rx, y+ry, x, y+ry)
	r.CubeTo(x-k*rx, y+ry, x-rx, y+k*ry, x-rx, y)
	r.CubeTo(x-rx, y-k*ry, x-k*rx, y-ry, x, y-ry)
	r.CubeTo(x+k*rx, y-ry, x+rx, y-k*ry, x+rx, y)
	r.ClosePath()
}

func encode(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("encode a PNG: %w", err)
	}
	return b.Bytes(), nil
}
