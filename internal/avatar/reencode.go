// Package avatar makes people's pictures: drawn ones for those who have none, and harmless copies of
// uploaded ones. Whatever was uploaded, only a freshly encoded PNG is ever stored or served.
package avatar

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// The bounds of an uploaded picture.
const (
	MaxBytes = 4 << 20 // of the file
	MaxSide  = 4096    // pixels of width and of height

	maxMemory = MaxSide * MaxSide * 4 // bytes of pixels once decoded
	maxScans  = 64                    // passes of a progressive JPEG; encoders make about ten
)

// Why a picture was refused; use errors.Is. Any other error is a failure to read.
var (
	ErrFormat   = errors.New("the picture is not a PNG, JPEG, GIF or WebP file")
	ErrTooLarge = fmt.Errorf("the picture is larger than %d MiB or %d × %d pixels", MaxBytes>>20, MaxSide, MaxSide)
	ErrDamaged  = errors.New("the picture is damaged")
)

// format is a kind of file that is accepted, told by how it begins, never by its name.
type format struct {
	magic  string // a question mark stands for any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var formats = []format{
	{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
	{"GIF8?a", gif.DecodeConfig, gif.Decode},
	{"RIFF????WEBP", webp.DecodeConfig, webp.Decode},
}

// Reencode reads a PNG, JPEG, GIF or still WebP picture and returns the square in its middle as a PNG of
// at most side × side pixels, without any metadata; a smaller picture is not enlarged. Of an animated GIF
// it takes the first frame. Dimensions are checked before any pixel is decoded, so a small file can't fill
// the memory; still, a picture of the largest size takes some 300 MiB for a moment.
func Reencode(r io.Reader, side int) ([]byte, error) {
	if side < 1 || side > MaxSide {
		return nil, fmt.Errorf("scale a picture to %d pixels: sizes are 1 to %d", side, MaxSide)
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the picture: %w", err)
	}
	img, err := decode(data)
	if err != nil {
		return nil, err
	}
	square := middle(img.Bounds())
	if square.Empty() {
		return nil, ErrDamaged
	}
	side = min(side, square.Dx())
	scaled := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(scaled, scaled.Bounds(), img, square, draw.Src, nil)
	return encode(scaled)
}

func decode(data []byte) (image.Image, error) {
	f, err := sniff(data)
	if err != nil {
		return nil, err
	}
	if len(data) > MaxBytes {
		return nil, ErrTooLarge
	}
	c, err := f.config(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if c.Width > MaxSide || c.Height > MaxSide || c.Width*c.Height*pixelBytes(c.ColorModel) > maxMemory {
		return nil, ErrTooLarge
	}
	// Each pass over a progressive JPEG walks the whole picture, and an empty pass takes only some bytes
	// of the file. Inside a pass these two bytes never stand together.
	if bytes.Count(data, []byte{0xff, 0xda}) > maxScans && f.magic == "\xff\xd8\xff" {
		return nil, fmt.Errorf("%w: too many passes", ErrDamaged)
	}
	img, err := f.decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return img, nil
}

func sniff(data []byte) (format, error) {
	for _, f := range formats {
		if begins(data, f.magic) {
			return f, nil
		}
	}
	return format{}, ErrFormat
}

func begins(data []byte, magic string) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && data[i] != magic[i] {
			return false
		}
	}
	return true
}

// pixelBytes is what a decoded pixel takes.
func pixelBytes(m color.Model) int {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	return 4
}

// middle returns the largest square in the middle of r.
func middle(r image.Rectangle) image.Rectangle {
	side := min(r.Dx(), r.Dy())
	corner := r.Min.Add(image.Pt((r.Dx()-side)/2, (r.Dy()-side)/2))
	return image.Rectangle{corner, corner.Add(image.Pt(side, side))}
}
