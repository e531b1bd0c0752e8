package domain

import "slices"

// Who may ask for what, by role and scope. This is the domain's own line of
// defence: it holds whatever asks, and it trusts only what stands in the
// account's own stream.
//
// Every Decide begins with may, which is about roles alone: a command that it
// does not name is for the staff. What depends on the place of a fact, or on
// whose it is, is judged where the command is, with records, manages and
// speaksFor.

// may refuses a command that is not for the actor's role, whatever it is about.
func (a Actor) may(c Command) error {
	allowed := a.staff()
	switch c.(type) {
	case *SignUpFor, *WithdrawSignUp, *CheckInTo, *CheckOutOf, // what a resident does herself
		*ClaimEntry, *DisputeEntry, *ReportMissingEntry, *GiveConsent, *WithdrawConsent,
		*AgreePublication, *WithdrawPublication, *AskDonation:
		allowed = allowed || a.Role == RoleResident
	case *OpenInspection, *DrawSample, *CloseInspection, *BeginBundle, *ExportBundle, *BreakOffBundle, *ExportPersonalKey: // the case says whose it is
		allowed = allowed || a.Role == RoleInspector
	case *CloseAccount: // one's own; whose else is judged there
		allowed = validRole(a.Role)
	case *BeginSigning, *AddLogKey, *RetireLogKey, *DeclareLoss: // what the whole ledger vouches for
		allowed = a.Role == RoleOperator && a.Scope.Digits() == 0
	}
	if !allowed {
		return Refuse(RoleForbids, "account")
	}
	return nil
}

// staff reports whether the role records for others. Who enters and who decides
// are two persons, not two roles: a committee has three to five of them.
func (a Actor) staff() bool {
	return a.Role == RoleOperator || a.Role == RoleRecorder || a.Role == RoleConfirmer
}

// Staff reports whether the account may record for somebody else at all.
func (a Actor) Staff() bool { return a.staff() }

// recordsFor reports whether the account works for the organisation that
// records a community's facts; a resident's account works for nobody, and an
// inspector's only looks.
func (a Actor) recordsFor(c CommunityCode) bool { return a.staff() && a.Scope.Contains(c) }

// RecordsFor is recordsFor for whoever shows what an account may do. A fact
// without a community is for those who record everywhere.
func (a Actor) RecordsFor(c CommunityCode) bool {
	if c == 0 {
		return a.governs(Division{}) == nil
	}
	return a.recordsFor(c)
}

// records refuses what another organisation records. The field is the
// account's, unless the command names the place itself.
func (a Actor) records(c CommunityCode, field string) error {
	if !a.recordsFor(c) {
		return Refuse(WrongOrganisation, field)
	}
	return nil
}

// speaksFor reports whether an account may object for a person: the person's
// own, or one of those who work where the fact is recorded.
func (a Actor) speaksFor(p PersonID, c CommunityCode) bool { return a.is(p) || a.recordsFor(c) }

// is reports whether the account is linked to the person, by this number or
// another.
func (a Actor) is(p PersonID) bool {
	return !p.IsZero() && (a.Person == p || slices.Contains(a.Also, p))
}

// Is is is for whoever shows what an account may see and do.
func (a Actor) Is(p PersonID) bool { return a.is(p) }

// governs refuses to rule over more than one's own division.
func (a Actor) governs(d Division) error {
	if !a.staff() || !a.Scope.Covers(d) {
		return Refuse(WrongOrganisation, "account")
	}
	return nil
}

// manages reports whether the actor opens, links and closes accounts of a role:
// operators do, and the staff those of residents; nobody hands out more than
// they have.
func (a Actor) manages(role Role) bool {
	return a.Role == RoleOperator || role == RoleResident && a.staff()
}

// home is the community that keeps a person's enrolment: where the person is a
// member, or else where the person was enrolled.
func (p *Person) home() CommunityCode { return Home(p.Memberships, p.Enrolled.Community) }

// Home is the community of the membership that lasts, or else the one that
// enrolled.
func Home(memberships []Membership, enrolled CommunityCode) CommunityCode {
	for i := len(memberships) - 1; i >= 0; i-- {
		if m := &memberships[i]; m.Kind == MemberOfCommunity && m.To == MaxDay {
			return m.Community
		}
	}
	return enrolled
}

// keeps refuses to change what is said about a person whom another community
// keeps.
func (a Actor) keeps(p *Person) error { return a.records(p.home(), "account") }
