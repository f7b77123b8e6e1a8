package seed_test

import (
	"reflect"
	"testing"
	"unicode"

	"github.com/rosterhq/roster/internal/cql"
	"github.com/rosterhq/roster/internal/db"
	"github.com/rosterhq/roster/internal/db/dbtest"
	"github.com/rosterhq/roster/internal/directory"
)

func TestTheAwkwardPeopleOfTheDemoAreWhatTheyClaim(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		demo := applyDemo(t, d)
		colleague := directory.Viewer{AccountID: demo.accounts["charles.babbage"].ID, Member: true}
		for _, tt := range []struct {
			who  string
			want directory.Profile
		}{
			{"grace.hopper", directory.Profile{Type: directory.Person, Status: directory.Active, Licensed: true, PublicName: "Grace Hopper", DisplayName: "Grace Hopper"}},
			{"nikola.tesla", directory.Profile{Type: directory.Person, Status: directory.Inactive, PublicName: "Nikola Tesla", DisplayName: "Nikola Tesla (Deactivated)"}},
			{"isaac.newton", directory.Profile{Type: directory.Person, Status: directory.Closed, PublicName: "Former user", DisplayName: "Former user"}},
			{"evariste.galois", directory.Profile{Type: directory.Person, Status: directory.Active, PublicName: "Évariste Galois", DisplayName: "Évariste Galois (Unlicensed)"}},
			{"marie.curie", directory.Profile{Type: directory.Person, Status: directory.Active, Licensed: true, Guest: true, PublicName: "Marie", DisplayName: "Marie Skłodowska-Curie"}},
			{"leonhard.euler", directory.Profile{Type: directory.Person, Status: directory.Active, Licensed: true, External: true, PublicName: "Leonhard", DisplayName: "Leonhard Euler"}},
			{"Analytical Engine", directory.Profile{Type: directory.App, Status: directory.Active, Licensed: true, PublicName: "Analytical Engine", DisplayName: "Analytical Engine"}},
			{"Difference Engine", directory.Profile{Type: directory.App, Status: directory.Active, Licensed: true, PublicName: "Difference Engine", DisplayName: "Difference Engine"}},
			{"johannes.kepler", directory.Profile{Type: directory.Customer, Status: directory.Active, PublicName: "Johannes", DisplayName: "Johannes Kepler"}},
			{"mary.somerville", directory.Profile{Type: directory.Person, Status: directory.Active, Licensed: true, PublicName: "<b>Mary</b>", DisplayName: `Mary "Queen of Science" <html>Somerville</html> & 'Co'`}},
			{"rene.descartes", directory.Profile{Type: directory.Person, Status: directory.Active, Licensed: true, PublicName: "Rene\u0301", DisplayName: "Rene\u0301 Descartes \U0001F9EE"}},
		} {
			p := colleague.See(demo.accounts[tt.who])
			got := directory.Profile{
				Type: p.Type, Status: p.Status, Licensed: p.Licensed, Guest: p.Guest, External: p.External,
				PublicName: p.PublicName, DisplayName: p.DisplayName,
			}
			if got != tt.want {
				t.Errorf("%s is %+v,\nwant %+v", tt.who, got, tt.want)
			}
		}
		for app, approved := range map[string]bool{"Analytical Engine": false, "Difference Engine": true} {
			if demo.accounts[app].EmailApproved != approved {
				t.Errorf("%s is approved for e-mail: %v", app, !approved)
			}
		}
	})
}

func TestOnePersonOfTheDemoHidesEverythingAndAnotherNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		demo := applyDemo(t, d)
		hidden, open := demo.accounts["emmy.noether"], demo.accounts["carl.gauss"]
		for name, viewer := range map[string]directory.Viewer{
			"anonymous": {}, "a colleague": {AccountID: demo.accounts["ada.lovelace"].ID, Member: true},
		} {
			if p := viewer.See(hidden); p != (directory.Profile{
				ID: p.ID, Type: directory.Person, Status: directory.Active, Licensed: true, PublicName: "E. N.", DisplayName: "E. N.", Locale: "de_DE",
			}) {
				t.Errorf("%s sees %+v", name, p)
			}
			p := reflect.ValueOf(viewer.See(open))
			for i := range p.NumField() {
				switch field := p.Type().Field(i).Name; field {
				case "Guest", "External", "Picture":
				default:
					if p.Field(i).IsZero() {
						t.Errorf("%s does not see %s", name, field)
					}
				}
			}
		}
		if p := (directory.Viewer{Admin: true}).See(hidden); p.Email == "" || p.DisplayName != "Emmy Noether" || p.Phone == "" {
			t.Errorf("an administrator sees %+v", p)
		}
	})
}

