package domain

// Span is when something took place: either an instant it began and one it
// ended, or a civil day only (a paper sheet). Minutes is whole minutes in both
// cases, and never more than the clock times allow.
type Span struct {
	Day        Day     // the day it began
	Start, End Instant // zero when only the day is known
	Minutes    Minutes
}

// Clocked reports whether clock times are known.
func (s Span) Clocked() bool { return s.Start != 0 || s.End != 0 }

// Overlaps reports whether two clocked spans share time. The intervals are
// half-open: 9–10 and 10–11 do not overlap.
func (s Span) Overlaps(t Span) bool {
	return s.Clocked() && t.Clocked() && s.Start < t.End && t.Start < s.End
}

// ByDay calls yield for each civil day the span touches with the minutes that
// fall on it, in order. A span with a break in it (fewer minutes than the
// clock allows) fills its days from the front.
func (s Span) ByDay(yield func(Day, Minutes) bool) {
	if !s.Clocked() {
		yield(s.Day, s.Minutes)
		return
	}
	left := s.Minutes
	for t := s.Start; left > 0 && t < s.End; {
		day := t.Day()
		end := min((day + 1).Start(), s.End)
		// Rounding up gives the day that ends at midnight the started minute.
		m := min(left, Minutes((int64(end-t)+millisPerMinute-1)/millisPerMinute))
		if !yield(day, m) {
			return
		}
		left -= m
		t = end
	}
}

// Evidence points at what backs a fact: a keyed hash of the document, what it
// is, and where it lies.
type Evidence struct {
	Hash  [16]byte
	Kind  EvidenceKind
	Place string
}

// Row ties a fact to the row of the sheet it was imported from. Print is a
// keyed hash of all cells but the serial number, Alike one of date, name and
// amount; rows with equal Print are equal, with equal Alike look alike.
type Row struct {
	Import ImportID
	Number uint32 // of the data row, from 1; titles and blank lines do not count
	Print  uint64
	Alike  uint64
}

// same reports whether two name one row of one sheet.
func (r Row) same(s Row) bool { return r.Import == s.Import && r.Number == s.Number }

// Deed is the whole value of an entry: what someone did, where and when, and
// who records it. A correction replaces it whole.
type Deed struct {
	Kind           EntryKind
	Span           Span
	Title          string         // 活动名称 or 学习内容
	Category       string         // service category, or form of study (讲座, 课程 …)
	Place          string         // 地点
	Community      CommunityCode  // the community that records it
	Organisation   OrganisationID // the recording organisation; zero: the community's committee
	Activity       ActivityID     // the named activity or session; zero: none
	Scheduled      Scheduled      `json:"-"` // of the activity; read, and no part of what is asked
	Hours          HoursKind      // service only
	Layer          Layer          // study only
	PersonInCharge PersonID       // 负责人
}

// Membership ties a person to a community or group from one day to another.
type Membership struct {
	Kind      MembershipKind
	Community CommunityCode // for communities
	Group     GroupID       // for everything else
	From, To  Day           // To is MaxDay while it lasts
	Basis     Basis
}

// ExternalNumber is a number somebody else gave a person, scoped by its issuer.
// The number itself is personal; equality goes through the vault.
type ExternalNumber struct {
	Issuer string
	Number Secret
}

// Consent is what a person agreed to, how, and before whom.
type Consent struct {
	Kind     ConsentKind
	Basis    Basis
	Witness  AccountID
	Guardian PersonID // for under-14s
	From     Day
}

// Item is one thing among donated goods.
type Item struct {
	Name     string
	Quantity int64 // in thousandths of the unit
	Unit     string
	Value    Fen // zero when not valued
	Basis    ValuationBasis
}

// Receipt is what the donor got in return.
type Receipt struct {
	State               ReceiptState
	Code, Number, Check string
}

// Gift is the whole value of a donation, without the donor's name.
type Gift struct {
	Day          Day
	Kind         GiftKind
	Support      SupportKind // of support in kind
	Amount       Fen
	Items        []Item
	Community    CommunityCode // zero when an organisation above communities records it
	Organisation OrganisationID
	Handler      AccountID // 经办人
	DonorKind    DonorKind
	Receipt      Receipt
	Publication  Publication
	Purpose      string // 定向用途
}
