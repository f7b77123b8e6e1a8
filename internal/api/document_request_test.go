package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"
)

func TestTheDocumentLetsAClientExpandWhatIsNested(t *testing.T) {
	t.Parallel()
	for _, form := range everyForm() {
		t.Run(fmt.Sprintf("%+v", form), func(t *testing.T) {
			t.Parallel()
			spec, err := openapi3.NewLoader().LoadFromData(documentTexts[form]())
			if err != nil {
				t.Fatal(err)
			}
			router, err := legacy.NewRouter(spec, openapi3.DisableExamplesValidation()) // they are another test's, and many
			if err != nil {
				t.Fatal(err)
			}
			for _, test := range []struct {
				query string
				ok    bool
			}{
				{"expand=operations,isExternalCollaborator", true},
				{"expand=details", true},
				{"expand=details.personal", true},
				{"expand=personalSpace.icon,personalSpace.homepage.body.storage", true},
				{"expand=nonsense", false},
				{"expand=operations,details.", false},
				{"expand=personalSpaces", false},
			} {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, anySite+"/wiki/rest/api/user/current?"+test.query, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}
				route, values, err := router.FindRoute(r)
				if err != nil {
					t.Fatal(err)
				}
				err = openapi3filter.ValidateRequest(t.Context(), &openapi3filter.RequestValidationInput{
					Request: r, PathParams: values, Route: route,
					Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
				})
				if (err == nil) != test.ok {
					t.Errorf("%s: %v", test.query, err)
				}
			}
		})
	}
}
