package projections

import (
	"fmt"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// history draws a valid history: whatever a command is refused is left out.
type history struct {
	*world
	t       *rapid.T
	codes   []domain.CommunityCode
	people  int
	gifts   int
	sheets  int
	running []int
	row     uint32
	meets   int
	ruled   int // the size at which the rules of a crowded ledger were adopted
}

var (
	organisation = domain.OrganisationID{UUID: testID(7, 1)}
	firstDay     = "2025-10-01"
)

func drawHistory(t *rapid.T, most int) *history {
	h := &history{world: newWorld(t), t: t}
	for _, s := range []string{"430702001001", "430702001002", "430703001001", "430703002001"} {
		h.codes = append(h.codes, code(t, s))
	}
	h.withPolicies()
	h.lateRules()
	h.presentRules()
	h.watchful()
	for range rapid.IntRange(10, most).Draw(t, "length") {
		h.step()
	}
	return h
}

func (h *history) pick(name string, n int) int { return rapid.IntRange(0, n-1).Draw(h.t, name) }
func (h *history) chance(name string, of int) bool {
	return rapid.IntRange(1, of).Draw(h.t, name) == 1
}
func (h *history) community() domain.CommunityCode { return h.codes[h.pick("community", len(h.codes))] }
func (h *history) person() domain.PersonID         { return person(h.pick("person", max(1, h.people))) }
func (h *history) day() domain.Day {
	return day(h.t, firstDay) + domain.Day(h.pick("day", 150))
}

func (h *history) step() {
	actions := []struct {
		weight int
		do     func()
	}{
		{8, h.groupLife}, {6, h.enrolSomeone}, {3, h.move}, {2, h.earlier}, {1, h.leave}, {24, h.claim}, {20, h.decideEntry}, {6, h.propose},
		{6, h.decideProposal}, {6, h.give}, {4, h.correctGift}, {4, h.decideGift}, {8, h.useGift}, {2, h.askDonor}, {3, h.knowGiver}, {2, h.sheet}, {2, h.register},
		{2, h.count}, {2, h.adopt}, {1, h.merge}, {1, h.unmerge}, {1, h.succeed}, {1, h.rights}, {6, h.pass}, {2, h.closing}, {3, h.dispute}, {2, h.missing}, {1, h.aside},
		{4, h.meet}, {3, h.course}, {6, h.arrange}, {6, h.takePart}, {4, h.comeAgain}, {4, h.staff}, {4, h.family},
	}
	sum := 0
	for _, a := range actions {
		sum += a.weight
	}
	n := h.pick("action", sum)
	for _, a := range actions {
		if n -= a.weight; n < 0 {
			a.do()
			return
		}
	}
}

func (h *history) pass() {
	h.now += domain.Instant(rapid.Int64Range(0, 3*24*3600*1000).Draw(h.t, "pass"))
}

func (h *history) enrolSomeone() {
	id, c := person(h.people), h.community()
	h.people++
	_ = h.do(recorder, &domain.EnrolPerson{Person: id, Community: c, Name: "某人"})
	_ = h.do(recorder, &domain.GiveConsent{Person: id, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper}})
	if !h.chance("stranger", 6) {
		_ = h.do(recorder, &domain.StartMembership{Person: id, Membership: domain.Membership{
			Kind: domain.MemberOfCommunity, Community: c, From: h.day(), Basis: domain.OnPaper}})
	}
}

func (h *history) move() {
	id := h.person()
	p := h.state(id.Stream()).(*domain.Person)
	from := h.day()
	for _, m := range p.Memberships {
		if m.Kind == domain.MemberOfCommunity && m.To == domain.MaxDay && from > m.From {
			_ = h.do(recorder, &domain.EndMembership{Person: id, Kind: m.Kind, Community: m.Community, Group: m.Group, To: from - 1})
		}
	}
	m := domain.Membership{Kind: domain.MemberOfCommunity, Community: h.community(), From: from, Basis: domain.OnPaper}
	if h.chance("other kind", 4) {
		m.Kind, m.Community, m.Group = domain.MemberOfTeam, 0, domain.GroupID{UUID: testID(8, uint64(h.pick("team", 3)))}
	}
	_ = h.do(recorder, &domain.StartMembership{Person: id, Membership: m})
}

// earlier says that somebody was a member before the first day known so far.
func (h *history) earlier() {
	id := h.person()
	for _, m := range h.state(id.Stream()).(*domain.Person).Memberships {
		m.From -= domain.Day(h.pick("earlier", 60))
		_ = h.do(recorder, &domain.StartMembership{Person: id, Membership: m})
	}
}

