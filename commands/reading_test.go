package commands_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"zhishu/commands"
	"zhishu/domain"
)

const minute = domain.Instant(60_000)

var hall = domain.ActivityID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 9}}

// schedule announces an hour that has just begun and opens its window.
func (b *bench) schedule(h *commands.Handler, capacity uint32) {
	b.t.Helper()
	plan := domain.Plan{
		Kind: domain.ServiceActivity, Title: "清洁日", Community: community, Start: b.clock, End: b.clock + 60*minute, Capacity: capacity,
	}
	b.must(h.Do(b.t.Context(), b.by(h, "clerk", "schedule", &domain.ScheduleActivity{Activity: hall, Plan: plan})))
	b.must(h.Do(b.t.Context(), b.by(h, "clerk", "window", &domain.OpenCheckIn{Activity: hall})))
}

func (b *bench) code(h *commands.Handler) string {
	b.t.Helper()
	c, err := h.CheckInCode(b.t.Context(), h.AccountOf("clerk"), hall)
	if err != nil {
		b.t.Fatal(err)
	}
	if len(c.Code) != 6 || c.Next <= b.clock || c.Next > b.clock+minute {
		b.t.Fatalf("%+v at %s", c, b.clock)
	}
	return c.Code
}

func TestCheckInIsJudgedOnTheActivityAndNamesWhatWasRead(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	b.schedule(h, 0)
	code := b.code(h)
	checkIn := func(code string) *domain.CheckInTo {
		return &domain.CheckInTo{Person: b.person, Activity: hall, Code: code}
	}
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	_, err := h.Do(t.Context(), b.by(h, "clerk", "in", checkIn(wrong)))
	wantCode(t, err, domain.CodeWrong)
	first := b.must(h.Do(t.Context(), b.by(h, "clerk", "in", checkIn(code))))

	// A retry shows the code that is shown by then: it is the same request.
	b.clock += 5 * minute
	if b.code(h) == code {
		t.Fatal("the code does not change")
	}
	again := b.must(h.Do(t.Context(), b.by(h, "clerk", "in", checkIn(b.code(h)))))
	if !again.Repeated || again.First != first.First {
		t.Fatalf("%+v, %+v", first, again)
	}
	_, err = h.Do(t.Context(), b.by(h, "clerk", "out", &domain.CheckOutOf{Person: b.person, Activity: hall, Code: code}))
	wantCode(t, err, domain.CodeWrong) // it was right five minutes ago

	// Another server closes the window; this one remembers it open.
	other := b.handler(b.store)
	b.must(other.Do(t.Context(), b.by(other, "clerk", "stop", &domain.CloseCheckIn{Activity: hall})))
	_, err = h.Do(t.Context(), b.by(h, "clerk", "out", &domain.CheckOutOf{Person: b.person, Activity: hall, Code: code}))
	wantCode(t, err, domain.WindowClosed)

	events := recorded(t, b.store, b.person.Stream())
	last := events[len(events)-1]
	if last.Type != "checked-in" || !bytes.Contains(last.Data, []byte(`"read":{"stream":"`+hall.Stream()+`","revision":1}`)) {
		t.Fatalf("%s %s", last.Type, last.Data)
	}
	for _, stream := range []string{b.person.Stream(), hall.Stream()} {
		for _, e := range recorded(t, b.store, stream) {
			if bytes.Contains(e.Data, []byte(`"`+code)) || bytes.Contains(e.Metadata, []byte(code)) {
				t.Errorf("the code is stored: %s %s", e.Data, e.Metadata)
			}
		}
	}
}

