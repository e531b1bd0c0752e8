package api

import (
	"context"
	"net/http"
	"slices"

	"zhishu/commands"
	"zhishu/domain"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
)

const (
	headerAccount = "Zhishu-Account"
	headerBehalf  = "Zhishu-On-Behalf-Of"
)

// AccountInput names who is asking. Nobody has checked it: the fact says so.
type AccountInput struct {
	Account string `header:"Zhishu-Account" required:"true" maxLength:"64" doc:"Handle of the account that acts; asserted, not proven" example:"clerk"`
}

// Resolve implements huma.Resolver.
func (in *AccountInput) Resolve(huma.Context) []error {
	if err := checkAccount(in.Account); err != nil {
		return []error{err}
	}
	return nil
}

func checkAccount(handle string) error {
	switch {
	case handle == "":
		return NewProblem(CodeAccountMissing, "")
	case !domain.ValidHandle(handle):
		return NewProblem(CodeAccountInvalid, "")
	}
	return nil
}

// BehalfInput names the person who asked for it, when a clerk typed it in.
type BehalfInput struct {
	OnBehalfOf string `header:"Zhishu-On-Behalf-Of" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Person who asked for it, when a clerk types in a paper"`
}

// WriteInput is embedded in the input of every command on one stream.
type WriteInput struct {
	CommandInput
	AccountInput
	BehalfInput
}

// caller is who sends the command.
func (s *Server) caller(ctx context.Context, a *AccountInput, b *BehalfInput) commands.Caller {
	caller := commands.Caller{
		Account: s.cfg.Ledger.Commands.AccountOf(a.Account), Authentication: domain.Asserted, Source: "api",
		OnBehalfOf: domain.PersonID{UUID: uuidOf(b.OnBehalfOf)},
	}
	if id, err := uuid.Parse(requestIn(ctx).id); err == nil {
		caller.Correlation = domain.UUID(id)
	}
	return caller
}

// requests makes the requests of one HTTP request. Its key serves them all:
// keys are scoped to account, operation and stream.
func (s *Server) requests(ctx context.Context, in *WriteInput, cmds ...domain.Command) []commands.Request {
	caller := s.caller(ctx, &in.AccountInput, &in.BehalfInput)
	reqs := make([]commands.Request, len(cmds))
	for i, c := range cmds {
		reqs[i] = commands.Request{Caller: caller, Key: in.Key, Command: c}
	}
	return reqs
}

// Recorded is the answer to a command: what was appended. The members beside
// the stream name what the command made.
type Recorded struct {
	Stream        string  `json:"stream" doc:"The stream the command was decided on"`
	Events        int     `json:"events" doc:"Events recorded; 0: what was asked was already so"`
	FirstRevision *uint64 `json:"firstRevision,omitempty" doc:"Of the events, in their stream"`
	LastRevision  *uint64 `json:"lastRevision,omitempty"`
	Repeated      bool    `json:"repeated" doc:"Answered as the first time; nothing new was recorded"`

	Account    string  `json:"account,omitempty"`
	Person     string  `json:"person,omitempty" doc:"Volunteer number"`
	Entry      *uint64 `json:"entry,omitempty" doc:"Number of the entry within the person's record"`
	Dispute    *uint64 `json:"dispute,omitempty" doc:"Number of the dispute, for whoever answers it"`
	Report     *uint64 `json:"report,omitempty" doc:"Number of the report, for whoever answers it"`
	Proposal   *uint64 `json:"proposal,omitempty" doc:"Number of the proposal, for whoever decides on it"`
	Donation   string  `json:"donation,omitempty"`
	Donor      string  `json:"donor,omitempty" doc:"The donor's own number, for the donor: it opens the donor's account"`
	Allocation *uint64 `json:"allocation,omitempty" doc:"Number of the allocation within the donation's record"`
	Enquiry    *uint64 `json:"enquiry,omitempty" doc:"Number of the donor's enquiry within the donation's record"`
	Group      string  `json:"group,omitempty" doc:"Of a household, building, organisation or team"`
	Policy     string  `json:"policy,omitempty" example:"counting-430702/1"`
	Activity   string  `json:"activity,omitempty"`
	Inspection string  `json:"inspection,omitempty"`
	CheckIn    *uint64 `json:"checkIn,omitempty" doc:"Number of the check-in within the person's record"`
}

