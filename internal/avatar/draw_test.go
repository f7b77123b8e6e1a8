package avatar

import (
	"bytes"
	"image/color"
	"image/png"
	"math"
	"testing"
)

func TestWhiteIsReadableOnEveryBackground(t *testing.T) {
	t.Parallel()
	for _, c := range append([]color.RGBA{neutral}, Backgrounds...) {
		if ratio := 1.05 / (luminance(c) + 0.05); ratio < 4.5 {
			t.Errorf("#%02x%02x%02x: contrast %.2f", c.R, c.G, c.B, ratio)
		}
	}
}

// luminance is the relative luminance of WCAG 2.
func luminance(c color.RGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func TestInitialsAreOfTheFirstAndTheLastWord(t *testing.T) {
	t.Parallel()
	face, err := typeface()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Ada Lovelace":              "AL",
		"ada king lovelace":         "AL",
		"Plato":                     "P",
		"E\u0301va Curie":           "ÉC",
		"  \"Grace\"   O'Brien ":    "GO",
		"Alan Turing (Deactivated)": "AT",
		"Лев Толстой":               "ЛТ",
		"Αριστοτέλης":               "Α",
		"山田 Taro":                   "T",
		"山田 太郎":                     "",
		"7 of Nine":                 "7N",
		"":                          "",
		"🙂":                         "",
		"\xff\xfe":                  "",
	} {
		if got := initials(face, name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestADrawnPictureDependsOnItsArgumentsAlone(t *testing.T) {
	t.Parallel()
	drawn := func(name, seed string, size int) []byte {
		t.Helper()
		data, err := Initials(name, seed, size)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil || img.Bounds().Dx() != size || img.Bounds().Dy() != size {
			t.Fatalf("not a PNG of %d pixels: %v", size, err)
		}
		return data
	}
	first := drawn("Ada Lovelace", "557058:ada", 48)
	if !bytes.Equal(first, drawn("Ada Lovelace", "557058:ada", 48)) {
		t.Error("the same arguments give another picture")
	}
	if bytes.Equal(first, drawn("Grace Hopper", "557058:ada", 48)) {
		t.Error("the name does not matter")
	}
	if bytes.Equal(first, drawn("Ada Lovelace", "557058:grace", 48)) {
		t.Error("the seed does not matter")
	}
	if bytes.Equal(drawn("", "s", 48), drawn("A", "s", 48)) || !bytes.Equal(drawn("山田", "s", 48), drawn("", "s", 48)) {
		t.Error("a name without a known letter must give the silhouette")
	}
	drawn("Ada Lovelace", "", MinSize)
	drawn("Ada Lovelace", "", 256)
}

func TestTheAnonymousPictureIsSmall(t *testing.T) {
	t.Parallel()
	data, err := Anonymous(48)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 2048 {
		t.Errorf("%d bytes", len(data))
	}
}

func TestASizeOutsideTheBoundsIsRefused(t *testing.T) {
	t.Parallel()
	for _, size := range []int{-1, 0, MinSize - 1, MaxSize + 1} {
		if _, err := Initials("Ada", "ada", size); err == nil {
			t.Errorf("initials of %d pixels are drawn", size)
		}
		if _, err := Anonymous(size); err == nil {
			t.Errorf("the anonymous picture of %d pixels is drawn", size)
		}
	}
}
