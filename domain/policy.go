package domain

import "slices"

// PolicyKind is what a policy governs.
type PolicyKind string

const (
	CountingKind      PolicyKind = "counting"      // 计时规则: recognised minutes of an entry
	StarsKind         PolicyKind = "stars"         // 星级方案
	StandingKind      PolicyKind = "standing"      // 学习之星 scheme
	ParticipationKind PolicyKind = "participation" // 参学率 definition

	// 学习之星 schemes of households, buildings and organisations.
	HouseholdsKind    PolicyKind = "households"
	BuildingsKind     PolicyKind = "buildings"
	OrganisationsKind PolicyKind = "organisations"

	ScorecardKind PolicyKind = "scorecard" // 学习型社区标准
)

// PolicyID names a line of versions: what it governs and where.
type PolicyID struct {
	Kind  PolicyKind
	Scope Division
}

// Stream names the policy's stream; the whole country is written "all".
func (id PolicyID) Stream() string {
	return PolicyCategory + "-" + id.String()
}

func (id PolicyID) String() string {
	scope := id.Scope.String()
	if scope == "" {
		scope = "all"
	}
	return string(id.Kind) + "-" + scope
}

// PolicyRef names one version on a figure: "counting-all/1".
type PolicyRef struct {
	ID      PolicyID
	Version int
}

// PolicyVersion is one adopted version. Exactly one of the bodies is set, the
// one its kind names. Versions rise by one and are never edited.
type PolicyVersion struct {
	ID            PolicyID
	Version       int
	Title         string
	From          Day // first day it is in force
	Adopted       Day // MinDay for the defaults a ledger begins with
	Counting      *CountingPolicy
	Stars         *StarScheme
	Standing      *StandingScheme
	Participation *ParticipationDefinition
	Closing       *ClosingPolicy
	Integrity     *IntegrityPolicy
	Scorecard     *Scorecard
	Calendar      *Calendar
}

// Ref names the version.
func (p *PolicyVersion) Ref() PolicyRef { return PolicyRef{p.ID, p.Version} }

// Rounding of an entry's minutes to a unit.
type Rounding string

const (
	RoundNone    Rounding = "none"
	RoundDown    Rounding = "down"
	RoundUp      Rounding = "up"
	RoundNearest Rounding = "nearest" // halves upwards
)

// Retroactive reports a version that is in force from before its adoption. The
// defaults a ledger begins with are not: there was no time before them.
func (p *PolicyVersion) Retroactive() bool { return p.From < p.Adopted }

// CountingPolicy turns raw minutes into recognised minutes, in this order:
// excluded category, honour hours, presence, minimum, deduction, floor, weight,
// rounding, cap per entry, cap per day. Zero values switch a clause off.
type CountingPolicy struct {
	ExcludedCategories []string
	ExcludeHonour      bool    // only own check-in and check-out counts
	PresencePercent    int64   // of what the activity was scheduled for, or else of the clock times; a smaller share given counts as zero
	Minimum            Minutes // less counts as zero
	Deduction          Minutes // taken off every entry, for the way or a meal
	Floor              Minutes // what counts at all counts at least so much
	Weights            []Weight
	Rounding           Rounding
	Unit               Minutes // of the rounding
	EntryCap           Minutes
	DayCap             Minutes // over all entries of a person's civil day
}

// Weight multiplies the minutes of a category by a ratio, rounding down.
type Weight struct {
	Category               string
	Numerator, Denominator int64
}

// StarScheme gives one star for each threshold of recognised minutes reached.
// Zero values switch a clause off.
type StarScheme struct {
	Thresholds []Minutes // rising
	// ContinuousMonths is how many calendar months in a row must each have
	// recognised service before any star is given.
	ContinuousMonths int64
	Since, CutOff    Day  // only service between these days leads to stars
	ExcludeEarlier   bool // no stars for who had reached one before Since
}

// Criterion is one key of a standing, compared from the highest down.
type Criterion string

const (
	BySessions Criterion = "sessions" // person-times of study
	ByMonths   Criterion = "months"   // months with study
	ByMinutes  Criterion = "minutes"

	// Of groups only; both are exact ratios.
	ByTimesPerMember Criterion = "times-per-member" // person-times to members
	ByShare          Criterion = "share"            // members taking part to members
)

