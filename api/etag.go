package api

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// ETag is an entity tag with its quotes, strong unless it begins with W/.
type ETag string

// revalidate lets a private cache keep the answer and makes it ask each time.
const revalidate = "private, no-cache"

// TagOf is the tag of an answer that is these bytes.
func TagOf(body []byte) ETag {
	sum := sha256.Sum256(body)
	return tagOf(sum[:18])
}

// TagOfDigest is the tag of an answer that depends on nothing but a read
// model with this digest and the request.
func TagOfDigest(digest [sha256.Size]byte) ETag { return tagOf(digest[:18]) }

// TagOfSize is the tag of an answer that depends on nothing but the first size
// events, the request, and the code that computes it.
func TagOfSize(codeVersion int, size uint64) ETag {
	return ETag(`"` + strconv.Itoa(codeVersion) + "-" + strconv.FormatUint(size, 10) + `"`)
}

// tagOfFigure is a weak tag: a figure's ledger size moves on with the ledger
// while the figure stays what it was.
func tagOfFigure(validator string) ETag { return ETag(`W/"` + validator + `"`) }

func tagOf(sum []byte) ETag {
	return ETag(`"` + base64.RawURLEncoding.EncodeToString(sum) + `"`)
}

// ConditionalInput is embedded in the input of a query whose answer has a tag.
type ConditionalInput struct {
	IfNoneMatch string `header:"If-None-Match" doc:"Tag of the answer you hold; an unchanged one is answered with 304"`
}

// Tagged is embedded in the output of such a query.
type Tagged struct {
	ETag         string `header:"ETag" doc:"Changes when the answer does"`
	CacheControl string `header:"Cache-Control"`
}

func tagged(tag ETag) Tagged { return Tagged{ETag: string(tag), CacheControl: revalidate} }

// Unchanged returns what the handler must return at once when the client
// already holds the answer with this tag: a 304, or the fault in its header.
// Nil means: compute the answer.
func (in *ConditionalInput) Unchanged(tag ETag) error {
	same, err := matches(in.IfNoneMatch, tag)
	if err != nil {
		return err
	}
	if !same {
		return nil
	}
	return notModified{tag: tag}
}

func setValidator(header *fasthttp.ResponseHeader, tag ETag) {
	header.Set(fiber.HeaderETag, string(tag))
	header.Set(fiber.HeaderCacheControl, revalidate)
}

// matches compares an If-None-Match field with a tag. The comparison is weak,
// as RFC 9110 asks.
func matches(field string, tag ETag) (bool, error) {
	field = strings.TrimSpace(field)
	if field == "" {
		return false, nil
	}
	if field == "*" {
		return true, nil
	}
	candidates := strings.Split(field, ",")
	if len(candidates) > MaxETagsPerRequest {
		return false, NewProblem(CodeConditionTooLarge, "")
	}
	opaque := strings.TrimPrefix(string(tag), "W/")
	for _, candidate := range candidates {
		if strings.TrimPrefix(strings.TrimSpace(candidate), "W/") == opaque {
			return true, nil
		}
	}
	return false, nil
}
