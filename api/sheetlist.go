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
	PageInput
}

type importQueryByID struct {
	ViewInput
	Import string `path:"id" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Import"`
}

// sheetList registers what became of the sheets.
func sheetList(r *routes) {
	figure(r, operation{
		id: "list-imports", path: "/v1/imports", tag: "imports", summary: "Imports, the newest first",
		codes: []string{CodeCursorInvalid},
	}, listImports)
	figure(r, operation{
		id: "get-import", path: "/v1/imports/{id}", tag: "imports", summary: "An import, and what of its sheet stands",
		codes: []string{string(domain.SubjectUnknown)},
	}, func(_ context.Context, s *Server, in *importQueryByID) (figures.ImportDetail, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.ImportDetail{}, err
		}
		detail, err := v.Import(domain.ImportID{UUID: uuidOf(in.Import)})
		return figures.ImportOf(detail), err
	})
}

func listImports(_ context.Context, s *Server, in *importsQuery) (figures.Imports, error) {
	p, err := s.page(&in.PageInput, in.AsOf, "list-imports")
	if err != nil {
		return figures.Imports{}, err
	}
	all := p.view.Imports()
	slices.Reverse(all)
	rows, next := cut(&p, &in.PageInput, all, func(i *projections.ImportInfo) string { return strconv.FormatUint(uint64(i.StartedAt), 10) })
	out := figures.ImportsOf(rows, footing(p.view))
	out.Next = p.next(s, next)
	return out, nil
}

// footing is for lists any event may have changed.
func footing(v *projections.View) projections.Footing {
	return projections.Footing{Size: v.Size(), Day: v.Day(), ChangedAt: v.Size()}
}