// StandingScheme orders members, or groups, by its criteria in turn; equal in
// all of them means an equal rank.
type StandingScheme struct {
	Criteria    []Criterion
	MinSessions int64 // fewer are not ranked
	MinMembers  int64 // of groups: with fewer members they are not ranked
}

// ParticipationDefinition says what a participation rate is made of.
type ParticipationDefinition struct {
	Bases        []PopulationBasis // denominators to produce, in order
	MinMinutes   Minutes           // shorter attendances do not count
	MinPercent   int64             // of a named session; who was there for a smaller share of it does not count
	SmallestSize int64             // groups with fewer people are not published
	// TrainingCategories are the forms of study that count for the training
	// rate; without any, 课程.
	TrainingCategories []string
}

// Least is what an attendance must come to.
func (d *ParticipationDefinition) Least() Least { return Least{d.MinMinutes, d.MinPercent} }

// Training lists the forms of study that count for the training rate.
func (d *ParticipationDefinition) Training() []string {
	if len(d.TrainingCategories) == 0 {
		return []string{"课程"}
	}
	return d.TrainingCategories
}

// DefaultPolicies are in force from the beginning of time in a new ledger.
func DefaultPolicies() []PolicyVersion {
	make := func(kind PolicyKind, title string) PolicyVersion {
		return PolicyVersion{ID: PolicyID{Kind: kind}, Version: 1, Title: title, From: MinDay, Adopted: MinDay}
	}
	counting := make(CountingKind, "按分钟如实计算")
	counting.Counting = &CountingPolicy{Rounding: RoundNone}
	stars := make(StarsKind, "一至五星 100/300/600/1000/1500 小时")
	stars.Stars = &StarScheme{Thresholds: []Minutes{100 * 60, 300 * 60, 600 * 60, 1000 * 60, 1500 * 60}}
	standing := make(StandingKind, "个人学习之星：次数、月数、分钟")
	standing.Standing = &StandingScheme{Criteria: []Criterion{BySessions, ByMonths, ByMinutes}, MinSessions: 1}
	participation := make(ParticipationKind, "参学人数率与参学人次比")
	participation.Participation = &ParticipationDefinition{
		Bases: []PopulationBasis{RegisteredMembers, Resident, Household}, SmallestSize: 5,
	}
	closing := make(ClosingKind, "关账后补录：计入原期间并标记")
	closing.Closing = &ClosingPolicy{Late: LateCounts}
	integrity := make(IntegrityKind, "核查标记：一日十二小时，十分钟五十条，十个工作日")
	integrity.Integrity = &IntegrityPolicy{DayMinutes: 12 * 60, BurstEntries: 50, BurstMinutes: 10, LateDays: 10}
	out := []PolicyVersion{counting, stars, standing, participation, closing, integrity}
	for _, g := range []struct {
		kind       PolicyKind
		title      string
		minMembers int64
	}{{HouseholdsKind, "学习型家庭", 2}, {BuildingsKind, "学习型楼院", 5}, {OrganisationsKind, "学习型单位", 5}} {
		p := make(g.kind, g.title+"：人均次数、参学面")
		p.Standing = &StandingScheme{Criteria: []Criterion{ByTimesPerMember, ByShare}, MinSessions: 1, MinMembers: g.minMembers}
		out = append(out, p)
	}
	scorecard := make(ScorecardKind, "学习型社区标准")
	scorecard.Scorecard = DefaultScorecard()
	return append(out, scorecard)
}

// check reports the first thing wrong with a policy's content.
func (p *PolicyVersion) check() error {
	bodies := 0
	for _, set := range []bool{
		p.Counting != nil, p.Stars != nil, p.Standing != nil, p.Participation != nil, p.Closing != nil, p.Integrity != nil, p.Scorecard != nil,
		p.Calendar != nil,
	} {
		if set {
			bodies++
		}
	}
	switch {
	case bodies != 1 || blank(p.Title):
		return Refuse(PolicyInvalid, "body")
	case !words(p.Title):
		return Refuse(PolicyInvalid, "title")
	case p.From >= MaxDay:
		return Refuse(PolicyInvalid, "from")
	}
	switch p.ID.Kind {
	case CountingKind:
		return p.Counting.check()
	case StarsKind:
		return p.Stars.check()
	case StandingKind:
		return p.Standing.check(ofPersons)
	case HouseholdsKind, BuildingsKind, OrganisationsKind:
		return p.Standing.check(ofGroups)
	case ParticipationKind:
		return p.Participation.check()
	case IntegrityKind:
		return p.Integrity.check()
	case ClosingKind:
		return p.Closing.check()
	case ScorecardKind:
		return p.Scorecard.check()
	case CalendarKind:
		return p.Calendar.check()
	}
	return Refuse(PolicyInvalid, "kind")
}

