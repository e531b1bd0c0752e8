package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"zhishu/api/figures"
	"zhishu/audit/proof"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/imports"
	"zhishu/projections"
)

type diffStoryQuery struct {
	AccountInput
	ReadInput
	PersonPath
	From string `query:"from" required:"true" minLength:"1" maxLength:"32" doc:"The earlier point of view: a ledger size (120000) or the end of a day (2026-03-31)" example:"120000"`
	To   string `query:"to" maxLength:"32" doc:"The later one; absent: now"`
}

type diffStoryOutput struct{ Body figures.StatementDiff }

var storyCodes = []string{
	CodeAccountMissing, CodeAccountInvalid, string(domain.AccountUnknown), string(domain.AccountClosedCode), string(domain.SubjectUnknown),
	string(imports.OutOfScope), string(domain.RoleForbids), string(domain.SubjectRestricted), CodePositionTimeout, CodeViewHalted,
}

// giving registers what is told of a person's gifts to who may open the story.
func giving(r *routes) {
	add(r, operation{
		id: "diff-story", method: http.MethodGet, path: "/v1/persons/{id}/story/diff", tag: "persons", permission: "person.identity",
		summary: "What changed in a person's statement, gift by gift, too",
		doc:     "As diff-statement, for who may open the story: gifts that came, went or changed are told with the events that did it.",
		codes:   slices.Concat(storyCodes, []string{CodeAsOfInvalid, CodeBeyondLedger, CodeDiffBackwards}),
	}, func(ctx context.Context, in *diffStoryQuery) (*diffStoryOutput, error) {
		return r.server.diffStory(ctx, in)
	})
}

// sees says which gifts of a person an account is told of: the person's own account
// those that are the person's today, and the staff those received within their scope,
// as they may open who gave them.
func (s *Server) sees(ctx context.Context, account string, person domain.PersonID) (func(*projections.StatementGift) bool, figures.DiffSentence, error) {
	by, err := s.cfg.Ledger.Commands.Actor(ctx, s.accountOf(account))
	if err != nil {
		return nil, figures.DiffSentence{}, err
	}
	if !by.Is(person) {
		return func(g *projections.StatementGift) bool { return by.RecordsFor(g.Gift.Community) }, figures.TheirGift, nil
	}
	today, err := s.viewAt("", Cursor{})
	if err != nil {
		return nil, figures.DiffSentence{}, err
	}
	return func(g *projections.StatementGift) bool {
		trail, err := today.Donation(g.Donation)
		return err == nil && by.Is(trail.Person) // at an earlier point of view it may have been another's
	}, figures.EveryGift, nil
}

// giftsFor lists the gifts of a person that an account is told of.
func (s *Server) giftsFor(ctx context.Context, account string, v *projections.View, person domain.PersonID) ([]projections.StatementGift, figures.DiffSentence, error) {
	sees, note, err := s.sees(ctx, account, person)
	if err != nil {
		return nil, note, err
	}
	gifts, err := s.cfg.Ledger.Gifts(ctx, v, person)
	gifts = slices.DeleteFunc(gifts, func(g projections.StatementGift) bool { return !sees(&g) })
	return gifts, note, err
}

// giving tells a person's gifts to an account with the free words about them opened.
func (s *Server) giving(ctx context.Context, account string, v *projections.View, person domain.PersonID) (*figures.Giving, error) {
	gifts, note, err := s.giftsFor(ctx, account, v, person)
	if err != nil {
		return nil, err
	}
	type event struct {
		gift     domain.DonationID
		revision uint64
	}
	opened := map[event]string{}
	for i := range gifts {
		id := gifts[i].Donation
		err := s.cfg.Ledger.Commands.Disclose(ctx, id.Stream(), func(rev commands.Revision, field, plain string) {
			switch key := (event{id, uint64(rev)}); field {
			case "reason", "alias", "question", "answer":
				opened[key] = plain
			case "remark":
				if opened[key] == "" { // a correction has both
					opened[key] = plain
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return figures.GivingOf(person, gifts, note, func(gift domain.DonationID, revision uint64) (string, bool) {
		text := opened[event{gift, revision}]
		return text, text != ""
	}), nil
}

func (s *Server) diffStory(ctx context.Context, in *diffStoryQuery) (*diffStoryOutput, error) {
	if _, err := s.mayOpenPerson(ctx, in.Account, in.person()); err != nil {
		return nil, err
	}
	points := DiffInput{From: in.From, To: in.To}
	w, err := points.between(s, projections.ServiceRules)
	if err != nil {
		return nil, err
	}
	d, err := s.cfg.Ledger.DiffStatement(ctx, w.before, w.after, in.person())
	if err != nil {
		return nil, err
	}
	sees, _, err := s.sees(ctx, in.Account, in.person())
	if err != nil {
		return nil, err
	}
	changes, err := s.cfg.Ledger.DiffGifts(ctx, w.before, w.after, in.person())
	if err != nil {
		return nil, err
	}
	out := figures.StatementDiffOf(d)
	w.suppose(&out.Between)
	out.Giving = figures.GiftChangesOf(slices.DeleteFunc(changes, func(c projections.GiftChange) bool {
		return c.Before != nil && !sees(c.Before) || c.After != nil && !sees(c.After)
	}))
	return &diffStoryOutput{out}, nil
}

// storyReceipts is the statement with the gifts that the account is told of, and the
// receipts of all of it.
func (s *Server) storyReceipts(ctx context.Context, account, path string) (proof.Receipts, error) {
	if err := checkAccount(account); err != nil {
		return proof.Receipts{}, err
	}
	person, err := personIn(path)
	if err != nil {
		return proof.Receipts{}, err
	}
	if _, err := s.mayOpenPerson(ctx, account, person); err != nil {
		return proof.Receipts{}, err
	}
	v, err := s.viewAt("", Cursor{})
	if err != nil {
		return proof.Receipts{}, err
	}
	statement, err := s.cfg.Ledger.Statement(ctx, v, person)
	if err != nil {
		return proof.Receipts{}, err
	}
	gifts, note, err := s.giftsFor(ctx, account, v, person)
	if err != nil {
		return proof.Receipts{}, err
	}
	out, err := s.cfg.Ledger.Evidence.Statement(ctx, person.Stream())
	if err != nil {
		return out, err
	}
	for i := range gifts {
		more, err := s.cfg.Ledger.Evidence.Statement(ctx, gifts[i].Donation.Stream())
		if err != nil {
			return out, err
		}
		out.Gifts = append(out.Gifts, more)
	}
	figure := figures.StatementOf(statement)
	figure.Giving = figures.GivingOf(person, gifts, note, nil)
	out.Statement, err = json.Marshal(figure)
	return out, err
}