func TestPeopleOfTheDemoAreFoundByTheNamesThatTheyShow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		demo := applyDemo(t, d)
		member := directory.Viewer{AccountID: demo.accounts["charles.babbage"].ID, Member: true}
		for _, tt := range []struct {
			name   string
			viewer directory.Viewer
			want   string // who is found first; "" for nobody
		}{
			{"ada love", member, "ada.lovelace"},
			{"noether", member, ""},
			{"noether", directory.Viewer{Admin: true}, "emmy.noether"},
			{"gauss", directory.Viewer{}, "carl.gauss"},
			{"turing", member, "alan.turing"},
			{"turing", directory.Viewer{}, ""},
			{"tesla", directory.Viewer{Admin: true}, ""},
			{"newton", directory.Viewer{Admin: true}, ""},
			{"関", member, "seki.takakazu"},
			{"الخوارزمي", member, "al-khwarizmi"},
			{"ковалев", member, "sofia.kovalevskaya"},
			{"descartes", member, "rene.descartes"},
			{"somerville", member, "mary.somerville"},
		} {
			q, err := cql.Parse(`user.fullname ~ "` + tt.name + `"`)
			if err != nil {
				t.Fatal(err)
			}
			found, _, err := demo.dir.Search(t.Context(), demo.Site.ID, tt.viewer, q, directory.AnyLicence, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(found) == 0 && tt.want != "" || len(found) > 0 && (tt.want == "" || found[0].ID != demo.accounts[tt.want].ID) {
				t.Errorf("%q by %+v finds %+v, want %q", tt.name, tt.viewer, found, tt.want)
			}
		}
	})
}

func TestEverybodyActiveInTheDemoHasATokenAndNobodyElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		demo := applyDemo(t, d)
		for who, a := range demo.accounts {
			if _, has := demo.tokens[who]; has != (a.Status == directory.Active) {
				t.Errorf("%s is %s and has a token: %v", who, a.Status, has)
			}
		}
		for who, want := range map[string]directory.Standing{
			"ada.lovelace":      {CanUse: true, ViewProfiles: true, Administrator: true, SiteAdmin: true},
			"charles.babbage":   {CanUse: true, ViewProfiles: true},
			"evariste.galois":   {},
			"marie.curie":       {CanUse: true, Outsider: true},
			"leonhard.euler":    {CanUse: true, ViewProfiles: true, Outsider: true},
			"Difference Engine": {CanUse: true, ViewProfiles: true, EmailApproved: true},
			"johannes.kepler":   {},
		} {
			token, found, err := demo.dir.TokenBySecret(t.Context(), demo.Site.ID, demo.tokens[who])
			got := token.Standing
			got.AccountID, got.Type, got.Status, got.EmailKey = "", "", "", ""
			if err != nil || !found || token.Label != "demo" || got != want {
				t.Errorf("%s: %+v, %v, %v, want %+v", who, got, found, err, want)
			}
		}
		if demo.Admin.Email != "ada.lovelace@example.com" || demo.Admin.Tokens[0].Text != demo.tokens["ada.lovelace"] {
			t.Errorf("the administrator is %+v", demo.Admin)
		}
	})
}

func TestTheDemoHasEveryFormOfIDAndSeveralScripts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		demo := applyDemo(t, d)
		forms, scripts := map[string]bool{}, map[string]bool{}
		for _, a := range demo.accounts {
			switch {
			case len(a.ID) == 24:
				forms["24 hexadecimal digits"] = true
			default:
				forms[a.ID[:7]] = true
			}
			for name, script := range map[string]*unicode.RangeTable{"Han": unicode.Han, "Arabic": unicode.Arabic, "Cyrillic": unicode.Cyrillic, "marks": unicode.Mn} {
				for _, r := range a.DisplayName {
					scripts[name] = scripts[name] || unicode.Is(script, r)
				}
			}
		}
		for _, form := range []string{"24 hexadecimal digits", "557058:", "712020:"} {
			if !forms[form] {
				t.Errorf("no ID has the form %s", form)
			}
		}
		for name, found := range scripts {
			if !found {
				t.Errorf("no name has %s", name)
			}
		}
	})
}
