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
}

// Rate gives the stars for portions in the order Count returns them.
func Rate(portions []Portion, scheme *PolicyVersion) StarRating {
	r := StarRating{ReachedOn: NoDay, Scheme: scheme}
	var thresholds []Minutes
	if scheme != nil {
		thresholds = scheme.Stars.Thresholds
	}
	for i := range portions {
		p := &portions[i]
		r.Raw += p.Raw
		r.Recognised += p.Recognised
		if p.Hours == Credit {
			r.Credit += p.Recognised
		} else {
			r.Honour += p.Recognised
		}
		for r.Stars < len(thresholds) && r.Recognised >= thresholds[r.Stars] {
			r.Stars++
			r.ReachedOn = p.Day
		}
	}
	if r.Stars < len(thresholds) {
		r.ToNext = thresholds[r.Stars] - r.Recognised
	}
	return r
}
