package projections

import "zhishu/domain"

// Person is what the read side knows of a person, without anything personal.
type Person struct {
	Footing
	Person        domain.PersonID
	Into          domain.PersonID // set when merged
	State         PersonState
	EnrolledBy    domain.CommunityCode
	Sex           domain.Sex
	BirthYearFrom int
	BirthYearTo   int
	Age           int
	AgeOn         domain.Day
	Layers        []domain.Layer
	Memberships   []domain.Membership // of the person and of those merged into it
	Community     domain.CommunityCode
}

// Community is a community as of a view.
type Community struct {
	Code        domain.CommunityCode
	Name        string // empty when it was never registered
	Registered  bool
	From        domain.Day
	Successors  []domain.CommunityCode
	SucceedsOn  domain.Day // NoDay without successors
	Members     int64      // on the view's day
	Populations []Population
}

// Population is the latest dated figure of a basis on or before the view's day.
type Population struct {
	Basis  domain.PopulationBasis
	Day    domain.Day
	Count  int64
	Source string
}

// Communities lists the communities of a division in code order.
type Communities struct {
	Footing
	Division    domain.Division
	Communities []Community
}