func (h *history) leave() {
	id := h.person()
	for _, m := range h.state(id.Stream()).(*domain.Person).Memberships {
		_ = h.do(recorder, &domain.EndMembership{Person: id, Kind: m.Kind, Community: m.Community, Group: m.Group, To: h.day()})
	}
}

func (h *history) deed(c domain.CommunityCode) domain.Deed {
	d := domain.Deed{Kind: domain.Service, Title: "社区清洁", Category: []string{"环保", "助老"}[h.pick("category", 2)], Community: c}
	d.Span = domain.Span{Day: h.day(), Minutes: domain.Minutes(rapid.IntRange(1, 400).Draw(h.t, "minutes"))}
	if h.chance("study", 2) {
		d.Kind, d.Title = domain.Study, fmt.Sprint("课程", h.pick("title", 3))
		d.Layer = []domain.Layer{"", "居民", "党员"}[h.pick("layer", 3)]
		d.Category = []string{"课程", "讲座", "宣讲"}[h.pick("form", 3)]
		if h.chance("named", 3) {
			d.Activity = activity(h.pick("activity", 4))
		}
		h.ofMeeting(&d)
	} else if h.chance("credit", 2) {
		d.Hours = domain.Credit
	}
	if h.chance("clocked", 3) {
		start := d.Span.Day.Start() + domain.Instant(rapid.IntRange(0, 24*3600*1000-1).Draw(h.t, "start"))
		length := domain.Instant(rapid.IntRange(60_000, 30*3600*1000).Draw(h.t, "length"))
		d.Span = domain.Span{Start: start, End: start + length}
	}
	return d
}

// ofMeeting lets study be that of a meeting now and then, as a sheet tells of it:
// by title and day, or by name.
func (h *history) ofMeeting(d *domain.Deed) {
	if h.meets == 0 || !h.chance("of a meeting", 3) {
		return
	}
	id := h.meeting()
	p := h.state(id.Stream()).(*domain.Activity).Plan
	if p.Kind.EntryKind() != domain.Study {
		return
	}
	d.Title, d.Community, d.Span.Day, d.Activity = p.Title, p.Community, p.Start.Day(), domain.ActivityID{}
	if h.chance("named", 2) {
		d.Activity = id
	}
}

func (h *history) claim() {
	c := &domain.ClaimEntry{Person: h.person(), Deed: h.deed(h.community())}
	c.Row = h.sheetRow()
	_ = h.do(h.somebody(domain.RoleRecorder), c)
}

// sheetRow is now and then a further row of a sheet on its way in.
func (h *history) sheetRow() domain.Row {
	if len(h.running) == 0 || !h.chance("imported", 3) {
		return domain.Row{}
	}
	h.row++
	return domain.Row{Import: sheet(h.running[0]), Number: h.row, Print: uint64(h.pick("print", 5)), Alike: uint64(h.pick("alike", 3))}
}

// entry picks an entry of someone, or nil.
func (h *history) entry(p *domain.Person) *domain.Entry {
	if len(p.Entries) == 0 {
		return nil
	}
	return &p.Entries[h.pick("entry", len(p.Entries))]
}

func (h *history) decideEntry() {
	id := h.person()
	p := h.state(id.Stream()).(*domain.Person)
	e := h.entry(p)
	if e == nil {
		return
	}
	for i := range p.Entries { // mostly one that waits
		if p.Entries[i].Status == domain.Claimed {
			e = &p.Entries[i]
		}
	}
	if h.chance("reject", 6) {
		_ = h.do(h.somebody(domain.RoleConfirmer), &domain.RejectEntry{Person: id, Entry: e.No, Reason: "不符"})
		return
	}
	_ = h.do(h.somebody(domain.RoleConfirmer), &domain.ConfirmEntry{Person: id, Entry: e.No})
}

func (h *history) propose() {
	id := h.person()
	e := h.entry(h.state(id.Stream()).(*domain.Person))
	if e == nil {
		return
	}
	if h.chance("void", 3) {
		_ = h.do(h.somebody(domain.RoleRecorder), &domain.ProposeVoid{Person: id, Entry: e.No, Reason: "重复"})
		return
	}
	d := h.deed(e.Deed.Community)
	d.Kind, d.Organisation = e.Deed.Kind, e.Deed.Organisation
	if d.Kind == domain.Service {
		d.Layer, d.Activity = "", domain.ActivityID{}
	} else {
		d.Hours = domain.Honour
	}
	_ = h.do(h.somebody(domain.RoleRecorder), &domain.ProposeCorrection{Person: id, Entry: e.No, Deed: d, Reason: "更正", Row: h.sheetRow()})
}

