package figures

import (
	"strconv"

	"zhishu/domain"
	"zhishu/projections"
)

// ScoreSpan is an interval that falls short of its target.
type ScoreSpan struct {
	From  string `json:"from" format:"date"`
	To    string `json:"to" format:"date"`
	Value int64  `json:"value"`
}

// FactRef names a fact: the event that stated it, and what that was.
type FactRef struct {
	Stream   string  `json:"stream"`
	Revision *uint32 `json:"revision,omitempty" doc:"Absent of an activity, whose revisions count who signed up: it is attested once"`
	Day      string  `json:"day,omitempty" format:"date"`
	Title    string  `json:"title,omitempty" doc:"Of the session, the team that served, the thing counted or given, or the organisation"`
	Sessions int64   `json:"sessions,omitempty" doc:"Of a course: how many were held in the period; the fact is the first that was attested"`
}

// ScoreItem is one item of the standard.
type ScoreItem struct {
	Item       string      `json:"item"`
	Name       string      `json:"name" doc:"What the item is called in Chinese"`
	Zh         string      `json:"zh" doc:"What the item is, and what is missing"`
	En         string      `json:"en"`
	Every      string      `json:"every" enum:"period,week,month,quarter,percent" doc:"How often the target is to be met, or that it is a percentage"`
	Target     int64       `json:"target"`
	Count      *int64      `json:"count,omitempty" doc:"Of an item that is counted over the period"`
	Value      *Ratio      `json:"value,omitempty" doc:"Of other items: a ratio, or how many intervals met the target, of those that are over"`
	Met        bool        `json:"met"`
	Missing    int64       `json:"missing,omitempty" doc:"还差"`
	Short      []ScoreSpan `json:"short,omitempty" doc:"Intervals that fall short"`
	Unknown    bool        `json:"unknown,omitempty" doc:"Nothing was entered, or no interval is over yet"`
	Suppressed *Suppressed `json:"suppressed,omitempty"`
	Facts      []FactRef   `json:"facts,omitempty" doc:"The first of the facts behind the value; what a person did is counted where it may be, and never named"`
	FactCount  int64       `json:"factCount,omitempty" doc:"All of them that may be told"`
}

// Scorecard is the standard of a learning community, measured.
type Scorecard struct {
	Footing
	Community string      `json:"community"`
	Period    string      `json:"period"`
	On        string      `json:"on" format:"date"`
	Policy    string      `json:"policy"`
	Met       int64       `json:"met" doc:"Items that are met"`
	Rows      []ScoreItem `json:"rows"`
}

var scoreItems = map[domain.ScoreItem]words{
	domain.ScoreSessions: {"分层集中学习", "layered study sessions"}, domain.ScoreParticipation: {"参学人次比", "person-times to members"},
	domain.ScoreTraining: {"培训率", "training rate"}, domain.ScoreCourses: {"常设课程", "regular courses"},
	domain.ScoreTalks: {"宣讲", "public talks"}, domain.ScoreTeams: {"志愿服务队活动", "volunteer team activity"},
	domain.ScoreDonations: {"经常性捐赠", "regular donations"}, domain.ScoreOrganisations: {"学习型单位占比", "share of learning organisations"},
	domain.ScoreHouseholds: {"家庭活动参与率", "households in campaigns"}, domain.ScoreBuildings: {"楼院活动参与率", "buildings in campaigns"},
	domain.ScoreLibrary: {"图书室藏书", "library books"}, domain.ScoreNotices: {"公告栏更新", "notice board"},
	domain.ScorePosters: {"宣传海报", "posters"}, domain.ScoreRoom: {"活动室容纳人数", "people an activity room holds"},
	domain.ScoreInstructors: {"健身点指导员", "instructors per exercise point"}, domain.ScoreMeetings: {"领导小组会议", "committee meetings"},
}

var everies = map[domain.Every]words{
	domain.EveryWeek: {"每周", "a week"}, domain.EveryMonth: {"每月", "a month"}, domain.EveryQuarter: {"每季度", "a quarter"},
}

// ScorecardOf makes a scorecard.
func ScorecardOf(s projections.Scorecard) Scorecard {
	out := Scorecard{
		Footing: Foot(s.Footing), Community: code(s.Community), Period: s.Period.String(), On: day(s.On), Policy: refOf(s.Policy),
		Met: s.Met, Rows: []ScoreItem{},
	}
	for _, it := range s.Items {
		out.note(it.Suppressed)
		out.noteCounts(it.Value.Num, it.Value.Den, it.FactCount, int64(len(it.Facts)))
		out.Rows = append(out.Rows, scoreItem(it))
	}
	return out
}

func scoreItem(it projections.ScoreItem) ScoreItem {
	w, target := scoreItems[it.Item], strconv.FormatInt(it.Target, 10)
	out := ScoreItem{
		Item: string(it.Item), Name: w.zh, Every: string(it.Every), Target: it.Target, Met: it.Met, Missing: it.Missing, Unknown: it.Unknown,
		Suppressed: suppressed(it.Suppressed), FactCount: it.FactCount,
	}
	switch e, ok := everies[it.Every]; {
	case it.Every == domain.InPercent:
		out.Zh, out.En = w.zh+"不低于 "+target+"%", w.en+", at least "+target+" %"
	case ok:
		out.Zh, out.En = w.zh+e.zh+" "+target+" 次", w.en+", "+target+" "+e.en
	default:
		out.Zh, out.En = w.zh+"不少于 "+target, w.en+", at least "+target
	}
	missing := strconv.FormatInt(it.Missing, 10)
	switch {
	case out.Suppressed != nil:
		out.Zh, out.En = out.Zh+"："+out.Suppressed.Zh, out.En+": "+out.Suppressed.En
	case it.Unknown:
		out.Zh, out.En = out.Zh+"：尚无记录", out.En+": nothing recorded yet"
	case it.Met:
		out.Zh, out.En = out.Zh+"：达标", out.En+": met"
	case len(it.Short) > 0:
		out.Zh, out.En = out.Zh+"：还差 "+missing+" 期", out.En+": short in "+missing+" intervals"
	default:
		out.Zh, out.En = out.Zh+"：还差 "+missing, out.En+": "+missing+" missing"
	}
	switch {
	case out.Suppressed != nil || it.Unknown:
	case it.Every == domain.InAll:
		out.Count = &it.Value.Num
	default:
		r := ratioOf(it.Value)
		out.Value = &r
	}
	for _, x := range it.Short {
		out.Short = append(out.Short, ScoreSpan{day(x.From), day(x.To), x.Value})
	}
	for _, f := range it.Facts {
		out.Facts = append(out.Facts, FactRef{f.Stream, f.Told(), day(f.Day), f.Title, f.Sessions})
	}
	return out
}
