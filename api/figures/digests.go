package figures

import (
	"encoding/hex"

	"zhishu/projections"
)

// Digest says in 32 bytes what a read model holds.
type Digest struct {
	Model    string `json:"model"`
	Version  int    `json:"version" doc:"Of the code that makes it; digests of different versions do not compare"`
	Subjects int64  `json:"subjects"`
	SHA256   string `json:"sha256"`
}

// Digests are those of every read model at one point of view.
type Digests struct {
	Footing
	Rows []Digest `json:"rows"`
}

// DigestsOf makes the list.
func DigestsOf(digests []projections.Digest, at projections.Footing) Digests {
	out := Digests{Footing: Foot(at), Rows: make([]Digest, 0, len(digests))}
	for _, d := range digests {
		out.Rows = append(out.Rows, Digest{d.Model, d.Version, d.Subjects, hex.EncodeToString(d.Sum[:])})
	}
	return out
}