func (h *history) decideProposal() {
	id := h.person()
	for _, e := range h.state(id.Stream()).(*domain.Person).Entries {
		if e.Pending != nil {
			_ = h.do(h.somebody(domain.RoleConfirmer), &domain.DecideProposal{
				Person: id, Entry: e.No, Proposal: e.Pending.No, Approve: !h.chance("refuse", 4), Reason: "核对"})
			return
		}
	}
}

func (h *history) gift() domain.Gift {
	g := domain.Gift{Day: h.day(), Kind: domain.Cash, Amount: domain.Fen(rapid.Int64Range(1, 100_000).Draw(h.t, "fen")),
		DonorKind: []domain.DonorKind{domain.Individual, domain.Unit}[h.pick("donor", 2)]}
	if h.chance("goods", 4) {
		g.Kind, g.Amount = domain.Goods, 0
		g.Items = []domain.Item{{Name: "大米", Quantity: 1000 * int64(1+h.pick("bags", 3)), Unit: "袋", Basis: domain.NotValued}}
		if h.chance("valued", 2) {
			g.Items[0].Basis, g.Items[0].Value = domain.ByVoucher, 5000
		}
		if h.chance("books", 2) {
			g.Items = append(g.Items, domain.Item{Name: "旧书", Quantity: 30_000, Unit: "册", Basis: domain.NotValued})
		}
		if h.chance("support", 3) {
			g.Kind, g.Support = domain.InKind, []domain.SupportKind{"", domain.VenueOpened, domain.PeopleSeconded}[h.pick("support", 3)]
		}
	}
	g.Publication = []domain.Publication{"", "", domain.PublishName, domain.PublishAlias}[h.pick("publication", 4)]
	if h.chance("above", 4) {
		g.Organisation = organisation
	} else {
		g.Community = h.community()
	}
	return g
}

func (h *history) give() {
	c := &domain.ReceiveDonation{Donation: donation(h.gifts), Donor: domain.DonorID{UUID: testID(6, uint64(h.pick("donor", 5)))},
		Gift: h.gift(), DonorName: "某人"}
	if h.chance("enrolled", 3) {
		c.Person = h.person()
	}
	c.Row = h.sheetRow()
	h.gifts++
	_ = h.do(recorder, c)
}

func (h *history) correctGift() {
	id := donation(h.pick("gift", max(1, h.gifts)))
	g := h.gift()
	old := h.state(id.Stream()).(*domain.Donation).Gift
	g.Community, g.Organisation = old.Community, old.Organisation
	_ = h.do(recorder, &domain.ProposeDonationCorrection{Donation: id, Gift: g, DonorName: "某人", Reason: "更正", Row: h.sheetRow(),
		Note: []string{"", "原公示有误"}[h.pick("note", 2)]})
}

// useGift does something with a gift, often more than there is.
func (h *history) useGift() {
	id := donation(h.pick("gift", max(1, h.gifts)))
	s := h.state(id.Stream()).(*domain.Donation)
	part := domain.Share{Amount: s.Gift.Amount / domain.Fen(1+h.pick("part", 4))}
	if s.Gift.Kind != domain.Cash {
		part.Amount = 0
	}
	for _, it := range s.Gift.Items {
		if h.chance("thing", 2) {
			part.Items = append(part.Items, domain.Item{Name: it.Name, Quantity: it.Quantity / int64(1+h.pick("part", 3)), Unit: it.Unit})
		}
	}
	on := h.now.Day()
	if n := len(s.Use.Allocations); n > 0 && h.chance("further", 2) {
		a := s.Use.Allocations[h.pick("allocation", n)].No
		switch h.pick("step", 4) {
		case 0:
			step := []domain.UseStep{domain.StepAllocation, domain.StepDelivery}[h.pick("which", 2)]
			_ = h.do(recorder, &domain.ReverseDonationUse{Donation: id, Allocation: a, Step: step, Amount: part.Amount, Items: part.Items, Day: on, Reason: "记错"})
		default:
			_ = h.do(confirmer, &domain.DeliverDonation{Donation: id, Allocation: a, Amount: part.Amount, Items: part.Items, Day: on})
		}
		return
	}
	if h.chance("return", 5) {
		_ = h.do(confirmer, &domain.ReturnDonation{Donation: id, Amount: part.Amount, Items: part.Items, Day: on, Reason: "要求"})
		return
	}
	_ = h.do(recorder, &domain.AllocateDonation{Donation: id, Amount: part.Amount, Items: part.Items, Purpose: "助学", Day: on})
}

