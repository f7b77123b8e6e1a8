package web

import (
	"errors"
	"net/http"

	"github.com/rosterhq/roster/internal/avatar"
)

const (
	ownPicturePath   = "/profile/picture"
	ownUnpicturePath = "/profile/picture/remove"

	// pictureSide is how many pixels wide and high a picture is stored at most.
	pictureSide = 512
)

// reading bounds how many pictures are read at once: a large one takes much memory for a moment.
var reading = make(chan struct{}, 2)

// pictureForm is where a picture is chosen.
type pictureForm struct {
	Mistake  string // word that the template knows
	MostMB   int
	MostSide int
	Back     string // to where the picture is shown, below Root
	Remove   string // to where it is removed, below Root
}

// readPicture returns the picture that was sent: a copy of the server's own making, of the square in its middle. It is nil
// where there is none that can be taken, and the form says why.
func (v *visit) readPicture(form *pictureForm) ([]byte, error) {
	png, err := v.sentPicture()
	tooMuch, _ := errors.AsType[*http.MaxBytesError](err)
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		form.Mistake = "none"
	case errors.Is(err, avatar.ErrFormat):
		form.Mistake = "format"
	case tooMuch != nil, errors.Is(err, avatar.ErrTooLarge):
		form.Mistake = "large"
	case errors.Is(err, avatar.ErrDamaged):
		form.Mistake = "damaged"
	default:
		return png, err
	}
	return nil, nil
}

func newPictureForm(back, remove string) pictureForm {
	return pictureForm{MostMB: avatar.MaxBytes >> 20, MostSide: avatar.MaxSide, Back: back, Remove: remove}
}

// ownPicture is where people choose their picture.
type ownPicture struct {
	ownPage
	pictureForm
}

func (v *visit) picture() error {
	page := ownPicture{v.ownPage("profile"), newPictureForm(profilePath[1:], ownUnpicturePath[1:])}
	if !v.posted() {
		return v.show(http.StatusOK, "ownpicture", page)
	}
	png, err := v.readPicture(&page.pictureForm)
	if err != nil {
		return err
	}
	if page.Mistake != "" {
		return v.show(http.StatusUnprocessableEntity, "ownpicture", page)
	}
	if err := v.Directory.SetPicture(v.ctx(), v.site.ID, v.by, v.who.account.ID, png); err != nil {
		return err
	}
	return v.goTo(withQuery(profilePath, "done", "picture"))
}

// sentPicture reads the picture of a form, and returns a harmless copy.
func (v *visit) sentPicture() ([]byte, error) {
	if err := v.r.ParseMultipartForm(largerForms[v.route.path]); err != nil {
		if tooMuch, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, tooMuch
		}
		return nil, http.ErrMissingFile // a form that breaks off has none
	}
	file, head, err := v.r.FormFile("picture")
	if err != nil {
		return nil, http.ErrMissingFile
	}
	defer file.Close()
	if head.Size == 0 {
		return nil, http.ErrMissingFile
	}
	select {
	case reading <- struct{}{}:
		defer func() { <-reading }()
	case <-v.ctx().Done():
		return nil, v.ctx().Err()
	}
	return avatar.Reencode(file, pictureSide)
}

// removePicture asks, and then takes a person's picture away.
func (v *visit) removePicture() error {
	if !v.posted() {
		return v.confirm("picture", "", "")
	}
	if err := v.Directory.SetPicture(v.ctx(), v.site.ID, v.by, v.who.account.ID, nil); err != nil {
		return err
	}
	return v.goTo(withQuery(profilePath, "done", "picture-removed"))
}

// ownConfirm asks a person before something of theirs is gone.
type ownConfirm struct {
	ownPage
	What string // for which the template has words
	Of   string // by its name
	Back string // below the root
}

func (v *visit) confirm(what, of, tab string) error {
	page := ownConfirm{ownPage: v.ownPage("profile"), What: what, Of: of, Back: "profile"}
	if tab != "" {
		page.Tab, page.Back = tab, "profile/"+tab
	}
	return v.show(http.StatusOK, "ownconfirm", page)
}
