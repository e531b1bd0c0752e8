package figures

import (
	"strconv"
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

// Sentence is one line of the story of an entry.
type Sentence struct {
	At       string  `json:"at,omitempty" format:"date-time" doc:"Of what happened; absent: what holds at the point of view"`
	Revision *uint64 `json:"revision,omitempty" doc:"Of the event, in the person's stream; of a gift, in the gift's"`
	Zh       string  `json:"zh"`
	En       string  `json:"en"`
}

// Reasons opens the free words of an event for a reader who may see them.
type Reasons func(person domain.PersonID, revision uint64) (text string, ok bool)

// storyOf tells everything that happened to an entry in plain sentences, and
// why each of its minutes counts or does not.
func storyOf(e *projections.StatementEntry, reasons Reasons) []Sentence {
	t := teller{person: e.Person, reasons: reasons, offered: map[uint64]*domain.Deed{}}
	for i := range e.Life {
		t.tell(&e.Life[i])
	}
	t.counts(e)
	return t.out
}

// underNumber says where something is cured that stands under another of the
// person's numbers.
func underNumber(p domain.PersonID) Sentence {
	return Sentence{
		Zh: "登记在此人的另一编号 " + p.String() + " 下：异议、更正、作废、确认、答复都按该编号办理。",
		En: "It stands under another number of the person, " + p.String() + ": it is disputed, corrected, voided, confirmed and answered there.",
	}
}

// underThisNumber is underNumber of what stands under the number asked for, where
// something else does not.
func underThisNumber(p domain.PersonID) Sentence {
	return Sentence{
		Zh: "登记在编号 " + p.String() + " 下，按该编号办理。",
		En: "It stands under the number " + p.String() + " and is dealt with there.",
	}
}

func reportStory(r *projections.StatementReport, reasons Reasons) []Sentence {
	t := teller{person: r.Person, reasons: reasons, offered: map[uint64]*domain.Deed{}}
	for i := range r.Life {
		t.tell(&r.Life[i])
	}
	if r.Open {
		t.say("尚未答复，不计入。", "Not answered yet: it does not count.")
	}
	return t.out
}

// changeStory tells that the name or the phone of a person was changed, whose
// text is for who opens the person's identity, and that numbers were merged or
// parted again.
func changeStory(all []projections.StatementChange, reasons Reasons) []Sentence {
	out := []Sentence{}
	for i := range all {
		c := &all[i]
		kind := c.Life.Type
		if len(c.Changed) == 1 {
			kind += " " + string(c.Changed[0])
		}
		t := teller{person: c.Person, other: c.Other, reasons: reasons}
		t.tellAs(kind, &c.Life)
		out = append(out, t.out...)
	}
	return out
}

// keyStory tells when the key of a person went to an inspector.
func keyStory(all []projections.StatementKey, whose domain.PersonID) []KeyExport {
	out := []KeyExport{}
	for i := range all {
		k := &all[i]
		t := teller{person: k.Person}
		t.tell(&k.Life)
		told := KeyExport{Sentence: t.out[0], Inspection: id(k.Inspection.UUID), By: id(k.Life.By.UUID)}
		if k.Person != whose {
			told.Person = id(k.Person.UUID)
		}
		out = append(out, told)
	}
	return out
}

// teller keeps the value that stands while it goes from event to event.
type teller struct {
	person  domain.PersonID
	other   domain.PersonID // the number merged into, or parted from
	reasons Reasons
	stands  *domain.Deed
	offered map[uint64]*domain.Deed // by proposal
	out     []Sentence
}

func (t *teller) say(zh, en string) { t.out = append(t.out, Sentence{Zh: zh, En: en}) }

func (t *teller) tell(e *projections.LifeEvent) {
	kind := e.Type
	if e.Upheld {
		kind += " upheld"
	}
	t.tellAs(kind, e)
}

func (t *teller) tellAs(kind string, e *projections.LifeEvent) {
	s := sentenceOf(kind)
	zh, en := t.fill(s.tells, e)
	zh, en = clock(e.At)+"，"+actorZh(e)+zh, clock(e.At)+": "+actorEn(e)+" "+en
	if s.reason.zh != "" {
		reasonZh, reasonEn := t.reason(s.reason, e.Revision)
		zh, en = zh+reasonZh, en+reasonEn
	}
	at := e.Revision
	t.out = append(t.out, Sentence{At: e.At.String(), Revision: &at, Zh: zh + "。", En: en + "."})
	switch {
	case e.Deed != nil && t.stands == nil:
		t.stands = e.Deed
	case e.Deed != nil:
		t.offered[e.Revision] = e.Deed
	case e.Type == "entry-correction-approved" && t.offered[uint64(e.Proposal)] != nil:
		t.stands = t.offered[uint64(e.Proposal)]
	}
}

// fill puts what an event says between the braces.
func (t *teller) fill(w words, e *projections.LifeEvent) (zh, en string) {
	number := func(n uint64) string { return strconv.FormatUint(n, 10) }
	pairsZh := []string{"{revision}", number(e.Revision), "{proposal}", number(uint64(e.Proposal)), "{report}", number(uint64(e.Report)),
		"{entry}", number(uint64(e.Entry)), "{grade}", e.Grade, "{case}", e.Case.String(),
		"{number}", t.person.String(), "{other}", t.other.String()}
	pairsEn := append([]string(nil), pairsZh...)
	disputeZh, disputeEn, followingZh, followingEn := "异议", "the dispute", "", ""
	if e.Dispute != 0 {
		n := number(uint64(e.Dispute))
		disputeZh, disputeEn = "第 "+n+" 号异议", "dispute no. "+n
		followingZh, followingEn = "，因"+disputeZh+"成立", " because "+disputeEn+" was upheld"
	}
	pairsZh = append(pairsZh, "{dispute}", disputeZh, "{following}", followingZh)
	pairsEn = append(pairsEn, "{dispute}", disputeEn, "{following}", followingEn)
	if e.Deed != nil {
		deedZh, deedEn := deedWords(e.Deed)
		pairsZh, pairsEn = append(pairsZh, "{deed}", deedZh), append(pairsEn, "{deed}", deedEn)
		if t.stands != nil {
			changesZh, changesEn := changes(t.stands, e.Deed)
			pairsZh, pairsEn = append(pairsZh, "{changes}", changesZh), append(pairsEn, "{changes}", changesEn)
		}
	}
	return strings.NewReplacer(pairsZh...).Replace(w.zh), strings.NewReplacer(pairsEn...).Replace(w.en)
}

// reason is the free words of an event where they may be read, and else says
// that they are sealed.
func (t *teller) reason(w words, revision uint64) (zh, en string) {
	if t.reasons == nil {
		if w == remark { // most have none, and nobody can tell
			return "", ""
		}
		return "；" + w.zh + sealedReason.zh, ". " + w.en + sealedReason.en
	}
	text, ok := t.reasons(t.person, revision)
	if !ok {
		return "", ""
	}
	return "；" + w.zh + "：“" + text + "”", ". " + w.en + ": “" + text + "”"
}

// counts tells why the minutes count or do not, clause by clause.
func (t *teller) counts(e *projections.StatementEntry) {
	_, lines := why(e)
	for _, line := range lines {
		if line.Before == nil || len(e.Portions) == 0 { // the clauses of a policy come with their day
			t.say(line.Zh+"。", capital(line.En)+".")
		}
	}
	for i := range e.Portions {
		p := &e.Portions[i]
		policy := "没有适用的规则"
		policyEn := "no policy"
		if p.Policy != nil {
			policy, policyEn = "规则 "+refOf(p.Policy)+"“"+p.Policy.Title+"”", "policy "+refOf(p.Policy)
		}
		zh := p.Day.String() + "：记录 " + hoursZh(p.Raw, " ") + "，按" + policy + "认定 " + hoursZh(p.Recognised, " ")
		en := p.Day.String() + ": " + hoursEn(p.Raw) + " recorded, " + hoursEn(p.Recognised) + " recognised under " + policyEn
		for k, s := range p.Steps {
			c := step(s)
			if k == 0 {
				zh, en = zh+"（"+c.Zh, en+" ("+c.En
			} else {
				zh, en = zh+"；"+c.Zh, en+"; "+c.En
			}
		}
		if len(p.Steps) > 0 {
			zh, en = zh+"）", en+")"
		}
		t.say(zh+"。", en+".")
	}
}

func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
