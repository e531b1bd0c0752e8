package api

import (
	"context"
	"net/http"

	"zhishu/api/figures"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/imports"
	"zhishu/projections"
)

// DonorPath is embedded where the path names a donor.
type DonorPath struct {
	Donor string `path:"donor" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Donor"`
}

type donorQuery struct {
	ViewInput
	DonorPath
}

type donorWordsQuery struct {
	AccountInput
	DonorPath
}

type donorOfQuery struct {
	AccountInput
	DonationPath
}

type askDonorInput struct {
	WriteInput
	DonationPath
	Body struct {
		Question string `json:"question" minLength:"1" maxLength:"600" doc:"Sealed under the donor's key"`
	}
}

type answerDonorInput struct {
	WriteInput
	DonationPath
	Enquiry uint32 `path:"no" maximum:"4294967295" doc:"Number of the enquiry"`
	Body    struct {
		Answer string `json:"answer" minLength:"1" maxLength:"600" doc:"Sealed under the donor's key"`
	}
}

// DonorIdentity is who gave a gift, opened for one reading. It is never part of a figure.
type DonorIdentity struct {
	Donor  string        `json:"donor" doc:"The donor's own number"`
	Name   string        `json:"name,omitempty" doc:"As it was last recorded"`
	Person string        `json:"person,omitempty" doc:"Volunteer number, when the donor is known to be enrolled"`
	Said   *GiverWaiting `json:"said,omitempty" doc:"A word about who gave it that waits for a second person"`
}

// GiverWaiting is a word about who gave a gift that waits.
type GiverWaiting struct {
	Proposal uint32 `json:"proposal"`
	Person   string `json:"person,omitempty" doc:"Absent: nobody who is enrolled"`
}

// DonorWords are a donor's questions with their answers, opened for one reading.
type DonorWords struct {
	Donor string        `json:"donor"`
	Rows  []DonorAsking `json:"rows"`
}

// DonorAsking is one question.
type DonorAsking struct {
	Donation string `json:"donation"`
	Enquiry  uint32 `json:"enquiry"`
	AskedAt  string `json:"askedAt" format:"date-time"`
	Question string `json:"question"`
	Answer   string `json:"answer,omitempty" doc:"Absent while it waits"`
}

type donorOutput struct{ Body DonorIdentity }

type donorWordsOutput struct{ Body DonorWords }

// donors registers what a donor may see and ask.
func donors(r *routes) {
	figure(r, operation{
		id: "get-donor", path: "/v1/donors/{donor}", tag: "donors", codes: []string{string(domain.SubjectUnknown)},
		summary: "A donor's gifts: receipts, allocations, deliveries, returns, corrections and enquiries",
		doc:     "The number of the donor is the donor's own; it is given when the first gift is recorded and stands in no other figure.",
	}, func(ctx context.Context, s *Server, in *donorQuery) (figures.Donor, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.Donor{}, err
		}
		account, err := s.cfg.Ledger.Donor(ctx, v, domain.DonorID{UUID: uuidOf(in.Donor)})
		return figures.DonorOf(account), err
	})
	opened := []string{CodeAccountMissing, CodeAccountInvalid, string(domain.AccountUnknown), string(domain.AccountClosedCode),
		string(domain.SubjectUnknown), string(imports.OutOfScope), string(domain.RoleForbids)}
	add(r, operation{
		id: "get-donor-words", method: http.MethodGet, path: "/v1/donors/{donor}/words", tag: "donors", permission: "donor.words",
		summary: "Open a donor's questions and their answers", codes: opened,
		doc: "For an account of the staff whose scope holds the communities that received the gifts.",
	}, func(ctx context.Context, in *donorWordsQuery) (*donorWordsOutput, error) {
		return r.server.donorWords(ctx, in)
	})
	add(r, operation{
		id: "get-donation-donor", method: http.MethodGet, path: "/v1/donations/{id}/donor", tag: "donors", permission: "donor.words",
		summary: "Open who gave a gift", codes: opened,
		doc: "For an account of the staff whose scope holds the community that received it.",
	}, func(ctx context.Context, in *donorOfQuery) (*donorOutput, error) { return r.server.donorOf(ctx, in) })
	write(r, operation{
		id: "ask-donation", path: "/v1/donations/{id}/enquiries", tag: "donors", permission: "donation.ask",
		summary: "Record a donor's question about a gift (查询)",
	}, []domain.Code{domain.SubjectUnknown, domain.ProposalPending}, func(ctx context.Context, s *Server, in *askDonorInput) (*recordedOutput, error) {
		out, err := s.do(ctx, &in.WriteInput, &domain.AskDonation{Donation: in.donation(), Question: in.Body.Question})
		if err == nil {
			out.Body.Enquiry = out.Body.FirstRevision
		}
		return out, err
	})
	write(r, operation{
		id: "answer-donor", path: "/v1/donations/{id}/enquiries/{no}/answer", tag: "donors", permission: "donation.use",
		summary: "Answer a donor's question",
	}, []domain.Code{domain.SubjectUnknown, domain.EnquiryUnknown, domain.WrongOrganisation}, func(ctx context.Context, s *Server, in *answerDonorInput) (*recordedOutput, error) {
		return s.do(ctx, &in.WriteInput, &domain.AnswerDonor{Donation: in.donation(), Enquiry: domain.EnquiryNo(in.Enquiry), Answer: in.Body.Answer})
	})
}

