package sheets

import "sync"

// Kind says what a row of the sheet is.
type Kind uint8

// The kinds of sheets. The zero value is none.
const (
	Service     Kind = iota + 1 // 志愿服务: one row, one person's time given
	Study                       // 学习考勤: one row, one attendance
	Donations                   // 捐赠: one row, one gift
	People                      // 花名册: one row, one person
	Communities                 // 社区: one row, one community
	Activities                  // 活动: one row, one activity
	Roster                      // 签到表: one row, one person at one activity
)

var kindNames = [...]string{Service: "service", Study: "study", Donations: "donations", People: "people", Communities: "communities", Activities: "activities", Roster: "roster"}

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{Service, Study, Donations, People, Communities, Activities, Roster}
}

// String is the name used on the command line.
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return "none"
	}
	return kindNames[k]
}

// KindByName finds a kind by its name on the command line.
func KindByName(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.String() == name {
			return k, true
		}
	}
	return 0, false
}

// Field is what a column holds.
type Field uint8

// The fields. A kind of sheet uses those that headings.csv names for it.
const (
	noField Field = iota
	Sequence
	PersonNumber // 志愿者编号, 学员编号: a number given by an issuer
	Name
	IDNumber
	Phone
	Sex
	Age
	BirthDate
	Address
	Layer
	Household
	Building
	Organisation
	Team
	Joined
	Skills
	Consent
	PublishConsent // 同意公开姓名
	Left           // last day of the membership
	GuardianName
	GuardianNumber
	GuardianIDNumber
	GuardianPhone
	ActivityName
	ActivityNumber
	Series // the course or regular meeting an activity is a session of
	Topic
	Category
	Content
	Place
	Organiser
	Handler
	DateField
	DateEnd
	Start
	End
	TimeRange
	Duration // time given, the unit stands in the cell
	DurationHours
	DurationMinutes
	Headcount
	Capacity
	Attended
	Status
	RecordSource
	Evaluation
	Donor
	DonorCount
	Amount
	Item
	Specification
	MeasureUnit
	Quantity
	Receiver
	Receipt
	Purpose
	Publication
	CommunityCode
	CommunityName
	StreetCode
	Street
	CountyCode
	County
	CityCode
	City
	ProvinceCode
	Province
	ValidFrom
	ValidTo
	Successor
	Households
	PopulationRegistered // 户籍人口
	PopulationResident   // 常住人口
	Remark
	LedgerRef    // 账本编号: what a sheet of our own says a row is
	rejectReason // the two columns our own reject file adds
	rejectCure
	fieldCount
)

var fieldNames = [fieldCount]string{
	Sequence: "sequence", PersonNumber: "person-number", Name: "name", IDNumber: "id-number", Phone: "phone", Sex: "sex",
	Age: "age", BirthDate: "birth-date", Address: "address", Layer: "layer", Household: "household", Building: "building",
	Organisation: "organisation", Team: "team", Joined: "joined", Skills: "skills", Consent: "consent",
	PublishConsent: "publish-consent", Left: "left", GuardianName: "guardian", GuardianNumber: "guardian-number",
	GuardianIDNumber: "guardian-id-number", GuardianPhone: "guardian-phone",
	ActivityName: "activity", ActivityNumber: "activity-number", Series: "series", Topic: "topic", Category: "category", Content: "content",
	Place: "place", Organiser: "organiser", Handler: "handler", DateField: "date", DateEnd: "date-end", Start: "start", End: "end",
	TimeRange: "time-range", Duration: "duration", DurationHours: "hours", DurationMinutes: "minutes", Headcount: "headcount",
	Capacity: "capacity", Attended: "attended", Status: "status", RecordSource: "record-source", Evaluation: "evaluation",
	Donor: "donor", DonorCount: "donor-count", Amount: "amount", Item: "item", Specification: "specification",
	MeasureUnit: "unit", Quantity: "quantity", Receiver: "receiver", Receipt: "receipt", Purpose: "purpose", Publication: "publication",
	CommunityCode: "community-code", CommunityName: "community-name", StreetCode: "street-code", Street: "street",
	CountyCode: "county-code", County: "county", CityCode: "city-code", City: "city", ProvinceCode: "province-code", Province: "province",
	ValidFrom: "valid-from", ValidTo: "valid-to", Successor: "successor", Households: "households",
	PopulationRegistered: "population-registered", PopulationResident: "population-resident", Remark: "remark", LedgerRef: "ledger-ref",
	rejectReason: "reject-reason", rejectCure: "reject-cure",
}

// String is the name used in --columns and in messages.
func (f Field) String() string {
	if f >= fieldCount || f == noField {
		return "none"
	}
	return fieldNames[f]
}

var fieldIndex = sync.OnceValue(func() map[string]Field {
	index := make(map[string]Field, fieldCount)
	for f := noField + 1; f < fieldCount; f++ {
		index[fieldNames[f]] = f
	}
	return index
})

// FieldByName finds a field by its name on the command line.
func FieldByName(name string) (Field, bool) {
	f, ok := fieldIndex()[name]
	return f, ok && f != rejectReason && f != rejectCure
}

// required lists, for each kind, groups of alternatives; of each group one
// alternative must be there, and an alternative is there when all its fields
// are.
var required = map[Kind][][][]Field{
	Service: {
		{{PersonNumber}, {Name}, {IDNumber}, {Phone}, {Headcount}},
		{{DateField}, {Start}},
		{{DurationMinutes}, {DurationHours}, {Duration}, {Start, End}, {TimeRange}},
	},
	Study: {
		{{PersonNumber}, {Name}, {IDNumber}, {Phone}, {Headcount}},
		{{DateField}, {Start}},
	},
	Donations: {
		{{Donor}},
		{{Amount}, {Item}},
		{{DateField}},
	},
	People:      {{{Name}}},
	Communities: {{{CommunityCode}}, {{CommunityName}}},
	Activities:  {{{ActivityName}}, {{DateField}, {Start}}},
	Roster:      {{{PersonNumber}, {Name}, {IDNumber}, {Phone}}},
}

// counted are the kinds whose total says how many rows there are.
var counted = map[Kind]bool{People: true, Communities: true, Activities: true, Roster: true}

// summed are the fields whose figures a total row may declare.
var summed = [...]Field{Amount, DurationHours, DurationMinutes, Duration, Headcount, Quantity, DonorCount}
