package eventstore

import (
	"errors"
	"strings"
	"testing"
)

func TestIsLedger(t *testing.T) {
	for stream, want := range map[string]bool{
		"person-1": true, "donation-x": true, "a": true, "Checkpoint": true, "checkpoint-1": true, "checkpoints": true, "readtrail": true, "person-readtrail-1": true,
		"": false, "$all": false, "$$person-1": false, "checkpoint": false, "readtrail-": false, "readtrail-2026-01": false,
	} {
		if got := IsLedger(stream); got != want {
			t.Errorf("IsLedger(%q) = %v", stream, got)
		}
	}
}

func TestValidStream(t *testing.T) {
	for stream, want := range map[string]bool{
		"a": true, "person-1": true, "a$b": true, "~": true, strings.Repeat("n", MaxStreamName): true,
		"": false, "-a": false, "$a": false, "a b": false, "a\x7f": false, "é": false, "a\n": false, strings.Repeat("n", MaxStreamName+1): false,
	} {
		if got := ValidStream(stream); got != want {
			t.Errorf("ValidStream(%q) = %v", stream, got)
		}
	}
}

func TestExpected(t *testing.T) {
	var unset Expected
	for _, c := range []struct {
		e     Expected
		count uint64
		ok    bool
		text  string
	}{
		{unset, 0, false, "unset"},
		{NoStream(), 0, true, "no stream"},
		{After(0), 0, true, "no stream"},
		{After(3), 3, true, "revision 2"},
		{Exactly(0), 1, true, "revision 0"},
		{Exactly(Last), 1<<64 - 1, true, "revision 18446744073709551615"}, // never taken for an empty stream
	} {
		if n, ok := c.e.Count(); n != c.count || ok != c.ok || c.e.String() != c.text {
			t.Errorf("%v: Count = %d, %v", c.e, n, ok)
		}
	}
	if NoStream() != After(0) || Exactly(4) != After(5) || NoStream() == unset {
		t.Error("expectations do not compare as they mean")
	}
}

func TestPosition(t *testing.T) {
	order := []Position{{}, NewPosition(0, 1), NewPosition(0, 1<<64-1), NewPosition(1, 0), NewPosition(1<<64-1, 1<<64-1)}
	for i, p := range order {
		got, err := ParsePosition(p.String())
		if err != nil || got != p || p.IsZero() != (i == 0) {
			t.Errorf("ParsePosition(%q) = %v, %v", p, got, err)
		}
		for k, q := range order {
			if c := p.Compare(q); (c < 0) != (i < k) || (c > 0) != (i > k) {
				t.Errorf("Compare(%s, %s) = %d", p, q, c)
			}
		}
	}
	for _, bad := range []string{"", "-", "1", "1-", "-1", "1-2-3", "g-1", "1-g", " 1-1", "1-+1", "11111111111111111-1", "0x1-1"} {
		if p, err := ParsePosition(bad); err == nil {
			t.Errorf("ParsePosition(%q) = %s", bad, p)
		}
	}
}

func TestCheckAppend(t *testing.T) {
	id := ID{1}
	one := []Event{{ID: id, Type: "t"}}
	full := make([]Event, MaxBatchEvents+1)
	for i := range full {
		full[i].ID = id
	}
	for _, c := range []struct {
		stream   string
		expected Expected
		events   []Event
		want     error
	}{
		{"person-1", NoStream(), one, nil},
		{"person-1", NoStream(), full[:MaxBatchEvents], nil},
		{"person-1", NoStream(), []Event{{ID: id, Data: make([]byte, MaxBatchBytes)}}, nil},
		{"$person-1", NoStream(), one, ErrStreamName},
		{"person-1", Expected{}, one, ErrNoExpectation},
		{"person-1", NoStream(), nil, ErrEmptyBatch},
		{"person-1", NoStream(), []Event{{ID: id}, {Type: "t"}}, ErrNoID},
		{"person-1", NoStream(), full, ErrBatchTooLarge},
		{"person-1", NoStream(), []Event{{ID: id, Type: "t", Data: make([]byte, MaxBatchBytes-1), Metadata: []byte{0}}}, ErrBatchTooLarge},
	} {
		if err := CheckAppend(c.stream, c.expected, c.events); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("CheckAppend(%q, %s, %d events) = %v, want %v", c.stream, c.expected, len(c.events), err, c.want)
		}
	}
}
