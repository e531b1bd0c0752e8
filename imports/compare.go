package imports

import (
	"context"
	"strings"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/eventstore"
	"zhishu/sheets"
)

// comparer weighs rows of an earlier issue, as they stand now, against new
// ones. Only rows between equal ones are looked at, so few are opened.
type comparer struct {
	r     *run
	ctx   context.Context
	gifts map[int]*standingGift
	deeds map[int]*domain.Entry
	folds map[domain.PersonID]*domain.Person
	err   error // the first; every score after it is zero
}

type standingGift struct {
	value  domain.Gift
	name   string // empty when it cannot be opened any more
	remark string
}

func (r *run) comparer(ctx context.Context) *comparer {
	return &comparer{r: r, ctx: ctx, gifts: map[int]*standingGift{}, deeds: map[int]*domain.Entry{}, folds: map[domain.PersonID]*domain.Person{}}
}

// score says how surely a new row is the earlier one, changed; zero: it is not.
func (c *comparer) score(o int, line int32, alone bool) int {
	if c.err != nil {
		return 0
	}
	if c.r.deeds() {
		return c.scoreDeed(o, line, alone)
	}
	old := c.gift(o)
	if old == nil {
		return 0
	}
	g := &c.r.sheet.gifts[line]
	day, amount := old.value.Day == g.value.Day, old.value.Amount == g.value.Amount
	same := old.name != "" && sheets.Fold(old.name) == sheets.Fold(g.donor)
	switch {
	case day && amount && relatedNames(old.name, g.donor):
		return 6
	case amount && same:
		return 5
	case day && same:
		return 4
	case day && amount && alone:
		return 3
	}
	return 0
}

// scoreDeed: an entry stays with its person, so only rows of the same person
// are weighed, under whichever number the entry stands.
func (c *comparer) scoreDeed(o int, line int32, alone bool) int {
	d := &c.r.sheet.deeds[line]
	who := c.r.sheet.people.list[d.person].id
	if who.IsZero() || who != c.r.view.Stays(c.r.earlier[o].Person) {
		return 0
	}
	old := c.entry(o)
	if old == nil {
		return 0
	}
	day := old.Deed.Span.Day == d.span.Day
	mins := old.Deed.Span.Minutes == d.span.Minutes
	title := old.Deed.Title == d.text.title
	switch {
	case day && mins:
		return 6
	case day && title:
		return 5
	case mins && title:
		return 4
	case day:
		return 3
	case (mins || title) && alone:
		return 2
	}
	return 0
}

// gift folds and opens the value of an earlier gift that stands.
func (c *comparer) gift(o int) *standingGift {
	if g, seen := c.gifts[o]; seen {
		return g
	}
	c.gifts[o] = nil
	stream := c.r.earlier[o].Donation.Stream()
	state, err := c.r.handler.State(c.ctx, stream)
	donation, ok := state.(*domain.Donation)
	if err != nil || !ok {
		c.err = err
		return nil
	}
	g := &standingGift{value: donation.Gift}
	// A proposal that waits has been opened last and does not stand.
	until := eventstore.Last
	if donation.Pending != nil {
		until = eventstore.Revision(donation.Pending.No)
	}
	c.err = c.r.handler.Disclose(c.ctx, stream, func(rev eventstore.Revision, field, plain string) {
		switch {
		case rev >= until || plain == commands.ErasedName:
		case field == "donorName":
			g.name, g.remark = plain, "" // an event without a remark has none
		case field == "remark":
			g.remark = plain
		}
	})
	c.gifts[o] = g
	return g
}

// entry folds an earlier entry.
func (c *comparer) entry(o int) *domain.Entry {
	if e, seen := c.deeds[o]; seen {
		return e
	}
	ref := c.r.earlier[o]
	person, err := c.r.fold(c.ctx, ref.Person, c.folds)
	if err != nil {
		c.err = err
		return nil
	}
	c.deeds[o] = person.Entry(ref.Entry)
	return c.deeds[o]
}

// correct notes that a new row replaces the value of an earlier one.
func (c *comparer) correct(o int, line int32) error {
	l := &c.r.sheet.lines[line]
	l.fate, l.target = fateCorrect, int32(o)
	made := change{ref: c.r.earlier[o]}
	var changed []string
	if c.r.deeds() {
		if old := c.entry(o); old != nil {
			changed = deedChanges(&old.Deed, &c.r.sheet.deeds[line])
		}
	} else if old := c.gift(o); old != nil {
		made.gift = &old.value
		changed = giftChanges(old, &c.r.sheet.gifts[line])
	}
	made.note = "据重新发布的名单更正：" + strings.Join(changed, "、")
	c.r.changes[line] = made
	return c.err
}

func giftChanges(old *standingGift, g *gift) []string {
	return changed([]difference{{"日期", old.value.Day != g.value.Day}, {"金额", old.value.Amount != g.value.Amount},
		{"捐赠人", old.name != g.donor}, {"备注", old.remark != g.remark}}, "其他")
}

func deedChanges(old *domain.Deed, d *deed) []string {
	return changed([]difference{{"日期", old.Span.Day != d.span.Day}, {"时长", old.Span.Minutes != d.span.Minutes},
		{"活动名称", old.Title != d.text.title}}, "其他")
}

type difference struct {
	name    string
	differs bool
}

func changed(all []difference, otherwise string) (names []string) {
	for _, d := range all {
		if d.differs {
			names = append(names, d.name)
		}
	}
	if len(names) == 0 {
		return []string{otherwise}
	}
	return names
}
