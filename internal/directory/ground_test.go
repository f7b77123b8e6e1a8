package directory

import (
	"testing"

	"pgregory.net/rapid"
)

// drawn draws an account that has something in every field or not, and somebody who looks at it.
func drawn(t *rapid.T) (Viewer, Account) {
	text := func(name string) string { return rapid.SampledFrom([]string{"", name}).Draw(t, name) }
	a := Account{
		ID: "ada", Type: rapid.SampledFrom([]Type{Person, App, Customer}).Draw(t, "type"),
		Status:     rapid.SampledFrom([]Status{Active, Inactive, Closed}).Draw(t, "status"),
		PublicName: "Countess", DisplayName: text("display name"), Email: text("email"), Picture: text("picture"), TimeZone: text("time zone"),
		Position: text("position"), Department: text("department"), Location: text("location"), Phone: text("phone"), IM: text("im"),
		Website: text("website"), Manager: text("manager"), Licensed: rapid.Bool().Draw(t, "licensed"),
	}
	for f := range a.Visibility {
		a.Visibility[f] = rapid.SampledFrom([]Audience{Anyone, Organization, OnlyMe, 'z', 0}).Draw(t, Fields[f].Name)
	}
	v := Viewer{
		AccountID: rapid.SampledFrom([]string{"", "ada", "bob"}).Draw(t, "viewer"),
		Member:    rapid.Bool().Draw(t, "member"), Admin: rapid.Bool().Draw(t, "admin"),
	}
	return v, a
}

// shownOf is what a profile shows of each field that can be hidden.
func shownOf(p Profile, a Account) [numFields]bool {
	suffix := len(p.DisplayName) >= len(a.DisplayName) && p.DisplayName[:len(a.DisplayName)] == a.DisplayName
	return [numFields]bool{
		NameField: a.DisplayName != "" && suffix, EmailField: p.Email != "", PictureField: p.Picture.Digest != "", TimeZoneField: p.TimeZone != "",
		PositionField: p.Position != "", DepartmentField: p.Department != "", LocationField: p.Location != "", PhoneField: p.Phone != "",
		IMField: p.IM != "", WebsiteField: p.Website != "", ManagerField: p.Manager != "",
	}
}

func TestAFieldIsHiddenExactlyWhereTheExplanationSaysSo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v, a := drawn(t)
		p := v.See(a)
		shown := shownOf(p, a)
		reasons := v.Explain(a)
		if len(reasons) != len(Fields) {
			t.Fatalf("%d of %d fields are explained", len(reasons), len(Fields))
		}
		for i, r := range reasons {
			if int(r.Field) != i || r.Why == "" || r.By == "" {
				t.Fatalf("%+v", r)
			}
			if got := r.Given && r.Shown; got != shown[r.Field] {
				t.Fatalf("%s is shown: %v, and is explained by %+v\n%+v sees %+v of %+v", Fields[i].Name, shown[r.Field], r, v, p, a)
			}
			if r.Shown != v.MaySee(a, r.Field) {
				t.Fatalf("%+v may see it: %v", r, !r.Shown)
			}
		}
		if p.Picture.Visible != reasons[PictureField].Shown {
			t.Fatalf("the picture is visible: %v, explained by %+v", p.Picture.Visible, reasons[PictureField])
		}
	})
}

func TestTheExplanationNamesWhoseChoiceItWas(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		v      Viewer
		choice Audience
		status Status
		shown  bool
		by     Decider
	}{
		{"to anyone", Viewer{}, Anyone, Active, true, ByOwner},
		{"to a colleague", Viewer{AccountID: "bob", Member: true}, Organization, Active, true, ByOwner},
		{"not to a guest", Viewer{AccountID: "bob"}, Organization, Active, false, ByOwner},
		{"to nobody else", Viewer{AccountID: "bob", Member: true}, OnlyMe, Active, false, ByOwner},
		{"their own", Viewer{AccountID: "ada"}, OnlyMe, Active, true, ByViewer},
		{"to an administrator", Viewer{AccountID: "root", Admin: true}, OnlyMe, Active, true, ByViewer},
		{"unreadable", Viewer{}, 'z', Active, false, ByState},
		{"closed", Viewer{AccountID: "root", Admin: true}, Anyone, Closed, false, ByState},
		{"deactivated", Viewer{}, Anyone, Inactive, true, ByOwner},
	} {
		a := Account{ID: "ada", Status: tt.status, Phone: "1", Visibility: EveryField(tt.choice)}
		if got := tt.v.Explain(a)[PhoneField]; got.Shown != tt.shown || got.By != tt.by || !got.Given {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}
