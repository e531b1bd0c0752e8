package api

import (
	"context"
	"errors"
	"io"

	"zhishu/domain"
	"zhishu/inspect"
)

// testBundles stands where the tests make no bundle: cmd/zhishu has the real
// one, and tests it from end to end.
type testBundles struct{}

var errNoBundle = errors.New("these tests make no bundle")

func (testBundles) Keys(context.Context, []domain.PersonID, string) ([]byte, error) {
	return nil, errNoBundle
}

func (testBundles) Bundle(context.Context, io.Writer, inspect.Order, uint64) (inspect.Written, error) {
	return inspect.Written{}, errNoBundle
}