// askDonor asks what may be published, or takes an enquiry, or answers one.
func (h *history) askDonor() {
	id := donation(h.pick("gift", max(1, h.gifts)))
	s := h.state(id.Stream()).(*domain.Donation)
	switch h.pick("word", 4) {
	case 0:
		level := []domain.Publication{domain.PublishName, domain.PublishAnonymous}[h.pick("level", 2)]
		_ = h.do(recorder, &domain.AgreePublication{Donation: id, Publication: level, Basis: domain.OnPaper, Day: h.now.Day()})
	case 1:
		_ = h.do(recorder, &domain.WithdrawPublication{Donation: id, Day: h.now.Day()})
	case 2:
		_ = h.do(recorder, &domain.AskDonation{Donation: id, Question: "去向"})
	case 3:
		if len(s.Enquiries) > 0 {
			_ = h.do(recorder, &domain.AnswerDonor{Donation: id, Enquiry: s.Enquiries[0], Answer: "已用"})
		}
	}
}

// knowGiver says who gave a gift, or that nobody enrolled did, or decides on that.
func (h *history) knowGiver() {
	id := donation(h.pick("gift", max(1, h.gifts)))
	if p := h.state(id.Stream()).(*domain.Donation).GiverPending; p != nil {
		_ = h.do(h.somebody(domain.RoleConfirmer), &domain.DecideDonationGiver{
			Donation: id, Proposal: p.No, Giver: p.Giver, Approve: !h.chance("refuse", 4), Reason: "核对"})
		return
	}
	c := &domain.ProposeDonationGiver{Donation: id, Reason: "凭收据", Evidence: []domain.Evidence{{Kind: "receipt"}}}
	if !h.chance("nobody", 4) {
		c.Giver = h.person()
	}
	_ = h.do(h.somebody(domain.RoleRecorder), c)
}

func (h *history) decideGift() {
	for i := range h.gifts {
		if p := h.state(donation(i).Stream()).(*domain.Donation).Pending; p != nil {
			_ = h.do(confirmer, &domain.DecideDonationCorrection{
				Donation: donation(i), Proposal: p.No, Approve: !h.chance("refuse", 4), Reason: "核对"})
			return
		}
	}
}

func (h *history) sheet() {
	if len(h.running) > 0 && h.chance("finish", 2) {
		_ = h.do(recorder, &domain.FinishImport{Finished: domain.ImportFinished{Import: sheet(h.running[0]), Rows: 1}})
		h.running = h.running[1:]
		return
	}
	kinds := []domain.ImportKind{domain.ImportDonations, domain.ImportService, domain.ImportStudy}
	started := domain.ImportStarted{Import: sheet(h.sheets), Kind: kinds[h.pick("sheet", 3)], Community: h.community(),
		Recorder: recorder.Account, Confirmer: confirmer.Account, Rows: 1}
	if h.do(recorder, &domain.StartImport{Started: started}) == nil {
		h.running = append(h.running, h.sheets)
	}
	h.sheets++
}

func (h *history) register() {
	c := h.community()
	_ = h.do(recorder, &domain.RegisterCommunity{Code: c, Name: "社区" + c.String(), From: h.day(), Source: "表"})
}

func (h *history) count() {
	basis := []domain.PopulationBasis{domain.Resident, domain.Household}[h.pick("basis", 2)]
	_ = h.do(recorder, &domain.RecordPopulation{Code: h.community(), Day: h.day(), Basis: basis,
		Count: int64(rapid.IntRange(0, 50).Draw(h.t, "population")), Source: "街道"})
}

