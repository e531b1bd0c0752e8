package figures

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

// Flags lists integrity flags (核查标记). A flag accuses nobody and changes no
// figure: somebody should look.
type Flags struct {
	Footing
	Division string `json:"division"`
	Open     int64  `json:"open" doc:"In the division, whatever was filtered"`
	Reviewed int64  `json:"reviewed"`
	Rows     []Flag `json:"rows" doc:"The newest first"`
	Next     string `json:"next,omitempty" doc:"Cursor of the next page"`
}

// Flag is one of them.
type Flag struct {
	Flag      string      `json:"flag" doc:"Id, the same in every replay"`
	Kind      string      `json:"kind" enum:"day-minutes,mixed-day,shared-time,burst,own-circle,outside-change,late,account-closed,activity-changed,repeat,look-alike,reversal,closed-changed,retroactive-policy"`
	Zh        string      `json:"zh"`
	En        string      `json:"en"`
	Community string      `json:"community,omitempty" doc:"That recorded it"`
	Person    string      `json:"person,omitempty"`
	Account   string      `json:"account,omitempty" doc:"That recorded it"`
	Acts      []FlagAct   `json:"acts,omitempty" doc:"Of own-circle and outside-change: who did what is flagged"`
	Policy    string      `json:"policy,omitempty" doc:"Whose threshold was passed, or which is retroactive"`
	Calendars []string    `json:"calendars,omitempty" doc:"Working calendars that the days of a late one were counted by"`
	ByWeek    bool        `json:"byWeek,omitempty" doc:"For some of these days no calendar was in force that speaks of them: Monday to Friday were taken"`
	Day       string      `json:"day,omitempty" format:"date" doc:"Of the facts"`
	Since     uint64      `json:"since" doc:"First ledger size at which it was there"`
	Value     int64       `json:"value" doc:"Minutes, entries, working days, stars or accounts, as the sentence says; of own-circle 1 the person, 2 the household, 3 guardian or ward"`
	Limit     int64       `json:"limit,omitempty"`
	Count     int64       `json:"count" doc:"Facts it rests on"`
	Facts     []FlagFact  `json:"facts" doc:"The first 20 and the newest"`
	Status    string      `json:"status" enum:"open,reviewed"`
	Review    *FlagReview `json:"review,omitempty"`
}

// FlagAct is what an account did that is flagged.
type FlagAct struct {
	Role    string `json:"role" enum:"recorded,confirmed,rejected,attested,proposed,decided"`
	Account string `json:"account"`
}

// FlagFact is an event a flag rests on.
type FlagFact struct {
	Stream   string `json:"stream"`
	Revision uint64 `json:"revision"`
	Size     uint64 `json:"size" doc:"Ledger size before it"`
}

// FlagReview is what somebody found. The reason is sealed.
type FlagReview struct {
	Size    uint64 `json:"size" doc:"Ledger size before it"`
	By      string `json:"by" doc:"Account"`
	Outcome string `json:"outcome" enum:"explained,corrects"`
}

// flagSentences explain each kind: {value}, {limit}, {day}, {count} and {time},
// the value as a length.
var flagSentences = map[projections.FlagKind]words{
	projections.FlagDayMinutes: {"{day} 一天累计 {time}，超过规则的 {limitTime}", "{timeEn} on {day}: the policy expects at most {limitTimeEn}"},
	projections.FlagMixedDay: {"{day} 一处记了起止时间、另一处只记了时长，是否重叠无法核对",
		"clock times here and only minutes there on {day}: whether they overlap cannot be seen"},
	projections.FlagShared: {"{day} 本人几个编号的记录同时，或合计超过 24 小时（共 {time}）；服务时间只计一次",
		"entries under several numbers of the person share time on {day}, or fill more than 24 hours of it ({timeEn} in all); service counts once"},
	projections.FlagBurst: {"{day} 同一账号短时间内手工录入 {value} 条，规则以 {limit} 条为限", "one account entered {value} entries by hand in a short time on {day}; the policy looks from {limit}"},
	projections.FlagCircle: {"录入、确认、签章或裁定的人与受益人是同一人、同户或监护关系（{acts}）",
		"recorded, confirmed, attested or decided on by an account of the person, of the household, or of a guardian or ward ({actsEn})"},
	projections.FlagOutside: {"由别的组织的账号确认、更正、作废或裁定（{acts}）",
		"confirmed, corrected, voided or decided on by an account of another organisation ({actsEn})"},
	projections.FlagLate: {"{day} 的事，{value} 个工作日后才录入（规则 {limit} 日{counted}），或在关账之后才确认或移入该期间",
		"of {day}, recorded {value} working days later (the policy allows {limit}{countedEn}), or confirmed or moved there after its period was closed"},
	projections.FlagAccount:   {"录入时该账号已经停用", "recorded by an account that was closed by then"},
	projections.FlagActivity:  {"所依据的活动后来改期或取消", "the activity it was judged on was rescheduled or cancelled afterwards"},
	projections.FlagRepeat:    {"同一人、同一场次或同日同一内容记了 {value} 次", "the same session, or the same content on the same day, {value} times"},
	projections.FlagLookAlike: {"有 {value} 行日期、姓名、数量相同，出自同一张或几张表格", "{value} rows with the same date, name and amount, of one sheet or several"},
	projections.FlagReversal:  {"作废或更正使星级由 {limit} 星降为 {value} 星", "voiding or correcting it took {limit} stars down to {value}"},
	projections.FlagChanged: {"{day} 的记录在所属期间关账之后更正或作废：原 {limitTime}，后为 {time}",
		"of {day}, corrected or voided after its period was closed: {limitTimeEn} before, {timeEn} after"},
	projections.FlagPolicy: {"规则追溯生效：早于通过之日 {value} 天", "in force {value} days before it was adopted"},
}

