package projections

import (
	"context"
	"slices"

	"zhishu/domain"
	"zhishu/eventstore"
)

// NameFacts finds in the streams what the facts behind a scorecard are called
// where the read models do not know it: study has its title there alone.
func (v *View) NameFacts(ctx context.Context, streams eventstore.StreamReader, s *Scorecard) error {
	c := v.cut()
	people := map[string]*domain.Person{}
	for i := range s.Items {
		facts := slices.Clone(s.Items[i].Facts) // the kept ones are everybody's
		for j := range facts {
			ref, _ := domain.ParseStream(facts[j].Stream)
			if facts[j].Title != "" || ref.Category != domain.PersonCategory {
				continue
			}
			p := people[facts[j].Stream]
			if p == nil {
				p = &domain.Person{}
				people[facts[j].Stream] = p
				err := v.eachEvent(ctx, streams, facts[j].Stream, &c, func(e domain.Event, m domain.Meta, _ uint64) { p.Evolve(e, m) })
				if err != nil {
					return err
				}
			}
			if e := p.Entry(domain.EntryNo(facts[j].Revision)); e != nil {
				facts[j].Title = e.Deed.Title
			}
		}
		s.Items[i].Facts = facts
	}
	return nil
}
