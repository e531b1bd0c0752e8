package domain_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"zhishu/domain"
)

// TestScripts runs the bookkeeper's scripts; testdata/README.md is their
// grammar.
func TestScripts(t *testing.T) {
	for _, path := range scripts(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			checked := 0
			l := newLedger(t)
			for i, line := range strings.Split(string(text), "\n") {
				if strings.HasPrefix(strings.TrimSpace(line), "==") {
					l = newLedger(t)
					continue
				}
				if err := l.line(line, &checked); err != nil {
					t.Errorf("%s:%d: %s\n\t%v", path, i+1, strings.TrimSpace(line), err)
				}
			}
			if checked == 0 {
				t.Error("the script expects nothing")
			}
		})
	}
}

func scripts(t testing.TB) []string {
	paths, err := filepath.Glob("testdata/[0-9]*.txt") // year.txt is played against the whole program
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d scripts found, %v", len(paths), err)
	}
	return paths
}

// recorded is an event as the log holds it.
type recorded struct {
	event domain.Event
	meta  domain.Meta
}

// reporter is what a script's test and a property have in common.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// ledger is the whole system as a script sees it: streams in memory, a clock
// that a script sets, and the accounts every script begins with.
type ledger struct {
	t       reporter
	now     domain.Instant
	streams map[string][]recorded
	states  map[string]domain.State
	people  map[domain.PersonID]string
	gifts   []string // labels in order of appearance
	args    words    // options of the line being read
	// trusting leaves out the fold after every command: a long random life
	// folds once at its end.
	trusting bool
}

func newLedger(t reporter) *ledger {
	l := &ledger{t: t, streams: map[string][]recorded{}, states: map[string]domain.State{}, people: map[domain.PersonID]string{}}
	l.now = at("2026-03-10", "23:59")
	l.must(&domain.OpenAccount{Account: founder.Account, Handle: "operator", Role: founder.Role})
	for _, handle := range []string{"clerk", "reviewer", "third"} {
		l.must(&domain.OpenAccount{Account: account(handle), Handle: handle, Role: domain.RoleRecorder})
	}
	for _, p := range domain.DefaultPolicies() {
		l.must(&domain.AdoptPolicy{Policy: p, Beginning: true})
	}
	return l
}

// founder runs the program, and opens the first account: itself.
var founder = domain.Actor{Account: account("operator"), Role: domain.RoleOperator}

func (l *ledger) must(c domain.Command) {
	l.t.Helper()
	if events, err := l.decide(c, founder); err != nil || len(events) == 0 {
		l.t.Fatalf("%s: %v, %d events", c.Operation(), err, len(events))
	}
}

// as has an account give a command: the account's own stream says who it is.
func (l *ledger) as(handle string, c domain.Command) ([]recorded, error) {
	by, err := l.state(account(handle).Stream()).(*domain.Account).Actor()
	if err != nil {
		return nil, err
	}
	return l.decide(c, l.acting(by))
}

// decide lets the domain judge and records what it answers. After every
// command the state must be the one folded from the first event: a Decide that
// changed the state it judged would show here.
func (l *ledger) decide(c domain.Command, by domain.Actor) ([]recorded, error) {
	stream := c.Target()
	state := l.state(stream)
	events, err := state.Decide(l.judgedOn(c), by, l.now)
	if !l.trusting && !reflect.DeepEqual(state, l.fold(stream)) {
		l.t.Errorf("%s: Decide changed the state", c.Operation())
	}
	if err != nil {
		if len(events) > 0 {
			l.t.Errorf("%s: refused with events", c.Operation())
		}
		return nil, err
	}
	if err := l.precede(c, by); err != nil {
		return nil, err
	}
	for _, e := range events {
		l.record(stream, e, by)
	}
	added := l.streams[stream]
	return added[len(added)-len(events):], nil
}

func (l *ledger) record(stream string, e domain.Event, by domain.Actor) {
	if _, ok := domain.ParseStream(stream); !ok {
		l.t.Errorf("recorded in %q, which no reader will understand", stream)
	}
	r := recorded{e, domain.Meta{RecordedAt: l.now, Account: by.Account, Person: by.Person}}
	l.streams[stream] = append(l.streams[stream], r)
	l.state(stream).Evolve(r.event, r.meta)
}

func (l *ledger) state(stream string) domain.State {
	if l.states[stream] == nil {
		category, _, _ := strings.Cut(stream, "-")
		l.states[stream] = domain.NewState(category)
	}
	return l.states[stream]
}

func (l *ledger) fold(stream string) domain.State {
	category, _, _ := strings.Cut(stream, "-")
	s := domain.NewState(category)
	for _, r := range l.streams[stream] {
		s.Evolve(r.event, r.meta)
	}
	return s
}

// line runs one line of a script.
func (l *ledger) line(line string, checked *int) (err error) {
	line, _, _ = strings.Cut(line, "#")
	ask, want, expects := strings.Cut(line, "->")
	want = strings.Join(strings.Fields(want), " ")
	tokens := strings.Fields(ask)
	if len(tokens) == 0 {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			bad, ok := r.(badLine)
			if !ok {
				panic(r)
			}
			err = errors.New(string(bad))
		}
	}()
	l.args = parseWords(tokens)
	if setup := l.setups()[tokens[0]]; setup != nil {
		setup()
		return nil
	}
	if !expects {
		return errors.New("the line expects nothing: write -> and the outcome")
	}
	*checked++
	if query := l.query(); query != nil {
		if got := query(); got != want {
			return fmt.Errorf("got  %s\n\twant %s", got, want)
		}
		return nil
	}
	added, err := l.as(l.args.option("由", l.whose()), l.command())
	if got := outcome(want, l, added, err); got != want {
		return fmt.Errorf("got  %s\n\twant %s", got, want)
	}
	return nil
}

