package api

import (
	"bytes"
	"net/url"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// guard judges what every request must satisfy before a route is looked for.
// The order is that of the trust each check needs: a target that cannot be
// read is not compared with anything.
func (s *Server) guard(c *fiber.Ctx) error {
	if err := checkTarget(c.Request()); err != nil {
		return err
	}
	if err := checkHeader(&c.Request().Header); err != nil {
		return err
	}
	if err := s.hosts.check(&c.Request().Header); err != nil {
		return err
	}
	return checkOrigin(&c.Request().Header)
}

func checkTarget(req *fasthttp.Request) error {
	target := req.Header.RequestURI()
	switch {
	case len(target) > MaxTargetBytes:
		return NewProblem(CodeTargetTooLong, "")
	case len(target) == 0 || target[0] != '/':
		// Absolute targets are for proxies, which this server is not: with one,
		// two host names would stand in the request.
		return NewProblem(CodeTargetInvalid, "The target must begin with a slash.")
	case bytes.IndexByte(target, '#') >= 0:
		return NewProblem(CodeTargetInvalid, "A fragment does not belong in a request.")
	}
	path, query, _ := bytes.Cut(target, []byte{'?'})
	if !plainPath(path) {
		return NewProblem(CodeTargetInvalid, "")
	}
	return checkQuery(query)
}

// plainPath reports whether every reader of the path sees the same segments:
// no encoded separator, no empty, "." or ".." segment (but a slash may end the
// path), printable ASCII that decodes to UTF-8 without control characters.
func plainPath(path []byte) bool {
	text, ok := unescape(path, false)
	if !ok || !printableUTF8(text) {
		return false
	}
	segments := bytes.Split(path[1:], []byte{'/'})
	for i, raw := range segments {
		segment, _ := unescape(raw, false)
		switch {
		case len(segment) == 0 && i < len(segments)-1:
			return false
		case string(segment) == ".", string(segment) == "..":
			return false
		case bytes.ContainsAny(segment, `/\`):
			return false
		}
	}
	return true
}

// checkQuery refuses a query that two readers could understand in two ways:
// a repeated name, a broken escape, bytes that are not UTF-8.
func checkQuery(query []byte) error {
	if len(query) == 0 {
		return nil
	}
	var seen []string
	for _, pair := range bytes.Split(query, []byte{'&'}) {
		rawName, rawValue, _ := bytes.Cut(pair, []byte{'='})
		name, okName := unescape(rawName, true)
		value, okValue := unescape(rawValue, true)
		if !okName || !okValue || !printableUTF8(name) || !printableUTF8(value) {
			return NewProblem(CodeQueryInvalid, "")
		}
		if len(name) == 0 || bytes.IndexByte(pair, ';') >= 0 {
			return NewProblem(CodeQueryInvalid, "Parameters are separated by & and have a name.")
		}
		for _, other := range seen {
			if other == string(name) {
				return NewProblem(CodeQueryInvalid, "A parameter is repeated.")
			}
		}
		seen = append(seen, string(name))
	}
	return nil
}

// unescape decodes percent-encoding and reports whether raw was printable
// ASCII with whole escapes.
func unescape(raw []byte, query bool) ([]byte, bool) {
	for _, c := range raw {
		if c <= ' ' || c >= 0x7f {
			return nil, false
		}
	}
	if bytes.IndexByte(raw, '%') < 0 && (!query || bytes.IndexByte(raw, '+') < 0) {
		return raw, true
	}
	decode := url.PathUnescape
	if query {
		decode = url.QueryUnescape
	}
	text, err := decode(string(raw))
	return []byte(text), err == nil
}

func printableUTF8(text []byte) bool {
	for _, c := range text {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	return utf8.Valid(text)
}

// single are the fields that decide something here and so may stand in a
// request only once.
var single = map[string]bool{
	fiber.HeaderHost: true, fiber.HeaderOrigin: true, fiber.HeaderContentType: true,
	fiber.HeaderContentEncoding: true, fiber.HeaderAuthorization: true,
	headerKey: true, headerAfter: true, headerLastEventID: true, headerSecFetchSite: true,
	fiber.HeaderIfNoneMatch: true,
}

func checkHeader(header *fasthttp.RequestHeader) error {
	seen := make(map[string]bool, len(single))
	for name := range header.All() {
		if !single[string(name)] {
			continue
		}
		if seen[string(name)] {
			return NewProblem(CodeHeaderRepeated, string(name))
		}
		seen[string(name)] = true
	}
	if len(header.Peek(fiber.HeaderContentEncoding)) > 0 {
		// A compressed body is measured before it is inflated: half a megabyte
		// has become three gigabytes that way.
		return NewProblem(CodeContentEncoding, "")
	}
	return nil
}
