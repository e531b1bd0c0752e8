package projections

import (
	"maps"

	"zhishu/domain"
)

// A session without a number is known from what people's records say of it and
// nothing else: where few were at those of a month and layer, how many there
// were is what these did. So they are withheld by the tree of divisions, each
// month and layer a cell of its own. No sum over months or layers is published
// that holds a withheld cell. A session with a number was announced; it always
// stays.

// sessionKey is a cell of the monthly sessions.
type sessionKey struct {
	month domain.Month
	layer string
}

// hiddenSessions are the cells of one division whose sessions without a number
// are withheld.
type hiddenSessions map[sessionKey]Suppression

// hiddenSessions lists what is withheld of a division's monthly sessions.
func (v *View) hiddenSessions(d domain.Division, period domain.Period, on domain.Day) hiddenSessions {
	if v.everything {
		return nil
	}
	out := hiddenSessions{}
	for key, why := range v.sessionDisclosure(period, on)[d] {
		out[key] = why
	}
	for _, key := range v.sessionsFewDiffer(d, period, on) {
		if out[key] == NotSuppressed {
			out[key] = Difference
		}
	}
	return out
}

// month is why something of a month is withheld.
func (h hiddenSessions) month(m domain.Month) (why Suppression) {
	for key, x := range h {
		if key.month == m && (why == NotSuppressed || x < why) { // whatever the order of a map
			why = x
		}
	}
	return why
}

// publish takes what is withheld out of a month's sessions. A layer that had no
// others goes with them.
func (h hiddenSessions) publish(m domain.Month, held []LayerSessions) (shown []LayerSessions, why Suppression) {
	if why = h.month(m); why == NotSuppressed {
		return held, why
	}
	for _, l := range held {
		if x := h[sessionKey{m, string(l.Layer)}]; x != NotSuppressed {
			l.Unnamed, l.Suppressed = 0, x
			if l.Named == 0 {
				continue
			}
		}
		shown = append(shown, l)
	}
	return shown, why
}

// sessionDisclosure decides over the whole ledger which divisions' sessions
// without a number are withheld, cell by cell.
func (v *View) sessionDisclosure(period domain.Period, on domain.Day) map[domain.Division]hiddenSessions {
	if v.base != nil {
		return v.base.sessionDisclosure(period, on)
	}
	key := cacheKey{part: partSessions, period: period, number: int64(on)}
	changed := func() uint32 { return v.b.changedAt(domain.Division{}, 1<<touchStudy) }
	weigh := func(m map[domain.Division]hiddenSessions) (n int) {
		for _, cells := range m {
			n += 64 + 64*len(cells)
		}
		return n
	}
	return part(v, key, changed, weigh, func() map[domain.Division]hiddenSessions {
		communities := v.b.communitiesIn(domain.Division{})
		cells := map[sessionKey][]*posting{}
		for i, p := range parallel(communities, func(c codeNumber) *herePart { return v.studyHere(c, period, domain.Least{}) }) {
			for _, s := range p.sessions {
				if s.unnamed > 0 { // whoever was there, a member or not
					x := &posting{division: communities[i].code.Division()}
					x.whole = crowd{members: int64(len(s.people)), acting: actors{wholePeriod: s.people}}
					key := sessionKey{s.month, s.layer}
					cells[key] = append(cells[key], x)
				}
			}
		}
		w, out, needs := withholding{limit: v.crowdLimit()}, map[domain.Division]hiddenSessions{}, map[domain.Division]int64{}
		for key, places := range cells {
			root := tree(places)
			root.each(func(c *posting) {
				if _, known := needs[c.division]; !known {
					needs[c.division] = v.smallest(c.division, on)
				}
				c.whole.need = needs[c.division]
			})
			w.decide(root)
			root.each(func(c *posting) {
				if c.why == NotSuppressed {
					return
				}
				if out[c.division] == nil {
					out[c.division] = hiddenSessions{}
				}
				out[c.division][key] = c.why
			})
		}
		return out
	})
}

// each calls do for a cell and all beneath it.
func (c *posting) each(do func(*posting)) {
	do(c)
	for _, child := range c.children {
		child.each(do)
	}
}

// sessionsFewDiffer lists the cells of the past, or under another rule, that are
// told from today's by sessions at which too few were.
func (v *View) sessionsFewDiffer(d domain.Division, period domain.Period, on domain.Day) (out []sessionKey) {
	need := v.smallest(d, on)
	for _, w := range v.others() {
		since := uint32(0)
		if w != v.base {
			since = v.size
		}
		past, present := v.gatherings(d, period, since), w.gatherings(d, period, since)
		for key := range past {
			if present[key].fewTell(past[key], need) {
				out = append(out, key)
			}
		}
		for key := range present {
			if _, known := past[key]; !known && present[key].fewTell(nil, need) {
				out = append(out, key)
			}
		}
	}
	return out
}

// gathering is a session without a number.
type gathering struct {
	community uint32
	titled
}

// gatherings are sessions without a number, each with who was there.
type gatherings map[gathering][]uint32

// people are all who were at one of them, as many as there are.
func (g gatherings) people() int64 {
	var all []uint32
	for _, people := range g {
		all = append(all, people...)
	}
	return distinct(all)
}

// fewTell reports whether some were at the sessions that only one of two lists
// has, but fewer than need.
func (g gatherings) fewTell(past gatherings, need int64) bool {
	apart := gatherings{}
	for at, people := range past {
		if _, still := g[at]; !still {
			apart[at] = people
		}
	}
	for at, people := range g {
		if _, known := past[at]; !known {
			apart[at] = people
		}
	}
	return few(apart.people(), need)
}

func few(n, need int64) bool { return 0 < n && n < need }

// gatherings are a division's sessions without a number, without those of
// communities that nothing has touched since a size.
func (v *View) gatherings(d domain.Division, period domain.Period, since uint32) map[sessionKey]gatherings {
	out := map[sessionKey]gatherings{}
	for _, c := range v.b.communitiesIn(d) {
		if v.changed(c, 1<<touchStudy)() <= since {
			continue
		}
		for key, held := range v.gatheringsOf(c, period) {
			if out[key] == nil {
				out[key] = gatherings{}
			}
			maps.Copy(out[key], held)
		}
	}
	return out
}

func (v *View) gatheringsOf(c codeNumber, period domain.Period) map[sessionKey]gatherings {
	key := cacheKey{part: partGatherings, division: c.code.Division(), period: period}
	weigh := func(m map[sessionKey]gatherings) (n int) {
		for _, held := range m {
			n += 64 + held.weight()
		}
		return n
	}
	return part(v, key, v.changed(c, 1<<touchStudy), weigh, func() map[sessionKey]gatherings {
		f, out := sessionFold{v: v}, map[sessionKey]gatherings{}
		v.recordedHere(c.number, func(r *entryRow) {
			if r.flags&entryStudy != 0 && r.flags&entryNamed == 0 && period.Contains(v.countsOn(r)) {
				f.add(r)
			}
		})
		f.eachLayer(func(layer string, held []session, once []attendance) {
			eachUnnamed(held, once, func(m domain.Month, s *session) {
				key := sessionKey{m, layer}
				if out[key] == nil {
					out[key] = gatherings{}
				}
				at := gathering{c.number, titled{s.content, s.day}}
				out[key][at] = append(out[key][at], s.person)
			})
		})
		return out
	})
}

func (g gatherings) weight() (n int) {
	for _, people := range g {
		n += 64 + 4*len(people)
	}
	return n
}