// mayOpen: a member of staff whose scope holds every community that received
// the gifts. An inspector's account opens nobody, a donor neither.
func (s *Server) mayOpen(ctx context.Context, account string, v *projections.View, gifts ...domain.DonationID) error {
	by, err := s.cfg.Ledger.Commands.Actor(ctx, s.accountOf(account))
	if err != nil {
		return err
	}
	if by.Role == domain.RoleInspector {
		return domain.Refuse(domain.RoleForbids, "account")
	}
	for _, id := range gifts {
		row, err := v.GiftRow(id)
		if err != nil {
			return err
		}
		community := row.Gift.Community
		if by.Role == domain.RoleResident || community != 0 && !by.Scope.Contains(community) || community == 0 && by.Scope.Digits() > 0 {
			return domain.Refuse(imports.OutOfScope, "account")
		}
	}
	return nil
}

func (s *Server) donorOf(ctx context.Context, in *donorOfQuery) (*donorOutput, error) {
	v, err := s.viewAt("", Cursor{})
	if err != nil {
		return nil, err
	}
	if err := s.mayOpen(ctx, in.Account, v, in.donation()); err != nil {
		return nil, err
	}
	donor, err := v.DonorOf(in.donation())
	if err != nil {
		return nil, err
	}
	row, err := v.GiftRow(in.donation())
	if err != nil {
		return nil, err
	}
	state, err := s.cfg.Ledger.Commands.State(ctx, in.donation().Stream())
	if err != nil {
		return nil, err
	}
	out := &donorOutput{Body: DonorIdentity{Donor: donor.String()}}
	if gift, ok := state.(*domain.Donation); ok {
		out.Body.Person = numberOf(gift.Giver)
		if p := gift.GiverPending; p != nil {
			out.Body.Said = &GiverWaiting{uint32(p.No), numberOf(p.Giver)}
		}
	}
	row.Level = domain.PublishName
	out.Body.Name, err = s.shownDonor(ctx, row)
	return out, err
}

// numberOf is a volunteer number as it is written; empty for nobody.
func numberOf(p domain.PersonID) string {
	if p.IsZero() {
		return ""
	}
	return p.String()
}

func (s *Server) donorWords(ctx context.Context, in *donorWordsQuery) (*donorWordsOutput, error) {
	v, err := s.viewAt("", Cursor{})
	if err != nil {
		return nil, err
	}
	account, err := s.cfg.Ledger.Donor(ctx, v, domain.DonorID{UUID: uuidOf(in.Donor)})
	if err != nil {
		return nil, err
	}
	out := &donorWordsOutput{Body: DonorWords{Donor: in.Donor, Rows: []DonorAsking{}}}
	for _, g := range account.Gifts {
		if err := s.mayOpen(ctx, in.Account, v, g.Donation); err != nil {
			return nil, err
		}
		said := map[uint64]string{}
		err := s.cfg.Ledger.Commands.Disclose(ctx, g.Donation.Stream(), func(rev commands.Revision, field, plain string) {
			if field == "question" || field == "answer" {
				said[uint64(rev)] = plain
			}
		})
		if err != nil {
			return nil, err
		}
		for _, q := range g.Enquiries {
			row := DonorAsking{Donation: g.Donation.String(), Enquiry: uint32(q.No), AskedAt: q.AskedAt.String(), Question: said[uint64(q.No)]}
			if q.Answered {
				row.Answer = said[q.AnswerNo]
			}
			out.Body.Rows = append(out.Body.Rows, row)
		}
	}
	return out, nil
}
