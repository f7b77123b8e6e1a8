package e2e

import (
	"path/filepath"
	"testing"
)

func TestTheOpenAPIDocumentsLintCleanAndAClientMadeFromThemWorks(t *testing.T) {
	t.Parallel()
	binary(t)
	site := standIn(t, filepath.Join(t.TempDir(), "roster.db")).Sites[0]
	out, err := program(t, "openapi/check.sh", site.URL, site.AdminToken).CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}
