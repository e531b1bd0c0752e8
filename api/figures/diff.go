package figures

import (
	"strconv"

	"zhishu/domain"
	"zhishu/projections"
)

// Between is what every difference says of its two points of view. The footing
// beside it is that of the later one.
type Between struct {
	From      Standpoint    `json:"from" doc:"The earlier point of view"`
	Rules     []AdoptedRule `json:"rules" doc:"Policy versions adopted between, of the kinds the figure rests on"`
	Under     string        `json:"under,omitempty" doc:"Rule supposed on every day at the later point of view; it is not recorded"`
	FromUnder string        `json:"fromUnder,omitempty" doc:"Rule supposed on every day at the earlier one"`
}

// Standpoint is the earlier of two points of view.
type Standpoint struct {
	LedgerSize uint64   `json:"ledgerSize"`
	Day        string   `json:"day,omitempty" format:"date" doc:"Its last civil day"`
	Policies   []string `json:"policies" doc:"Policy versions used there"`
}

// AdoptedRule is a policy version adopted between two points of view.
type AdoptedRule struct {
	Policy     string `json:"policy" example:"counting-all/1"`
	Title      string `json:"title"`
	LedgerSize uint64 `json:"ledgerSize" doc:"The first that holds its adoption"`
}

// between makes the head of a difference and notes for the validator what the
// figure is held against.
func (f *Footing) between(before projections.Footing, rules []projections.AdoptedRule) Between {
	f.beside(before)
	f.ShownToday(before.Day.String())
	was := Foot(before)
	out := Between{From: Standpoint{was.LedgerSize, was.Day, was.Policies}, Rules: []AdoptedRule{}}
	for _, p := range was.Provisional {
		f.ShownToday(p)
	}
	for _, r := range rules {
		out.Rules = append(out.Rules, AdoptedRule{Ref(r.Policy), r.Title, uint64(r.Size)})
	}
	return out
}

// Suppose names the rules supposed at the two points of view; nil for those in
// force.
func (b *Between) Suppose(before, after *domain.PolicyVersion) {
	b.FromUnder, b.Under = ruleName(before), ruleName(after)
}

// ruleName is how a supposed rule is named: an example has a title alone.
func ruleName(p *domain.PolicyVersion) string {
	if p != nil && p.Version == 0 {
		return p.Title
	}
	return refOf(p)
}

// FactMove is a value of an entry that counts at one of the two points of view.
type FactMove struct {
	Stream     string   `json:"stream" doc:"The person's"`
	Entry      uint32   `json:"entry"`
	Day        string   `json:"day" format:"date"`
	Time       Duration `json:"time" doc:"As recorded"`
	Came       bool     `json:"came" doc:"It counts at the later point of view; otherwise it counted at the earlier"`
	LedgerSize uint64   `json:"ledgerSize,omitempty" doc:"The first that holds the event that did it; absent where a rule, a membership or a merge did"`
	Event      string   `json:"event,omitempty" doc:"stream@revision, as GET /v1/receipts/{event} takes it"`
	Type       string   `json:"type,omitempty" doc:"Of the event"`
	At         string   `json:"at,omitempty" format:"date-time" doc:"When it was recorded"`
	By         string   `json:"by,omitempty" doc:"Account that recorded it"`
	Zh         string   `json:"zh"`
	En         string   `json:"en"`
}

func factMoves(list []projections.FactMove) []FactMove {
	out := make([]FactMove, 0, len(list))
	for _, m := range list {
		no, size := strconv.FormatUint(uint64(m.Entry), 10), strconv.FormatUint(uint64(m.Size), 10)
		move := FactMove{
			Stream: m.Person.Stream(), Entry: uint32(m.Entry), Day: m.Day.String(), Time: Time(m.Minutes), Came: m.Came, LedgerSize: uint64(m.Size),
		}
		zh, en := "第 "+no+" 号记录（"+m.Day.String()+"，"+hoursZh(m.Minutes, " ")+"）", "entry no. "+no+" ("+m.Day.String()+", "+hoursEn(m.Minutes)+") "
		if m.Came {
			zh, en = zh+"计入", en+"came to count"
		} else {
			zh, en = zh+"不再计入", en+"counts no more"
		}
		if m.Size > 0 {
			zh, en = zh+"，账本位置 "+size, en+", ledger size "+size
		} else {
			zh, en = zh+"，因规则、归属或合并而变", en+", because of a rule, a membership or a merge"
		}
		if e := m.Event; e != nil {
			move.Event, move.Type, move.At, move.By = eventRef(move.Stream, e.Revision), e.Type, e.At.String(), id(e.By.UUID)
			zh, en = zh+"（"+move.Event+"，账号 "+accountName(e)+"）", en+" ("+move.Event+", account "+accountName(e)+")"
		}
		move.Zh, move.En = zh+"。", en+"."
		out = append(out, move)
	}
	return out
}

// eventRef names an event as GET /v1/receipts/{event} takes it.
func eventRef(stream string, revision uint64) string {
	return stream + "@" + strconv.FormatUint(revision, 10)
}

// fromTo says a change of minutes as a phrase.
func fromTo(was, is domain.Minutes) (zh, en string) {
	return hoursZh(was, " ") + " → " + hoursZh(is, " "), hoursEn(was) + " → " + hoursEn(is)
}

// places says a change of rank; zero is no place.
func places(was, is int64) (zh, en string) {
	a, b := strconv.FormatInt(was, 10), strconv.FormatInt(is, 10)
	switch {
	case was == 0:
		return "新列第 " + b + " 名", "new at rank " + b
	case is == 0:
		return "原列第 " + a + " 名，不再列入", "was at rank " + a + ", listed no more"
	case was == is:
		return "仍列第 " + b + " 名", "still at rank " + b
	}
	return "由第 " + a + " 名到第 " + b + " 名", "from rank " + a + " to rank " + b
}