func TestResidentsDoNotReadTheCode(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	b.schedule(h, 0)
	b.must(h.Do(t.Context(), b.by(h, "clerk", "open", &domain.OpenAccount{Account: h.AccountOf("zhang"), Handle: "zhang", Role: domain.RoleResident})))
	_, err := h.CheckInCode(t.Context(), h.AccountOf("zhang"), hall)
	wantCode(t, err, domain.RoleForbids)
	_, err = h.CheckInCode(t.Context(), h.AccountOf("nobody"), hall)
	wantCode(t, err, domain.AccountUnknown)
	_, err = h.CheckInCode(t.Context(), h.AccountOf("clerk"), domain.ActivityID{UUID: domain.UUID{15: 1}})
	wantCode(t, err, domain.SubjectUnknown)
	b.clock += 91 * minute
	_, err = h.CheckInCode(t.Context(), h.AccountOf("clerk"), hall)
	wantCode(t, err, domain.WindowClosed)
}

// A sign-up holds the activity and reads the person, a check-in holds the
// person and reads the activity.
func TestSignUpsAndCheckInsDoNotWaitForEachOther(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	b.schedule(h, 10)
	code := b.code(h)
	people := make([]domain.PersonID, 20)
	for i := range people {
		people[i] = domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 14: 2, 15: byte(i)}}
		b.enrol(h, people[i], "某", "")
	}
	var all sync.WaitGroup
	for i, p := range people {
		for _, c := range []domain.Command{
			&domain.SignUpFor{Activity: hall, Person: p}, &domain.CheckInTo{Person: p, Activity: hall, Code: code},
		} {
			all.Go(func() {
				if _, err := h.Do(t.Context(), b.by(h, "clerk", fmt.Sprint(c.Operation(), i), c)); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	state, err := h.State(t.Context(), hall.Stream())
	if err != nil {
		t.Fatal(err)
	}
	waiting := 0
	for _, p := range people {
		if _, waits, ok := state.(*domain.Activity).Place(p); !ok {
			t.Error("a sign-up is missing")
		} else if waits {
			waiting++
		}
	}
	if waiting != 10 {
		t.Errorf("%d wait", waiting)
	}
}

func TestJudgingReadsOtherStreamsToo(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	b.schedule(h, 0)
	b.clock += 61 * minute
	outs, err := h.Judge(t.Context(), []commands.Request{
		b.by(h, "clerk", "late", &domain.EnterAttendance{Person: b.person, Activity: hall, Evidence: []domain.Evidence{{Kind: "签到表"}}}),
		b.by(h, "reviewer", "yes", &domain.ConfirmAttendance{Person: b.person, Activity: hall}),
	})
	if err != nil || outs[0].Err != nil || outs[0].Events != 1 {
		t.Fatalf("%+v, %v", outs, err)
	}
	wantCode(t, outs[1].Err, domain.ActivityNotAttested)
}

// Who tries codes one after the other waits for the next one after five.
func TestCodesAreNotGuessed(t *testing.T) {
	b := newBench(t)
	h := b.handler(b.store)
	b.schedule(h, 0)
	other := domain.PersonID{UUID: domain.UUID{6: 0x40, 8: 0x80, 15: 7}}
	b.enrol(h, other, "乙", "")
	code := b.code(h)
	try := func(p domain.PersonID, n int, code string) error {
		_, err := h.Do(t.Context(), b.by(h, "clerk", fmt.Sprint(p, n), &domain.CheckInTo{Person: p, Activity: hall, Code: code}))
		return err
	}
	for n := range 5 {
		wantCode(t, try(b.person, n, "wrong"), domain.CodeWrong)
	}
	wantCode(t, try(b.person, 6, "wrong"), commands.TooManyCodes)
	wantCode(t, try(b.person, 7, code), commands.TooManyCodes) // the right one would tell
	// Whoever uses up guesses uses up their own: another account still has five.
	_, err := h.Do(t.Context(), b.by(h, "reviewer", "door", &domain.CheckInTo{Person: b.person, Activity: hall, Code: "wrong"}))
	wantCode(t, err, domain.CodeWrong)
	if err := try(other, 1, code); err != nil {
		t.Fatal(err)
	}
	b.clock += minute
	if err := try(b.person, 8, b.code(h)); err != nil {
		t.Fatal(err)
	}
}
