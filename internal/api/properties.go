package api

import (
	"bytes"
	"context"

	"github.com/rosterhq/roster/confluence"
	"github.com/rosterhq/roster/internal/directory"
	"github.com/rosterhq/roster/internal/failure"
	"github.com/rosterhq/roster/internal/site"
)

// propertyOwner is an input that says whose properties it is about.
type propertyOwner struct {
	UserID string `path:"userId" doc:"The account ID of the user."`
}

func (in propertyOwner) users() []string { return []string{in.UserID} }

// check refuses what is no account ID.
func (in propertyOwner) check(*call) error {
	if !directory.ValidAccountID(in.UserID) {
		return failure.Invalid.Errorf("userId is not an account ID.")
	}
	return nil
}

// permitProperties decides whether the caller may touch somebody's properties, where they belong to their
// owners. Which of them an app may touch is for the directory to say.
func permitProperties(c *call, in any) error {
	standing := c.caller.Standing
	if c.site.Settings.PropertyAccess == site.ByContract || standing.Administrator || c.caller.IsApp() || namesOnly(in, standing.AccountID) {
		return nil
	}
	return failure.Forbidden.Errorf("Only the user, an administrator or the app that made it may touch a property.")
}

// onlyOf is the app whose properties alone the caller may touch; empty for all.
func onlyOf(c *call, accountID string) string {
	standing := c.caller.Standing
	if c.site.Settings.PropertyAccess == site.ByContract || standing.Administrator || !c.caller.IsApp() || standing.AccountID == accountID {
		return ""
	}
	return standing.AccountID
}

func propertyLimits(c *call) directory.PropertyLimits {
	s := c.site.Settings
	return directory.PropertyLimits{KeyBytes: s.PropertyKeyBytes, ValueBytes: s.PropertyValueBytes, PerUserAndApp: s.PropertiesPerUserAndApp}
}

// mostPropertyKeys is the largest page of property keys that the reference allows.
const mostPropertyKeys = 25

type propertiesIn struct {
	propertyOwner
	Start int `query:"start" default:"0" min:"0" doc:"How many to skip."`
	Limit int `query:"limit" default:"5" min:"0" max:"25" doc:"The most to answer; more is taken as 25."`
}

func (s *Server) getProperties(ctx context.Context, c *call, in propertiesIn) (*confluence.UserPropertyKeyArray, error) {
	limit := min(in.Limit, mostPropertyKeys)
	keys, more, err := s.Directory.PropertyKeys(ctx, c.site.ID, in.UserID, onlyOf(c, in.UserID), in.Start, limit)
	if err != nil {
		return nil, err
	}
	page := &confluence.UserPropertyKeyArray{
		Results: make([]confluence.UserPropertyKey, len(keys)), Start: in.Start, Limit: limit, Size: len(keys),
		Links: c.pageLinks(in.Start, limit, more),
	}
	delete(page.Links, "self") // real sites leave it out of this list
	for i, k := range keys {
		page.Results[i].Key = k
	}
	return page, nil
}

type propertyIn struct {
	propertyOwner
	Key string `path:"key" pattern:"^[-_a-zA-Z0-9]+$" doc:"The key of the property."`
}

func (in propertyIn) check(c *call) error {
	if err := in.propertyOwner.check(c); err != nil {
		return err
	}
	return propertyLimits(c).CheckKey(in.Key)
}

func (s *Server) getProperty(ctx context.Context, c *call, in propertyIn) (*confluence.UserProperty, error) {
	p, err := s.Directory.Property(ctx, c.site.ID, in.UserID, onlyOf(c, in.UserID), in.Key)
	if err != nil {
		return nil, err
	}
	return &confluence.UserProperty{
		Key: p.Key, Value: []byte(p.Value), ID: p.ID, CreatedDate: moment(p.CreatedAt), LastModifiedDate: moment(p.UpdatedAt),
		Links: c.siteLinks(c.self),
	}, nil
}

type propertyWriteIn struct {
	propertyIn
	Body confluence.UserPropertyCreate `closed:"true"`
}

// check refuses a value that is no object or too long. That it is sound JSON was seen when the body was read.
func (in propertyWriteIn) check(c *call) error {
	if err := in.propertyIn.check(c); err != nil {
		return err
	}
	if !bytes.HasPrefix(in.Body.Value, []byte("{")) {
		return failure.Invalid.Errorf("/value is not an object.")
	}
	return propertyLimits(c).CheckValue(string(in.Body.Value))
}

func (s *Server) createProperty(ctx context.Context, c *call, in propertyWriteIn) (nothing, error) {
	p := directory.Property{Key: in.Key, Value: string(in.Body.Value), App: c.caller.AppAccount()}
	_, err := s.Directory.AddProperty(ctx, c.site.ID, c.actor, in.UserID, p, propertyLimits(c))
	return nothing{}, err
}

func (s *Server) updateProperty(ctx context.Context, c *call, in propertyWriteIn) (nothing, error) {
	err := s.Directory.ChangeProperty(ctx, c.site.ID, c.actor, in.UserID, onlyOf(c, in.UserID), in.Key, string(in.Body.Value), propertyLimits(c))
	return nothing{}, err
}

func (s *Server) deleteProperty(ctx context.Context, c *call, in propertyIn) (nothing, error) {
	return nothing{}, s.Directory.DeleteProperty(ctx, c.site.ID, c.actor, in.UserID, onlyOf(c, in.UserID), in.Key)
}

// encodeProperty writes a property with its value byte for byte: an encoder would close up its white space.
// The mark is found where it was put, as a key has no quotes.
func encodeProperty(p confluence.UserProperty) []byte {
	const mark = `"value":{}`
	value := p.Value
	p.Value = []byte(`{}`)
	before, after, _ := bytes.Cut(encode(p), []byte(mark))
	return bytes.Join([][]byte{before, []byte(`"value":`), value, after}, nil)
}
