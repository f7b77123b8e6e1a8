package directory

// Viewer is a caller in the role of someone who looks at profiles.
type Viewer struct {
	AccountID string // empty for anonymous callers
	Member    bool   // one of the organization's own people
	Admin     bool   // site administrator
}

// Profile is the part of an account that one viewer may see. What is hidden, and what the person has
// not given, are both empty.
type Profile struct {
	ID          string
	Type        Type
	Status      Status
	Licensed    bool
	Guest       bool
	External    bool
	PublicName  string // never empty
	DisplayName string // the public name when hidden; ends in "(Deactivated)" or "(Unlicensed)" where that is so
	Locale      string
	Email       string
	TimeZone    string
	Position    string
	Department  string
	Location    string
	Phone       string
	IM          string
	Website     string
	Manager     string
	Picture     Picture
}

// Picture is what a viewer may know of somebody's picture.
type Picture struct {
	Visible bool
	Digest  string // empty: drawn initials stand for it
}

const formerUser = "Former user"

// See applies profile visibility. Nothing else in this program does.
func (v Viewer) See(a Account) Profile {
	p := Profile{
		ID: a.ID, Type: a.Type, Status: a.Status, Licensed: a.Licensed && a.Status == Active,
		Guest: a.Guest, External: a.External, PublicName: a.PublicName, Locale: a.Locale,
	}
	if a.Status == Closed {
		p.PublicName, p.DisplayName, p.Locale = formerUser, formerUser, ""
		return p
	}
	show := func(f Field, value string) string {
		if v.MaySee(a, f) {
			return value
		}
		return ""
	}
	p.DisplayName = show(NameField, a.DisplayName)
	if p.DisplayName == "" {
		p.DisplayName = a.PublicName
	}
	switch {
	case a.Status == Inactive:
		p.DisplayName += " (Deactivated)"
	case a.Type == Person && !a.Licensed:
		p.DisplayName += " (Unlicensed)"
	}
	p.Email = show(EmailField, a.Email)
	p.TimeZone = show(TimeZoneField, a.TimeZone)
	p.Position = show(PositionField, a.Position)
	p.Department = show(DepartmentField, a.Department)
	p.Location = show(LocationField, a.Location)
	p.Phone = show(PhoneField, a.Phone)
	p.IM = show(IMField, a.IM)
	p.Website = show(WebsiteField, a.Website)
	p.Manager = show(ManagerField, a.Manager)
	p.Picture = Picture{Visible: v.MaySee(a, PictureField), Digest: show(PictureField, a.Picture)}
	return p
}

// MaySee reports whether a's choice for f lets v see it. An audience that is not known hides, and so does a closed account.
func (v Viewer) MaySee(a Account, f Field) bool { return v.ground(a, f).shows() }

// audiences are the audiences that v belongs to for everybody's fields.
func (v Viewer) audiences() []Audience {
	switch {
	case v.Admin:
		return []Audience{Anyone, Organization, OnlyMe}
	case v.Member:
		return []Audience{Anyone, Organization}
	}
	return []Audience{Anyone}
}
