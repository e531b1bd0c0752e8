package imports

import (
	"zhishu/domain"
	"zhishu/sheets"
)

// place reads a row of communities.
func (r *reader) place(row sheets.Row, l line) error {
	if err := row.Require(sheets.CommunityCode, sheets.CommunityName); err != nil {
		return err
	}
	id, err := row.Identifier(sheets.CommunityCode)
	if err != nil {
		return err
	}
	code, err := domain.ParseCommunityCode(id)
	if err != nil {
		return &rowRefusal{domain.CommunityInvalid, sheets.CommunityCode}
	}
	if !r.by.Scope.Contains(code) {
		return &rowRefusal{OutOfScope, sheets.CommunityCode}
	}
	from, err := row.Date(sheets.ValidFrom)
	if err != nil {
		return err
	}
	p := place{code: code, name: row.Text(sheets.CommunityName), from: day(from)}
	if p.from == domain.NoDay {
		p.from = domain.MinDay // it is not said since when
	}
	_, err = new(domain.Community).Decide(p.command(), r.by, r.now)
	if err != nil {
		return err
	}
	// The first row that names a community decides; rows are written side by side.
	if name, again := r.named[code]; again && name != p.name {
		return &rowRefusal{domain.SubjectExists, sheets.CommunityName}
	}
	r.named[code] = p.name
	r.out.lines = append(r.out.lines, l)
	r.out.places = append(r.out.places, p)
	return nil
}

func (p place) command() *domain.RegisterCommunity {
	return &domain.RegisterCommunity{Code: p.code, Name: p.name, From: p.from, Source: "import"}
}
