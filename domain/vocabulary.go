package domain

// Kind of an entry. The kinds never convert into one another.
type EntryKind uint8

const (
	Service EntryKind = iota + 1 // 志愿服务
	Study                        // 学习考勤
)

func (k EntryKind) String() string {
	switch k {
	case Service:
		return "service"
	case Study:
		return "study"
	}
	return ""
}

// HoursKind tells how service came to be recorded; the two are shown apart.
type HoursKind uint8

const (
	Honour HoursKind = iota // 荣誉时数: entered afterwards by an organiser
	Credit                  // 信用时数: own check-in and check-out
)

func (h HoursKind) String() string {
	if h == Credit {
		return "credit"
	}
	return "honour"
}

// EntryStatus is where an entry stands in its life.
type EntryStatus uint8

const (
	Claimed EntryStatus = iota + 1
	Confirmed
	Rejected
	Voided
)

func (s EntryStatus) String() string {
	switch s {
	case Claimed:
		return "claimed"
	case Confirmed:
		return "confirmed"
	case Rejected:
		return "rejected"
	case Voided:
		return "voided"
	}
	return ""
}

// Open vocabularies are strings; the closed ones are listed here and checked.
type (
	Sex               string // male, female or empty
	Layer             string // 层次: 党员, 在职, 老年, 青少年, 居民 …
	MembershipKind    string
	ConsentKind       string
	Basis             string // on what a statement rests: paper, online, import, residency …
	Role              string
	Authentication    string
	DonorKind         string
	GiftKind          string
	ReceiptState      string
	ValuationBasis    string
	Publication       string
	SupportKind       string
	UseStep           string
	SubjectKind       string
	PopulationBasis   string
	EvidenceKind      string
	ImportKind        string
	ImportDisposition string
)

const (
	Male   Sex = "male"
	Female Sex = "female"

	SubjectHousehold    SubjectKind = HouseholdCategory
	SubjectBuilding     SubjectKind = BuildingCategory // and stairwell
	SubjectOrganisation SubjectKind = OrganisationCategory
	SubjectTeam         SubjectKind = TeamCategory

	MemberOfCommunity    MembershipKind = "community"
	MemberOfHousehold    MembershipKind = "household"
	MemberOfBuilding     MembershipKind = "building"
	MemberOfOrganisation MembershipKind = "organisation"
	MemberOfTeam         MembershipKind = "team"

	ConsentRecord  ConsentKind = "record"  // to be recorded at all
	ConsentPublish ConsentKind = "publish" // to be named in public

	OnPaper  Basis = "paper"
	Online   Basis = "online"
	Imported Basis = "import" // the earliest row, or the day, of a sheet that does not say since when
	ByRoster Basis = "roster" // a list that says since when

	RoleOperator  Role = "operator"  // runs the program
	RoleRecorder  Role = "recorder"  // enters facts
	RoleConfirmer Role = "confirmer" // confirms what others entered
	RoleResident  Role = "resident"  // acts for herself

	Asserted        Authentication = "asserted" // nobody checked who is asking
	BySession       Authentication = "session"
	ByToken         Authentication = "token"
	ByImport        Authentication = "import"
	Individual      DonorKind      = "individual"
	Unit            DonorKind      = "unit"
	UnknownDonor    DonorKind      = "unknown"
	Cash            GiftKind       = "cash"
	Goods           GiftKind       = "goods"
	InKind          GiftKind       = "in-kind" // opened venues, resources, seconded people
	ReceiptIssued   ReceiptState   = "issued"
	ReceiptWaived   ReceiptState   = "waived"
	ReceiptNone     ReceiptState   = "anonymous"
	ReceiptNotGiven ReceiptState   = "" // the sheet does not say

	ByVoucher   ValuationBasis = "voucher"  // 凭据
	ByFairValue ValuationBasis = "fair"     // 公允
	NotValued   ValuationBasis = "unvalued" // 未计价

	VenueOpened       SupportKind = "venue"     // 开放场地
	ResourcesProvided SupportKind = "resources" // 提供资源
	PeopleSeconded    SupportKind = "people"    // 派出人员
	SupportNotGiven   SupportKind = ""          // the sheet does not say

	StepAllocation UseStep = "allocation"
	StepDelivery   UseStep = "delivery"

	PublishName      Publication = "name"
	PublishAlias     Publication = "alias"
	PublishAnonymous Publication = "anonymous"
	PublishNotAsked  Publication = ""

	RegisteredMembers PopulationBasis = "members"   // 登记成员: counted by the ledger itself
	Household         PopulationBasis = "household" // 户籍
	Resident          PopulationBasis = "resident"  // 常住

	ImportService     ImportKind = "service"
	ImportStudy       ImportKind = "study"
	ImportDonations   ImportKind = "donations"
	ImportPeople      ImportKind = "people"
	ImportCommunities ImportKind = "communities"
	ImportActivities  ImportKind = "activities" // a timetable
	ImportRoster      ImportKind = "roster"     // the sign-in sheet of one activity

	FirstIssue ImportDisposition = ""         // nothing like it was imported before
	ReissueOf  ImportDisposition = "reissue"  // a new issue of an earlier sheet
	Separate   ImportDisposition = "separate" // looks like an earlier sheet and is another
	GivenAgain ImportDisposition = "again"    // the earlier sheet itself: rows that were refused then
)

func validSex(s Sex) bool { return s == "" || s == Male || s == Female }

func validMembershipKind(k MembershipKind) bool {
	switch k {
	case MemberOfCommunity, MemberOfHousehold, MemberOfBuilding, MemberOfOrganisation, MemberOfTeam:
		return true
	}
	return false
}

func validPopulationBasis(b PopulationBasis) bool {
	return b == RegisteredMembers || b == Household || b == Resident
}

func validRole(r Role) bool {
	return r == RoleOperator || r == RoleRecorder || r == RoleConfirmer || r == RoleResident || r == RoleInspector
}

func validGiftKind(k GiftKind) bool { return k == Cash || k == Goods || k == InKind }

func validDonorKind(k DonorKind) bool { return k == Individual || k == Unit || k == UnknownDonor }

func validPublication(p Publication) bool {
	return p == PublishName || p == PublishAlias || p == PublishAnonymous || p == PublishNotAsked
}

func validSupportKind(k SupportKind) bool {
	return k == VenueOpened || k == ResourcesProvided || k == PeopleSeconded || k == SupportNotGiven
}

func validReceiptState(s ReceiptState) bool {
	return s == ReceiptIssued || s == ReceiptWaived || s == ReceiptNone || s == ReceiptNotGiven
}

func validValuationBasis(b ValuationBasis) bool {
	return b == ByVoucher || b == ByFairValue || b == NotValued
}

func validConsentKind(k ConsentKind) bool { return k == ConsentRecord || k == ConsentPublish }

func validImportKind(k ImportKind) bool {
	switch k {
	case ImportService, ImportStudy, ImportDonations, ImportPeople, ImportCommunities, ImportActivities, ImportRoster:
		return true
	}
	return false
}

func validImportDisposition(d ImportDisposition) bool {
	return d == FirstIssue || d == ReissueOf || d == Separate || d == GivenAgain
}
