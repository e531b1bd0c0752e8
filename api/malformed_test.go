package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// malformed is one request that must be refused with this code.
type malformed struct {
	name string
	raw  string // whole request as bytes on the wire
	code string
}

func lines(parts ...string) string { return strings.Join(parts, "\r\n") }

// request without a body.
func bare(requestLine string, header ...string) string {
	return lines(append(append([]string{requestLine}, header...), "", "")...)
}

const host = "Host: 127.0.0.1"

func target(t string) string { return bare("GET "+t+" HTTP/1.1", host) }

// noteWith posts a body to the test operation with every header it needs.
func noteWith(body string, header ...string) string {
	head := append([]string{"POST /v1/notes HTTP/1.1", host}, header...)
	if !has(header, "Content-Type") {
		head = append(head, "Content-Type: application/json")
	}
	if !has(header, "Idempotency-Key") {
		head = append(head, "Idempotency-Key: k")
	}
	if !has(header, "Content-Length") && !has(header, "Transfer-Encoding") {
		head = append(head, fmt.Sprintf("Content-Length: %d", len(body)))
	}
	return lines(append(head, "", body)...)
}

func has(header []string, name string) bool {
	for _, h := range header {
		if strings.HasPrefix(h, name) {
			return true
		}
	}
	return false
}

func chunked(payload string, header ...string) string {
	return noteWith(payload, append([]string{"Transfer-Encoding: chunked"}, header...)...)
}

const good = `{"text":"a"}`

