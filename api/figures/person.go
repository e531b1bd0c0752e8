package figures

import (
	"zhishu/domain"
	"zhishu/projections"
)

// Membership ties a person to a community or group.
type Membership struct {
	Kind      string `json:"kind" doc:"community, household, building, organisation or team"`
	Community string `json:"community,omitempty"`
	Group     string `json:"group,omitempty"`
	From      string `json:"from,omitempty" format:"date" doc:"First day; absent: from the beginning"`
	To        string `json:"to,omitempty" format:"date" doc:"Last day; absent while it lasts"`
	Basis     string `json:"basis,omitempty"`
}

func memberships(list []domain.Membership) []Membership {
	out := make([]Membership, 0, len(list))
	for _, m := range list {
		out = append(out, Membership{
			Kind: string(m.Kind), Community: code(m.Community), Group: id(m.Group.UUID),
			From: day(m.From), To: lastDay(m.To), Basis: string(m.Basis),
		})
	}
	return out
}

// Person is a person without anything that names one.
type Person struct {
	Footing
	Person        string       `json:"person"`
	MergedInto    string       `json:"mergedInto,omitempty"`
	State         State        `json:"state"`
	EnrolledBy    string       `json:"enrolledBy,omitempty" doc:"Community"`
	Community     string       `json:"community,omitempty" doc:"Membership on the day"`
	Sex           string       `json:"sex,omitempty" enum:"male,female"`
	BirthYearFrom int          `json:"birthYearFrom,omitempty"`
	BirthYearTo   int          `json:"birthYearTo,omitempty"`
	Age           int          `json:"age,omitempty" doc:"On ageOn"`
	AgeOn         string       `json:"ageOn,omitempty" format:"date"`
	Layers        []string     `json:"layers"`
	Memberships   []Membership `json:"memberships"`
}

// PersonOf makes a person.
func PersonOf(p projections.Person) Person {
	out := Person{
		Footing: Foot(p.Footing), Person: id(p.Person.UUID), MergedInto: id(p.Into.UUID), EnrolledBy: code(p.EnrolledBy),
		Community: code(p.Community), Sex: string(p.Sex), BirthYearFrom: p.BirthYearFrom, BirthYearTo: p.BirthYearTo,
		Age: p.Age, AgeOn: day(p.AgeOn), Layers: []string{}, Memberships: memberships(p.Memberships),
	}
	out.State = out.state(p.State)
	for _, l := range p.Layers {
		out.Layers = append(out.Layers, string(l))
	}
	return out
}
