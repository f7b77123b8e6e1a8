package directory

// ground is why a viewer sees a field of an account, or does not.
type ground int

// What is not decided hides.
const (
	undecided  ground = iota
	erased            // the account is closed
	forThem           // the person shows it to nobody else
	forMembers        // the person shows it to the organization, of which the viewer is not
	noAudience        // the audience is not known

	forAnyone // from here on the field is shown
	asMember
	own
	asAdmin
)

func (g ground) shows() bool { return g >= forAnyone }

// ground decides whether v sees a field of a. Nothing else does.
func (v Viewer) ground(a Account, f Field) ground {
	choice := a.Visibility[f]
	switch {
	case a.Status == Closed:
		return erased
	case choice == Anyone:
		return forAnyone
	case choice == Organization && v.Member:
		return asMember
	case v.AccountID != "" && v.AccountID == a.ID:
		return own
	case v.Admin:
		return asAdmin
	case choice == Organization:
		return forMembers
	case choice == OnlyMe:
		return forThem
	}
	return noAudience
}

// Decider is whose choice it was to show or hide a field.
type Decider string

const (
	ByOwner  Decider = "owner"  // the person's choice of who may see it
	ByViewer Decider = "viewer" // who the viewer is
	BySite   Decider = "site"   // the site's settings and permissions, before the person's choice counts
	ByState  Decider = "state"  // of the account: what was personal is erased
)

// grounds puts each ground in words for administrators.
var grounds = map[ground]struct {
	by  Decider
	why string
}{
	erased:     {ByState, "The account is closed: what was personal is erased."},
	forThem:    {ByOwner, "Its owner shows it to nobody else."},
	forMembers: {ByOwner, "Its owner shows it to the organization, and the viewer is none of the organization's own people."},
	noAudience: {ByState, "The stored choice of who may see it cannot be read, which hides it."},
	forAnyone:  {ByOwner, "Its owner shows it to anyone."},
	asMember:   {ByOwner, "Its owner shows it to the organization, and the viewer is one of the organization's own people."},
	own:        {ByViewer, "It is the viewer's own."},
	asAdmin:    {ByViewer, "The viewer is a site administrator."},
}

// FieldReason is whether a viewer sees a field of an account, and why.
type FieldReason struct {
	Field Field
	Given bool // the account has something there; what it has not, nobody sees
	Shown bool
	By    Decider
	Why   string // for administrators
}

// Explain tells of each field that can be hidden whether [Viewer.See] shows it, and why.
func (v Viewer) Explain(a Account) []FieldReason {
	all := make([]FieldReason, numFields)
	for f := range numFields {
		g := v.ground(a, f)
		all[f] = FieldReason{f, a.value(f) != "", g.shows(), grounds[g].by, grounds[g].why}
	}
	return all
}

// value is what an account has in a field that can be hidden; of a picture, its digest.
func (a Account) value(f Field) string {
	return [numFields]string{
		NameField: a.DisplayName, EmailField: a.Email, PictureField: a.Picture, TimeZoneField: a.TimeZone, PositionField: a.Position,
		DepartmentField: a.Department, LocationField: a.Location, PhoneField: a.Phone, IMField: a.IM, WebsiteField: a.Website, ManagerField: a.Manager,
	}[f]
}
