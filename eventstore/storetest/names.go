package storetest

import (
	"strings"

	"zhishu/eventstore"
)

func checkNames(t T, f Factory) {
	s := start(t, f)
	names := []string{
		"a", "a-", "a-b", "a--b", "a-b-c", "0", "Person-1", "person-" + strings.Repeat("0", 36),
		"~", "!-#", "a'b", `a"b`, "a;DROP/**/TABLE/**/events;--", `a\b`, "a/b", "../a", "a%00b", "a%", "a_", "a*", "a?", "a.b", "(a)", "{a}", "[a]", "<a>",
		"a=b&c", "a|b", "a`b", "a:b", "a,b", "a@b", "a$b", "NULL", "null-1", "person", "checkpoint", "readtrail-1",
		strings.Repeat("n", eventstore.MaxStreamName-1), strings.Repeat("n", eventstore.MaxStreamName),
	}
	for i, name := range names {
		mustAppend(t, s, name, 0, events(2*i, 2*i+2)...)
	}
	for i, name := range names {
		wantStream(t, s, name, events(2*i, 2*i+2))
	}
	for i, e := range readAll(t, s, eventstore.Position{}) {
		wantEvent(t, e, names[i/2], i%2, event(i))
	}
}

func checkNamesRefused(t T, f Factory) {
	s := start(t, f)
	for _, name := range []string{
		"", "-", "-a", "$a", "$$a", "$all", " ", "a b", " a", "a ", "a\tb", "a\nb", "a\x00", "\x7f", "é", "社区-1", "a\xff",
		strings.Repeat("n", eventstore.MaxStreamName+1),
	} {
		_, err := s.Append(t.Context(), name, eventstore.NoStream(), events(0, 1))
		wantError(t, "Append to "+name, err, eventstore.ErrStreamName)
	}
	if got := readAll(t, s, eventstore.Position{}); len(got) != 0 {
		t.Fatalf("refused appends left %d events", len(got))
	}
}

func checkNamesApart(t T, f Factory) {
	s := start(t, f)
	names := []string{"person-1", "person-10", "person-1-", "person-1-1", "person1", "Person-1", "PERSON-1", "person-l", "person-01", "perso", "person-1%", "person-_"}
	for i, name := range names {
		mustAppend(t, s, name, 0, event(i))
	}
	for i, name := range names {
		mustAppend(t, s, name, 1, event(100+i))
	}
	for i, name := range names {
		wantStream(t, s, name, []eventstore.Event{event(i), event(100 + i)})
	}
	for _, name := range []string{"person-", "person-100", "person-2", "pERSON-1"} {
		_, err := firstError(s.ReadStream(t.Context(), name, 0, eventstore.Forwards))
		wantError(t, "ReadStream "+name, err, eventstore.ErrStreamNotFound)
	}
}
