package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

func TestTheLibraryIsWhatItsPackagesHold(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"htmx.js":   "22283ef68cb7545914f0a88a1bdedc7256a703d1d580c1d255217d0a50d31313",
		"uplot.js":  "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
		"uplot.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
	} {
		content, err := os.ReadFile(filepath.Join("assets", "library", file))
		sum := sha256.Sum256(content)
		if got := hex.EncodeToString(sum[:]); err != nil || got != want {
			t.Errorf("%s is %s, want %s (%v)", file, got, want, err)
		}
	}
}
