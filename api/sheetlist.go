package api

import (
	"context"
	"slices"
	"strconv"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

// AskerInput names who is asking, where that decides how much is shown.
type AskerInput struct {
	Asker string `header:"Zhishu-Account" maxLength:"64" doc:"Handle of the account that asks; absent: what everybody may see" example:"clerk"`
}

type importsQuery struct {
	ViewInput
	AskerInput
	PageInput
}

type importQueryByID struct {
	ViewInput
	AskerInput
	Import string `path:"id" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Import"`
}

// sheetList registers what became of the sheets.
func sheetList(r *routes) {
	const wholeToStaff = "Counts and sums of a sheet that says what people did are shown to accounts of the staff and of inspectors whose scope holds its community."
	asking := []string{CodeAccountInvalid, string(domain.AccountUnknown), string(domain.AccountClosedCode)}
	figure(r, operation{
		id: "list-imports", path: "/v1/imports", tag: "imports", summary: "Imports, the newest first",
		codes: append([]string{CodeCursorInvalid}, asking...), doc: wholeToStaff,
	}, listImports)
	figure(r, operation{
		id: "get-import", path: "/v1/imports/{id}", tag: "imports", summary: "An import, and what of its sheet stands",
		codes: append([]string{string(domain.SubjectUnknown)}, asking...), doc: wholeToStaff,
	}, func(ctx context.Context, s *Server, in *importQueryByID) (figures.ImportDetail, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.ImportDetail{}, err
		}
		detail, err := v.Import(domain.ImportID{UUID: uuidOf(in.Import)})
		if err != nil {
			return figures.ImportDetail{}, err
		}
		shown, err := s.shownImports(ctx, in.Asker)
		if err != nil {
			return figures.ImportDetail{}, err
		}
		return figures.ImportOf(detail, shown), nil
	})
}

func listImports(ctx context.Context, s *Server, in *importsQuery) (figures.Imports, error) {
	p, err := s.page(&in.PageInput, in.AsOf, "list-imports")
	if err != nil {
		return figures.Imports{}, err
	}
	shown, err := s.shownImports(ctx, in.Asker)
	if err != nil {
		return figures.Imports{}, err
	}
	all := p.view.Imports()
	slices.Reverse(all)
	rows, next := cut(&p, &in.PageInput, all, func(i *projections.ImportInfo) string { return strconv.FormatUint(uint64(i.StartedAt), 10) })
	out := figures.ImportsOf(rows, footing(p.view), shown)
	out.Next = p.next(s, next)
	return out, nil
}

// shownImports says of which imports an account sees counts and sums: of those that
// say what people did, the ones of its scope.
func (s *Server) shownImports(ctx context.Context, account string) (figures.Shown, error) {
	if account == "" {
		return func(i projections.ImportInfo) bool { return !figures.OfPeople(i) }, nil
	}
	if err := checkAccount(account); err != nil {
		return nil, err
	}
	by, err := s.cfg.Ledger.Commands.Actor(ctx, s.accountOf(account))
	if err != nil {
		return nil, err
	}
	return func(i projections.ImportInfo) bool {
		return !figures.OfPeople(i) || by.Role != domain.RoleResident && (by.Scope.Contains(i.Community) || by.Scope.Digits() == 0)
	}, nil
}

// footing is for lists any event may have changed.
func footing(v *projections.View) projections.Footing {
	return projections.Footing{Size: v.Size(), Day: v.Day(), ChangedAt: v.Size()}
}
