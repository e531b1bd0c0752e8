package domain_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"zhishu/domain"
)

// query is the question a line asks, or nil when it is a command.
func (l *ledger) query() func() string {
	w := l.args
	switch w.at(0) {
	case "名次":
		return l.standing
	case "参学":
		return l.participation
	case "捐赠合计":
		return l.giftTotals
	case "适用":
		return l.inForce
	case "工作日":
		return l.workingDays
	case "代码":
		return func() string { return fmt.Sprint(domain.ValidCreditCode(w.at(1))) }
	case "身份证":
		return func() string { return fmt.Sprint(domain.ValidIDNumber(w.at(1))) }
	case "辖区":
		return func() string {
			return map[bool]string{true: "含", false: "不含"}[division(w.at(1)).Contains(community(w.at(2)))]
		}
	case "捐赠":
		return map[string]func() string{"现状": l.giftNow, "去向": l.giftUse, "公布级别": l.giftPublication, "赠者": l.giftGiver}[w.at(2)]
	case "活动":
		if w.at(2) == "名册" {
			return l.roster
		}
		return nil
	case "户", "楼院", "单位", "队":
		if w.at(2) == "现状" {
			return l.groupNow
		}
		return nil
	case "社区":
		return map[string]func() string{"已关账": l.closedPeriods, "学习型": l.learning}[w.at(2)]
	case "账号", "规则", "导入", "签名", "督查":
		return nil
	}
	return map[string]func() string{
		"时数": l.hours, "星级": l.stars, "说明": l.explain, "记录": l.entry, "经过": l.trail, "属于": l.belongs, "学时": l.study,
		"未签退": l.pendingCheckIns, "待答复": l.reports,
		"各属": l.membershipsNow, "成年": l.consentsFrom, "重叠": l.overlapping,
	}[w.at(1)]
}

// facts are a person's confirmed service entries, as counting wants them.
func facts(p *domain.Person) (facts []domain.Fact) {
	for _, e := range p.Entries {
		if e.Status == domain.Confirmed && e.Deed.Kind == domain.Service {
			facts = append(facts, domain.Fact{
				Entry: e.No, Span: e.Deed.Span, Community: e.Deed.Community, Category: e.Deed.Category, Hours: e.Deed.Hours,
				Scheduled: e.Deed.Scheduled.Minutes,
			})
		}
	}
	return facts
}

func (l *ledger) rules() *domain.Rulebook { return domain.NewRulebook(l.versions()) }

func (l *ledger) versions() (versions []domain.PolicyVersion) {
	for _, history := range l.streams {
		for _, r := range history {
			if e, ok := r.event.(*domain.PolicyAdopted); ok {
				versions = append(versions, e.Policy)
			}
		}
	}
	return versions
}

// portions counts a person's service twice: with the product's Count, and with
// the slow model, which must agree. Entries under several numbers of one person
// may share a number of their own, so their places stand for them; whose is what
// they are.
func (l *ledger) portions(label string) (got []domain.Portion, whose []domain.Fact) {
	for k, p := range l.numbers(l.person(label)) {
		for _, f := range facts(l.state(p.Stream()).(*domain.Person)) {
			f.Person, f.Number = p, k
			whose = append(whose, f)
		}
	}
	slices.SortStableFunc(whose, func(a, b domain.Fact) int { return cmp.Compare(a.Entry, b.Entry) })
	f := slices.Clone(whose)
	for i := range f {
		f[i].Entry = domain.EntryNo(i)
	}
	got = domain.Count(f, l.rules(), true)
	if want := slowCount(f, l.versions()); !want.equal(got) {
		bad("Count and the slow model differ:\n%v\n%v", got, want)
	}
	return got, whose
}

