package projections

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhishu/domain"
)

// child enrols somebody of an age, lets a guardian consent, or lets the person
// consent or withdraw later.
func (h *history) child() {
	id := h.person()
	if h.chance("new", 2) {
		id = person(h.people)
		h.people++
		_ = h.do(recorder, &domain.EnrolPerson{Person: id, Community: h.community(), Name: "小明", Age: 8 + h.pick("age", 8), AgeOn: h.day()})
	}
	consent := domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, From: domain.NoDay}
	if h.chance("publish", 3) {
		consent.Kind = domain.ConsentPublish
	}
	switch h.pick("consent", 4) {
	case 0:
		_ = h.do(recorder, &domain.GiveConsent{Person: id, Consent: consent})
	case 1:
		_ = h.do(recorder, &domain.WithdrawConsent{Person: id, Kind: consent.Kind, From: h.now.Day()})
	default:
		consent.Guardian = h.person()
		_ = h.do(recorder, &domain.GiveConsent{Person: id, Consent: consent})
	}
}

// guardedModel lists from the streams who rests on a guardian's consent.
func guardedModel(steps []step) (out []string) {
	for _, s := range personStates(steps) {
		if !s.MergedInto.IsZero() {
			continue
		}
		var kinds []string
		guardian := domain.PersonID{}
		for _, kind := range []domain.ConsentKind{domain.ConsentRecord, domain.ConsentPublish} {
			var last domain.Consent
			for _, c := range s.Consents {
				if c.Kind == kind {
					last = c
				}
			}
			if !last.Guardian.IsZero() {
				kinds, guardian = append(kinds, string(kind)), last.Guardian
			}
		}
		if from := s.Enrolled.ConsentsFrom(); len(kinds) > 0 && from != domain.MinDay {
			line := fmt.Sprintf("%s %s %s", s.Enrolled.Person, from, strings.Join(kinds, ","))
			if len(kinds) == 1 {
				line += " " + guardian.String()
			}
			out = append(out, line)
		}
	}
	slices.Sort(out)
	return out
}

// personStates folds the streams of persons.
func personStates(steps []step) map[string]*domain.Person {
	states := map[string]*domain.Person{}
	for _, s := range steps {
		if ref, _ := domain.ParseStream(s.stream); ref.Category == domain.PersonCategory {
			if states[s.stream] == nil {
				states[s.stream] = &domain.Person{}
			}
			states[s.stream].Evolve(s.event, s.meta)
		}
	}
	return states
}

// remainingModel lists from the streams who is still a member of a community
// that was split.
func remainingModel(steps []step, on domain.Day) (out []string) {
	successions := map[domain.CommunityCode]*domain.CommunitySucceeded{}
	for _, s := range steps {
		if e, ok := s.event.(*domain.CommunitySucceeded); ok {
			successions[e.Code] = e
		}
	}
	for stream, s := range personStates(steps) {
		for _, m := range s.Memberships {
			if m.Kind != domain.MemberOfCommunity || on < m.From || m.To < on {
				continue
			}
			c := m.Community
			for successions[c] != nil && successions[c].From <= on && len(successions[c].Successors) == 1 {
				c = successions[c].Successors[0]
			}
			if e := successions[c]; e != nil && e.From <= on && len(e.Successors) > 1 {
				out = append(out, fmt.Sprintf("%s in %s", stream, c))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestWhoIsLeftAndWhoComesOfAge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, 40)
		for range rapid.IntRange(0, 60).Draw(t, "more") {
			switch h.pick("more", 5) {
			case 0:
				h.succeed()
			case 1:
				h.step()
			case 2:
				h.now += 200 * 24 * 3600_000
			default:
				h.child()
			}
		}
		e := h.engine(Options{Batch: rapid.IntRange(1, 30).Draw(t, "batch")})
		for _, n := range []int{len(h.steps), rapid.IntRange(0, len(h.steps)).Draw(t, "size")} {
			v := h.view(e, AtSize(domain.Size(n)))
			var lines []string
			page := Page{Limit: rapid.IntRange(1, 5).Draw(t, "limit")}
			for {
				list, err := v.ComingOfAge(domain.Division{}, domain.AllTime, page)
				if err != nil {
					t.Fatalf("coming of age: %v", err)
				}
				for _, r := range list.Rows {
					var kinds []string
					for _, k := range consentKinds {
						if slices.Contains(r.Kinds, k) {
							kinds = append(kinds, string(k))
						}
					}
					line := fmt.Sprintf("%s %s %s", r.Person, r.Day, strings.Join(kinds, ","))
					if len(kinds) == 1 {
						line += " " + r.Guardian.String()
					}
					lines = append(lines, line)
					want(t, "due", r.Due, r.Day <= v.Day())
				}
				if page.After = list.Next; page.After == "" {
					break
				}
			}
			slices.Sort(lines)
			want(t, fmt.Sprintf("guarded at %d", n), strings.Join(lines, "\n"), strings.Join(guardedModel(h.steps[:n]), "\n"))

			lines = nil
			for page.After = ""; ; {
				list, err := v.Remaining(domain.Division{}, page)
				if err != nil {
					t.Fatalf("remaining: %v", err)
				}
				for _, r := range list.Rows {
					if !r.Person.IsZero() {
						lines = append(lines, fmt.Sprintf("%s in %s", r.Person.Stream(), r.Community))
					}
				}
				if page.After = list.Next; page.After == "" {
					want(t, "counted", int(list.Persons), len(lines))
					break
				}
			}
			slices.Sort(lines)
			want(t, fmt.Sprintf("left at %d", n), strings.Join(lines, "\n"), strings.Join(remainingModel(h.steps[:n], v.Day()), "\n"))
		}
	})
}