// whose account gives a command that does not say so: accounts and signing keys
// are the operator's.
func (l *ledger) whose() string {
	if subject := l.args.at(0); subject == "账号" || subject == "签名" {
		return "operator"
	}
	return "clerk"
}

// outcome writes what happened in the detail the script asks for.
func outcome(want string, l *ledger, added []recorded, err error) string {
	var refusal *domain.Refusal
	switch {
	case errors.As(err, &refusal) && strings.Contains(want, " "):
		return string(refusal.Code) + " " + refusal.Field
	case errors.As(err, &refusal):
		return string(refusal.Code)
	case err != nil:
		return "error: " + err.Error()
	case len(added) == 0:
		return "already"
	case slices.ContainsFunc([]string{"记录", "申请", "签到", "异议", "漏记", "拨付", "查询"}, func(word string) bool { return strings.HasPrefix(want, word) }):
		return numbered(l, added[0].event)
	}
	return "ok"
}

// numbered names a claim, a proposal, a dispute or a report by its revision.
func numbered(l *ledger, e domain.Event) string {
	for _, history := range l.streams {
		for revision, r := range history {
			if r.event != e {
				continue
			}
			word := "申请"
			switch e.(type) {
			case *domain.EntryClaimed, *domain.CheckedOut:
				word = "记录"
			case *domain.CheckedIn:
				word = "签到"
			case *domain.EntryDisputed:
				word = "异议"
			case *domain.MissingEntryReported:
				word = "漏记"
			case *domain.DonationAllocated:
				word = "拨付"
			case *domain.DonationEnquired:
				word = "查询"
			}
			return word + strconv.Itoa(revision)
		}
	}
	return "ok"
}

// badLine is a line that does not follow the grammar.
type badLine string

func bad(format string, args ...any) { panic(badLine(fmt.Sprintf(format, args...))) }

// words is a line taken apart: words in order, and options such as 由 clerk,
// 自 2026-01-01 or 理由=抄错.
type words struct {
	plain   []string
	options map[string]string
}

func parseWords(tokens []string) words {
	w := words{options: map[string]string{}}
	for i := 0; i < len(tokens); i++ {
		switch key, value, ok := strings.Cut(tokens[i], "="); {
		case ok:
			w.options[key] = literal(value)
		case (tokens[i] == "由" || tokens[i] == "自" || tokens[i] == "至") && i+1 < len(tokens):
			w.options[tokens[i]] = tokens[i+1]
			i++
		default:
			w.plain = append(w.plain, literal(tokens[i]))
		}
	}
	return w
}

var repeated = regexp.MustCompile(`^(.+)×(\d+)$`)

// literal reads a word: "" is the empty text, 长×201 is 长 written 201 times.
func literal(s string) string {
	if s == `""` {
		return ""
	}
	if m := repeated.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[2])
		return strings.Repeat(m[1], n)
	}
	return s
}

func (w words) at(i int) string {
	if i >= len(w.plain) {
		bad("word %d is missing", i+1)
	}
	return w.plain[i]
}

func (w words) option(key, otherwise string) string {
	if v, ok := w.options[key]; ok {
		return v
	}
	return otherwise
}

func (w words) list(key string) []string {
	if v := w.option(key, ""); v != "" {
		return strings.Split(v, ",")
	}
	return nil
}

func (w words) number(key string) int64 {
	n, err := strconv.ParseInt(w.option(key, "0"), 10, 64)
	if err != nil {
		bad("%s is not a number", key)
	}
	return n
}

// id makes the same identity of the same label every time.
func id(kind, label string) (u domain.UUID) {
	if label == "" || label == "无" {
		return u
	}
	sum := sha256.Sum256([]byte(kind + "/" + label))
	copy(u[:], sum[:])
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return u
}

func account(label string) domain.AccountID { return domain.AccountID{UUID: id("account", label)} }
func group(label string) domain.GroupID     { return domain.GroupID{UUID: id("group", label)} }

// groupRef names a group: 户 一号.
func groupRef(kind, label string) domain.GroupRef {
	return domain.GroupRef{Kind: subjectKind(kind), ID: group(label)}
}

func subjectKind(s string) domain.SubjectKind {
	if m, ok := membershipKinds[s]; ok {
		return domain.SubjectKind(m)
	}
	return domain.SubjectKind(s)
}
func donation(label string) domain.DonationID {
	return domain.DonationID{UUID: id("donation", label)}
}
func organisation(label string) domain.OrganisationID {
	return domain.OrganisationID{UUID: id("organisation", label)}
}

func (l *ledger) person(label string) domain.PersonID {
	p := domain.PersonID{UUID: id("person", label)}
	l.people[p] = label
	return p
}

func (l *ledger) personState(label string) *domain.Person {
	return l.state(l.person(label).Stream()).(*domain.Person)
}

// community is zero for what is not a community code, so that the domain and
// not the test refuses it.
func community(s string) domain.CommunityCode {
	c, _ := domain.ParseCommunityCode(s)
	return c
}

func division(s string) domain.Division {
	if s == "全国" {
		return domain.Division{}
	}
	d, err := domain.ParseDivision(s)
	if err != nil {
		bad("%q: %v", s, err)
	}
	return d
}

// row reads A/5: row 5 of import A.
func row(s string) domain.Row {
	if s == "" {
		return domain.Row{}
	}
	sheet, line, _ := strings.Cut(s, "/")
	n, err := strconv.Atoi(line)
	if err != nil {
		bad("%q is not a row such as A/5", s)
	}
	return domain.Row{Import: domain.ImportID{UUID: id("import", sheet)}, Number: uint32(n), Print: uint64(n)}
}
