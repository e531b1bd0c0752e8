package figures

import "zhishu/projections"

// Corrections lists donations that were corrected, each with every value it
// has had.
type Corrections struct {
	Footing
	Rows []DonationTrail `json:"rows"`
}

// CorrectionsOf makes the list.
func CorrectionsOf(trails []projections.DonationTrail, at projections.Footing) Corrections {
	out := Corrections{Footing: Foot(at), Rows: make([]DonationTrail, 0, len(trails))}
	for _, t := range trails {
		out.Rows = append(out.Rows, Trail(t))
	}
	return out
}
