package projections

import (
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// activitySubject is an activity's row: every plan, who signed up, and who was
// there. What their entries came to is in the digests of stars and standing.
func (v *View) activitySubject(i uint32, out *subjectRow) bool {
	a := v.b.activities.at(i)
	if a.at >= v.size {
		return false
	}
	out.id(a.id.UUID)
	out.text(string(v.statusOf(a)))
	if atomic.LoadUint32(&a.cancelled) < v.size {
		out.text(v.b.plans.value(a.notice).notice)
	}
	if atomic.LoadUint32(&a.closed) < v.size {
		out.num(int64(a.people))
	}
	for j := atomic.LoadUint32(&a.plans); j != none; j = v.b.planRows.at(j).prev {
		if p := v.b.planRows.at(j); p.at < v.size {
			out.plan(v.planOf(a, p))
			out.text(v.b.plans.value(p.words).notice)
		}
	}
	for j := atomic.LoadUint32(&a.windows); j != none; j = v.b.windows.at(j).prev {
		if w := v.b.windows.at(j); w.at < v.size {
			x := v.window(w)
			out.num(int64(x.From))
			out.num(int64(x.Until))
		}
	}
	v.eachSignUp(a, func(s *signUpRow) { out.id(v.b.persons.at(s.person).id.UUID) })
	var there [][]byte
	v.eachAttendance(a, func(r *attendanceRow) {
		var x subjectRow
		x.id(v.b.persons.at(r.person).id.UUID)
		x.num(int64(r.checkIn))
		x.num(r.in)
		x.num(r.until)
		x.num(int64(r.read))
		if !r.pending(v.size) {
			x.num(int64(v.b.entries.at(r.entry).entry))
		}
		there = append(there, x.b)
	})
	slices.SortFunc(there, slices.Compare) // people's own streams come in any order
	for _, x := range there {
		out.text(string(x))
	}
	return true
}

func (r *subjectRow) plan(p domain.Plan) {
	for _, s := range [...]string{string(p.Kind), p.Title, p.Category, p.Place, string(p.Layer), p.Series} {
		r.text(s)
	}
	r.num(int64(p.Community))
	r.id(p.Organisation.UUID)
	r.num(int64(p.Start))
	r.num(int64(p.End))
	r.num(int64(p.Capacity))
	r.id(p.MakeupOf.UUID)
	r.id(p.PersonInCharge.UUID)
}
