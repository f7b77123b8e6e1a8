package web

import (
	"net/http"

	"github.com/rosterhq/roster/internal/avatar"
	"github.com/rosterhq/roster/internal/directory"
)

const personPicturePath = peoplePath + "/{account}/picture/change"

// personPicture answers with a person's picture, as administrators see it.
func (v *visit) personPicture() error {
	a, err := v.account()
	if err != nil {
		return err
	}
	png, err := v.Directory.PicturePNG(v.ctx(), v.site.ID, directory.Viewer{Admin: true}.See(a))
	if png == nil && err == nil {
		png, err = avatar.Initials(a.DisplayName, a.ID, 96)
	}
	if err != nil {
		return err
	}
	// Its address changes with it.
	v.w.Header().Set("Cache-Control", "private, max-age=86400")
	v.w.Header().Set("Content-Type", "image/png")
	v.w.Write(png)
	return nil
}

// picturePage is where an administrator chooses somebody's picture.
type picturePage struct {
	personFrame
	pictureForm
}

// changePersonPicture takes a picture of somebody, as [visit.picture] does one's own.
func (v *visit) changePersonPicture() error {
	f, err := v.personFrame("overview")
	if err != nil {
		return err
	}
	page := picturePage{f, newPictureForm(f.Path(), f.Path()+"/picture/remove")}
	if !v.posted() {
		return v.show(http.StatusOK, "person-picture", page)
	}
	png, err := v.readPicture(&page.pictureForm)
	if err != nil {
		return err
	}
	if page.Mistake != "" {
		return v.show(http.StatusUnprocessableEntity, "person-picture", page)
	}
	if err := v.Directory.SetPicture(v.ctx(), v.site.ID, v.by, f.Account.ID, png); err != nil {
		return err
	}
	return v.goTo(withQuery(f.Path(), "done", "picture"))
}

// removePersonPicture asks, and then takes somebody's picture away.
func (v *visit) removePersonPicture() error {
	f, err := v.personFrame("overview")
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "person-unpicture", f)
	}
	if err := v.Directory.SetPicture(v.ctx(), v.site.ID, v.by, f.Account.ID, nil); err != nil {
		return err
	}
	return v.goTo(withQuery(f.Path(), "done", "unpicture"))
}