var flagRoles = map[projections.FlagRole]words{
	projections.RoleRecorded: {"录入", "recorded"}, projections.RoleConfirmed: {"确认", "confirmed"}, projections.RoleRejected: {"驳回", "rejected"},
	projections.RoleAttested: {"签章", "attested"}, projections.RoleProposed: {"申请变更", "proposed a change"}, projections.RoleDecided: {"裁定", "decided"},
}

// rolesOf lists what was done, each once.
func rolesOf(acts []projections.FlagAct, in func(words) string, between string) string {
	var list []string
	for _, a := range acts {
		if r := in(flagRoles[a.Role]); !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	return strings.Join(list, between)
}

// FlagsOf makes the list.
func FlagsOf(b projections.FlagBoard) Flags {
	out := Flags{Footing: Foot(b.Footing), Division: b.Division.String(), Open: b.Open, Reviewed: b.Reviewed, Rows: make([]Flag, 0, len(b.Rows))}
	for i := range b.Rows {
		out.Rows = append(out.Rows, FlagOf(&b.Rows[i]))
	}
	return out
}

// FlagOf makes one flag.
func FlagOf(x *projections.Flag) Flag {
	out := Flag{
		Flag: hex.EncodeToString(x.ID[:]), Kind: string(x.Kind), Community: code(x.Community), Person: id(x.Person.UUID), Account: id(x.Account.UUID),
		Policy: refOf(x.Version), Day: day(x.Day), Since: uint64(x.Since), Value: x.Value, Limit: x.Limit, Count: x.Count, Facts: []FlagFact{},
		Status: "open",
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	value, limit := domain.Minutes(x.Value), domain.Minutes(x.Limit)
	out.Calendars, out.ByWeek = refList(x.Calendars), x.ByWeek
	counted := countedBy(out.Calendars, x.ByWeek)
	fill := strings.NewReplacer("{day}", out.Day, "{value}", number(x.Value), "{limit}", number(x.Limit), "{time}", hoursZh(value, " "),
		"{limitTime}", hoursZh(limit, " "), "{timeEn}", hoursEn(value), "{limitTimeEn}", hoursEn(limit),
		"{counted}", counted.zh, "{countedEn}", counted.en,
		"{acts}", rolesOf(x.Acts, func(r words) string { return r.zh }, "、"), "{actsEn}", rolesOf(x.Acts, func(r words) string { return r.en }, ", "))
	for _, a := range x.Acts {
		out.Acts = append(out.Acts, FlagAct{string(a.Role), id(a.Account.UUID)})
	}
	w := flagSentences[x.Kind]
	out.Zh, out.En = fill.Replace(w.zh), fill.Replace(w.en)
	for _, f := range x.Facts {
		out.Facts = append(out.Facts, FlagFact{f.Stream, f.Revision, uint64(f.Size)})
	}
	if r := x.Review; r != nil {
		out.Status = "reviewed"
		out.Review = &FlagReview{uint64(r.Size), r.Handle, string(r.Outcome)}
		if r.Handle == "" {
			out.Review.By = id(r.By.UUID)
		}
	}
	return out
}
