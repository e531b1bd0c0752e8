package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// Policy is one adopted version.
type Policy struct {
	Policy        string             `json:"policy" doc:"Version as it is named on figures" example:"counting-all/1"`
	Kind          string             `json:"kind" enum:"counting,stars,standing,households,buildings,organisations,participation,scorecard,closing"`
	Scope         string             `json:"scope" doc:"Division code; empty: the whole country"`
	Version       int                `json:"version"`
	Title         string             `json:"title"`
	From          string             `json:"from,omitempty" format:"date" doc:"First day in force; absent: from the beginning of time"`
	Adopted       string             `json:"adopted,omitempty" format:"date" doc:"Absent: a default the ledger began with"`
	Counting      *CountingPolicy    `json:"counting,omitempty"`
	Stars         *StarScheme        `json:"stars,omitempty"`
	Standing      *StandingScheme    `json:"standing,omitempty"`
	Participation *ParticipationRule `json:"participation,omitempty"`
	Scorecard     *ScorecardRule     `json:"scorecard,omitempty"`
	Closing       *ClosingRule       `json:"closing,omitempty"`
}

// ClosingRule says what becomes of entries recorded after their period was
// closed.
type ClosingRule struct {
	Late string `json:"late" enum:"count,carry,flag" doc:"count: in the closed period; carry: in the period they were recorded in; flag: in no figure. Flagged they are always"`
}

// CountingPolicy turns raw into recognised minutes; absent clauses are off.
type CountingPolicy struct {
	ExcludedCategories []string `json:"excludedCategories,omitempty" maxItems:"50"`
	ExcludeHonour      bool     `json:"excludeHonour,omitempty" doc:"Only own check-in and check-out counts"`
	Minimum            int64    `json:"minimum,omitempty" doc:"Minutes; less counts as zero"`
	Rounding           string   `json:"rounding" enum:"none,down,up,nearest"`
	Unit               int64    `json:"unit,omitempty" doc:"Minutes the rounding goes by"`
	EntryCap           int64    `json:"entryCap,omitempty" doc:"Minutes"`
	DayCap             int64    `json:"dayCap,omitempty" doc:"Minutes, over all entries of a civil day"`
}

// StarScheme gives a star for each threshold reached.
type StarScheme struct {
	Thresholds []int64 `json:"thresholds" maxItems:"10" doc:"Recognised minutes, rising"`
}

// StandingScheme orders members by its criteria in turn.
type StandingScheme struct {
	Criteria    []string `json:"criteria" maxItems:"4" doc:"sessions, months, minutes; of groups also times-per-member and share, without months"`
	MinSessions int64    `json:"minSessions,omitempty" doc:"Fewer are not ranked"`
	MinMembers  int64    `json:"minMembers,omitempty" doc:"Of groups: with fewer members they are not ranked"`
}

// ParticipationRule says what a participation rate is made of.
type ParticipationRule struct {
	Bases        []string `json:"bases" maxItems:"3" doc:"members, resident, household"`
	MinMinutes   int64    `json:"minMinutes,omitempty" doc:"Shorter attendances do not count"`
	SmallestSize int64    `json:"smallestSize,omitempty" doc:"Smaller groups are not published"`

	TrainingCategories []string `json:"trainingCategories,omitempty" maxItems:"50" doc:"Forms of study that count for the training rate; absent: 课程"`
}

// ScorecardRule is the standard of a learning community (学习型社区标准).
type ScorecardRule struct {
	Items []ScorecardTarget `json:"items" maxItems:"50"`
}

// ScorecardTarget asks for so much of an item.
type ScorecardTarget struct {
	Item       string   `json:"item" doc:"sessions, participation, training, courses, talks …"`
	Target     int64    `json:"target" doc:"In the unit of the item: a count, or percent"`
	Categories []string `json:"categories,omitempty" maxItems:"50" doc:"Forms of study or service the item is about"`
}

// PolicyOf makes one version.
func PolicyOf(p *domain.PolicyVersion) Policy {
	out := Policy{
		Policy: refOf(p), Kind: string(p.ID.Kind), Scope: p.ID.Scope.String(), Version: p.Version, Title: p.Title,
		From: day(p.From), Adopted: day(p.Adopted),
	}
	if c := p.Counting; c != nil {
		out.Counting = &CountingPolicy{
			ExcludedCategories: c.ExcludedCategories, ExcludeHonour: c.ExcludeHonour, Minimum: int64(c.Minimum),
			Rounding: string(c.Rounding), Unit: int64(c.Unit), EntryCap: int64(c.EntryCap), DayCap: int64(c.DayCap),
		}
	}
	if s := p.Stars; s != nil {
		out.Stars = &StarScheme{Thresholds: []int64{}}
		for _, t := range s.Thresholds {
			out.Stars.Thresholds = append(out.Stars.Thresholds, int64(t))
		}
	}
	if s := p.Standing; s != nil {
		out.Standing = &StandingScheme{Criteria: []string{}, MinSessions: s.MinSessions, MinMembers: s.MinMembers}
		for _, c := range s.Criteria {
			out.Standing.Criteria = append(out.Standing.Criteria, string(c))
		}
	}
	if c := p.Closing; c != nil {
		out.Closing = &ClosingRule{Late: string(c.Late)}
	}
	if d := p.Participation; d != nil {
		out.Participation = &ParticipationRule{Bases: []string{}, MinMinutes: int64(d.MinMinutes), SmallestSize: d.SmallestSize, TrainingCategories: d.TrainingCategories}
		for _, b := range d.Bases {
			out.Participation.Bases = append(out.Participation.Bases, string(b))
		}
	}
	if s := p.Scorecard; s != nil {
		out.Scorecard = &ScorecardRule{}
		for _, it := range s.Items {
			out.Scorecard.Items = append(out.Scorecard.Items, ScorecardTarget{string(it.Item), it.Target, it.Categories})
		}
	}
	return out
}

// Policies lists the adopted versions.
type Policies struct {
	Footing
	Rows []Policy `json:"rows" doc:"In the order of adoption"`
}

// PoliciesOf makes the list.
func PoliciesOf(versions []domain.PolicyVersion, at projections.Footing) Policies {
	out := Policies{Footing: Foot(at), Rows: make([]Policy, 0, len(versions))}
	for i := range versions {
		out.Rows = append(out.Rows, PolicyOf(&versions[i]))
	}
	return out
}
