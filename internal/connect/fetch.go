package connect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/rosterhq/roster/internal/failure"
)

// Fetch reads the descriptor at an http or https address, and returns it with its text. The client bounds the time, the
// redirects and where they may lead: give it one of package outbound. What goes wrong is [failure.Invalid]; what the
// network said is for administrators only, as the reason.
func Fetch(ctx context.Context, client *http.Client, address string) (Descriptor, []byte, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return Descriptor{}, nil, failure.Invalid.Errorf("The address of a descriptor is an http or https URL without a password.")
	}
	u.Fragment = ""
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Descriptor{}, nil, fmt.Errorf("ask for a descriptor: %w", err)
	}
	r.Header.Set("Accept", "application/json")
	answer, err := client.Do(r)
	if err != nil {
		return Descriptor{}, nil, failure.Because(failure.Invalid.Errorf("The descriptor could not be fetched."), "%v", cause(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return Descriptor{}, nil, failure.Invalid.Errorf("The address of the descriptor answers %d, not 200.", answer.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, MaxDescriptor+1))
	if err != nil {
		return Descriptor{}, nil, failure.Because(failure.Invalid.Errorf("The descriptor could not be read to its end."), "%v", err)
	}
	d, err := ParseDescriptor(data)
	if err != nil {
		return Descriptor{}, nil, err
	}
	return d, data, nil
}

// cause returns what went wrong with a request without the address that was asked, whose query may be a secret.
func cause(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
