package api

import (
	"net/http"
	"slices"
)

// Kind is one line of the table of problems: a stable code, the HTTP status it
// is answered with, its title, and what the reader can do about it.
type Kind struct {
	Code   string `json:"code" doc:"Stable name of the problem"`
	Status int    `json:"status" doc:"HTTP status it is answered with"`
	Title  string `json:"title" doc:"What it means, the same on every occurrence"`
	Hint   string `json:"hint,omitempty" doc:"What to do about it"`
}

// Codes of the transport: what is refused before the ledger is asked.
const (
	CodeBadRequest        = "bad-request"
	CodeBodyRequired      = "body-required"
	CodeBodyNotAllowed    = "body-not-allowed"
	CodeJSONInvalid       = "json-invalid"
	CodeTargetInvalid     = "target-invalid"
	CodeQueryInvalid      = "query-invalid"
	CodeHeaderRepeated    = "header-repeated"
	CodeValidation        = "validation"
	CodeNotFound          = "not-found"
	CodeMethodNotAllowed  = "method-not-allowed"
	CodeRequestTimeout    = "request-timeout"
	CodeBodyTooLarge      = "body-too-large"
	CodeHeaderTooLarge    = "header-too-large"
	CodeTargetTooLong     = "target-too-long"
	CodeMediaType         = "unsupported-media-type"
	CodeContentEncoding   = "content-encoding-refused"
	CodeHostRefused       = "host-refused"
	CodeOriginRefused     = "origin-refused"
	CodeTooManyStreams    = "too-many-streams"
	CodeBusy              = "busy"
	CodeNotReady          = "not-ready"
	CodeShuttingDown      = "shutting-down"
	CodeTimeout           = "timeout"
	CodeInternal          = "internal"
	CodeKeyMissing        = "idempotency-key-missing"
	CodeKeyInvalid        = "idempotency-key-invalid"
	CodeKeyReused         = "idempotency-key-reused"
	CodePositionInvalid   = "position-invalid"
	CodePositionTimeout   = "position-timeout"
	CodeCursorInvalid     = "cursor-invalid"
	CodeEventIDInvalid    = "event-id-invalid"
	CodeConditionTooLarge = "condition-too-large"
	CodeAccountMissing    = "account-missing"
	CodeAccountInvalid    = "account-invalid"
	CodeAsOfInvalid       = "as-of-invalid"
	CodeAsOfFuture        = "as-of-future"
	CodeBeyondLedger      = "beyond-ledger"
	CodePeriodInvalid     = "period-invalid"
	CodePeriodTooLong     = "period-too-long"
	CodeDivisionInvalid   = "division-invalid"
	CodeTooManyLookups    = "too-many-lookups"
	CodeNoSuchCommunity   = "no-such-community"
	CodeNoPolicy          = "no-policy"
	CodeNoSuchRule        = "no-such-rule"
	CodeRuleOfOtherKind   = "rule-of-other-kind"
	CodeDiffBackwards     = "diff-backwards"
	CodeSumOutOfRange     = "sum-out-of-range"
	CodeFileNameInvalid   = "file-name-invalid"
	CodeOutcomeUnknown    = "outcome-unknown"
	CodeStoreUnavailable  = "store-unavailable"
	CodeStoreFull         = "store-full"
	CodeStoreDamaged      = "store-damaged"
	CodeViewHalted        = "view-halted"
	CodeImportStopped     = "import-stopped"
	CodeNoCheckpoint      = "no-checkpoint"
	CodeEvidenceDamaged   = "evidence-damaged"
)