// A person and a team stay with a community that was split until they are moved;
// one whose day has come is listed until the own consent is there.
func TestWhatIsLeftIsGoneWhenItWasMoved(t *testing.T) {
	w := newWorld(t).withPolicies()
	old, north, south := code(t, "430702001001"), code(t, "430702001002"), code(t, "430702001003")
	for _, c := range []domain.CommunityCode{old, north, south} {
		w.must(recorder, &domain.RegisterCommunity{Code: c, Name: "社区" + c.String(), From: domain.MinDay, Source: "表"})
	}
	a := w.enrol(1, old, "2025-01-01")
	child := person(2)
	w.must(recorder, &domain.EnrolPerson{Person: child, Community: old, Name: "小明", Age: 13, AgeOn: day(t, "2025-06-01")})
	w.must(recorder, &domain.StartMembership{Person: child, Membership: domain.Membership{Kind: domain.MemberOfCommunity, Community: old, From: day(t, "2025-06-01"), Basis: domain.OnPaper}})
	w.must(recorder, &domain.GiveConsent{Person: child, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.OnPaper, Guardian: a}})
	team := domain.GroupRef{Kind: domain.SubjectTeam, ID: domain.GroupID{UUID: testID(8, 1)}}
	w.must(recorder, &domain.RegisterGroup{Group: team, Community: old, Name: "红马甲", From: day(t, "2025-01-01")})
	w.must(recorder, &domain.SucceedCommunity{Code: old, Successors: []domain.CommunityCode{north, south}, From: day(t, "2026-01-01"), Source: "批复"})
	e := w.engine(Options{})
	left, err := w.view(e, Now()).Remaining(division(t, "430702"), Page{})
	wantErr(t, "remaining", err, nil)
	want(t, "left", fmt.Sprint(left.Persons, left.Groups, len(left.Rows), left.Communities[0].Successors), fmt.Sprint(2, 1, 3, []domain.CommunityCode{north, south}))
	want(t, "the team", left.Rows[2].Name, "红马甲")

	v := w.view(e, Now())
	coming, _ := v.ComingOfAge(division(t, "430702001001"), domain.AllTime, Page{})
	want(t, "coming", fmt.Sprint(coming.Due, coming.Coming, coming.Rows[0].Day), "0 1 2026-06-01")
	elsewhere, _ := v.ComingOfAge(division(t, "11"), domain.AllTime, Page{})
	want(t, "elsewhere", len(elsewhere.Rows), 0)

	w.now = day(t, "2026-06-01").Start()
	for _, id := range []domain.PersonID{a, child} {
		w.must(recorder, &domain.MoveMembership{Person: id, Membership: domain.Membership{Kind: domain.MemberOfCommunity, Community: north, From: day(t, "2026-02-01"), Basis: domain.OnPaper}})
	}
	v = w.catchUp(e)
	if left, _ = v.Remaining(domain.Division{}, Page{}); left.Persons != 0 || left.Groups != 1 {
		t.Fatalf("moved: %+v", left)
	}
	coming, _ = v.ComingOfAge(north.Division(), domain.AllTime, Page{})
	want(t, "due", fmt.Sprint(coming.Due, coming.Coming), "1 0")
	w.must(recorder, &domain.MoveGroup{Group: team, Community: south, From: day(t, "2026-02-01")})
	w.must(recorder, &domain.GiveConsent{Person: child, Consent: domain.Consent{Kind: domain.ConsentRecord, Basis: domain.Online, From: domain.NoDay}})
	v = w.catchUp(e)
	left, _ = v.Remaining(domain.Division{}, Page{})
	coming, _ = v.ComingOfAge(domain.Division{}, domain.AllTime, Page{})
	want(t, "nothing is left", fmt.Sprint(len(left.Rows), len(left.Communities), len(coming.Rows)), "0 0 0")
}
