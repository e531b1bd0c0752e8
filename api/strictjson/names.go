package strictjson

import "bytes"

// names is the set of member names of one object. Most objects have few
// members, so it is a list first and becomes a map only when it grows.
type names struct {
	few  [fewNames][]byte
	n    int
	many map[string]struct{}
}

const fewNames = 16

func (s *names) count() int { return s.n }

// add reports whether the name is new.
func (s *names) add(name []byte) bool {
	if s.n < fewNames {
		for _, known := range s.few[:s.n] {
			if bytes.Equal(known, name) {
				return false
			}
		}
		s.few[s.n] = name
		s.n++
		return true
	}
	if s.many == nil {
		s.many = make(map[string]struct{}, 4*fewNames)
		for _, known := range s.few {
			s.many[string(known)] = struct{}{}
		}
	}
	if _, known := s.many[string(name)]; known {
		return false
	}
	s.many[string(name)] = struct{}{}
	s.n++
	return true
}
