package api

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"zhishu/api/figures"
)

// everything is a city in which there is one of each thing that an address names.
type everything struct {
	*exchange
	person, activity, gift, donor, sheet, inspection string
}

func newEverything(t *testing.T) *everything {
	t.Helper()
	c, people := busyCity(t, 6)
	e := &everything{exchange: newExchange(t, c), person: people[0]}
	e.activity = strings.TrimPrefix(c.scheduled("talk", 0, ""), "/v1/activities/")
	received := c.mustPost("/v1/donations", strings.Replace(cash, "1280.50", "7", 1))
	e.gift, e.donor = received.Donation, received.Donor
	e.inspection = inspectionExchange(e.exchange).Inspection
	c.upload(asClerk, hours)
	e.sheet = ask[figures.Imports](c, "/v1/imports?limit=1", clerk...).Rows[0].Import
	c.announce()
	return e
}

// at is the address of an operation, with what is there in its places.
func (e *everything) at(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(path, "/v1/what-if"), "/v1"), "/{")
	id := map[string]string{"/activities": e.activity, "/donations": e.gift, "/imports": e.sheet, "/inspections": e.inspection, "/persons": e.person}
	kind := map[string]string{"/registers": "participation", "/standings": "households", "/templates": "people"}
	code := map[string]string{"/communities": here, "/problems": "overlap"}
	return strings.NewReplacer("{id}", id[first], "{kind}", kind[first], "{code}", code[first], "{donor}", e.donor,
		"{event}", "person-"+e.person+"@0", "{level}", "0", "{number}", "000").Replace(path)
}

// needed is what a query of an operation names at least.
func (e *everything) needed(op *openapi3.Operation) url.Values {
	values := map[string]string{"community": here, "period": "2026", "person": e.person, "from": "12", "example": "counting-half-hours"}
	q := url.Values{}
	for _, p := range op.Parameters {
		if v, known := values[p.Value.Name]; p.Value.In == "query" && known && (p.Value.Required || p.Value.Name == "period") {
			q.Set(p.Value.Name, v)
		}
	}
	return q
}

// gets lists the addresses of the document that are read, but for the events,
// which never end.
func (e *everything) gets() (paths []string) {
	for path, item := range e.doc.Paths.Map() {
		if item.Get != nil && path != "/v1/events" {
			paths = append(paths, path)
		}
	}
	sort.Strings(paths)
	return paths
}

// extremes are what whoever means harm puts into a parameter.
func extremes(p *openapi3.Parameter) []string {
	switch p.Name {
	case "period":
		return []string{"0001-01-01..9999-12-31", "1999-01-01..2026-03-10", "0001-01-01..0020-12-31", "2007-01-01..2026-12-31", "9980-01-01..9999-12-31", "0001", "9999", "all"}
	case "asOf", "from", "to":
		return []string{"0", "1", "4294967295", "0001-01-01", "9999-12-31"}
	case "limit", "lines":
		return []string{"500", "501", "0", "-1", "99999999999999999999"}
	case "division", "scope":
		return []string{"1", "43", "99"}
	case "example":
		return []string{"counting-half-hours", "stars-100-to-1000", strings.Repeat("x", 64)}
	}
	all := []string{strings.Repeat("9", 600), strings.Repeat("志", 100), "%00"}
	if p.Schema != nil {
		for _, v := range p.Schema.Value.Enum {
			if s, ok := v.(string); ok {
				all = append(all, s)
			}
		}
	}
	return all
}

// mostBytes is what nobody's short question may be answered with more than, in a
// city where next to nothing has happened.
const mostBytes = 256 << 10

// A short question has no long answer: what is sent, and kept, follows from what
// happened and not from what is asked.
func TestNoQuestionMakesALongAnswer(t *testing.T) {
	e := newEverything(t)
	asked := 0
	for _, path := range e.gets() {
		op := e.doc.Paths.Value(path).Get
		for _, p := range op.Parameters {
			if p.Value.In != "query" {
				continue
			}
			for _, value := range extremes(p.Value) {
				q := e.needed(op)
				q.Set(p.Value.Name, value)
				a := e.c.get(e.at(path)+"?"+q.Encode(), clerk...)
				asked++
				if len(a.body) > mostBytes || a.status >= http.StatusInternalServerError {
					t.Errorf("%s %s=%.40s: %d and %d bytes", path, p.Value.Name, value, a.status, len(a.body))
				}
			}
		}
	}
	if asked < 500 {
		t.Errorf("only %d questions", asked)
	}
}

// The longest period that a figure is asked of, and the first that is longer.
func TestAPeriodHasAnEnd(t *testing.T) {
	c := newCity(t, nil)
	for _, path := range []string{"/v1/sessions", "/v1/participation", "/v1/donations", "/v1/coming-of-age", "/v1/communities/" + here + "/scorecard"} {
		if a := c.get(path + "?period=2006-03-11..2026-03-10"); a.status != http.StatusOK {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
		if p := c.get(path + "?period=2006-03-10..2026-03-10").problem(t); p.Code != CodePeriodTooLong {
			t.Errorf("%s: %+v", path, p)
		}
	}
}

// strangersMayRead are the operations that take an account and do not ask whether there
// is one, with the reason.
var strangersMayRead = map[string]string{}

// Whoever names an account that nobody opened is told so wherever an account is named,
// and reads nothing.
func TestAStrangerIsRefusedWhereverAnAccountIsNamed(t *testing.T) {
	e := newEverything(t)
	asked := 0
	for _, path := range e.gets() {
		op := e.doc.Paths.Value(path).Get
		named := slices.ContainsFunc(op.Parameters, func(p *openapi3.ParameterRef) bool {
			return p.Value.In == openapi3.ParameterInHeader && p.Value.Name == headerAccount
		})
		reason, listed := strangersMayRead[op.OperationID]
		switch {
		case !named && listed:
			t.Errorf("%s takes no account and is listed: %s", op.OperationID, reason)
		case !named:
			continue
		}
		asked++
		address := e.at(path) + "?" + e.needed(op).Encode()
		a := e.c.get(address, headerAccount, "stranger")
		switch refused := a.status >= http.StatusBadRequest && a.problem(t).Code == noSuchAccount; {
		case refused == listed:
			t.Errorf("%s %s: %d %.200s", op.OperationID, address, a.status, a.body)
		case !listed && op.Responses.Status(a.status) == nil && op.Responses.Default() == nil:
			t.Errorf("%s does not say that it refuses with %d", op.OperationID, a.status)
		}
	}
	if asked < 24 {
		t.Errorf("only %d operations take an account", asked)
	}
}
