package projections

import "zhishu/domain"

// policyRow is a version and the size before its adoption.
type policyRow struct {
	at      uint32
	version *domain.PolicyVersion
}

func (b *books) adopt(v *domain.PolicyVersion) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.policies = append(b.policies, policyRow{b.size, v})
}

// policiesAt lists the versions adopted before a size, in order of adoption.
func (b *books) policiesAt(size uint32) []policyRow {
	b.mu.RLock()
	all := b.policies
	b.mu.RUnlock()
	n := len(all)
	for n > 0 && all[n-1].at >= size {
		n--
	}
	return all[:n:n]
}