func recorded(o commands.Outcome) Recorded {
	out := Recorded{Stream: o.Stream, Events: o.Events, Repeated: o.Repeated}
	if o.Events > 0 {
		first, last := uint64(o.First), uint64(o.Last)
		out.FirstRevision, out.LastRevision = &first, &last
	}
	return out
}

// status is 201 for new facts and 200 when there are none.
func (r *Recorded) status() int {
	if r.Events > 0 && !r.Repeated {
		return http.StatusCreated
	}
	return http.StatusOK
}

type recordedOutput struct {
	Status   int
	Position string `header:"Zhishu-Position" doc:"Pass it on as after= to read what was recorded"`
	Body     Recorded
}

// do carries out one command and answers with what was recorded.
func (s *Server) do(ctx context.Context, in *WriteInput, c domain.Command) (*recordedOutput, error) {
	outs, err := s.cfg.Ledger.Commands.DoAll(ctx, s.requests(ctx, in, c))
	if err != nil {
		return nil, err
	}
	if outs[0].Err != nil {
		return nil, outs[0].Err
	}
	out := &recordedOutput{Position: outs[0].Position.String(), Body: recorded(outs[0])}
	out.Status = out.Body.status()
	return out, nil
}

// whole carries out several commands on one new stream, all of them or none:
// they are judged together before the first is recorded. A stream that exists
// may hold this very request, so there the keys decide; also where it did not
// exist a moment ago, because another server was given the same request.
func (s *Server) whole(ctx context.Context, reqs []commands.Request) (commands.Outcome, error) {
	var all commands.Outcome
	if err := s.judge(ctx, reqs); err != nil {
		return all, err
	}
	outs, err := s.cfg.Ledger.Commands.DoAll(ctx, reqs)
	if err = firstRefusal(outs, err); err != nil {
		return all, err
	}
	all = outs[0]
	for _, o := range outs[1:] {
		all.Events += o.Events
		all.Last = max(all.Last, o.Last)
		all.Repeated = all.Repeated && o.Repeated
		all.Position = o.Position
	}
	return all, nil
}

func (s *Server) judge(ctx context.Context, reqs []commands.Request) error {
	stream := reqs[0].Command.Target()
	exists, err := s.cfg.Ledger.Commands.Exists(ctx, stream)
	if err != nil || exists {
		return err
	}
	outs, err := s.cfg.Ledger.Commands.Judge(ctx, reqs)
	refused := firstRefusal(outs, err)
	if refused == nil || err != nil {
		return refused
	}
	exists, err = s.cfg.Ledger.Commands.Exists(ctx, stream)
	if err != nil || exists {
		return err
	}
	return refused
}

func firstRefusal(outs []commands.Outcome, err error) error {
	for i := range outs {
		if err == nil {
			err = outs[i].Err
		}
	}
	return err
}

// writeCodes are what every command may be refused with.
var writeCodes = []string{
	CodeKeyMissing, CodeKeyInvalid, CodeKeyReused, CodeAccountMissing, CodeAccountInvalid,
	string(domain.AccountUnknown), string(domain.AccountClosedCode), string(domain.RoleForbids), string(domain.WrongOrganisation), string(domain.FieldMissing), string(domain.FieldInvalid),
	string(commands.ClockBehind), string(commands.ClockAhead), string(commands.KeyMissing), CodeOutcomeUnknown, CodeStoreUnavailable, CodeStoreFull,
}

// write registers a command: 201 with what was recorded, 200 when nothing new
// was. The codes are the refusals it is described with, beside those of every
// command.
func write[I any](r *routes, op operation, codes []domain.Code, handle func(ctx context.Context, s *Server, in *I) (*recordedOutput, error)) {
	op.method, op.status = http.MethodPost, http.StatusCreated
	op.codes = slices.Concat(op.codes, writeCodes, texts(codes))
	add(r, op, func(ctx context.Context, in *I) (*recordedOutput, error) { return handle(ctx, r.server, in) })
	r.alsoOK(op.path)
}

// alsoOK describes 200 beside 201: a command whose fact was there already.
func (r *routes) alsoOK(path string) {
	item := r.api.OpenAPI().Paths[path]
	if item == nil || item.Post == nil {
		return // the fault is reported already
	}
	created := *item.Post.Responses["201"]
	created.Description = "Nothing new was recorded"
	item.Post.Responses["200"] = &created
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
