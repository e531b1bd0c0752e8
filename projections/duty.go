package projections

import (
	"fmt"
	"slices"
	"sync/atomic"

	"zhishu/domain"
)

// A row holds an account's role and scope in 64 bits: the number of the role
// and of the scope's digits, four bits each, and the digits as a number. Zero:
// the account's stream was not met.
const (
	dutyDigits = 4
	dutyRole   = 8
)

// dutyRoles are the roles, by number from 1.
var dutyRoles = [...]domain.Role{domain.RoleOperator, domain.RoleRecorder, domain.RoleConfirmer, domain.RoleResident, domain.RoleInspector}

func dutyOf(role domain.Role, scope domain.Division) uint64 {
	number := uint64(slices.Index(dutyRoles[:], role) + 1)
	return divisionNumber(scope)<<dutyRole | uint64(scope.Digits())<<dutyDigits | number
}

// Actor is an account as commands see it today, whatever the point of view: who
// may do what is never moved back. False: nobody opened it, or it is closed.
func (v *View) Actor(handle string) (domain.Actor, bool) {
	for i := range v.b.accounts.seen() {
		a := v.b.accounts.at(i)
		if h := atomic.LoadUint32(&a.handle); h == none || v.b.handles.value(h) != handle || atomic.LoadUint32(&a.closedAt) != never {
			continue
		}
		duty := atomic.LoadUint64(&a.duty)
		scope, _ := domain.ParseDivision(dutyScope(duty))
		out := domain.Actor{Account: domain.AccountID{UUID: a.id}, Scope: scope}
		if atomic.LoadUint32(&a.linkedAt) != never {
			out.Person, out.Also = v.b.numbersOf(domain.PersonID{UUID: a.person})
		}
		if n := duty & 0xf; n > 0 && n <= uint64(len(dutyRoles)) {
			out.Role = dutyRoles[n-1]
		}
		return out, true
	}
	return domain.Actor{}, false
}

func dutyScope(duty uint64) string {
	digits := int(duty >> dutyDigits & 0xf)
	if digits == 0 {
		return ""
	}
	return fmt.Sprintf("%0*d", digits, duty>>dutyRole)
}
