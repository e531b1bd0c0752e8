package api

import (
	"context"

	"zhishu/api/figures"
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/projections"
)

type giftListQuery struct {
	ViewInput
	GiftFilterInput
	PageInput
}

type agreeInput struct {
	WriteInput
	DonationPath
	Body struct {
		Publication string `json:"publication" enum:"name,alias,anonymous" doc:"What the donor said"`
		Alias       string `json:"alias,omitempty" maxLength:"200" doc:"With alias; sealed until it is shown"`
		Basis       string `json:"basis" minLength:"1" maxLength:"200" doc:"paper, online, telephone …"`
		Day         string `json:"day" format:"date"`
	}
}

type withdrawPublicationInput struct {
	WriteInput
	DonationPath
	Body struct {
		Day string `json:"day" format:"date"`
	}
}

// giftList registers the list for publication, and what donors allow.
func giftList(r *routes) {
	figure(r, operation{
		id: "list-published-donations", path: "/v1/donations/published", tag: "donations", summary: "The gifts as they may be published (捐赠公示)",
		doc: "A donor is named only as the donor allows today, at any point of view. Corrections stand beside the gift with their note. " +
			"Its pages are read at one ledger size.",
		codes: []string{CodeDivisionInvalid, CodePeriodInvalid, CodePeriodTooLong, CodeCursorInvalid, CodeSumOutOfRange},
	}, listGifts)
	codes := []domain.Code{domain.SubjectUnknown, domain.DateInFuture, domain.WrongOrganisation}
	write(r, operation{
		id: "agree-donation-publication", path: "/v1/donations/{id}/publication", tag: "donations", permission: "donation.receive",
		summary: "Record what the donor said when asked how the gift may be published",
	}, codes, func(ctx context.Context, s *Server, in *agreeInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.AgreePublication{
			Donation: in.donation(), Publication: domain.Publication(in.Body.Publication), Alias: in.Body.Alias,
			Basis: domain.Basis(in.Body.Basis), Day: read.day(in.Body.Day, "day"),
		}
		if read.err != nil {
			return nil, read.err
		}
		return s.do(ctx, &in.WriteInput, c)
	})
	write(r, operation{
		id: "withdraw-donation-publication", path: "/v1/donations/{id}/publication/withdraw", tag: "donations", permission: "donation.receive",
		summary: "Record that the donor no longer wants to be named",
	}, codes, func(ctx context.Context, s *Server, in *withdrawPublicationInput) (*recordedOutput, error) {
		read := reader{}
		c := &domain.WithdrawPublication{Donation: in.donation(), Day: read.day(in.Body.Day, "day")}
		if read.err != nil {
			return nil, read.err
		}
		return s.do(ctx, &in.WriteInput, c)
	})
}

func listGifts(ctx context.Context, s *Server, in *giftListQuery) (figures.GiftList, error) {
	f, err := in.filter()
	if err != nil {
		return figures.GiftList{}, err
	}
	p, err := s.page(&in.PageInput, in.AsOf, "gifts", f.Division.String(), f.Organisation.String(), f.Period.String())
	if err != nil {
		return figures.GiftList{}, err
	}
	list, err := p.view.GiftList(f, projections.Page{Limit: in.Rows(), After: string(p.cursor.Key)})
	if err != nil {
		return figures.GiftList{}, err
	}
	out, err := figures.GiftListOf(list, func(row projections.GiftRow) (string, error) { return s.shownDonor(ctx, row) })
	out.Next = p.next(s, list.Next)
	return out, err
}

// shownDonor opens the one field a donor allows to be shown: the name of the
// value that stands, or the newest alias.
func (s *Server) shownDonor(ctx context.Context, row projections.GiftRow) (string, error) {
	wanted := "donorName"
	if row.Level == domain.PublishAlias {
		wanted = "alias"
	}
	stands := commands.Revision(row.Gift.Revision) // a correction that waits, or was refused, names nobody
	shown := ""
	err := s.cfg.Ledger.Commands.Disclose(ctx, row.Donation.Stream(), func(rev commands.Revision, field, plain string) {
		if field == wanted && (wanted == "alias" || rev == stands) {
			shown = plain
		}
	})
	return shown, err
}