// transport is the table of the codes above, in the order of docs/refusals.md.
var transport = []Kind{
	{CodeBadRequest, http.StatusBadRequest, "The request cannot be read as HTTP", "Check the request line, the header fields and the length of the body."},
	{CodeBodyRequired, http.StatusBadRequest, "The operation needs a body", "Send the JSON object that /openapi.json describes."},
	{CodeBodyNotAllowed, http.StatusBadRequest, "The operation takes no body", "Send what you ask for in the path and the query."},
	{CodeJSONInvalid, http.StatusBadRequest, "The body is not acceptable JSON", "Send one UTF-8 JSON value without repeated member names."},
	{CodeTargetInvalid, http.StatusBadRequest, "The path is not well formed", "Send a plain path: no empty or dotted segment, no backslash, no encoded slash."},
	{CodeQueryInvalid, http.StatusBadRequest, "The query is not well formed", "Send each parameter once, percent-encoded UTF-8."},
	{CodeHeaderRepeated, http.StatusBadRequest, "A header field stands in the request more than once", "Send it once."},
	{CodeValidation, http.StatusUnprocessableEntity, "The request does not match its description", "Compare it with /openapi.json; errors names each fault."},
	{CodeNotFound, http.StatusNotFound, "There is nothing at this address", "See /docs for the addresses there are."},
	{CodeMethodNotAllowed, http.StatusMethodNotAllowed, "The address does not answer this method", "Use a method named in the Allow header."},
	{CodeRequestTimeout, http.StatusRequestTimeout, "The request did not arrive in time", "Send it again over a faster connection."},
	{CodeBodyTooLarge, http.StatusRequestEntityTooLarge, "The body is larger than this operation takes", "Send less at a time."},
	{CodeHeaderTooLarge, http.StatusRequestHeaderFieldsTooLarge, "The header fields are too large", "Send fewer or shorter header fields, cookies above all."},
	{CodeTargetTooLong, http.StatusRequestURITooLong, "Path and query are too long", "Shorten the query."},
	{CodeMediaType, http.StatusUnsupportedMediaType, "The body is of a kind this operation does not take", "Set Content-Type to what /openapi.json names; JSON is application/json."},
	{CodeContentEncoding, http.StatusUnsupportedMediaType, "Compressed request bodies are not taken", "Send the body without Content-Encoding."},
	{CodeHostRefused, http.StatusMisdirectedRequest, "The server does not answer under this name", "Use the address it prints when it starts, or add the name to its configuration."},
	{CodeOriginRefused, http.StatusForbidden, "A page of another site may not change anything here", "Send the request from this server's own pages or from a program."},
	{CodeTooManyStreams, http.StatusTooManyRequests, "Too many event streams are open", "Close one, or try again later."},
	{CodeBusy, http.StatusServiceUnavailable, "The server has more to do than it takes on", "Wait as long as Retry-After says; retry a command with the same Idempotency-Key."},
	{CodeNotReady, http.StatusServiceUnavailable, "The server is not ready", "errors names the reasons; try again when they are gone."},
	{CodeShuttingDown, http.StatusServiceUnavailable, "The server is stopping", "Try again; retry a command with the same Idempotency-Key."},
	{CodeTimeout, http.StatusGatewayTimeout, "The operation took longer than it may", "Retry; a command with the same Idempotency-Key, because it may have been recorded."},
	{CodeInternal, http.StatusInternalServerError, "The server failed", "Tell the operator the number in instance: the log line carries it too."},
	{CodeKeyMissing, http.StatusBadRequest, "The command has no Idempotency-Key", "Send a fresh random key with every new command and the same key with its retries."},
	{CodeKeyInvalid, http.StatusBadRequest, "The Idempotency-Key is not 1 to 128 visible ASCII characters", "Use a random UUID."},
	{CodeKeyReused, http.StatusConflict, "The Idempotency-Key was used for another request", "Send a fresh key with a new command; nothing was recorded now."},
	{CodePositionInvalid, http.StatusBadRequest, "The position is not one this server has given out", "Pass on a Zhishu-Position header unchanged."},
	{CodePositionTimeout, http.StatusServiceUnavailable, "The view has not caught up with the position yet: the fact IS recorded", "Ask again in a moment; do not send the command again."},
	{CodeCursorInvalid, http.StatusBadRequest, "The cursor does not belong to this list", "Begin again without a cursor, or repeat the query it came from."},
	{CodeEventIDInvalid, http.StatusBadRequest, "The event id is not a ledger size", "Send the id of the last event received, or nothing."},
	{CodeConditionTooLarge, http.StatusBadRequest, "If-None-Match names too many tags", "Send the one tag last received."},
	{CodeAccountMissing, http.StatusBadRequest, "The request names no account", "Send the handle of the account in Zhishu-Account."},
	{CodeAccountInvalid, http.StatusBadRequest, "The account is not named by a handle", "A handle has 2 to 32 small letters, digits and inner hyphens, and at least one letter."},
	{CodeAsOfInvalid, http.StatusBadRequest, "The point in history is neither a ledger size nor a date", "Write asOf=120000 or asOf=2026-03-31."},
	{CodeAsOfFuture, http.StatusBadRequest, "The day has not come yet", "Ask for a day up to today, or leave asOf out for now."},
	{CodeBeyondLedger, http.StatusNotFound, "The ledger has not reached this size", "GET /v1/ledger tells how far it has come."},
	{CodePeriodInvalid, http.StatusBadRequest, "The period cannot be read", "Write period=2026, 2026-03, 2026-01-01..2026-06-30 or all."},
	{CodePeriodTooLong, http.StatusBadRequest, "The period is longer than 20 years", "Ask for 20 years at a time, or for all."},
	{CodeDivisionInvalid, http.StatusBadRequest, "The division is not a code of 2, 4, 6, 9 or 12 digits", "Use a statistical division code, or leave it out for the whole country."},
	{CodeTooManyLookups, http.StatusTooManyRequests, "Too many numbers were looked up that nobody carries", "Wait as long as Retry-After says; look whole lists up by importing them with dryRun."},
	{CodeNoSuchCommunity, http.StatusNotFound, "The ledger knows no such community", "Check the code; GET /v1/communities lists them. Until a community is registered, or something recorded under its code, there are no figures of it."},
	{CodeNoSuchRule, http.StatusNotFound, "No version and no example is so called", "Name either an adopted version (GET /v1/policies) or an example (GET /v1/policy-examples)."},
	{CodeRuleOfOtherKind, http.StatusUnprocessableEntity, "The figure does not go by rules of this kind", "detail says which kinds it goes by: name a version or an example of one of them."},
	{CodeDiffBackwards, http.StatusBadRequest, "The difference would run backwards", "Give the earlier point of view as from and the later one as to; to is absent for now."},
	{CodeNoPolicy, http.StatusNotFound, "No policy of this kind is in force there on that day", "GET /v1/policies lists what was adopted; look at a later point in history."},
	{CodeSumOutOfRange, http.StatusUnprocessableEntity, "A sum of money does not fit its field", "Ask for a shorter period or a smaller division."},
	{CodeFileNameInvalid, http.StatusBadRequest, "Zhishu-File-Name is not a percent-encoded UTF-8 file name", "Percent-encode the name without its folder, at most 255 characters."},
	{CodeOutcomeUnknown, http.StatusGatewayTimeout, "It is not known whether the command was recorded", "Retry with the same Idempotency-Key: nothing is recorded twice."},
	{CodeStoreUnavailable, http.StatusServiceUnavailable, "The ledger cannot be read or written now", "Wait as long as Retry-After says; retry a command with the same Idempotency-Key."},
	{CodeStoreFull, http.StatusInsufficientStorage, "There is no room left for the ledger; nothing was recorded", "Make room on the disk, then retry with the same Idempotency-Key."},
	{CodeStoreDamaged, http.StatusServiceUnavailable, "What is stored is not what was written; writing has stopped", "Tell the operator: the log needs to be examined, and restored if it is damaged."},
	{CodeViewHalted, http.StatusServiceUnavailable, "The read models have stopped at an event they do not understand", "Tell the operator the number in instance. Facts are still recorded and safe."},
	{CodeImportStopped, http.StatusServiceUnavailable, "The import stopped half way; its figures are provisional", "Give the same file again: it goes on where it stopped and doubles nothing."},
	{CodeNoCheckpoint, http.StatusNotFound, "No checkpoint has been signed yet", "Record something, and ask again after Retry-After."},
	{CodeEvidenceDamaged, http.StatusServiceUnavailable, "What is kept of the tree is damaged", "Tell the operator: a new start makes it again from the events. Nothing recorded is lost."},
}

var kinds = index(transport, refusals)

func index(tables ...[]Kind) map[string]Kind {
	all := make(map[string]Kind)
	for _, kind := range slices.Concat(tables...) {
		all[kind.Code] = kind
	}
	return all
}

// StatusOf is the HTTP status a code is answered with; false when no table
// knows the code.
func StatusOf(code string) (int, bool) {
	kind, ok := kinds[code]
	return kind.Status, ok
}

// Kinds lists every problem this server answers with, by code.
func Kinds() []Kind {
	return slices.Concat(transport, refusals)
}
