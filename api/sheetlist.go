package api

import (
	"context"
	"slices"
	"strconv"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

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
	figure(r, operation{
		id: "list-imports", path: "/v1/imports", tag: "imports", summary: "Imports, the newest first",
		codes: append([]string{CodeCursorInvalid}, askerCodes...), doc: wholeToStaff,
	}, listImports)
	figure(r, operation{
		id: "get-import", path: "/v1/imports/{id}", tag: "imports", summary: "An import, and what of its sheet stands",
		codes: append([]string{string(domain.SubjectUnknown)}, askerCodes...), doc: wholeToStaff,
	}, func(ctx context.Context, s *Server, in *importQueryByID) (figures.ImportDetail, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.ImportDetail{}, err
		}
		detail, err := v.Import(domain.ImportID{UUID: uuidOf(in.Import)})
		if err != nil {
			return figures.ImportDetail{}, err
		}
		asker, err := s.asker(ctx, in.Asker)
		if err != nil {
			return figures.ImportDetail{}, err
		}
		return figures.ImportOf(detail, asker.within), nil
	})
}

func listImports(ctx context.Context, s *Server, in *importsQuery) (figures.Imports, error) {
	p, err := s.page(&in.PageInput, in.AsOf, "list-imports")
	if err != nil {
		return figures.Imports{}, err
	}
	asker, err := s.asker(ctx, in.Asker)
	if err != nil {
		return figures.Imports{}, err
	}
	all := p.view.Imports()
	slices.Reverse(all)
	rows, next := cut(&p, &in.PageInput, all, func(i *projections.ImportInfo) string { return strconv.FormatUint(uint64(i.StartedAt), 10) })
	out := figures.ImportsOf(rows, footing(p.view), asker.within)
	out.Next = p.next(s, next)
	return out, nil
}

// footing is for lists any event may have changed.
func footing(v *projections.View) projections.Footing {
	return projections.Footing{Size: v.Size(), Day: v.Day(), ChangedAt: v.Size()}
}
