package projections

import "zhishu/domain"

// Participation holds both rates of a division and period, and what they are
// made of. There is never one bare number.
type Participation struct {
	Footing
	Division     domain.Division
	Period       domain.Period
	Definition   *domain.PolicyVersion
	On           domain.Day // the day populations are taken on: the period's last, or the view's if earlier
	Participants int64      // distinct members with study that counts
	PersonTimes  int64
	Minutes      domain.Minutes // of every counted attendance
	Rates        []Rate         // one for each basis of the definition that has a figure
	Months       []StudyMonth
	Outside      Outside
	// Suppressed says why the figures are withheld: the division has fewer
	// members than the definition allows to publish. Everything above but the
	// sessions is then zero.
	Suppressed Suppression
}

// Suppression is the reason a figure is withheld; empty when it is not.
type Suppression string

const (
	NotSuppressed Suppression = ""
	SmallGroup    Suppression = "small-group"   // fewer people than may be published
	NoPopulation  Suppression = "no-population" // no figure of this basis at all
	PartOfBasis   Suppression = "part-of-basis" // some communities have no figure of this basis
)

// Rate is 参学人数率 and 参学人次比 on one basis, as exact integers.
type Rate struct {
	Basis        domain.PopulationBasis
	Population   int64
	Participants int64
	PersonTimes  int64
	// PersonsPerTenThousand and TimesPerTenThousand are the ratios rounded
	// down, for display only; zero when suppressed.
	PersonsPerTenThousand int64
	TimesPerTenThousand   int64
	Missing               []domain.CommunityCode // communities without a figure of this basis
	Suppressed            Suppression
}

// StudyMonth is a month's cell.
type StudyMonth struct {
	Month       domain.Month
	PersonTimes int64 // members' person-times whose first day lies in the month
	Minutes     domain.Minutes
	Sessions    []LayerSessions // held here, by layer
}

// LayerSessions counts sessions recorded by the division's communities. Named
// sessions are distinct activities; unnamed ones distinct days and contents of
// one community.
type LayerSessions struct {
	Layer   domain.Layer
	Named   int64
	Unnamed int64
}
