package registers

import (
	"context"
	"errors"
	"strings"

	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/projections"
)

// Kind says what a register is of.
type Kind string

// The kinds of registers.
const (
	Service       Kind = "service"       // 志愿服务台账
	Study         Kind = "study"         // 学习考勤台账
	Donations     Kind = "donations"     // 捐赠台账
	Participation Kind = "participation" // 参学率台账
	Teams         Kind = "teams"         // 志愿服务队台账
	Scorecard     Kind = "scorecard"     // 学习型社区标准台账
)

// Kinds lists them all.
func Kinds() []Kind { return []Kind{Service, Study, Donations, Participation, Teams, Scorecard} }

// Register is one table with its tracing sheet.
type Register struct {
	projections.Footing
	Kind      Kind
	Title     string // 三岔路社区志愿服务台账（2026年5月）
	Unit      string // 单位：分钟
	Community domain.CommunityCode
	Name      string // of the community; empty when it was never registered
	Period    domain.Period
	Blocks    []Block
	Trace     []Line
}

// Block is a table with its headings and total row.
type Block struct {
	Caption string // above the headings; empty for the first
	Heads   []string
	Rows    [][]Cell
	Total   []Cell // 合计; nil where nothing adds up
}

// Line of the tracing sheet says how one figure came about.
type Line struct {
	Item  string
	Value Cell
	Unit  string
	Facts int64  // how many facts it is made of
	Of    *Ratio // when it is a rate
	How   string // 由来
	HowEn string
}

// Ratio is what a rate was divided from.
type Ratio struct{ Numerator, Denominator int64 }

// Names says what somebody may be called. It is asked only for those whom
// today's rules allow to be named, and answers nothing where no name is known.
type Names interface {
	Person(ctx context.Context, id domain.PersonID) (string, error)
	Donor(ctx context.Context, gift projections.GiftRow) (string, error)
}

// Source is what a register is made from. Without Names there are numbers only.
type Source struct {
	View    *projections.View
	Streams eventstore.StreamReader
	Names   Names
}

// ErrKind: no register of this kind.
var ErrKind = errors.New("no register of this kind: service, study, donations, participation, teams or scorecard")

// Make makes a register.
func Make(ctx context.Context, s Source, kind Kind, community domain.CommunityCode, period domain.Period) (*Register, error) {
	r := &Register{Kind: kind, Community: community, Period: period}
	for _, c := range s.View.Communities(community.Division()).Communities {
		r.Name = c.Name
	}
	var err error
	switch kind {
	case Service:
		err = s.service(ctx, r)
	case Study:
		err = s.study(ctx, r)
	case Donations:
		err = s.donations(ctx, r)
	case Participation:
		err = s.participation(r)
	case Teams:
		err = s.teams(r)
	case Scorecard:
		err = s.scorecard(ctx, r)
	default:
		err = ErrKind
	}
	if err != nil {
		return nil, err
	}
	open, err := s.open(r)
	if err != nil {
		return nil, err
	}
	r.Trace = append(r.Trace, open...)
	r.Title = r.place() + titles[kind] + "（" + periodZh(period) + "）"
	return r, nil
}

var titles = map[Kind]string{
	Service: "志愿服务台账", Study: "学习考勤台账", Donations: "捐赠台账", Participation: "参学率台账",
	Teams: "志愿服务队台账", Scorecard: "学习型社区标准台账",
}

// place is the community's name, or its code.
func (r *Register) place() string {
	if r.Name != "" {
		return r.Name
	}
	return r.Community.String()
}

// periodZh writes 2026年度, 2026年5月, or both days.
func periodZh(p domain.Period) string {
	switch text := p.String(); {
	case len(text) == 4:
		return text + "年度"
	case len(text) == 7 && text[4] == '-':
		return text[:4] + "年" + strings.TrimPrefix(text[5:], "0") + "月"
	case strings.Contains(text, ".."):
		return strings.Replace(text, "..", "至", 1)
	}
	return "全部"
}

// personName is what a person is called in a register, if anything.
func (s Source) personName(ctx context.Context, id domain.PersonID, state projections.PersonState) (string, error) {
	switch {
	case state.Erased:
		return Erased, nil
	case s.Names == nil, state.Restricted, !state.Publish:
		return "", nil
	}
	return s.Names.Person(ctx, id)
}

// donorName is what a donor is called.
func (s Source) donorName(ctx context.Context, row projections.GiftRow) (string, error) {
	named := row.Level == domain.PublishName || row.Level == domain.PublishAlias
	if s.Names == nil || !named {
		return Anonymous, nil
	}
	name, err := s.Names.Donor(ctx, row)
	if name == "" {
		name = Anonymous
	}
	return name, err
}

// What stands for a name.
const (
	Erased    = "已注销"
	Anonymous = "匿名"
)
