package projections

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// participationSubjects are the communities with study: members' months,
// sessions held, visitors, and members.
func (v *View) participationSubjects(add func(*subjectRow)) {
	var r subjectRow
	for _, c := range v.b.communitiesIn(domain.Division{}) {
		d := c.code.Division()
		r.reset("participation")
		r.num(int64(c.code))
		empty := len(r.b)
		persons, cells := sumStudy(v.studyParts(d, domain.AllTime, domain.Least{}))
		for _, cell := range cells {
			r.num(int64(cell.month))
			r.num(cell.personTimes)
			r.num(int64(cell.minutes))
		}
		if persons > 0 {
			r.num(persons)
		}
		here := v.studyHere(c, domain.AllTime, domain.Least{})
		for _, s := range here.sessions {
			r.num(int64(s.month))
			r.text(s.layer)
			r.num(s.named)
			r.num(s.unnamed)
		}
		if o := v.outside(d, []*herePart{here}); o != (Outside{}) {
			r.num(o.Persons)
			r.num(o.Entries)
			r.num(o.PersonTimes)
			r.num(int64(o.Minutes))
		}
		if len(r.b) > empty {
			add(&r)
		}
	}
}

// sumStudy sums parts: who is summed with a community and who apart is no figure,
// and is known from today's books whatever the view.
func sumStudy(parts []*studyPart) (persons int64, cells []studyCell) {
	fold := studyFold{cells: map[domain.Month]*studyCell{}}
	for _, p := range parts {
		persons += int64(len(p.rows))
		for _, c := range p.cells {
			sum := fold.cell(c.month.First())
			sum.personTimes += c.personTimes
			sum.minutes += c.minutes
		}
	}
	return persons, fold.sortedCells()
}

// donationSubject is a donation's row: every value it has had.
func (v *View) donationSubject(i uint32, out *subjectRow) bool {
	d := v.b.donations.at(i)
	if d.at >= v.size {
		return false
	}
	out.id(d.id.UUID)
	out.id(d.donor.UUID)
	out.id(v.giverOf(d).UUID)
	for j := atomic.LoadUint32(&d.gifts); j != none; {
		g := v.b.gifts.at(j)
		if j = g.prev; g.at >= v.size {
			continue
		}
		x := v.giftVersion(g)
		out.text(string(x.State))
		out.num(int64(x.Day))
		out.text(string(x.Kind))
		out.num(int64(x.Amount))
		out.num(int64(x.Valued))
		out.num(int64(x.Community))
		out.id(x.Organisation.UUID)
		out.text(string(x.DonorKind))
		out.text(string(x.Publication))
		out.id(x.Import.UUID)
		out.num(int64(x.Row))
		out.text(string(x.Support))
		out.text(x.Note)
		for _, it := range x.Items {
			out.text(it.Name)
			out.text(it.Unit)
			out.num(it.Quantity)
			out.num(int64(it.Value))
			out.text(string(it.Basis))
		}
	}
	for j := atomic.LoadUint32(&d.uses); j != none; {
		u := v.b.uses.at(j)
		if j = u.prev; u.at >= v.size {
			continue
		}
		out.num(int64(u.kind))
		out.num(int64(u.day))
		out.num(u.quantity)
		switch {
		case u.kind >= useLevel:
			out.num(int64(u.thing))
		case u.thing != none:
			x := v.b.things.value(u.thing)
			out.text(x.name)
			out.text(x.unit)
		}
	}
	return true
}

// importSubjects are the sheets with the prints of the rows they brought. What
// of them stands is in the digests of what they became.
func (v *View) importSubjects(add func(*subjectRow)) {
	var r subjectRow
	for _, info := range v.Imports() {
		row, _ := v.importOf(info.Import)
		r.reset("imports")
		r.id(info.Import.UUID)
		r.text(string(info.Kind))
		r.num(int64(info.Community))
		r.id(info.Organisation.UUID)
		r.num(info.Rows)
		r.num(int64(info.Declared))
		r.num(int64(info.DeclaredMins))
		r.text(string(info.Disposition))
		r.id(info.Earlier.UUID)
		f := &info.Finished
		for _, n := range [...]int64{
			f.Rows, f.Accepted, f.Recognised, f.Corrected, f.Refused, f.LookAlikes, int64(f.Fen), int64(f.Minutes),
		} {
			r.num(n)
		}
		for _, x := range f.Refusals {
			r.text(x.Code)
			r.num(x.Count)
		}
		prints := v.printsOf(row)
		r.num(prints.n)
		r.b = append(r.b, prints.sum[:]...)
		add(&r)
	}
}

