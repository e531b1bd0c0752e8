package api

import (
	"context"

	"zhishu/api/figures"
	"zhishu/commands"
	"zhishu/domain"
)

// NumberBody is a number somebody else gave the person.
type NumberBody struct {
	Issuer string `json:"issuer" minLength:"1" maxLength:"200" doc:"Who gave it: a community code, a platform …"`
	Number string `json:"number" minLength:"1" maxLength:"200" doc:"Sealed; unique for its issuer"`
}

// ConsentBody is what a person agreed to.
type ConsentBody struct {
	Kind     string `json:"kind,omitempty" enum:"record,publish" default:"record" doc:"To be recorded at all, or to be named in public"`
	Basis    string `json:"basis" enum:"paper,online" doc:"On what it rests"`
	From     string `json:"from,omitempty" format:"date" doc:"Absent: today"`
	Guardian string `json:"guardian,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"Who consented for somebody under 14"`
}

type enrolInput struct {
	WriteInput
	Body struct {
		Community string `json:"community" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"That enrols; the person becomes its member"`
		UnregisteredBody
		MemberFrom    string       `json:"memberFrom,omitempty" format:"date" doc:"First day of the membership; absent: today"`
		Consent       ConsentBody  `json:"consent" doc:"To be recorded"`
		Name          string       `json:"name,omitempty" maxLength:"200" doc:"Sealed. A name or an external number is needed"`
		IDNumber      string       `json:"idNumber,omitempty" maxLength:"18" doc:"Sealed; unique"`
		Phone         string       `json:"phone,omitempty" maxLength:"40" doc:"Sealed; families share them"`
		BirthDate     string       `json:"birthDate,omitempty" format:"date" doc:"Sealed"`
		Address       string       `json:"address,omitempty" maxLength:"500" doc:"Sealed"`
		External      []NumberBody `json:"external,omitempty" maxItems:"20"`
		Sex           string       `json:"sex,omitempty" enum:"male,female"`
		BirthYearFrom int          `json:"birthYearFrom,omitempty" minimum:"1850" maximum:"9999" doc:"A band of birth years, in the clear"`
		BirthYearTo   int          `json:"birthYearTo,omitempty" minimum:"1850" maximum:"9999"`
		Age           int          `json:"age,omitempty" minimum:"0" maximum:"150" doc:"On ageOn, where no more is known"`
		AgeOn         string       `json:"ageOn,omitempty" format:"date"`
		Layers        []string     `json:"layers,omitempty" maxItems:"50" doc:"党员, 在职, 老年 …"`
		Skills        []string     `json:"skills,omitempty" maxItems:"50"`
	}
}

type personQuery struct {
	ViewInput
	PersonPath
}

// persons registers enrolment and what is known of a person without a name.
func persons(r *routes) {
	write(r, operation{
		id: "enrol-person", path: "/v1/persons", tag: "persons", permission: "person.enrol",
		summary: "Enrol a person: identity, membership and consent together",
		doc: "The volunteer number is made here. It follows from account and Idempotency-Key under the ledger's secret, " +
			"so that a retry meets the same person and the number says nothing about anybody.",
	}, []domain.Code{domain.CommunityInvalid, domain.IDNumberInvalid, domain.DateInFuture, commands.CommunityUnregistered, commands.IDNumberTaken, commands.NumberTaken, domain.GuardianMissing}, enrol)
	figure(r, operation{
		id: "get-person", path: "/v1/persons/{id}", tag: "persons", summary: "A person, without anything that names one",
		codes: []string{string(domain.SubjectUnknown)},
	}, func(_ context.Context, s *Server, in *personQuery) (figures.Person, error) {
		v, err := s.viewAt(in.AsOf, Cursor{})
		if err != nil {
			return figures.Person{}, err
		}
		p, err := v.Person(in.person())
		return figures.PersonOf(p), err
	})
}

func enrol(ctx context.Context, s *Server, in *enrolInput) (*recordedOutput, error) {
	read := reader{}
	b := &in.Body
	account := s.accountOf(in.Account)
	person := domain.PersonID{UUID: s.cfg.Ledger.Commands.DerivedID("api-person", account.UUID[:], []byte(in.Key))}
	c := &domain.EnrolPerson{
		Person: person, Community: read.community(b.Community, "community"), Name: b.Name, IDNumber: b.IDNumber, Phone: b.Phone,
		BirthDate: b.BirthDate, Address: b.Address, Sex: domain.Sex(b.Sex), BirthYearFrom: b.BirthYearFrom, BirthYearTo: b.BirthYearTo,
		Age: b.Age, AgeOn: read.day(b.AgeOn, "ageOn"), Skills: b.Skills, Basis: domain.Basis(b.Consent.Basis),
	}
	for _, l := range b.Layers {
		c.Layers = append(c.Layers, domain.Layer(l))
	}
	for _, n := range b.External {
		c.External = append(c.External, domain.NumberFrom{Issuer: n.Issuer, Number: n.Number})
	}
	join := &domain.StartMembership{Person: person, Membership: domain.Membership{
		Kind: domain.MemberOfCommunity, Community: c.Community, From: domain.NoDay, Basis: c.Basis,
	}}
	if b.MemberFrom != "" {
		join.Membership.From = read.day(b.MemberFrom, "memberFrom")
	}
	agree := s.giveConsent(&read, person, account, &b.Consent)
	agree.Consent.Kind = domain.ConsentRecord
	if read.err != nil {
		return nil, read.err
	}
	if err := s.registered(ctx, c.Community, &b.UnregisteredBody); err != nil {
		return nil, err
	}
	recordedAll, err := s.whole(ctx, s.requests(ctx, &in.WriteInput, c, join, agree))
	if err != nil {
		return nil, err
	}
	out := &recordedOutput{Position: recordedAll.Position.String(), Body: recorded(recordedAll)}
	out.Body.Person, out.Status = person.String(), out.Body.status()
	return out, nil
}

// giveConsent reads a consent. Unless it says otherwise it is from today, and
// the account that types it in is its witness.
func (s *Server) giveConsent(read *reader, person domain.PersonID, witness domain.AccountID, b *ConsentBody) *domain.GiveConsent {
	consent := domain.Consent{
		Kind: domain.ConsentKind(b.Kind), Basis: domain.Basis(b.Basis), Witness: witness,
		Guardian: domain.PersonID{UUID: uuidOf(b.Guardian)}, From: domain.NoDay, // today, as the domain decides: a retry after midnight is the same request
	}
	if b.From != "" {
		consent.From = read.day(b.From, "from")
	}
	return &domain.GiveConsent{Person: person, Consent: consent}
}
