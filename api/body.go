package api

import (
	"errors"
	"mime"
	"strings"

	"zhishu/api/strictjson"

	"github.com/gofiber/fiber/v2"
)

// bodyKind says what an operation takes.
type bodyKind uint8

const (
	noBody bodyKind = iota
	jsonBody
	fileBody
)

const jsonType = "application/json"

// checkBody holds the body against what the operation takes, before anything
// decodes it.
func checkBody(c *fiber.Ctx, op *operation) error {
	body := c.Request().Body()
	switch {
	case op.body == noBody && len(body) > 0:
		return NewProblem(CodeBodyNotAllowed, "")
	case op.body == noBody, op.optionalBody && len(body) == 0:
		return nil
	case len(body) == 0:
		return NewProblem(CodeBodyRequired, "")
	}
	if !op.takes(string(c.Request().Header.ContentType())) {
		return NewProblem(CodeMediaType, "This operation takes "+strings.Join(op.mediaTypes(), ", ")+".")
	}
	if op.body == jsonBody {
		return checkJSON(body)
	}
	return nil
}

func checkJSON(body []byte) error {
	err := strictjson.Check(body, strictjson.Limits{Depth: MaxJSONDepth, Members: MaxJSONMembers})
	var fault *strictjson.Error
	if errors.As(err, &fault) {
		return NewProblem(CodeJSONInvalid, fault.Error())
	}
	return err
}

func (op *operation) mediaTypes() []string {
	if op.body == jsonBody {
		return []string{jsonType}
	}
	return op.files
}

// takes compares media types without their parameters; the one parameter that
// could change the meaning of the bytes, a charset, must be UTF-8 for JSON.
func (op *operation) takes(contentType string) bool {
	if op.body == jsonBody && contentType == jsonType {
		return true
	}
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	if charset, ok := params["charset"]; ok && op.body == jsonBody && !strings.EqualFold(charset, "utf-8") {
		return false
	}
	for _, taken := range op.mediaTypes() {
		if mediaType == taken {
			return true
		}
	}
	return false
}
