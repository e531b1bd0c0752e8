package api

import "github.com/danielgtaylor/huma/v2"

const headerKey = "Idempotency-Key"

// CommandInput is embedded in the input of every command. A retry with the
// same key and the same body gets the first answer again.
type CommandInput struct {
	Key string `header:"Idempotency-Key" required:"true" maxLength:"128" doc:"Fresh and random for every new command, the same for its retries: 1 to 128 visible ASCII characters" example:"0b3d3a4e-6a0c-4b0e-9a3e-3d2b1c0a9f8e"`
}

// Resolve implements huma.Resolver: a key that is missing or malformed has a
// code of its own.
func (in *CommandInput) Resolve(huma.Context) []error {
	if err := checkKey(in.Key); err != nil {
		return []error{err}
	}
	return nil
}

// checkKey refuses a key that could be read, stored or logged in two ways.
func checkKey(key string) error {
	if key == "" {
		return NewProblem(CodeKeyMissing, "")
	}
	if len(key) > MaxIdempotencyKeyLen {
		return NewProblem(CodeKeyInvalid, "")
	}
	for _, c := range []byte(key) {
		if c <= ' ' || c >= 0x7f {
			return NewProblem(CodeKeyInvalid, "")
		}
	}
	return nil
}
