package figures

import "zhishu/projections"

// Population is a dated figure on one basis.
type Population struct {
	Basis  string `json:"basis"`
	Day    string `json:"day,omitempty" format:"date"`
	Count  int64  `json:"count"`
	Source string `json:"source"`
}

// Community is a community as of the point of view.
type Community struct {
	Code        string       `json:"code"`
	Name        string       `json:"name,omitempty" doc:"Absent when it was never registered. Names are not unique"`
	Registered  bool         `json:"registered"`
	From        string       `json:"from,omitempty" format:"date"`
	Successors  []string     `json:"successors,omitempty"`
	SucceedsOn  string       `json:"succeedsOn,omitempty" format:"date"`
	Members     int64        `json:"members"`
	Populations []Population `json:"populations" doc:"The latest of each basis"`
}

// Communities lists a division's communities in code order.
type Communities struct {
	Footing
	Division string      `json:"division" doc:"Empty: the whole country"`
	Rows     []Community `json:"rows"`
	Next     string      `json:"next,omitempty" doc:"Cursor of the next page; absent on the last"`
}

// CommunitiesOf makes the list, or the part of it that page holds.
func CommunitiesOf(c projections.Communities, page []projections.Community) Communities {
	out := Communities{Footing: Foot(c.Footing), Division: c.Division.String(), Rows: make([]Community, 0, len(page))}
	for _, x := range page {
		row := Community{
			Code: x.Code.String(), Name: x.Name, Registered: x.Registered, Members: x.Members,
			SucceedsOn: day(x.SucceedsOn), Populations: []Population{},
		}
		if x.Registered {
			row.From = day(x.From)
		}
		for _, s := range x.Successors {
			row.Successors = append(row.Successors, s.String())
		}
		for _, p := range x.Populations {
			row.Populations = append(row.Populations, Population{string(p.Basis), day(p.Day), p.Count, p.Source})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
