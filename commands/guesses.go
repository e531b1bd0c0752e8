package commands

import (
	"errors"
	"sync"

	"zhishu/domain"
)

// guesses counts wrong check-in codes. Six digits are enough for a minute at a
// door, and few for somebody who tries them one after the other from home: who
// gave mostWrong wrong ones for an activity within a step of the code waits for
// the next. What the person's own accounts guess counts together; every other
// account, such as the one at the door, is counted by itself, so that nobody uses
// up the guesses of another. Each server counts for itself.
type guesses struct {
	mu    sync.Mutex
	step  int64
	wrong map[guess]int
}

type guess struct {
	account  domain.AccountID // none: the person's own
	person   domain.PersonID
	activity domain.ActivityID
}

const mostWrong = 5

// guessOf is whose code for which activity a command gives.
func guessOf(c domain.Command, by domain.Actor) (g guess, ok bool) {
	switch c := c.(type) {
	case *domain.CheckInTo:
		g, ok = guess{by.Account, c.Person, c.Activity}, true
	case *domain.CheckOutOf:
		g, ok = guess{by.Account, c.Person, c.Activity}, true
	}
	if by.Is(g.person) {
		g.account = domain.AccountID{}
	}
	return g, ok
}

// allow refuses a command that has guessed too often, whether or not its code
// is right: an answer would tell.
func (x *guesses) allow(c domain.Command, by domain.Actor, now domain.Instant) error {
	g, ok := guessOf(c, by)
	if !ok {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if step, _ := domain.CodeStep(now); step == x.step && x.wrong[g] >= mostWrong {
		return refuse(TooManyCodes, "code")
	}
	return nil
}

// note counts what a command was refused for.
func (x *guesses) note(c domain.Command, by domain.Actor, now domain.Instant, err error) {
	var r *domain.Refusal
	g, ok := guessOf(c, by)
	if !ok || !errors.As(err, &r) || r.Code != domain.CodeWrong {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if step, _ := domain.CodeStep(now); step != x.step || x.wrong == nil {
		x.step, x.wrong = step, map[guess]int{}
	}
	x.wrong[g]++
}