// printsOf hashes the rows an import brought before the view, by row number.
func (v *View) printsOf(row *importRow) printSum {
	newest := atomic.LoadUint32(&row.prints)
	for newest != none && v.b.prints.at(newest).at >= v.size {
		newest = v.b.prints.at(newest).prev
	}
	return v.cache.digests.printsUpTo(newest, func() printSum {
		var rows [][printBytes]byte
		for j := newest; j != none; j = v.b.prints.at(j).prev {
			p := v.b.prints.at(j)
			var b [printBytes]byte
			binary.BigEndian.PutUint32(b[0:], p.number)
			binary.BigEndian.PutUint64(b[4:], p.print)
			binary.BigEndian.PutUint64(b[12:], p.alike)
			rows = append(rows, b)
		}
		slices.SortFunc(rows, func(a, b [printBytes]byte) int { return bytes.Compare(a[:], b[:]) })
		h := sha256.New()
		for i := range rows {
			h.Write(rows[i][:])
		}
		sum := printSum{n: int64(len(rows))}
		h.Sum(sum.sum[:0])
		return sum
	})
}

const printBytes = 20

type printSum struct {
	n   int64
	sum [32]byte
}

// printsUpTo remembers the rows of an import up to its newest one: what lies
// behind a row never changes.
func (c *digestCache) printsUpTo(newest uint32, make func() printSum) printSum {
	c.mu.Lock()
	sum, ok := c.prints[newest]
	c.mu.Unlock()
	if ok {
		return sum
	}
	sum = make()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.prints == nil || len(c.prints) > 10_000 {
		c.prints = map[uint32]printSum{}
	}
	c.prints[newest] = sum
	return sum
}

func (v *View) communitySubjects(add func(*subjectRow)) {
	var r subjectRow
	for _, c := range v.Communities(domain.Division{}).Communities {
		r.reset("communities")
		r.num(int64(c.Code))
		r.text(c.Name)
		r.num(int64(c.From))
		r.num(int64(c.SucceedsOn))
		for _, to := range c.Successors {
			r.num(int64(to))
		}
		r.num(c.Members)
		for _, p := range c.Populations {
			r.text(string(p.Basis))
			r.num(int64(p.Day))
			r.num(p.Count)
			r.text(p.Source)
		}
		add(&r)
	}
}

func (v *View) policySubjects(add func(*subjectRow)) {
	var r subjectRow
	for _, p := range v.Policies() {
		r.reset("policies")
		r.policy(&p)
		r.text(p.Title)
		r.num(int64(p.From))
		r.num(int64(p.Adopted))
		r.policyBody(&p)
		add(&r)
	}
}

// policyBody is what a version says.
func (r *subjectRow) policyBody(p *domain.PolicyVersion) {
	if c := p.Counting; c != nil {
		excluded := slices.Clone(c.ExcludedCategories)
		slices.Sort(excluded)
		for _, x := range excluded {
			r.text(x)
		}
		for _, n := range [...]domain.Minutes{c.Minimum, c.Unit, c.EntryCap, c.DayCap, c.Deduction, c.Floor} {
			r.num(int64(n))
		}
		r.num(c.PresencePercent)
		for _, w := range c.Weights {
			r.text(w.Category)
			r.num(w.Numerator)
			r.num(w.Denominator)
		}
		r.text(string(c.Rounding))
		if c.ExcludeHonour {
			r.num(1)
		}
	}
	if s := p.Stars; s != nil {
		for _, t := range s.Thresholds {
			r.num(int64(t))
		}
		r.num(s.ContinuousMonths)
		r.num(int64(s.Since))
		r.num(int64(s.CutOff))
		if s.ExcludeEarlier {
			r.num(1)
		}
	}
	if s := p.Standing; s != nil {
		for _, c := range s.Criteria {
			r.text(string(c))
		}
		r.num(s.MinSessions)
		if s.MinMembers > 0 {
			r.num(s.MinMembers)
		}
	}
	if x := p.Integrity; x != nil {
		for _, n := range [...]int64{int64(x.DayMinutes), x.BurstEntries, int64(x.BurstMinutes), x.LateDays} {
			r.num(n)
		}
	}
	if c := p.Calendar; c != nil {
		r.num(int64(c.From))
		r.num(int64(c.To))
		for _, h := range c.Holidays {
			r.text(h.Name)
			r.num(int64(h.From))
			r.num(int64(h.To))
		}
		for _, d := range c.Working {
			r.num(int64(d))
		}
	}
	if c := p.Closing; c != nil {
		r.text(string(c.Late))
	}
	if d := p.Participation; d != nil {
		for _, b := range d.Bases {
			r.text(string(b))
		}
		r.num(int64(d.MinMinutes))
		r.num(d.MinPercent)
		r.num(d.SmallestSize)
		for _, c := range d.TrainingCategories {
			r.text(c)
		}
	}
	if c := p.Scorecard; c != nil {
		for _, it := range c.Items {
			r.text(string(it.Item))
			r.num(it.Target)
			for _, x := range it.Categories {
				r.text(x)
			}
		}
	}
}