var malformedRequests = []malformed{
	// Request lines.
	{"no target", bare("GET", host), CodeBadRequest},
	{"no version", bare("GET /livez", host), CodeBadRequest},
	{"version 0.9", bare("GET /livez HTTP/0.9", host), CodeBadRequest},
	{"version 2.0", bare("GET /livez HTTP/2.0", host), CodeBadRequest},
	{"version 3", bare("GET /livez HTTP/3", host), CodeBadRequest},
	{"version junk", bare("GET /livez FTP/1.1", host), CodeBadRequest},
	{"lower case version", bare("GET /livez http/1.1", host), CodeBadRequest},
	{"two spaces", bare("GET  /livez HTTP/1.1", host), CodeBadRequest},
	{"space in target", bare("GET /live z HTTP/1.1", host), CodeBadRequest},
	{"tab in line", bare("GET\t/livez\tHTTP/1.1", host), CodeBadRequest},
	{"binary", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", CodeBadRequest},
	{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", CodeMethodNotAllowed},
	{"NUL in line", bare("GET /li\x00vez HTTP/1.1", host), CodeBadRequest},
	{"bare line feed in target", bare("GET /li\nvez HTTP/1.1", host), CodeBadRequest},
	{"only spaces", "   \r\n\r\n", CodeBadRequest},

	// Methods.
	{"unknown method", bare("BREW /livez HTTP/1.1", host), CodeMethodNotAllowed},
	{"lower case method", bare("get /livez HTTP/1.1", host), CodeMethodNotAllowed},
	{"TRACE", bare("TRACE /livez HTTP/1.1", host), CodeMethodNotAllowed},
	{"CONNECT", bare("CONNECT 127.0.0.1:22 HTTP/1.1", host), CodeMethodNotAllowed},
	{"PROPFIND", bare("PROPFIND / HTTP/1.1", host), CodeMethodNotAllowed},
	{"POST to a query", bare("POST /livez HTTP/1.1", host, "Content-Length: 0"), CodeMethodNotAllowed},
	{"PUT to a command", bare("PUT /v1/notes HTTP/1.1", host, "Content-Length: 0"), CodeMethodNotAllowed},
	{"DELETE of a command", bare("DELETE /v1/notes HTTP/1.1", host), CodeMethodNotAllowed},
	{"GET of a command", bare("GET /v1/notes HTTP/1.1", host), CodeMethodNotAllowed},
	{"OPTIONS", bare("OPTIONS /v1/notes HTTP/1.1", host), CodeMethodNotAllowed},
	{"method with a symbol", bare("GE<T> /livez HTTP/1.1", host), CodeBadRequest},

	// Targets.
	{"nowhere", target("/nowhere"), CodeNotFound},
	{"trailing slash", target("/livez/"), CodeNotFound},
	{"other case", target("/LIVEZ"), CodeNotFound},
	{"asterisk", bare("OPTIONS * HTTP/1.1", host), CodeTargetInvalid},
	{"absolute", target("http://127.0.0.1/livez"), CodeTargetInvalid},
	{"absolute elsewhere", target("http://evil.example/livez"), CodeTargetInvalid},
	{"no slash", target("livez"), CodeBadRequest},
	{"double slash", target("//livez"), CodeTargetInvalid},
	{"double slash inside", target("/v1//notes"), CodeTargetInvalid},
	{"dot segment", target("/./livez"), CodeTargetInvalid},
	{"dot dot segment", target("/v1/../livez"), CodeTargetInvalid},
	{"encoded dots", target("/v1/%2e%2e/livez"), CodeTargetInvalid},
	{"encoded dots upper case", target("/v1/%2E./livez"), CodeTargetInvalid},
	{"encoded slash", target("/v1/notes/a%2fb"), CodeTargetInvalid},
	{"backslash", target(`/v1\notes`), CodeTargetInvalid},
	{"encoded backslash", target("/v1/notes/%5c"), CodeTargetInvalid},
	{"encoded NUL", target("/v1/notes/a%00"), CodeTargetInvalid},
	{"encoded line feed", target("/v1/notes/a%0ab"), CodeTargetInvalid},
	{"broken escape", target("/v1/notes/%zz"), CodeTargetInvalid},
	{"half escape", target("/v1/notes/%2"), CodeTargetInvalid},
	{"not UTF-8", target("/v1/notes/%ff%fe"), CodeTargetInvalid},
	{"overlong UTF-8", target("/v1/notes/%c0%af"), CodeTargetInvalid},
	{"raw bytes", target("/v1/notes/\xe5\xbf\x97"), CodeTargetInvalid},
	{"fragment", target("/livez#top"), CodeTargetInvalid},
	{"long target", target("/v1/notes/" + strings.Repeat("a", MaxTargetBytes)), CodeTargetTooLong},
	{"long query", target("/v1/notes/a?after=" + strings.Repeat("a", MaxTargetBytes)), CodeTargetTooLong},
	{"parameter out of pattern", target("/v1/notes/UPPER"), CodeValidation},
	{"parameter too long", target("/v1/notes/" + strings.Repeat("a", 37)), CodeValidation},
	{"file system", target("/static/../../etc/passwd"), CodeTargetInvalid},
	{"static directory", target("/static/"), CodeNotFound},

	// Queries.
	{"unknown parameter", target("/livez?debug=1"), CodeValidation},
	{"repeated parameter", target("/v1/notes/a?limit=1&limit=2"), CodeQueryInvalid},
	{"repeated by escape", target("/v1/notes/a?limit=1&%6cimit=2"), CodeQueryInvalid},
	{"broken escape in query", target("/v1/notes/a?cursor=%g0"), CodeQueryInvalid},
	{"query not UTF-8", target("/v1/notes/a?cursor=%ff"), CodeQueryInvalid},
	{"control in query", target("/v1/notes/a?cursor=%0d%0aSet-Cookie:x"), CodeQueryInvalid},
	{"semicolon", target("/v1/notes/a?limit=1;cursor=x"), CodeQueryInvalid},
	{"nameless parameter", target("/v1/notes/a?=1"), CodeQueryInvalid},
	{"empty pair", target("/v1/notes/a?limit=1&&cursor=x"), CodeQueryInvalid},
	{"unknown parameter of a raw route", target("/metrics?name=x"), CodeValidation},
	{"too many parameters", target("/v1/notes/a?x=1" + manyParameters()), CodeQueryInvalid},
	{"limit zero", target("/v1/notes/a?limit=0"), CodeValidation},
	{"limit beyond", target("/v1/notes/a?limit=501"), CodeValidation},
	{"limit no number", target("/v1/notes/a?limit=ten"), CodeValidation},
	{"limit overflow", target("/v1/notes/a?limit=99999999999999999999"), CodeValidation},
	{"foreign cursor", target("/v1/notes/a?cursor=AQAAAAAAAAAHa1LUBeule01RY5wNV2WpmTk"), CodeCursorInvalid},
	{"cursor no base64", target("/v1/notes/a?cursor=***"), CodeCursorInvalid},
	{"position with a space", target("/v1/notes/a?after=a+b"), CodePositionInvalid},
	{"long position", target("/v1/notes/a?after=" + strings.Repeat("a", MaxPositionLen+1)), CodePositionInvalid},

	// Hosts and origins.
	{"no host", bare("GET /livez HTTP/1.1"), CodeBadRequest},
	{"no host, version 1.0", bare("GET /livez HTTP/1.0"), CodeHostRefused},
	{"empty host", bare("GET /livez HTTP/1.1", "Host:"), CodeBadRequest},
	{"two hosts", bare("GET /livez HTTP/1.1", host, "Host: evil.example"), CodeBadRequest},
	{"rebinding", bare("GET /livez HTTP/1.1", "Host: evil.example"), CodeHostRefused},
	{"rebinding with port", bare("GET /livez HTTP/1.1", "Host: evil.example:8080"), CodeHostRefused},
	{"host with prefix", bare("GET /livez HTTP/1.1", "Host: localhost.evil.example"), CodeHostRefused},
	{"host with user", bare("GET /livez HTTP/1.1", "Host: localhost@evil.example"), CodeHostRefused},
	{"host with path", bare("GET /livez HTTP/1.1", "Host: localhost/x"), CodeBadRequest},
	{"host with bad port", bare("GET /livez HTTP/1.1", "Host: localhost:99999"), CodeHostRefused},
	{"host port no number", bare("GET /livez HTTP/1.1", "Host: localhost:http"), CodeBadRequest},
	{"host with space", bare("GET /livez HTTP/1.1", "Host: local host"), CodeBadRequest},
	{"public address", bare("GET /livez HTTP/1.1", "Host: 203.0.113.7"), CodeHostRefused},
	{"open bracket", bare("GET /livez HTTP/1.1", "Host: [::1"), CodeBadRequest},
	{"forwarded host only", bare("GET /livez HTTP/1.1", "Host: evil.example", "X-Forwarded-Host: localhost"), CodeHostRefused},
	{"origin elsewhere", noteWith(good, "Origin: https://evil.example"), CodeOriginRefused},
	{"origin null", noteWith(good, "Origin: null"), CodeOriginRefused},
	{"origin junk", noteWith(good, "Origin: %%%"), CodeOriginRefused},
	{"origin other port", noteWith(good, "Origin: http://127.0.0.1:9"), CodeOriginRefused},
	{"cross site", noteWith(good, "Sec-Fetch-Site: cross-site"), CodeOriginRefused},
	{"same site", noteWith(good, "Sec-Fetch-Site: same-site"), CodeOriginRefused},
	{"fetch site junk", noteWith(good, "Sec-Fetch-Site: maybe"), CodeOriginRefused},
	{"two origins", noteWith(good, "Origin: http://127.0.0.1", "Origin: https://evil.example"), CodeHeaderRepeated},

	// Header fields.
	{"no colon", bare("GET /livez HTTP/1.1", host, "Broken"), CodeBadRequest},
	{"space before colon", bare("GET /livez HTTP/1.1", host, "Name : x"), CodeBadRequest},
	{"empty name", bare("GET /livez HTTP/1.1", host, ": x"), CodeBadRequest},
	{"folded", bare("GET /livez HTTP/1.1", host, "A: b", " c"), CodeBadRequest},
	{"NUL in value", bare("GET /livez HTTP/1.1", host, "A: b\x00c"), CodeBadRequest},
	{"name with symbol", bare("GET /livez HTTP/1.1", host, "A(b): c"), CodeBadRequest},
	{"huge header", bare("GET /livez HTTP/1.1", host, "A: "+strings.Repeat("x", 2*MaxHeaderBytes)), CodeHeaderTooLarge},
	{"many headers", bare("GET /livez HTTP/1.1", host, strings.Repeat("A: b\r\n", 4000)+"A: b"), CodeHeaderTooLarge},
	{"huge cookie", bare("GET /livez HTTP/1.1", host, "Cookie: a="+strings.Repeat("x", 2*MaxHeaderBytes)), CodeHeaderTooLarge},
	{"no key", lines("POST /v1/notes HTTP/1.1", host, "Content-Type: application/json", "Content-Length: 12", "", good), CodeKeyMissing},
	{"empty key", noteWith(good, "Idempotency-Key:"), CodeKeyMissing},
	{"key with space", noteWith(good, "Idempotency-Key: a b"), CodeKeyInvalid},
	{"key in Chinese", noteWith(good, "Idempotency-Key: 志"), CodeKeyInvalid},
	{"key with latin byte", noteWith(good, "Idempotency-Key: \xe9"), CodeKeyInvalid},
	{"long key", noteWith(good, "Idempotency-Key: "+strings.Repeat("k", MaxIdempotencyKeyLen+1)), CodeKeyInvalid},
	{"two keys", noteWith(good, "Idempotency-Key: a", "Idempotency-Key: b"), CodeHeaderRepeated},
	{"many tags", bare("GET /v1/notes/a HTTP/1.1", host, "If-None-Match: "+strings.Repeat(`"a", `, MaxETagsPerRequest)+`"b"`), CodeConditionTooLarge},
	{"position header", bare("GET /v1/notes/a HTTP/1.1", host, "Zhishu-After: <x>"), CodePositionInvalid},
	{"event id no number", bare("GET /v1/events HTTP/1.1", host, "Last-Event-ID: x"), CodeEventIDInvalid},
	{"event id negative", bare("GET /v1/events HTTP/1.1", host, "Last-Event-ID: -1"), CodeEventIDInvalid},
	{"event id overflow", bare("GET /v1/events HTTP/1.1", host, "Last-Event-ID: 18446744073709551616"), CodeEventIDInvalid},

	// Lengths and transfer codings.
	{"length no number", noteWith(good, "Content-Length: x"), CodeBadRequest},
	{"length negative", noteWith(good, "Content-Length: -1"), CodeBadRequest},
	{"length with plus", noteWith(good, "Content-Length: +12"), CodeBadRequest},
	{"length in hex", noteWith(good, "Content-Length: 0xc"), CodeBadRequest},
	{"length list", noteWith(good, "Content-Length: 12, 12"), CodeBadRequest},
	{"length overflow", noteWith(good, "Content-Length: 99999999999999999999"), CodeBadRequest},
	{"two lengths", noteWith(good, "Content-Length: 12", "Content-Length: 13"), CodeBadRequest},
	{"length and chunked", noteWith("0\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked"), CodeBadRequest},
	{"chunk size junk", chunked("zz\r\n" + good + "\r\n0\r\n\r\n"), CodeBadRequest},
	{"chunk size negative", chunked("-1\r\n\r\n"), CodeBadRequest},
	{"chunk size overflow", chunked("fffffffffffffffff\r\n"), CodeBadRequest},
	{"chunk without end", chunked("c\r\n" + good + "x0\r\n\r\n"), CodeBadRequest},
	{"chunked empty", chunked("0\r\n\r\n"), CodeBodyRequired},
	{"coding unknown", noteWith(good, "Transfer-Encoding: gzip"), CodeBadRequest},
	{"coding twice", chunked("0\r\n\r\n", "Transfer-Encoding: chunked"), CodeBadRequest},
	{"coding hidden", noteWith("0\r\n\r\n", "Transfer-Encoding: xchunked"), CodeBadRequest},
	{"body too large", noteWith("", fmt.Sprintf("Content-Length: %d", MaxBodyBytes+1)), CodeBodyTooLarge},
	{"chunks too large", chunked(fmt.Sprintf("%x\r\n", MaxBodyBytes+1) + strings.Repeat("x", MaxBodyBytes+1) + "\r\n0\r\n\r\n"), CodeBodyTooLarge},
	{"body of a query", lines("GET /livez HTTP/1.1", host, "Content-Length: 2", "", "{}"), CodeBodyNotAllowed},

	// Kinds of bodies.
	{"no body", noteWith(""), CodeBodyRequired},
	{"no type", noteWith(good, "Content-Type:"), CodeMediaType},
	{"text", noteWith(good, "Content-Type: text/plain"), CodeMediaType},
	{"form", noteWith("text=a", "Content-Type: application/x-www-form-urlencoded"), CodeMediaType},
	{"multipart", noteWith("--b\r\n", "Content-Type: multipart/form-data; boundary=b"), CodeMediaType},
	{"multipart without boundary", noteWith("x", "Content-Type: multipart/form-data"), CodeMediaType},
	{"XML", noteWith("<a/>", "Content-Type: application/xml"), CodeMediaType},
	{"suffix", noteWith(good, "Content-Type: application/x+json"), CodeMediaType},
	{"type junk", noteWith(good, "Content-Type: ;;;"), CodeMediaType},
	{"other charset", noteWith(good, "Content-Type: application/json; charset=gb18030"), CodeMediaType},
	{"two types", noteWith(good, "Content-Type: application/json", "Content-Type: text/plain"), CodeHeaderRepeated},
	{"gzip", noteWith("\x1f\x8b\x08\x00", "Content-Encoding: gzip"), CodeContentEncoding},
	{"deflate", noteWith("x", "Content-Encoding: deflate"), CodeContentEncoding},
	{"brotli", noteWith("x", "Content-Encoding: br"), CodeContentEncoding},
	{"gzip twice", noteWith("x", "Content-Encoding: gzip, gzip"), CodeContentEncoding},
	{"identity", noteWith(good, "Content-Encoding: identity"), CodeContentEncoding},
	{"gzip in lower case", noteWith("x", "content-encoding: gzip"), CodeContentEncoding},

	// JSON.
	{"not JSON", noteWith("hello"), CodeJSONInvalid},
	{"half", noteWith(`{"text":`), CodeJSONInvalid},
	{"two values", noteWith(good + good), CodeJSONInvalid},
	{"comment", noteWith(`{"text":"a"/**/}`), CodeJSONInvalid},
	{"trailing comma", noteWith(`{"text":"a",}`), CodeJSONInvalid},
	{"single quotes", noteWith(`{'text':'a'}`), CodeJSONInvalid},
	{"invalid UTF-8", noteWith("{\"text\":\"\xff\"}"), CodeJSONInvalid},
	{"GB18030", noteWith("{\"text\":\"\xd5\xc5\xc8\xfd\"}"), CodeJSONInvalid},
	{"lone surrogate", noteWith(`{"text":"\ud800"}`), CodeJSONInvalid},
	{"NUL", noteWith("{\"text\":\"\x00\"}"), CodeJSONInvalid},
	{"BOM", noteWith("\ufeff" + good), CodeJSONInvalid},
	{"UTF-16", noteWith("\xff\xfe{\x00}\x00"), CodeJSONInvalid},
	{"repeated member", noteWith(`{"text":"a","text":"b"}`), CodeJSONInvalid},
	{"deep arrays", noteWith(strings.Repeat("[", 5000) + strings.Repeat("]", 5000)), CodeJSONInvalid},
	{"deep objects", noteWith(strings.Repeat(`{"a":`, 17) + "1" + strings.Repeat("}", 17)), CodeJSONInvalid},
	{"many members", noteWith(`{` + manyMembers() + `}`), CodeJSONInvalid},
	{"NaN", noteWith(`{"text":"a","count":NaN}`), CodeJSONInvalid},
	{"huge number", noteWith(`{"text":"a","count":1e999}`), CodeValidation},
	{"array for object", noteWith(`[]`), CodeValidation},
	{"null", noteWith(`null`), CodeValidation},
	{"string for object", noteWith(`"a"`), CodeValidation},
	{"missing member", noteWith(`{}`), CodeValidation},
	{"unknown member", noteWith(`{"text":"a","more":1}`), CodeValidation},
	{"other case", noteWith(`{"Text":"a"}`), CodeValidation},
	{"both cases", noteWith(`{"text":"a","TEXT":"b"}`), CodeValidation},
	{"wrong kind", noteWith(`{"text":1}`), CodeValidation},
	{"null member", noteWith(`{"text":null}`), CodeValidation},
	{"fraction", noteWith(`{"text":"a","count":1.5}`), CodeValidation},
	{"negative", noteWith(`{"text":"a","count":-1}`), CodeValidation},
	{"exponent", noteWith(`{"text":"a","count":1e2}`), CodeValidation},
	{"beyond int64", noteWith(`{"text":"a","count":9223372036854775808}`), CodeValidation},
	{"not in list", noteWith(`{"text":"a","kind":"c"}`), CodeValidation},
	{"too long", noteWith(`{"text":"` + strings.Repeat("a", 41) + `"}`), CodeValidation},
	{"too many items", noteWith(`{"text":"a","tags":["1","2","3","4"]}`), CodeValidation},
	{"prototype", noteWith(`{"text":"a","__proto__":{}}`), CodeValidation},
}

func manyParameters() string {
	var b strings.Builder
	for i := range MaxQueryParameters {
		fmt.Fprintf(&b, "&p%d=1", i)
	}
	return b.String()
}

func manyMembers() string {
	var b strings.Builder
	for i := range MaxJSONMembers + 1 {
		fmt.Fprintf(&b, `"m%d":0,`, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

func TestMalformedRequests(t *testing.T) {
	r := start(t, withEvents, notes)
	for _, c := range malformedRequests {
		t.Run(c.name, func(t *testing.T) {
			r := &running{Server: r.Server, t: t, addr: r.addr, log: r.log}
			a := r.send(c.raw)
			p := a.problem(t)
			if p.Code != c.code {
				t.Fatalf("%d %s %s, want %s", a.status, p.Code, p.Detail, c.code)
			}
			if want, _ := StatusOf(c.code); a.status != want || p.Status != want || want >= http.StatusInternalServerError {
				t.Fatalf("status %d, in the body %d, in the table %d", a.status, p.Status, want)
			}
			if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("X-Request-Id") == "" {
				t.Fatalf("header %v", a.header)
			}
		})
	}
	if a := r.get("/livez"); a.status != http.StatusOK {
		t.Fatalf("afterwards the server answers %d", a.status)
	}
	if strings.Contains(r.log.String(), "panic") {
		t.Fatalf("a panic is in the log:\n%s", r.log.String())
	}
}
