package api

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// guard judges what every request must satisfy before a route is looked for.
// The order is that of the trust each check needs: a target that cannot be
// read is not compared with anything.
func (s *Server) guard(c *fiber.Ctx) error {
	if err := checkForm(c.Request()); err != nil {
		// What follows on this connection may not be what its sender meant as
		// the next request.
		c.Response().SetConnectionClose()
		return err
	}
	if err := s.hosts.check(&c.Request().Header); err != nil {
		return err
	}
	return checkOrigin(&c.Request().Header)
}

func checkForm(req *fasthttp.Request) error {
	if err := checkTarget(req); err != nil {
		return err
	}
	return checkHeader(&req.Header)
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
	for rest, more := path[1:], true; more; {
		var raw []byte
		raw, rest, more = bytes.Cut(rest, []byte{'/'})
		segment, _ := unescape(raw, false)
		switch {
		case len(segment) == 0 && more:
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
// a repeated name, a broken escape, bytes that are not UTF-8. The columns of a
// sheet are a list, the only one.
func checkQuery(query []byte) error {
	if len(query) == 0 {
		return nil
	}
	var names [][]byte
	for rest, more := query, true; more; {
		var pair []byte
		pair, rest, more = bytes.Cut(rest, []byte{'&'})
		rawName, rawValue, _ := bytes.Cut(pair, []byte{'='})
		name, okName := unescape(rawName, true)
		value, okValue := unescape(rawValue, true)
		if !okName || !okValue || !printableUTF8(name) || !printableUTF8(value) {
			return NewProblem(CodeQueryInvalid, "")
		}
		if len(name) == 0 || bytes.IndexByte(pair, ';') >= 0 {
			return NewProblem(CodeQueryInvalid, "Parameters are separated by & and have a name.")
		}
		if slices.ContainsFunc(names, func(other []byte) bool { return bytes.Equal(other, name) }) && string(name) != columnsQuery {
			return NewProblem(CodeQueryInvalid, "A parameter is repeated.")
		}
		if len(names) == MaxQueryParameters {
			return NewProblem(CodeQueryInvalid, "There are too many parameters.")
		}
		names = append(names, name)
	}
	return nil
}

// checkNames refuses a parameter the operation does not know: a misspelt
// filter would otherwise show more than was asked for.
func checkNames(c *fiber.Ctx, params []*huma.Param) error {
	if len(c.Request().URI().QueryString()) == 0 {
		return nil
	}
	var faults []FieldError
	for name := range c.Request().URI().QueryArgs().All() {
		known := slices.ContainsFunc(params, func(p *huma.Param) bool { return p.In == "query" && p.Name == string(name) })
		if !known {
			faults = append(faults, FieldError{Location: safeLocation("query." + string(name)), Message: "unknown query parameter"})
		}
	}
	if len(faults) > 0 {
		return NewProblem(CodeValidation, "").WithErrors(faults...)
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

// single are the fields that decide something here, so that two of them would
// leave open which one counts.
var single = []string{
	fiber.HeaderHost, fiber.HeaderOrigin, headerSecFetchSite, fiber.HeaderAuthorization,
	fiber.HeaderContentType, fiber.HeaderContentEncoding, fiber.HeaderContentLength,
	fiber.HeaderTransferEncoding, fiber.HeaderIfNoneMatch,
	headerKey, headerAfter, headerLastEventID, headerAccount, headerBehalf, headerFileName,
}

// checkHeader reads the fields as they came: the parsed header has already
// chosen between two of a kind.
func checkHeader(header *fasthttp.RequestHeader) error {
	if version := header.Protocol(); string(version) != "HTTP/1.1" && string(version) != "HTTP/1.0" {
		return NewProblem(CodeBadRequest, "This server speaks HTTP/1.1.")
	}
	var seen uint32
	for line := range bytes.Lines(header.RawHeaders()) {
		if line[0] == ' ' || line[0] == '\t' {
			return NewProblem(CodeBadRequest, "A header field is folded over two lines.")
		}
		name, _, _ := bytes.Cut(line, []byte{':'})
		place := placeOf(name)
		if place < 0 {
			continue
		}
		if seen&(1<<place) != 0 {
			return NewProblem(CodeHeaderRepeated, single[place])
		}
		seen |= 1 << place
	}
	if seen&framing == framing {
		// Two lengths: whoever stands before this server may have believed the
		// other one, and takes the rest for a request of its own.
		return NewProblem(CodeBadRequest, "Content-Length and Transfer-Encoding exclude one another.")
	}
	if len(header.Peek(fiber.HeaderContentEncoding)) > 0 {
		// A compressed body is measured before it is inflated: half a megabyte
		// has become three gigabytes that way.
		return NewProblem(CodeContentEncoding, "")
	}
	return nil
}

var framing = uint32(1)<<placeOf([]byte(fiber.HeaderContentLength)) | 1<<placeOf([]byte(fiber.HeaderTransferEncoding))

// placeOf is the index of a field name in single, or -1.
func placeOf(name []byte) int {
	for i, candidate := range single {
		if len(candidate) == len(name) && strings.EqualFold(candidate, string(name)) {
			return i
		}
	}
	return -1
}
