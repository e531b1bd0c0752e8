package figures

import "zhishu/domain"

// Within says of which divisions whoever asks sees how many came and who: the
// staff and inspectors see it of their scope, everybody else of none (0126).
type Within func(domain.Division) bool

// Everywhere is for whoever reads the ledger's directory, which holds every row.
func Everywhere(domain.Division) bool { return true }

// Sight is what whoever asks sees of activities.
type Sight struct {
	Within Within
	Today  bool // nobody signs up in the past
}