// numbers are the number that stays and, in the order of their labels, those
// merged into it.
func (l *ledger) numbers(p domain.PersonID) []domain.PersonID {
	into := func(p domain.PersonID) domain.PersonID { return l.state(p.Stream()).(*domain.Person).MergedInto }
	last := func(p domain.PersonID) domain.PersonID {
		for ; !into(p).IsZero(); p = into(p) {
		}
		return p
	}
	all := []domain.PersonID{last(p)}
	for other := range l.people {
		if !into(other).IsZero() && last(other) == all[0] {
			all = append(all, other)
		}
	}
	slices.SortFunc(all[1:], func(a, b domain.PersonID) int { return cmp.Compare(l.people[a], l.people[b]) })
	return all
}

func (l *ledger) hours() string {
	w := l.args
	within := domain.AllTime
	if len(w.plain) > 2 {
		within = period(w.at(2))
	}
	var raw, recognised, credit, honour domain.Minutes
	portions, _ := l.portions(w.at(0))
	for _, p := range portions {
		if !within.Contains(p.Day) {
			continue
		}
		raw, recognised = raw+p.Raw, recognised+p.Recognised
		if p.Hours == domain.Credit {
			credit += p.Recognised
		} else {
			honour += p.Recognised
		}
	}
	return fmt.Sprintf("原始 %s 认定 %s 信用 %s 荣誉 %s", hours(raw), hours(recognised), hours(credit), hours(honour))
}

func (l *ledger) stars() string {
	label := l.args.at(0)
	portions, _ := l.portions(label)
	scheme := l.rules().InForce(domain.StarsKind, l.personState(label).Enrolled.Community, l.now.Day())
	r := domain.Rate(portions, scheme)
	if want := slowRate(portions, scheme); r != want {
		bad("Rate and the slow model differ: %+v %+v", r, want)
	}
	parts := []string{hours(r.Recognised), fmt.Sprintf("%d星", r.Stars)}
	if r.Stars > 0 {
		parts = append(parts, r.ReachedOn.String())
	}
	if r.ToNext > 0 {
		parts = append(parts, "差"+hours(r.ToNext))
	}
	if r.ToMonths > 0 {
		parts = append(parts, fmt.Sprintf("差连续%d月", r.ToMonths))
	}
	if r.Excluded {
		parts = append(parts, "先得不计")
	}
	return strings.Join(parts, " ")
}

// explain lists the clauses that changed an entry's minutes.
func (l *ledger) explain() string {
	no := entryNo(l.args.at(2))
	var steps []string
	portions, whose := l.portions(l.args.at(0))
	for _, p := range portions {
		if f := whose[p.Entry]; f.Entry != no || f.Person != l.person(l.args.at(0)) {
			continue
		}
		for _, s := range p.Steps {
			with := ""
			if s.Clause == domain.ClauseOverlap {
				with = fmt.Sprintf(" %s记录%d", l.people[s.Under], whose[s.With].Entry)
			}
			if s.Presence.Scheduled {
				with = fmt.Sprintf(" 排定%d的%d%%", s.Presence.Whole, s.Presence.Percent)
			}
			steps = append(steps, fmt.Sprintf("%s%s %d→%d", s.Clause, with, s.Before, s.After))
		}
	}
	if len(steps) == 0 {
		return "无"
	}
	return strings.Join(steps, " ")
}

func (l *ledger) entry() string {
	e := l.personState(l.args.at(0)).Entry(entryNo(l.args.at(2)))
	if e == nil {
		return "无"
	}
	text := fmt.Sprintf("%s %s %s %s", e.Status, e.Deed.Span.Day, hours(e.Deed.Span.Minutes), e.Deed.Title)
	if m := e.Deed.Scheduled.Minutes; m > 0 {
		text += " 排定" + hours(m)
	}
	if e.Dispute != nil {
		text += fmt.Sprintf(" 有异议%d", e.Dispute.No)
		if e.Dispute.Upheld {
			text += "(成立待改)"
		}
	}
	if e.Pending != nil {
		text += fmt.Sprintf(" 待决申请%d", e.Pending.No)
	}
	return text
}

// trail lists what happened to an entry, in order, and by whose account.
func (l *ledger) trail() string {
	no := entryNo(l.args.at(2))
	handles := map[domain.AccountID]string{}
	for _, s := range l.states {
		if a, ok := s.(*domain.Account); ok {
			handles[a.ID] = a.Handle
		}
	}
	var steps []string
	for revision, r := range l.streams[l.person(l.args.at(0)).Stream()] {
		if entryOf(r.event, revision) == no {
			steps = append(steps, r.event.Type()+"/"+handles[r.meta.Account])
		}
	}
	return strings.Join(steps, " ")
}

