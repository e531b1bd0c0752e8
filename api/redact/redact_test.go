package redact

import (
	"bytes"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"
)

func TestTextMasksWhatIdentifiesAPerson(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"row 12: cell refused", "row 12: cell refused"},
		{"ID 11010519491231002X is taken", "ID [number] is taken"},
		{"phone 138 0013 8000!", "phone [number]!"},
		{"phone 138-0013-8000", "phone [number]"},
		{"张三 is a member", "[text] is a member"},
		{"阿不都·热合曼 came", "[text] came"},
		{"write to zhang@example.cn now", "write to [mail] now"},
		{"a1234567890", "a[number]"},
		{"１３８００１３８０００", "[number]"},
		{"id 01234567-1234-4123-8123-123456789012.", "id 01234567-1234-4123-8123-123456789012."},
		{"person-abcdef01-1234-4123-8123-123456789012", "person-abcdef01-1234-4123-8123-123456789012"},
		{"took 250 ms, 3 of 12", "took 250 ms, 3 of 12"},
		{"𬀩 rare", "[text] rare"},
		{"", ""},
		{"@", "@"},
		{"\xff\xfe", "?"},
	} {
		if got := Text(c.in); got != c.want {
			t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	if got := Text(strings.Repeat("a", 10_000)); len(got) > longestText+len("…") {
		t.Fatalf("%d bytes", len(got))
	}
}

func TestHandlerMasksEveryWayIn(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(NewHandler(slog.NewJSONHandler(&out, nil)))
	log = log.With("note", "13800138000").WithGroup("request").With(slog.Group("in", "who", "张三"))
	log.Error("failed for 张三",
		"error", errors.New("no such person: 11010519491231002X"),
		"value", struct{ Name string }{"张三"},
		"Authorization", "Bearer abc",
		"status", 500,
	)
	line := out.String()
	for _, secret := range []string{"13800138000", "张三", "11010519491231002X", "Bearer"} {
		if strings.Contains(line, secret) {
			t.Errorf("%q is in the log line %s", secret, line)
		}
	}
	for _, kept := range []string{"no such person", `"status":500`, "[withheld]", "(struct"} {
		if !strings.Contains(line, kept) {
			t.Errorf("%q is missing from the log line %s", kept, line)
		}
	}
}

var (
	uuids       = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	longNumbers = regexp.MustCompile(`[0-9]{7}`)
)

func FuzzTextNeverShowsALongNumber(f *testing.F) {
	f.Add("a 13800138000 b")
	f.Add("x1234567@y")
	f.Fuzz(func(t *testing.T, in string) {
		if out := uuids.ReplaceAllString(Text(in), "#"); longNumbers.MatchString(out) {
			t.Fatalf("Text(%q) = %q", in, out)
		}
	})
}
