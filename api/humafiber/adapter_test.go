package humafiber_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"zhishu/api/humafiber"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

type (
	input struct {
		Word string `path:"word"`
		Q    string `query:"q"`
		H    string `header:"X-H"`
		Body struct {
			N int `json:"n"`
		}
	}
	output struct {
		Cookies []string `header:"Set-Cookie"`
		Body    struct {
			Word, Q, H, Host, Method, From string
			N                              int
		}
	}
	where struct{}
)

func newAPI(around humafiber.Around) (huma.API, *humafiber.Adapter) {
	app := fiber.New(fiber.Config{Immutable: true, DisableStartupMessage: true})
	adapter := humafiber.New(app, around)
	return huma.NewAPI(huma.DefaultConfig("t", "1"), adapter), adapter
}

func plain(_ *fiber.Ctx, _ *huma.Operation, next func(context.Context)) error {
	next(context.WithValue(context.Background(), where{}, "around"))
	return nil
}

func TestAnOperationSeesTheRequest(t *testing.T) {
	api, adapter := newAPI(plain)
	var seen struct {
		url     string
		headers int
		proto   huma.ProtoVersion
		remote  string
	}
	api.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) {
		u := ctx.URL()
		seen.url, seen.proto, seen.remote = u.String(), ctx.Version(), ctx.RemoteAddr()
		ctx.EachHeader(func(string, string) { seen.headers++ })
		if ctx.TLS() != nil || ctx.Host() != "example.com" || ctx.Method() != "POST" || ctx.Operation().OperationID != "op" {
			t.Error("the request is not what was sent")
		}
		next(huma.WithValue(ctx, where{}, "middleware"))
		if ctx.Status() != http.StatusOK {
			t.Errorf("afterwards the status is %d", ctx.Status())
		}
	})
	huma.Register(api, huma.Operation{OperationID: "op", Method: http.MethodPost, Path: "/words/{word}"},
		func(ctx context.Context, in *input) (*output, error) {
			out := &output{Cookies: []string{"a=1", "b=2"}}
			out.Body.Word, out.Body.Q, out.Body.H, out.Body.N = in.Word, in.Q, in.H, in.Body.N
			out.Body.From, _ = ctx.Value(where{}).(string)
			return out, nil
		})
	req := httptest.NewRequest(http.MethodPost, "/words/%E5%BF%97?q=a%20b", strings.NewReader(`{"n":7}`))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-H", "h")
	w := httptest.NewRecorder()
	adapter.ServeHTTP(w, req)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"Word":"志","Q":"a b","H":"h"`) || !strings.Contains(w.Body.String(), `"From":"middleware","N":7`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if cookies := w.Header().Values("Set-Cookie"); len(cookies) != 2 {
		t.Errorf("cookies %q: one field for each, never a list", cookies)
	}
	if seen.url != "http://example.com/words/%E5%BF%97?q=a%20b" || seen.headers < 3 || seen.proto.ProtoMinor != 1 || seen.remote == "" {
		t.Errorf("%+v", seen)
	}
}

func TestAroundMayRefuse(t *testing.T) {
	called := false
	api, adapter := newAPI(func(*fiber.Ctx, *huma.Operation, func(context.Context)) error {
		return errors.New("refused")
	})
	huma.Get(api, "/x", func(context.Context, *struct{}) (*struct{}, error) {
		called = true
		return nil, nil
	})
	w := httptest.NewRecorder()
	adapter.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/x", nil))
	if called || w.Code != http.StatusInternalServerError {
		t.Errorf("called %t, status %d", called, w.Code)
	}
}

func TestGetAnswersHead(t *testing.T) {
	api, adapter := newAPI(plain)
	huma.Get(api, "/x/{a}/y/{b}", func(context.Context, *struct {
		A string `path:"a"`
		B string `path:"b"`
	}) (*output, error) {
		return &output{}, nil
	})
	w := httptest.NewRecorder()
	adapter.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/x/1/y/2", nil))
	if w.Code != http.StatusOK || w.Body.Len() != 0 {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
}
