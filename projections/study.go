package projections

import (
	"cmp"
	"slices"

	"zhishu/domain"
)

// attendance is a confirmed study row in reduced form.
type attendance struct {
	content uint64
	day     domain.Day
	minutes uint32
	named   bool
	counted domain.Day // by which it belongs to a month; the day, unless it was carried over
}

// studyCell is a month's study of members.
type studyCell struct {
	month       domain.Month
	personTimes int64
	minutes     domain.Minutes
}

// studyRow is one person's tally in a part, compact.
type studyRow struct {
	person   uint32
	sessions uint32
	months   uint32
	minutes  uint32
}

func (r *studyRow) tally() domain.StudyTally {
	return domain.StudyTally{Sessions: int64(r.sessions), Months: int64(r.months), Minutes: domain.Minutes(r.minutes)}
}

// personTimes reduces attendances to one for each named session, and to one
// for each day and content of those without: the first of each, in order of
// the day they count on. It sorts and shortens its argument.
func personTimes(all []attendance) []attendance {
	slices.SortFunc(all, func(x, y attendance) int {
		if x.named != y.named {
			if x.named {
				return -1
			}
			return 1
		}
		if c := cmp.Compare(x.content, y.content); c != 0 {
			return c
		}
		if x.named { // whatever its day
			return cmp.Compare(x.counted, y.counted)
		}
		return cmp.Or(cmp.Compare(x.day, y.day), cmp.Compare(x.counted, y.counted))
	})
	all = slices.CompactFunc(all, func(x, y attendance) bool {
		return x.named == y.named && x.content == y.content && (x.named || x.day == y.day)
	})
	slices.SortFunc(all, func(x, y attendance) int { return cmp.Compare(x.counted, y.counted) })
	return all
}

// studyFold tallies one subject after another.
type studyFold struct {
	v      *View
	period domain.Period
	least  domain.Least
	cells  map[domain.Month]*studyCell
	buf    []attendance
}

// tally sums a subject's study on the days on which belongs says so.
func (f *studyFold) tally(s subject, belongs func(domain.Day) bool) domain.StudyTally {
	var t domain.StudyTally
	f.buf = f.buf[:0]
	once := f.v.attendedOnce(s)
	f.v.eachRow(s, func(r *entryRow) {
		day := domain.Day(r.day)
		counted := f.v.countsOn(r)
		if r.flags&entryStudy == 0 || !f.period.Contains(counted) || !belongs(day) || !f.v.enough(s, r, f.least) {
			return
		}
		f.buf = append(f.buf, f.v.attended(r))
		minutes := once.minutes(r)
		t.Minutes += minutes
		f.cell(counted).minutes += minutes
	})
	times := personTimes(f.buf)
	t.Sessions, t.Months = studySums(times)
	for _, a := range times {
		f.cell(a.counted).personTimes++
	}
	return t
}

// attendedOnce is what study rows count in minutes for somebody with several
// numbers; nil for everybody else.
type attendedOnce map[*entryRow]domain.Minutes

func (o attendedOnce) minutes(r *entryRow) domain.Minutes {
	if m, ok := o[r]; ok {
		return m
	}
	return domain.Minutes(r.minutes)
}

func (v *View) attendedOnce(s subject) attendedOnce {
	if len(s.others) == 0 {
		return nil
	}
	var rows []*entryRow
	var facts []domain.Fact
	v.eachRow(s, func(r *entryRow) {
		if r.flags&entryStudy != 0 {
			rows, facts = append(rows, r), append(facts, v.factOf(s, r))
		}
	})
	once := make(attendedOnce, len(rows))
	for i, a := range domain.AttendedOnce(facts) {
		once[rows[i]] = a.Minutes
	}
	return once
}

// studySums counts person-times and the months they lie in.
func studySums(personTimes []attendance) (sessions, months int64) {
	for i, a := range personTimes {
		sessions++
		if i == 0 || a.counted.Month() != personTimes[i-1].counted.Month() {
			months++
		}
	}
	return sessions, months
}

func (f *studyFold) cell(d domain.Day) *studyCell {
	m := d.Month()
	c := f.cells[m]
	if c == nil {
		c = &studyCell{month: m}
		f.cells[m] = c
	}
	return c
}

// studyPart is the study of the settled members of one community, or of the
// unsettled members of one division.
type studyPart struct {
	community codeNumber // zero for unsettled members
	rows      []studyRow // persons with study, by number
	cells     []studyCell
	unsettled []uint32 // canonical persons to be computed for each division
}

func (p *studyPart) weight() int { return 16*len(p.rows) + 24*len(p.cells) + 4*len(p.unsettled) }

func (v *View) studyPart(c codeNumber, period domain.Period, least domain.Least) *studyPart {
	key := cacheKey{part: partStudy, division: c.code.Division(), period: period, number: leastKey(least)}
	return part(v, key, v.changed(c, 1<<touchStudy), (*studyPart).weight, func() *studyPart {
		fold := studyFold{v: v, period: period, least: least, cells: map[domain.Month]*studyCell{}}
		out := &studyPart{community: c}
		v.membersOf(c.number, func(s subject, settled bool) {
			if !settled {
				out.unsettled = append(out.unsettled, s.person)
				return
			}
			out.add(s, fold.tally(s, func(d domain.Day) bool { return v.memberOn(s.person, d) != none }))
		})
		out.cells = fold.sortedCells()
		return out
	})
}

// unsettledStudy computes what cannot be summed over communities.
func (v *View) unsettledStudy(d domain.Division, people []uint32, period domain.Period, least domain.Least) *studyPart {
	fold := studyFold{v: v, period: period, least: least, cells: map[domain.Month]*studyCell{}}
	out := &studyPart{}
	for _, i := range people {
		s := v.subjectOf(i)
		out.add(s, fold.tally(s, func(day domain.Day) bool { return v.inDivision(d, v.homeOn(s, day)) }))
	}
	out.cells = fold.sortedCells()
	return out
}

func (p *studyPart) add(s subject, t domain.StudyTally) {
	if t.Sessions > 0 {
		p.rows = append(p.rows, studyRow{s.person, uint32(t.Sessions), uint32(t.Months), uint32(min(t.Minutes, domain.Minutes(never)))})
	}
}

func (f *studyFold) sortedCells() []studyCell {
	cells := make([]studyCell, 0, len(f.cells))
	for _, c := range f.cells {
		cells = append(cells, *c)
	}
	slices.SortFunc(cells, func(x, y studyCell) int { return cmp.Compare(x.month, y.month) })
	return cells
}

// inDivision reports whether a community lies in a division.
func (v *View) inDivision(d domain.Division, community uint32) bool {
	return community != none && d.Contains(v.b.communities.at(community).code)
}

// changed is when a community was last touched.
func (v *View) changed(c codeNumber, kinds uint32) func() uint32 {
	node := v.b.communities.at(c.number).path[0]
	return func() uint32 { return v.b.nodeChangedAt(node, kinds) }
}

// studyParts are the parts of every community of a division, and one more of
// its unsettled members.
func (v *View) studyParts(d domain.Division, period domain.Period, least domain.Least) []*studyPart {
	communities := v.b.communitiesIn(d)
	parts := parallel(communities, func(c codeNumber) *studyPart { return v.studyPart(c, period, least) })
	var unsettled []uint32
	for _, p := range parts {
		unsettled = append(unsettled, p.unsettled...)
	}
	slices.Sort(unsettled)
	unsettled = slices.Compact(unsettled)
	if len(unsettled) > 0 {
		parts = append(parts, v.unsettledStudy(d, unsettled, period, least))
	}
	return parts
}
