package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// Suppressed says why a figure is withheld.
type Suppressed struct {
	Reason string `json:"reason" enum:"small-group,part-of-basis,complementary,difference,internal"`
	Zh     string `json:"zh"`
	En     string `json:"en"`
}

func suppressed(s projections.Suppression) *Suppressed {
	switch s {
	case projections.NotSuppressed:
		return nil
	case projections.SmallGroup:
		return &Suppressed{string(s), "人数过少，不予公布", "too few people to be published"}
	case projections.Complementary:
		return &Suppressed{string(s), "为使另一项不能由相减得出，不予公布", "withheld so that another cannot be found"}
	case projections.Difference:
		return &Suppressed{string(s), "与今天的数相减会显出个别人，不予公布", "withheld because its difference to today's would tell of a few persons"}
	case projections.Internal:
		return &Suppressed{string(s), "只给管辖范围内的工作人员看", "for the staff whose scope it lies in"}
	case projections.PartOfBasis:
		return &Suppressed{string(s), "部分社区没有此口径的人口数", "some communities have no figure on this basis"}
	}
	return &Suppressed{string(s), "不予公布", "withheld"}
}

// Ratio is an exact ratio with its rounding for display.
type Ratio struct {
	Numerator   int64  `json:"numerator"`
	Denominator int64  `json:"denominator"`
	Percent     string `json:"percent" doc:"Rounded down" example:"63.20%"`
}

// Rate holds both rates on one basis, or why they are withheld.
type Rate struct {
	Basis      string      `json:"basis" enum:"members,resident,household"`
	BasisZh    string      `json:"basisZh"`
	Persons    *Ratio      `json:"persons,omitempty" doc:"参学人数率: distinct participants to population"`
	Times      *Ratio      `json:"times,omitempty" doc:"参学人次比: person-times to population; may exceed 100 %"`
	Missing    []string    `json:"missing,omitempty" doc:"Communities without a figure on this basis"`
	Suppressed *Suppressed `json:"suppressed,omitempty" doc:"Present instead of the ratios"`
}

var bases = map[domain.PopulationBasis]string{
	domain.RegisteredMembers: "登记成员", domain.Resident: "常住", domain.Household: "户籍",
}

func rate(r projections.Rate) Rate {
	out := Rate{Basis: string(r.Basis), BasisZh: bases[r.Basis], Suppressed: suppressed(r.Suppressed)}
	for _, c := range r.Missing {
		out.Missing = append(out.Missing, c.String())
	}
	if out.Suppressed == nil {
		out.Persons = &Ratio{r.Participants, r.Population, percent(r.PersonsPerTenThousand)}
		out.Times = &Ratio{r.PersonTimes, r.Population, percent(r.TimesPerTenThousand)}
	}
	return out
}

// LayerSessions counts a layer's sessions.
type LayerSessions struct {
	Layer      string      `json:"layer,omitempty"`
	Named      int64       `json:"named" doc:"Distinct activities"`
	Unnamed    *int64      `json:"unnamed,omitempty" doc:"Distinct days and contents"`
	Suppressed *Suppressed `json:"suppressed,omitempty" doc:"Present instead of unnamed"`
}

// layers lists the sessions of a month by layer.
func layers(list []projections.LayerSessions) []LayerSessions {
	out := []LayerSessions{}
	for _, s := range list {
		row := LayerSessions{Layer: string(s.Layer), Named: s.Named, Suppressed: suppressed(s.Suppressed)}
		if row.Suppressed == nil {
			row.Unnamed = &s.Unnamed
		}
		out = append(out, row)
	}
	return out
}

// noteSessions adds to the validator what of a month's sessions is withheld.
func (f *Footing) noteSessions(why projections.Suppression, list []projections.LayerSessions) {
	f.note(why)
	if why != projections.NotSuppressed {
		for _, s := range list {
			f.note(projections.Suppression(s.Layer), s.Suppressed)
		}
	}
}

// StudyMonth is one month.
type StudyMonth struct {
	Month       string          `json:"month" example:"2026-03"`
	PersonTimes *int64          `json:"personTimes,omitempty"`
	Time        *Duration       `json:"time,omitempty"`
	Sessions    []LayerSessions `json:"sessions" doc:"Held here, by layer"`
	Withheld    *Suppressed     `json:"withheld,omitempty" doc:"Why sessions without a number are missing here, with layers that had no others"`
}

// Participation holds the participation rates of a division and period.
type Participation struct {
	Footing
	Division     string       `json:"division" doc:"Empty: the whole country"`
	Period       string       `json:"period"`
	Policy       string       `json:"policy" doc:"Version that defines the rates"`
	On           string       `json:"on,omitempty" format:"date" doc:"Day the populations are taken on"`
	Participants *int64       `json:"participants,omitempty" doc:"Distinct members with study that counts"`
	PersonTimes  *int64       `json:"personTimes,omitempty"`
	Time         *Duration    `json:"time,omitempty"`
	Rates        []Rate       `json:"rates" doc:"One for each basis that has a figure"`
	Months       []StudyMonth `json:"months"`
	Outside      *Outside     `json:"outside,omitempty"`
	Suppressed   *Suppressed  `json:"suppressed,omitempty" doc:"Why no more than the sessions is shown"`
	Monthly      *Suppressed  `json:"monthly,omitempty" doc:"Why the months show no more than sessions, though the period is shown"`
}

// ParticipationOf makes the participation of a division.
func ParticipationOf(p projections.Participation) Participation {
	out := Participation{
		Footing: Foot(p.Footing), Division: p.Division.String(), Period: p.Period.String(), Policy: refOf(p.Definition),
		On: day(p.On), Rates: []Rate{}, Months: []StudyMonth{}, Suppressed: suppressed(p.Suppressed),
	}
	out.Footing.note(p.Suppressed, p.Monthly, p.Outside.Suppressed)
	if out.Suppressed == nil {
		out.Monthly = suppressed(p.Monthly)
		participants, personTimes, time, others := p.Participants, p.PersonTimes, Time(p.Minutes), outside(p.Outside)
		out.Participants, out.PersonTimes, out.Time, out.Outside = &participants, &personTimes, &time, &others
		for _, r := range p.Rates {
			out.Rates = append(out.Rates, rate(r))
		}
	}
	for _, m := range p.Months {
		row := StudyMonth{Month: m.Month.String(), Sessions: layers(m.Sessions), Withheld: suppressed(m.Withheld)}
		out.Footing.noteSessions(m.Withheld, m.Sessions)
		if out.Suppressed == nil && out.Monthly == nil {
			personTimes, time := m.PersonTimes, Time(m.Minutes)
			row.PersonTimes, row.Time = &personTimes, &time
		}
		out.Months = append(out.Months, row)
	}
	return out
}