func entryOf(e domain.Event, revision int) domain.EntryNo {
	switch e := e.(type) {
	case *domain.EntryClaimed:
		return domain.EntryNo(revision)
	case *domain.EntryConfirmed:
		return e.Entry
	case *domain.EntryRejected:
		return e.Entry
	case *domain.EntryDisputed:
		return e.Entry
	case *domain.DisputeAnswered:
		return e.Entry
	case *domain.EntryCorrectionProposed:
		return e.Entry
	case *domain.EntryCorrectionApproved:
		return e.Entry
	case *domain.EntryCorrectionRefused:
		return e.Entry
	case *domain.EntryVoidProposed:
		return e.Entry
	case *domain.EntryVoidApproved:
		return e.Entry
	case *domain.EntryVoidRefused:
		return e.Entry
	}
	return 0
}

func (l *ledger) belongs() string {
	c := domain.CommunityOn(l.personState(l.args.at(0)).Memberships, day(l.args.at(2)))
	if c == 0 {
		return "无"
	}
	return c.String()
}

func (l *ledger) study() string {
	t := tally(l.personState(l.args.at(0)), period(l.args.at(2)), 0)
	return fmt.Sprintf("次数%d 月数%d 分钟%d", t.Sessions, t.Months, t.Minutes)
}

// tally counts a person's confirmed study: person-times count (day, content)
// once, minutes count every row. It is the rule as a bookkeeper would apply it
// by hand; read models are held to the same figures.
func tally(p *domain.Person, within domain.Period, least domain.Minutes) (t domain.StudyTally) {
	type occasion struct {
		day     domain.Day
		content string
	}
	times, months := map[occasion]bool{}, map[domain.Month]bool{}
	for _, e := range p.Entries {
		d := e.Deed.Span.Day
		if e.Status != domain.Confirmed || e.Deed.Kind != domain.Study || !within.Contains(d) || e.Deed.Span.Minutes < least {
			continue
		}
		content := e.Deed.Title
		if !e.Deed.Activity.IsZero() {
			content = e.Deed.Activity.String()
		}
		times[occasion{d, content}] = true
		months[d.Month()] = true
		t.Minutes += e.Deed.Span.Minutes
	}
	t.Sessions, t.Months = int64(len(times)), int64(len(months))
	return t
}

// stayed reports whether all that a person attended of a named session is so many
// percent of it.
func stayed(p *domain.Person, d *domain.Deed, percent int64) bool {
	length := d.Scheduled.Minutes
	if d.Activity.IsZero() {
		return true
	}
	if length == 0 { // nobody planned it: the entry by its own clock
		return 100*int64(d.Span.Minutes) >= percent*(int64(d.Span.End-d.Span.Start)/60_000)
	}
	var there domain.Minutes
	for _, e := range p.Entries {
		if e.Status == domain.Confirmed && e.Deed.Kind == domain.Study && e.Deed.Activity == d.Activity && e.Deed.Community == d.Community {
			there += e.Deed.Span.Minutes
		}
	}
	return 100*int64(there) >= percent*int64(length)
}

// standing ranks people: 名次 2026 甲 乙 丙; those not ranked follow a dash.
func (l *ledger) standing() string {
	w := l.args
	within := period(w.at(1))
	scheme := l.rules().InForce(domain.StandingKind, community("430702001007"), within.To).Standing
	type place struct {
		label string
		tally domain.StudyTally
	}
	var ranked []place
	var out, unranked []string
	for _, label := range w.plain[2:] {
		t := tally(l.personState(label), within, 0)
		if scheme.Ranked(t) {
			ranked = append(ranked, place{label, t})
		} else {
			unranked = append(unranked, "-"+label)
		}
	}
	slices.SortStableFunc(ranked, func(a, b place) int {
		order, _ := domain.CompareTallies(scheme, a.tally, b.tally)
		return order
	})
	rank := 0
	for i, p := range ranked {
		by := domain.Criterion("")
		if i > 0 {
			_, by = domain.CompareTallies(scheme, ranked[i-1].tally, p.tally)
		}
		if i == 0 || by != "" {
			rank = i + 1
		}
		text := fmt.Sprintf("%d%s", rank, p.label)
		if by != "" {
			text += "(" + string(by) + ")"
		}
		out = append(out, text)
	}
	return strings.Join(append(out, unranked...), " ")
}

