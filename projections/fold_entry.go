package projections

import (
	"sync/atomic"

	"zhishu/domain"
)

func (b *books) claim(i uint32, p *personRow, e *domain.EntryClaimed, f *fact) error {
	flags := uint8(0)
	if !e.Row.Import.IsZero() {
		flags = entryImported
	}
	j, err := b.offer(i, p, domain.EntryNo(f.revision), &e.Deed, f, flags)
	if err != nil {
		return err
	}
	b.present(j, e)
	if !e.Row.Import.IsZero() {
		b.reach(b.print(e.Row, j, false), i, b.entries.at(j).community)
	}
	return nil
}

// proposeCorrection remembers the row that says otherwise beside the value it
// offers: it stands for the entry once, and if, the value takes effect.
func (b *books) proposeCorrection(i uint32, p *personRow, e *domain.EntryCorrectionProposed, f *fact) error {
	flags := entryCorrection
	if !e.Row.Import.IsZero() {
		flags |= entryOwnRow
	}
	j, err := b.offer(i, p, e.Entry, &e.Deed, f, flags)
	if err == nil && flags&entryOwnRow != 0 {
		b.reach(b.print(e.Row, j, false), i, b.entries.at(j).community)
	}
	return err
}

// offer appends a value of an entry that does not count yet.
func (b *books) offer(i uint32, p *personRow, no domain.EntryNo, d *domain.Deed, f *fact, flags uint8) (uint32, error) {
	s := &d.Span
	if s.Minutes < 0 || s.Minutes > domain.Minutes(never) || s.Day <= domain.MinDay || s.Day >= domain.MaxDay {
		return none, malformed("an entry's span is out of range")
	}
	if m := d.Scheduled.Minutes; m < 0 || m > domain.Minutes(never) {
		return none, malformed("the scheduled length of an entry's activity is out of range")
	}
	row := entryRow{
		content: f.content, person: i, prev: p.entries, entry: uint32(no), at: b.size, effective: never, closed: never,
		day: int32(s.Day), minutes: uint32(s.Minutes), flags: flags,
	}
	if s.Clocked() {
		start, length := s.Start-s.Day.Start(), s.End-s.Start
		if start < 0 || start >= 24*60*60_000 || length < 0 || length/60_000 > domain.Instant(never) {
			return none, malformed("an entry's clock times do not fit its day")
		}
		row.start, row.length, row.lengthMs = uint32(start), uint32(length/60_000), uint16(length%60_000)
		row.flags |= entryClocked
	}
	if d.Kind == domain.Study {
		row.flags |= entryStudy
	}
	if d.Hours == domain.Credit {
		row.flags |= entryCredit
	}
	if !d.Activity.IsZero() {
		row.flags |= entryNamed
	}
	row.community = b.communityOf(d.Community)
	row.label = b.labels.add(labels{d.Category, string(d.Layer), d.Scheduled.Minutes})
	here := b.communities.at(row.community)
	row.prevHere = here.entries
	j := b.entries.push(row)
	b.sign(f)
	atomic.StoreUint32(&p.entries, j)
	atomic.StoreUint32(&here.entries, j)
	b.touchEntry(i, p, &row)
	return j, nil
}

// touchEntry touches where the entry was recorded and where its person belongs.
func (b *books) touchEntry(i uint32, p *personRow, r *entryRow) {
	kinds := uint32(1 << touchService)
	if r.flags&entryStudy != 0 {
		kinds = 1 << touchStudy
	}
	b.touchStanding(r.community, kinds)
	b.touchPerson(i, p, kinds)
}

// open finds the row of an entry that is not closed, or none: the claim or its
// standing value, or the correction that waits.
func (b *books) open(p *personRow, no domain.EntryNo, match func(*entryRow) bool) uint32 {
	for j := p.entries; j != none; {
		r := b.entries.at(j)
		if r.entry == uint32(no) && r.closed == never && match(r) {
			return j
		}
		if r.entry < uint32(no) && r.flags&entryCorrection == 0 {
			return none // claims rise: the entry's rows are behind us
		}
		j = r.prev
	}
	return none
}

func isClaim(r *entryRow) bool    { return r.flags&entryCorrection == 0 && r.effective == never }
func isStanding(r *entryRow) bool { return r.effective != never }
func isPending(r *entryRow) bool  { return r.flags&entryCorrection != 0 && r.effective == never }

func (b *books) confirm(i uint32, p *personRow, no domain.EntryNo, f *fact) {
	if j := b.open(p, no, isClaim); j != none {
		b.decide(j, f)
		b.takeEffect(i, p, j)
	}
}

func (b *books) reject(i uint32, p *personRow, no domain.EntryNo, f *fact) {
	if j := b.open(p, no, isClaim); j != none {
		b.decide(j, f)
		b.close(i, p, j)
	}
}

func (b *books) approveCorrection(i uint32, p *personRow, no domain.EntryNo, f *fact) {
	pending := b.open(p, no, isPending)
	if pending == none {
		return
	}
	b.decide(pending, f)
	b.close(i, p, b.open(p, no, isStanding))
	b.takeEffect(i, p, pending)
}

func (b *books) refuseCorrection(i uint32, p *personRow, no domain.EntryNo, f *fact) {
	if j := b.open(p, no, isPending); j != none {
		b.decide(j, f)
		b.close(i, p, j)
	}
}

func (b *books) void(i uint32, p *personRow, no domain.EntryNo, f *fact) {
	b.act(i, p, uint32(no), actVoidApproved, f)
	b.close(i, p, b.open(p, no, isStanding))
}

func (b *books) takeEffect(i uint32, p *personRow, j uint32) {
	r := b.entries.at(j)
	r.late = b.judge(r)
	atomic.StoreUint32(&r.effective, b.size)
	b.touchEntry(i, p, r)
}

func (b *books) close(i uint32, p *personRow, j uint32) {
	if j != none {
		r := b.entries.at(j)
		atomic.StoreUint32(&r.closed, b.size)
		b.touchEntry(i, p, r)
	}
}
