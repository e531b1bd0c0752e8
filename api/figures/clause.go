package figures

import (
	"strconv"

	"zhishu/domain"
	"zhishu/projections"
)

// Clause is one line of an explanation: what rule it is, what it did, and the
// same as a sentence.
type Clause struct {
	Clause  string `json:"clause" doc:"Stable name of the rule"`
	Before  *int64 `json:"before,omitempty" doc:"Minutes before the rule"`
	After   *int64 `json:"after,omitempty" doc:"Minutes after it"`
	Missing *int64 `json:"missing,omitempty" doc:"How much is missing, in unit"`
	Unit    string `json:"unit,omitempty" enum:"minutes,sessions,months,entries"`
	Person  string `json:"person,omitempty" doc:"Of an overlap: the number of the person whose entry keeps the time"`
	Entry   uint32 `json:"entry,omitempty" doc:"Of an overlap: the entry that keeps the time"`
	Zh      string `json:"zh"`
	En      string `json:"en"`

	Presence *PresenceShare `json:"presence,omitempty" doc:"What a share of presence was judged by"`
}

type words struct{ zh, en string }

// counting names the clauses of a counting policy.
var counting = map[domain.Clause]words{
	domain.ClauseExcluded:  {"不计入的类别", "excluded category"},
	domain.ClauseHonour:    {"荣誉时数不计", "honour hours do not count"},
	domain.ClausePresence:  {"到场不足规定的比例", "present for less than the share demanded"},
	domain.ClauseMinimum:   {"不足最低时长", "below the minimum"},
	domain.ClauseDeduction: {"规定的扣除", "deduction"},
	domain.ClauseFloor:     {"不足的按最少计", "counted as the least that counts"},
	domain.ClauseWeight:    {"类别倍率", "weight of the category"},
	domain.ClauseRounding:  {"取整", "rounding"},
	domain.ClauseEntryCap:  {"单次上限", "entry cap"},
	domain.ClauseDayCap:    {"当日上限", "day cap"},
	domain.ClauseNoPolicy:  {"没有适用的计时规则", "no counting policy in force"},
	domain.ClauseOverlap:   {"与本人另一编号的记录同时，重叠的只计一次", "at the same time as an entry under another number of the person: shared time counts once"},
	domain.ClauseDayFull:   {"本人几个编号合计一天最多 24 小时", "all numbers of the person together fill at most 24 hours of a day"},
}

// notCounting says why an entry counts for nothing at all.
var notCounting = map[domain.Clause]words{
	domain.ClauseNotConfirmed: {"尚未确认，不计时", "not confirmed, so it does not count"},
	domain.ClauseVoided:       {"已作废，不计时", "voided, so it does not count"},
	domain.ClauseLate:         {"关账后才确认或移入该期间，按关账规则只标记、不计入", "confirmed or moved there after its period was closed: the closing policy counts it in no figure"},
}

const (
	clauseRejected = "rejected"
	clauseCounts   = "counts"
	clauseRepeat   = "repeat"
	clauseDisputed = "disputed"
	clauseUpheld   = "dispute-upheld"
	clauseLate     = "late"
	clauseCarried  = "late-carried"
	clausePending  = "proposal-pending"
)

// step explains one change of a counting policy.
func step(s domain.Step) Clause {
	w, ok := counting[s.Clause]
	if !ok {
		w = words{string(s.Clause), string(s.Clause)}
	}
	out := Clause{Clause: string(s.Clause), Unit: "minutes"}
	if s.Clause == domain.ClauseOverlap {
		out.Person, out.Entry = id(s.Under.UUID), uint32(s.With)
		n := strconv.FormatInt(int64(s.With), 10)
		w = words{"与本人编号 " + out.Person + " 的第 " + n + " 号记录同时，重叠的只计一次",
			"at the same time as entry " + n + " under the person's number " + out.Person + ", so shared time counts once"}
	}
	if s.Clause == domain.ClausePresence {
		w, out.Presence = presence(s.Presence)
	}
	before, after := int64(s.Before), int64(s.After)
	change := strconv.FormatInt(before, 10) + "→" + strconv.FormatInt(after, 10)
	out.Before, out.After = &before, &after
	out.Zh, out.En = w.zh+"："+change+"分钟", w.en+": "+change+" minutes"
	return out
}

// reason explains an entry that does not count.
func reason(c domain.Clause) Clause {
	w, ok := notCounting[c]
	if !ok {
		if w, ok = counting[c]; !ok {
			w = words{string(c), string(c)}
		}
	}
	return Clause{Clause: string(c), Zh: w.zh, En: w.en}
}

// said is a clause without a number.
func said(clause, zh, en string) Clause { return Clause{Clause: clause, Zh: zh, En: en} }

// missing is a clause about what is lacking.
func missing(clause string, n int64, unit, zh, en string) Clause {
	return Clause{Clause: clause, Missing: &n, Unit: unit, Zh: zh, En: en}
}

var starNames = [...]string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}

// toNextStar says what is missing to the next star.
func toNextStar(stars int, m domain.Minutes) Clause {
	next := stars + 1
	name := strconv.Itoa(next)
	if next < len(starNames) {
		name = starNames[next]
	}
	word := " stars"
	if next == 1 {
		word = " star"
	}
	return missing("next-star", int64(m), "minutes",
		"距"+name+"星还差 "+hoursZh(m, " "), hoursEn(m)+" to "+strconv.Itoa(next)+word)
}

// toMonths says how many months in a row are missing before any star.
func toMonths(n int64) Clause {
	return missing("continuous-months", n, "months",
		"还差连续 "+strconv.FormatInt(n, 10)+" 个月的服务", plural(n, "month")+" in a row short of any star")
}

// retroactive says of a rule that it came after facts it counts.
func retroactive(r projections.RetroactiveRule) Clause {
	return said("retroactive",
		"按追溯的规则计算：《"+r.Title+"》（"+Ref(r.Policy)+"）"+r.Adopted.String()+" 通过，自 "+r.From.String()+" 起适用",
		"counted under a retroactive rule adopted on "+r.Adopted.String()+": "+Ref(r.Policy)+", in force from "+r.From.String())
}

// criterion is a key of a standing in words.
var criterion = map[domain.Criterion]struct{ zh, unitZh, en string }{
	domain.BySessions: {"学习次数", "次", "session"},
	domain.ByMonths:   {"学习月数", "个月", "month"},
	domain.ByMinutes:  {"学习时长", "分钟", "minute"},
}

func unitOf(c domain.Criterion) string { return criterion[c].en + "s" }

func plural(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.FormatInt(n, 10) + " " + word + "s"
}

// behind says how far a row is from the one above it.
func behind(c domain.Criterion, gap int64) Clause {
	w := criterion[c]
	if c == domain.ByMinutes {
		m := domain.Minutes(gap)
		return missing("gap", gap, unitOf(c), "还差 "+hoursZh(m, " "), hoursEn(m)+" behind the row above")
	}
	return missing("gap", gap, unitOf(c),
		"还差 "+strconv.FormatInt(gap, 10)+" "+w.unitZh, plural(gap, w.en)+" behind the row above")
}

// belowMinimum says what an unranked person misses.
func belowMinimum(n int64) Clause {
	return missing("below-minimum", n, "sessions",
		"还差 "+strconv.FormatInt(n, 10)+" 次方可参加排名", plural(n, "session")+" short of being ranked")
}

// waiting says how many claims nobody has decided yet.
func waiting(n int64) Clause {
	number := strconv.FormatInt(n, 10)
	return missing("waiting", n, "entries", number+" 条待确认，尚不计时", plural(n, "claim")+" not decided yet: not counted")
}