// participation gives both rates: 参学 430702001007 2026 常住.
func (l *ledger) participation() string {
	w := l.args
	code, within := community(w.at(1)), period(w.at(2))
	def := l.rules().InForce(domain.ParticipationKind, code, within.To).Participation
	var people, times, outside, members int64
	for p := range l.people {
		s := l.state(p.Stream()).(*domain.Person)
		if domain.CommunityOn(s.Memberships, within.To) == code {
			members++
		}
		in, out := *s, *s
		in.Entries, out.Entries = nil, nil
		for _, e := range s.Entries {
			switch {
			case !stayed(s, &e.Deed, def.MinPercent):
			case domain.CommunityOn(s.Memberships, e.Deed.Span.Day) == code:
				in.Entries = append(in.Entries, e)
			case e.Deed.Community == code:
				out.Entries = append(out.Entries, e)
			}
		}
		if t := tally(&in, within, def.MinMinutes); t.Sessions > 0 {
			people++
			times += t.Sessions
		}
		outside += tally(&out, within, def.MinMinutes).Sessions
	}
	population, known := members, true
	if b := basis(w.at(3)); b != domain.RegisteredMembers {
		population, known = l.population(code, b, within.To)
	}
	if !slices.Contains(def.Bases, basis(w.at(3))) {
		return "不用此口径"
	}
	if !known {
		return "无人口数"
	}
	if population < def.SmallestSize {
		return "不公布"
	}
	return fmt.Sprintf("人数%d/%d 人次%d/%d 外来%d", people, population, times, population, outside)
}

// population is the latest figure of a basis at or before a day.
func (l *ledger) population(code domain.CommunityCode, basis domain.PopulationBasis, on domain.Day) (n int64, known bool) {
	latest := domain.NoDay
	for _, r := range l.streams[code.Stream()] {
		if e, ok := r.event.(*domain.PopulationRecorded); ok && e.Basis == basis && e.Day <= on && e.Day >= latest {
			latest, n, known = e.Day, e.Count, true
		}
	}
	return n, known
}

func (l *ledger) giftNow() string {
	s := l.state(donation(l.args.at(1)).Stream()).(*domain.Donation)
	if !s.Exists {
		return "无"
	}
	text := fmt.Sprintf("%s %s 更正%d次", s.Gift.Day, s.Gift.Amount, s.Corrections)
	if s.Pending != nil {
		text += fmt.Sprintf(" 待决申请%d", s.Pending.No)
	}
	return text
}

func (l *ledger) giftTotals() string {
	code, within := community(l.args.at(1)), period(l.args.at(2))
	sums := map[domain.GiftKind]domain.Fen{}
	n := 0
	for _, label := range l.gifts {
		s := l.state(donation(label).Stream()).(*domain.Donation)
		if s.Exists && s.Gift.Community == code && within.Contains(s.Gift.Day) {
			sums[s.Gift.Kind] += s.Gift.Amount
			n++
		}
	}
	return fmt.Sprintf("%d笔 现金%s 物资%s 支持%s", n, sums[domain.Cash], sums[domain.Goods], sums[domain.InKind])
}

// inForce names the version that applies: 适用 counting 430702001007 2026-03-05.
func (l *ledger) inForce() string {
	v := l.rules().InForce(domain.PolicyKind(l.args.at(1)), community(l.args.at(2)), day(l.args.at(3)))
	if v == nil {
		return "无"
	}
	return fmt.Sprintf("%s/%d", v.ID, v.Version)
}