func (h *history) adopt() {
	scope := []string{"", "4307", "430702", "430703002001"}[h.pick("scope", 4)]
	v := domain.PolicyVersion{Title: "规则", From: h.now.Day() + domain.Day(h.pick("later", 5))}
	v.ID.Scope = division(h.t, scope)
	switch h.pick("policy", 8) {
	case 0:
		v.ID.Kind = domain.CountingKind
		v.Counting = &domain.CountingPolicy{Rounding: domain.RoundUp, Unit: 30, DayCap: domain.Minutes(120 * h.pick("cap", 4))}
		if h.chance("no honour", 4) {
			v.Counting.ExcludeHonour = true
		}
		v.Counting.PresencePercent = int64(30 * h.pick("presence", 4))
	case 1:
		v.ID.Kind = domain.StarsKind
		v.Stars = &domain.StarScheme{Thresholds: []domain.Minutes{60, 300, 900}}
	case 2:
		v.ID.Kind = domain.StandingKind
		v.Standing = &domain.StandingScheme{Criteria: []domain.Criterion{domain.ByMonths, domain.ByMinutes}, MinSessions: int64(h.pick("least", 3))}
	case 3:
		v.ID.Kind = domain.ParticipationKind
		v.Participation = &domain.ParticipationDefinition{
			Bases: []domain.PopulationBasis{domain.RegisteredMembers, domain.Household}, MinMinutes: domain.Minutes(30 * h.pick("least", 4)),
			MinPercent: int64(30 * h.pick("share", 4)), SmallestSize: int64(h.pick("smallest", 4))}
	case 6:
		v.ID.Kind = domain.CalendarKind
		v.Calendar = &domain.Calendar{From: v.From, To: v.From + 200}
		off := v.From + domain.Day(h.pick("off", 150))
		v.Calendar.Holidays = []domain.Holiday{{Name: "节", From: off, To: off + domain.Day(h.pick("days", 9))}}
	case 5:
		v.ID.Kind = domain.IntegrityKind
		v.Integrity = &domain.IntegrityPolicy{DayMinutes: domain.Minutes(300 * h.pick("minutes", 3)), LateDays: int64(10 * h.pick("days", 3))}
	case 4:
		v.ID.Kind = domain.ScorecardKind
		v.Scorecard = h.scorecardFor()
	}
	if v.ID.Kind == "" {
		v.ID.Kind = domain.ClosingKind
		v.Closing = &domain.ClosingPolicy{Late: []domain.LateRule{domain.LateCounts, domain.LateCarried, domain.LateFlagged}[h.pick("late", 3)]}
	}
	v.Version = 1
	if latest := h.state(v.ID.Stream()).(*domain.Policy).Latest; latest != nil {
		v.Version = latest.Version + 1
	}
	_ = h.do(recorder, &domain.AdoptPolicy{Policy: v})
}

func (h *history) merge() {
	if h.people < 2 {
		return
	}
	a, b := h.person(), h.person()
	for _, id := range []domain.PersonID{a, b} {
		if p := h.state(id.Stream()).(*domain.Person); !p.Exists || !p.MergedInto.IsZero() {
			return
		}
	}
	if a != b {
		if h.chance("at one time", 2) {
			h.atOneTime(a, b)
		}
		h.mergeNow(a, b)
	}
}

// unmerge undoes a merge, as two persons decide.
func (h *history) unmerge() {
	id := h.person()
	p := h.state(id.Stream()).(*domain.Person)
	if p.MergedInto.IsZero() {
		return
	}
	into := p.MergedInto
	if h.do(recorder, &domain.ProposePersonUnmerge{Person: id, Into: into, Reason: "不是同一人"}) == nil {
		no := domain.ProposalNo(h.counts[id.Stream()] - 1)
		_ = h.do(confirmer, &domain.DecidePersonUnmerge{Person: id, Into: into, Proposal: no, Approve: !h.chance("refused", 4), Reason: "是同一人"})
	}
}

// succeed lets communities give way in the order of their codes, so that no
// circle comes about.
func (h *history) succeed() {
	i := h.pick("old", len(h.codes)-1)
	c := h.codes[i]
	if len(h.state(c.Stream()).(*domain.Community).Successors) > 0 {
		return
	}
	e := &domain.CommunitySucceeded{Code: c, Successors: h.codes[i+1 : i+2], From: h.day(), Source: "批复"}
	if h.chance("split", 4) && i+2 < len(h.codes) {
		e.Successors = h.codes[i+1 : i+3]
	}
	h.record(c.Stream(), e, recorder)
}

func (h *history) rights() {
	id := h.person()
	if p := h.state(id.Stream()).(*domain.Person); !p.Exists || p.Erased || !p.MergedInto.IsZero() {
		return
	}
	if h.chance("erase", 3) {
		h.record(id.Stream(), &domain.PersonErased{Person: id}, recorder)
		return
	}
	h.record(id.Stream(), &domain.ProcessingRestricted{Person: id}, recorder)
	h.record(id.Stream(), &domain.RestrictionLifted{Person: id}, recorder)
}
