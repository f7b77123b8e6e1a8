package directory_test

import (
	"testing"

	"github.com/rosterhq/roster/internal/directory"
)

func ada() directory.Account {
	return directory.Account{
		ID: "ada", Type: directory.Person, Status: directory.Active, Licensed: true, PublicName: "Countess", DisplayName: "Ada Lovelace",
		Email: "ada@example.com", TimeZone: "Europe/London", Locale: "en_GB", Position: "Analyst", Department: "Engines", Location: "London",
		Phone: "123", IM: "@ada", Website: "https://ada.example", Manager: "babbage", Picture: "digest", Visibility: directory.DefaultVisibility(),
	}
}

// shown is what each field looks like in a profile, open and hidden.
var shown = map[directory.Field]struct {
	of           func(directory.Profile) string
	open, hidden string
}{
	directory.NameField:       {func(p directory.Profile) string { return p.DisplayName }, "Ada Lovelace", "Countess"},
	directory.EmailField:      {func(p directory.Profile) string { return p.Email }, "ada@example.com", ""},
	directory.PictureField:    {func(p directory.Profile) string { return p.Picture.Digest }, "digest", ""},
	directory.TimeZoneField:   {func(p directory.Profile) string { return p.TimeZone }, "Europe/London", ""},
	directory.PositionField:   {func(p directory.Profile) string { return p.Position }, "Analyst", ""},
	directory.DepartmentField: {func(p directory.Profile) string { return p.Department }, "Engines", ""},
	directory.LocationField:   {func(p directory.Profile) string { return p.Location }, "London", ""},
	directory.PhoneField:      {func(p directory.Profile) string { return p.Phone }, "123", ""},
	directory.IMField:         {func(p directory.Profile) string { return p.IM }, "@ada", ""},
	directory.WebsiteField:    {func(p directory.Profile) string { return p.Website }, "https://ada.example", ""},
	directory.ManagerField:    {func(p directory.Profile) string { return p.Manager }, "babbage", ""},
}

// viewers are those who look, with the audiences that they are of for Ada's fields.
var viewers = map[string]struct {
	directory.Viewer
	sees string
}{
	"herself":                 {directory.Viewer{AccountID: "ada"}, "aom"},
	"herself as a member":     {directory.Viewer{AccountID: "ada", Member: true}, "aom"},
	"an administrator":        {directory.Viewer{AccountID: "root", Admin: true}, "aom"},
	"a member":                {directory.Viewer{AccountID: "bob", Member: true}, "ao"},
	"a guest or an app":       {directory.Viewer{AccountID: "guest"}, "a"},
	"nobody":                  {directory.Viewer{}, "a"},
	"one whose ID is longer":  {directory.Viewer{AccountID: "ada2"}, "a"},
	"one whose ID is shorter": {directory.Viewer{AccountID: "ad"}, "a"},
}

func TestEachViewerSeesOfEachFieldWhatItsOwnerChose(t *testing.T) {
	t.Parallel()
	if len(shown) != len(directory.Fields) {
		t.Fatalf("%d of %d fields are tested", len(shown), len(directory.Fields))
	}
	for name, viewer := range viewers {
		for field, show := range shown {
			for _, audience := range []directory.Audience{directory.Anyone, directory.Organization, directory.OnlyMe} {
				// Every other field is set the other way round, so that one cannot stand in for another.
				contrast := directory.Anyone
				if audience == directory.Anyone {
					contrast = directory.OnlyMe
				}
				a := ada()
				a.Visibility = directory.EveryField(contrast)
				a.Visibility[field] = audience
				want := show.hidden
				may := false
				for _, letter := range viewer.sees {
					may = may || directory.Audience(letter) == audience
				}
				if may {
					want = show.open
				}
				p := viewer.See(a)
				if got := show.of(p); got != want {
					t.Errorf("%s sees %q of %s for %s, want %q", name, got, directory.Fields[field].Name, audience, want)
				}
				if field == directory.PictureField && p.Picture.Visible != may {
					t.Errorf("%s may know of the picture for %s: %v", name, audience, p.Picture.Visible)
				}
				if p.ID != "ada" || p.PublicName != "Countess" || p.Locale != "en_GB" || !p.Licensed {
					t.Errorf("%s sees %+v", name, p)
				}
			}
		}
	}
}

func TestTheNameSaysWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	hidden := directory.EveryField(directory.OnlyMe)
	for want, edit := range map[string]func(*directory.Account){
		"Ada Lovelace":               func(*directory.Account) {},
		"Ada Lovelace (Deactivated)": func(a *directory.Account) { a.Status = directory.Inactive },
		"Ada Lovelace (Unlicensed)":  func(a *directory.Account) { a.Licensed = false },
		"Countess (Deactivated)":     func(a *directory.Account) { a.Status, a.Visibility, a.Licensed = directory.Inactive, hidden, false },
		"Countess (Unlicensed)":      func(a *directory.Account) { a.Visibility, a.Licensed = hidden, false },
		"Countess":                   func(a *directory.Account) { a.DisplayName = "" },
		"Former user":                func(a *directory.Account) { a.Status = directory.Closed },
	} {
		a := ada()
		edit(&a)
		if got := (directory.Viewer{Member: true}).See(a).DisplayName; got != want {
			t.Errorf("%+v is shown as %q, want %q", a, got, want)
		}
	}
	robot := ada()
	robot.Type, robot.Licensed = directory.App, false
	if got := (directory.Viewer{}).See(robot).DisplayName; got != "Ada Lovelace" {
		t.Errorf("an app without a licence is shown as %q", got)
	}
}

// Should erasing ever fail, even an administrator and the person sees nothing of a closed account.
func TestNobodySeesAnythingOfAClosedAccount(t *testing.T) {
	t.Parallel()
	a := ada()
	a.Status, a.Visibility = directory.Closed, directory.EveryField(directory.Anyone)
	want := directory.Profile{ID: "ada", Type: directory.Person, Status: directory.Closed, PublicName: "Former user", DisplayName: "Former user"}
	for name, viewer := range viewers {
		if got := viewer.See(a); got != want {
			t.Errorf("%s sees %+v", name, got)
		}
	}
}

func TestADeactivatedAccountIsNotLicensed(t *testing.T) {
	t.Parallel()
	a := ada()
	a.Status = directory.Inactive
	if (directory.Viewer{Admin: true}).See(a).Licensed {
		t.Error("it is shown as licensed")
	}
}
