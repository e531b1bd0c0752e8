package registers

import (
	"context"
	"fmt"
	"slices"

	"zhishu/domain"
	"zhishu/projections"
)

func (s Source) service(ctx context.Context, r *Register) error {
	list, err := s.View.Register(ctx, s.Streams, domain.Service, r.Community, r.Period)
	if err != nil {
		return err
	}
	r.Footing, r.Unit = list.Footing, "单位：分钟"
	b := Block{Heads: []string{
		"序号", "志愿者编号", "姓名", "服务日期", "开始时间", "结束时间", "活动名称", "服务类别", "服务地点", "服务时长(分钟)", "计入时长(分钟)",
		"记录来源", "人员归属", "账本编号",
	}}
	for i := range list.Rows {
		e := &list.Rows[i]
		name, err := s.personName(ctx, e.Subject, e.State)
		if err != nil {
			return err
		}
		d := &e.Deed
		start, end := clocks(d.Span)
		b.Rows = append(b.Rows, []Cell{
			Whole(int64(i + 1)), Words(e.Subject.String()), Words(name), On(d.Span.Day), start, end, Words(d.Title), Words(d.Category),
			Words(d.Place), Whole(int64(e.Raw)), Whole(int64(e.Recognised)), Words(sourcesZh[d.Hours]), belongs(e.Member), entryRef(e),
		})
	}
	all := list.Members.Plus(list.Outside)
	b.Total = []Cell{Words("合计"), {}, {}, {}, {}, {}, {}, {}, {}, Whole(int64(all.Minutes)), Whole(int64(all.Recognised))}
	r.Blocks = []Block{b}
	r.Trace = slices.Concat(
		[]Line{{"服务条数", Whole(all.Entries), "条", all.Entries, nil, "本社区记录、已经确认、日期在期间内的服务，一条一行；跨日的列在开始之日",
			"confirmed service the community recorded whose day lies in the period, one row each; over midnight under the day it began"},
			{"服务时长", Whole(int64(all.Minutes)), "分钟", all.Entries, nil, "各条服务时长之和", "the minutes of all rows added up"},
			{"计入时长", Whole(int64(all.Recognised)), "分钟", all.Entries, nil, "各条按发生之日的计时规则计入的分钟之和；规则见上", "minutes each row counts under the counting policy of its day, added up; the policies stand above"},
			{"其中信用时数", Whole(int64(all.Credit)), "分钟", all.Entries, nil, "记录来源为签到签退的条目计入的分钟", "of what counts, own check-in and check-out"},
			{"其中荣誉时数", Whole(int64(all.Honour)), "分钟", all.Entries, nil, "事后补录的条目计入的分钟", "of what counts, entered afterwards"}},
		split(list, func(s projections.RegisterSum) Line {
			return Line{"服务时长", Whole(int64(s.Minutes)), "分钟", s.Entries, nil, "", ""}
		}),
		months(list),
	)
	return nil
}

func (s Source) study(ctx context.Context, r *Register) error {
	list, err := s.View.Register(ctx, s.Streams, domain.Study, r.Community, r.Period)
	if err != nil {
		return err
	}
	r.Footing, r.Unit = list.Footing, "单位：分钟"
	b := Block{Heads: []string{
		"序号", "学员编号", "姓名", "学习日期", "开始时间", "结束时间", "学习内容", "学习形式", "层次", "学习地点", "学习时长(分钟)", "人次",
		"人员归属", "账本编号",
	}}
	for i := range list.Rows {
		e := &list.Rows[i]
		name, err := s.personName(ctx, e.Subject, e.State)
		if err != nil {
			return err
		}
		d := &e.Deed
		start, end := clocks(d.Span)
		b.Rows = append(b.Rows, []Cell{
			Whole(int64(i + 1)), Words(e.Subject.String()), Words(name), On(d.Span.Day), start, end, Words(d.Title), Words(d.Category),
			Words(string(d.Layer)), Words(d.Place), Whole(int64(e.Raw)), Whole(e.Times), belongs(e.Member), entryRef(e),
		})
	}
	all := list.Members.Plus(list.Outside)
	b.Total = []Cell{Words("合计"), {}, {}, {}, {}, {}, {}, {}, {}, {}, Whole(int64(all.Minutes)), Whole(all.Times)}
	r.Blocks = []Block{b}
	r.Trace = slices.Concat(
		[]Line{{"学习条数", Whole(all.Entries), "条", all.Entries, nil, "本社区记录、已经确认、日期在期间内的学习，一条一行",
			"confirmed study the community recorded whose day lies in the period, one row each"},
			{"学习时长", Whole(int64(all.Minutes)), "分钟", all.Entries, nil, "各条学习时长之和；重复的也计时长", "the minutes of all rows added up, repeats too"},
			{"学习人次", Whole(all.Times), "人次", all.Entries, nil, "同一人同一场次计一次；没有场次的，同日同一内容计一次", "one person counts once in a named session, else once a day and content"}},
		split(list, func(s projections.RegisterSum) Line {
			return Line{"学习人次", Whole(s.Times), "人次", s.Entries, nil, "", ""}
		}),
		months(list),
	)
	return nil
}

var sourcesZh = map[domain.HoursKind]string{domain.Credit: "签到签退", domain.Honour: "补录"}

// clocks are begin and end where they are known.
func clocks(s domain.Span) (start, end Cell) {
	if !s.Clocked() {
		return Cell{}, Cell{}
	}
	return Words(clock(s.Start)), Words(clock(s.End))
}

// clock writes date and time of day: a span may end on another day.
func clock(t domain.Instant) string {
	day := t.Day()
	minutes := int64(t-day.Start()) / 60_000
	return fmt.Sprintf("%s %02d:%02d", day, minutes/60, minutes%60)
}

func belongs(member bool) Cell {
	if member {
		return Words("本社区")
	}
	return Words("外来")
}

// entryRef is the number under which the ledger knows an entry.
func entryRef(e *projections.RegisterRow) Cell {
	return Words(fmt.Sprintf("%s/%d", e.Person, e.No))
}

// split traces who a sum is of: those who belonged to the community on the day,
// and the others, who enter no rate.
func split(list projections.Register, line func(projections.RegisterSum) Line) []Line {
	members, outside := line(list.Members), line(list.Outside)
	members.Item, outside.Item = members.Item+"·本社区", outside.Item+"·外来"
	members.How, members.HowEn = "其中当日属于本社区的人", "of people who belonged to the community on the day"
	outside.How, outside.HowEn = "其中当日不属于本社区的人，不进入任何以登记成员为基数的比率", "of people who did not; they enter no rate over members"
	count := func(item string, s projections.RegisterSum, how, en string) Line {
		return Line{item, Whole(s.Persons), "人", s.Entries, nil, how, en}
	}
	return []Line{members, outside,
		count("人数·本社区", list.Members, "当日属于本社区而有条目的不同的人", "different people who belonged to the community"),
		count("人数·外来", list.Outside, "当日不属于本社区而有条目的不同的人", "different people who did not")}
}

// months traces the months of a period longer than one.
func months(list projections.Register) []Line {
	var out []Line
	month := domain.Month(0)
	for i := range list.Rows {
		e := &list.Rows[i]
		if m := e.Deed.Span.Day.Month(); len(out) == 0 || m != month {
			month = m
			out = append(out, Line{Item: "时长·" + m.String(), Value: Whole(0), Unit: "分钟", How: "该月各条时长之和", HowEn: "the month's rows added up"})
		}
		l := &out[len(out)-1]
		l.Facts++
		l.Value.whole += int64(e.Raw)
	}
	return out
}
