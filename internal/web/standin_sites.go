package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/rosterhq/roster/internal/emulate"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/seed"
)

const (
	sitesShown  = 100
	largestSeed = 4 << 20 // that a page takes
)

// sitesPage lists the sites of a stand-in.
type sitesPage struct {
	Frame
	Sites   []siteRow
	Name    string // that was typed
	Problem string // with the name: taken or other
	Detail  string
	Next    string
}

type siteRow struct {
	Name, CloudID, URL string
	Admin, Token       string
	People, Apps       int
	Default, Here      bool
}

// controlled returns what sites are made by.
func (v *visit) controlled() (*emulate.Sites, error) {
	if v.Controlled == nil {
		return nil, failure.NotFound.Errorf("This stand-in's sites cannot be changed.")
	}
	return v.Controlled, nil
}

// sites lists the sites, and makes one.
func (v *visit) sites() error {
	if !v.posted() {
		return v.showSites(http.StatusOK, sitesPage{})
	}
	made, err := v.controlled()
	if err != nil {
		return err
	}
	name := v.r.PostForm.Get("name")
	_, err = made.Make(v.ctx(), v.by, name)
	switch kind, message := failure.Of(err); {
	case err == nil:
		return v.goTo(withQuery(sitesPath, "done", "made", "of", name))
	case kind == failure.Conflict || kind == failure.Invalid:
		return v.showSites(http.StatusUnprocessableEntity, sitesPage{Name: name, Problem: "name", Detail: message})
	default:
		return err
	}
}

func (v *visit) showSites(status int, page sitesPage) error {
	made, err := v.controlled()
	if err != nil {
		return err
	}
	after, _ := strconv.ParseInt(v.r.URL.Query().Get("after"), 10, 64)
	// The newest first: those are what somebody is working with.
	found, next, err := made.Newest(v.ctx(), after, sitesShown)
	if err != nil {
		return err
	}
	page.Frame = v.frame()
	for i := range found {
		page.Sites = append(page.Sites, v.siteRow(&found[i]))
	}
	if next != 0 {
		page.Next = withQuery("", "after", strconv.FormatInt(next, 10))
	}
	return v.show(status, "sites", page)
}

func (v *visit) siteRow(s *seed.Applied) siteRow {
	row := siteRow{
		Name: s.Site.Name, CloudID: s.Site.CloudID, URL: s.Site.URL(v.PublicURL, v.Sites.Named), Admin: s.Admin.Email,
		People: len(s.People), Apps: len(s.Apps), Default: s.Site.Default, Here: s.Site.ID == v.site.ID,
	}
	if len(s.Admin.Tokens) > 0 {
		row.Token = s.Admin.Tokens[0].Text
	}
	return row
}

// askPage asks before something is done to a site.
type askPage struct {
	Frame
	Act string // reset or delete
	siteRow
}

// resetSite makes a site what its seed says, after asking.
func (v *visit) resetSite() error {
	return v.changeSite("reset", func(made *emulate.Sites, cloudID string) error {
		_, err := made.Reset(v.ctx(), v.by, cloudID)
		return err
	})
}

// deleteSite removes a site, after asking.
func (v *visit) deleteSite() error {
	return v.changeSite("delete", func(made *emulate.Sites, cloudID string) error { return made.Remove(v.ctx(), v.by, cloudID) })
}

func (v *visit) changeSite(act string, change func(made *emulate.Sites, cloudID string) error) error {
	made, err := v.controlled()
	if err != nil {
		return err
	}
	of, err := v.Sites.Sites.Named(v.ctx(), v.r.PathValue("site"))
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "site-ask", askPage{v.frame(), act, v.siteRow(&seed.Applied{Site: of})})
	}
	if err := change(made, of.CloudID); err != nil {
		return err
	}
	return v.goTo(withQuery(sitesPath, "done", act, "of", of.Name))
}

// siteSeed hands out what a site has become as a seed file.
func (v *visit) siteSeed() error {
	made, err := v.controlled()
	if err != nil {
		return err
	}
	text, err := made.Export(v.ctx(), v.r.PathValue("site"))
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/yaml")
	v.w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(v.r.PathValue("site"))+".yaml")
	_, err = v.w.Write(text)
	return err
}

// seedPage takes a seed file.
type seedPage struct {
	Frame
	Name, Detail string
	Problem      string
}

// seedSite makes a site of a seed that is sent.
func (v *visit) seedSite() error {
	made, err := v.controlled()
	if err != nil {
		return err
	}
	if !v.posted() {
		return v.show(http.StatusOK, "site-seed", seedPage{Frame: v.frame()})
	}
	page := seedPage{Frame: v.frame()}
	plan, err := v.sentSeed()
	page.Name = v.r.FormValue("name")
	if err == nil {
		_, err = made.Of(plan).Make(v.ctx(), v.by, page.Name)
		if kind, message := failure.Of(err); kind == failure.Conflict || kind == failure.Invalid {
			page.Problem, page.Detail = "name", message
			return v.show(http.StatusUnprocessableEntity, "site-seed", page)
		}
		if err != nil {
			return err
		}
		return v.goTo(withQuery(sitesPath, "done", "made", "of", page.Name))
	}
	page.Problem, page.Detail = "seed", err.Error()
	return v.show(http.StatusUnprocessableEntity, "site-seed", page)
}

// sentSeed reads the seed that was sent.
func (v *visit) sentSeed() (*seed.Seed, error) {
	file, _, err := v.r.FormFile("seed")
	if errors.Is(err, http.ErrMissingFile) {
		return nil, errors.New("no file was chosen")
	}
	if err != nil {
		return nil, errors.New("the file could not be read, or is too large")
	}
	defer file.Close()
	return seed.Parse(file)
}
