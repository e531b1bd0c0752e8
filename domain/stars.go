package domain

// StarRating is a person's stars at one point of view.
type StarRating struct {
	Stars      int
	Recognised Minutes
	Credit     Minutes // recognised from own check-in and check-out
	Honour     Minutes // recognised from entries made afterwards
	Raw        Minutes // before any policy
	ReachedOn  Day     // the civil day the last star was reached; NoDay without stars
	ToNext     Minutes // recognised minutes missing to the next star; zero at the top
	Scheme     *PolicyVersion
	// ToMonths is how many months in a row are missing before any star is given.
	ToMonths int64
	// Excluded: the person had reached a star before the scheme's first day, and
	// the scheme excludes who had.
	Excluded bool
}

// Rate gives the stars for portions in the order Count returns them. Service
// outside the scheme's days is recognised and leads to no star.
func Rate(portions []Portion, scheme *PolicyVersion) StarRating {
	r := StarRating{ReachedOn: NoDay, Scheme: scheme}
	s := &StarScheme{}
	if scheme != nil {
		s = scheme.Stars
	}
	var within, earlier Minutes
	var run months
	for i := range portions {
		p := &portions[i]
		r.Raw += p.Raw
		r.Recognised += p.Recognised
		if p.Hours == Credit {
			r.Credit += p.Recognised
		} else {
			r.Honour += p.Recognised
		}
		switch {
		case s.Since != 0 && p.Day < s.Since:
			earlier += p.Recognised
			continue
		case s.CutOff != 0 && p.Day > s.CutOff:
			continue
		}
		within += p.Recognised
		run.add(p)
		for r.Stars < len(s.Thresholds) && within >= s.Thresholds[r.Stars] && run.longest >= s.ContinuousMonths {
			r.Stars++
			r.ReachedOn = p.Day
		}
	}
	r.ToMonths = max(0, s.ContinuousMonths-run.longest)
	if s.ExcludeEarlier && earlier >= s.Thresholds[0] {
		r.Stars, r.ReachedOn, r.ToMonths, r.Excluded = 0, NoDay, 0, true
		return r
	}
	if r.Stars < len(s.Thresholds) {
		r.ToNext = max(0, s.Thresholds[r.Stars]-within)
	}
	return r
}

// months counts calendar months in a row with recognised service.
type months struct {
	last          Month
	long, longest int64
}

func (r *months) add(p *Portion) {
	if p.Recognised == 0 {
		return
	}
	m := p.Day.Month()
	switch {
	case r.long > 0 && m == r.last:
	case r.long > 0 && m == r.last+1:
		r.long++
	default:
		r.long = 1
	}
	r.last, r.longest = m, max(r.longest, r.long)
}