func (c *CountingPolicy) check() error {
	switch {
	case c == nil:
		return Refuse(PolicyInvalid, "counting")
	case min(c.Minimum, c.EntryCap, c.DayCap, c.Unit, c.Deduction, c.Floor) < 0, c.Floor > DayMinutes, c.Deduction > DayMinutes:
		return Refuse(PolicyInvalid, "minutes")
	case c.PresencePercent < 0 || c.PresencePercent > 100:
		return Refuse(PolicyInvalid, "presencePercent")
	case c.Rounding != RoundNone && c.Rounding != RoundDown && c.Rounding != RoundUp && c.Rounding != RoundNearest:
		return Refuse(PolicyInvalid, "rounding")
	case (c.Rounding == RoundNone) != (c.Unit == 0) || c.Unit > DayMinutes:
		return Refuse(PolicyInvalid, "unit")
	case len(c.ExcludedCategories) > maxList:
		return Refuse(PolicyInvalid, "excludedCategories")
	}
	for _, category := range c.ExcludedCategories {
		if !words(category) {
			return Refuse(PolicyInvalid, "excludedCategories")
		}
	}
	return c.checkWeights()
}

// checkWeights: each category once, by a ratio up to ten.
func (c *CountingPolicy) checkWeights() error {
	if len(c.Weights) > maxList {
		return Refuse(PolicyInvalid, "weights")
	}
	for i, w := range c.Weights {
		same := func(x Weight) bool { return x.Category == w.Category }
		if !words(w.Category) || w.Numerator < 0 || w.Denominator < 1 || w.Denominator > 1000 || w.Numerator > 10*w.Denominator ||
			slices.ContainsFunc(c.Weights[:i], same) {
			return Refuse(PolicyInvalid, "weights")
		}
	}
	return nil
}

func (s *StarScheme) check() error {
	switch {
	case s == nil || len(s.Thresholds) == 0 || len(s.Thresholds) > 10:
		return Refuse(PolicyInvalid, "thresholds")
	case s.ContinuousMonths < 0 || s.ContinuousMonths > 120:
		return Refuse(PolicyInvalid, "continuousMonths")
	case s.Since != 0 && !givenDay(s.Since), s.CutOff != 0 && (!givenDay(s.CutOff) || s.CutOff < s.Since):
		return Refuse(PolicyInvalid, "cutOff")
	case s.ExcludeEarlier && s.Since == 0:
		return Refuse(PolicyInvalid, "excludeEarlier")
	}
	last := Minutes(0)
	for _, t := range s.Thresholds {
		if t <= last {
			return Refuse(PolicyInvalid, "thresholds")
		}
		last = t
	}
	return nil
}

var (
	ofPersons = []Criterion{BySessions, ByMonths, ByMinutes}
	ofGroups  = []Criterion{BySessions, ByMinutes, ByTimesPerMember, ByShare}
)

func (s *StandingScheme) check(known []Criterion) error {
	switch {
	case s == nil || len(s.Criteria) == 0 || s.MinSessions < 0:
		return Refuse(PolicyInvalid, "criteria")
	case s.MinMembers < 0, s.MinMembers > 0 && !slices.Contains(known, ByShare):
		return Refuse(PolicyInvalid, "minMembers")
	}
	for i, c := range s.Criteria {
		if !slices.Contains(known, c) || slices.Contains(s.Criteria[:i], c) {
			return Refuse(PolicyInvalid, "criteria")
		}
	}
	return nil
}

func (d *ParticipationDefinition) check() error {
	if d == nil || len(d.Bases) == 0 || d.MinMinutes < 0 || d.SmallestSize < 0 {
		return Refuse(PolicyInvalid, "participation")
	}
	if d.MinPercent < 0 || d.MinPercent > 100 {
		return Refuse(PolicyInvalid, "minPercent")
	}
	if !validCategories(d.TrainingCategories) {
		return Refuse(PolicyInvalid, "trainingCategories")
	}
	for i, b := range d.Bases {
		if !validPopulationBasis(b) || slices.Contains(d.Bases[:i], b) {
			return Refuse(PolicyInvalid, "bases")
		}
	}
	return nil
}
