package projections

// Corrections lists the trail of every donation in a filter's scope that was
// corrected or for which a correction waits or was refused (更正), in the order
// the corrections were offered. Limit bounds the list; zero means all.
func (v *View) Corrections(f DonationFilter, limit int) ([]DonationTrail, error) {
	fold := giftFold{v: v, organisation: none, out: &Donations{Filter: f}}
	if !f.Organisation.IsZero() {
		if fold.organisation = v.b.groups.find(f.Organisation.UUID); fold.organisation == none {
			return nil, nil
		}
	}
	var trails []DonationTrail
	seen := map[uint32]bool{}
	for j := range v.giftsBefore() {
		g := v.b.gifts.at(j)
		if g.flags&giftCorrection == 0 || seen[g.donation] || !fold.concerns(g) {
			continue
		}
		seen[g.donation] = true
		trail, err := v.Donation(v.b.donations.at(g.donation).id)
		if err != nil {
			return nil, err
		}
		if trails = append(trails, trail); len(trails) == limit {
			break
		}
	}
	return trails, nil
}
