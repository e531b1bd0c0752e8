package proof

import (
	"bytes"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"testing"
)

type storyVectors struct {
	Key     string
	Earlier Receipt
	File    Receipts
}

func stories(t *testing.T) (v storyVectors, key Key) {
	t.Helper()
	load(t, "stories.json", &v)
	key, err := ParseKey(v.Key)
	var compact bytes.Buffer
	if err = errors.Join(err, json.Compact(&compact, v.File.Statement)); err != nil {
		t.Fatal(err)
	}
	v.File.Statement = compact.Bytes()
	return v, key
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What a file proves, and what it says beside it.
func TestFiles(t *testing.T) {
	v, key := stories(t)
	r, _, _, _ := receipts(t) // of the same log
	gift := r.Receipts[1]
	p, err := VerifyFile(encoded(t, v.File), key)
	if err != nil || len(p.Facts) != 5 || !p.Whole || !p.Stated || p.Steps != 4 {
		t.Fatalf("%+v, %v", p, err)
	}
	if p, err := VerifyFile(encoded(t, v.File.Receipts[2]), key); err != nil || len(p.Facts) != 1 || p.Whole || p.Stated {
		t.Errorf("one receipt: %+v, %v", p, err)
	}
	bare := v.File
	bare.Statement = nil
	if p, err := VerifyFile(encoded(t, bare), key); err != nil || p.Stated || !p.Whole {
		t.Errorf("without a statement: %+v, %v", p, err)
	}
	// The order of the members does not matter: other programs sort them.
	var sorted map[string]any
	if err := json.Unmarshal(encoded(t, v.File), &sorted); err != nil {
		t.Fatal(err)
	}
	if p, err := VerifyFile(encoded(t, sorted), key); err != nil || p.Steps != 4 {
		t.Errorf("sorted: %+v, %v", p, err)
	}

	said := string(v.File.Statement)
	replace := func(old, new string) func(*Receipts) {
		if !strings.Contains(said, old) {
			t.Fatalf("the statement does not say %s: %s", old, said)
		}
		return func(s *Receipts) { s.Statement = json.RawMessage(strings.Replace(said, old, new, 1)) }
	}
	void := `,{"type":"entry-void-approved","by":"00000000-0000-4000-8000-00000000000b","at":"2026-01-01T00:00:00Z","revision":4}`
	for what, c := range map[string]struct {
		change func(*Receipts)
		want   error
	}{
		"no receipt":                   {func(s *Receipts) { s.Receipts = []Receipt{} }, ErrShort},
		"no list":                      {func(s *Receipts) { s.Receipts = nil }, ErrShort},
		"cut before the void":          {func(s *Receipts) { s.Receipts = s.Receipts[:4] }, ErrShort},
		"the void left untold":         {replace(void, ""), ErrMismatch},
		"a step of another kind":       {replace("entry-confirmed", "entry-rejected"), ErrMismatch},
		"a step by somebody else":      {replace("00000000000b", "00000000000c"), ErrMismatch},
		"a step at another time":       {replace("2026-01-01T", "2026-01-02T"), ErrMismatch},
		"a step elsewhere":             {replace(`"revision":2`, `"revision":3`), ErrMismatch},
		"an entry without its history": {replace(`"life":[`, `"lives":[`), ErrMismatch},
		"somebody else's":              {replace(`"person":"6f1c`, `"person":"7f1c`), ErrMismatch},
		"entries that are no list":     {replace(`"entries":[`, `"entries":7,"e":[`), ErrFormat},
		"entries twice":                {replace(`"entries":[`, `"entries":[],"entries":[`), ErrFormat},
		"another checkpoint":           {func(s *Receipts) { s.Receipts = append([]Receipt{v.Earlier}, s.Receipts[1:]...) }, ErrMismatch},
		"another stream":               {func(s *Receipts) { s.Stream += "x" }, ErrMismatch},
		"one changed":                  {func(s *Receipts) { s.Receipts[3].Event.Type = "entry-void-refused" }, ErrMismatch},
	} {
		bad := v.File
		bad.Receipts = append([]Receipt{}, bad.Receipts...)
		c.change(&bad)
		if p, err := VerifyFile(encoded(t, bad), key); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", what, p, err)
		}
	}
	for what, content := range map[string]string{
		"twice the receipts": strings.Replace(string(encoded(t, v.File)), `"receipts":[`, `"receipts":[],"receipts":[`, 1),
		"cut short":          string(encoded(t, v.File))[:3000],
		"more behind it":     string(encoded(t, v.File)) + "{}",
		"nothing":            "",
		"null":               "null",
		"a list":             "[]",
	} {
		if p, err := VerifyFile([]byte(content), key); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %+v, %v", what, p, err)
		}
	}
	// The receipts of gifts, a stream each.
	given := Receipts{Format: StatementFormat, Stream: v.Earlier.Event.Stream, Receipts: []Receipt{v.Earlier}}
	file := v.File
	file.Stream, file.Receipts, file.Statement, file.Gifts = r.Statement.Stream, r.Statement.Receipts, nil, []Receipts{{Format: StatementFormat, Stream: gift.Event.Stream, Receipts: []Receipt{gift}}}
	if p, err := VerifyFile(encoded(t, file), key); err != nil || len(p.Gifts) != 1 || len(p.Gifts[0]) != 1 || len(p.Facts) != 7 {
		t.Errorf("with a gift: %+v, %v", p, err)
	}
	for what, c := range map[string]struct {
		gifts []Receipts
		want  error
	}{
		"twice":           {[]Receipts{file.Gifts[0], file.Gifts[0]}, ErrFormat},
		"the person's":    {[]Receipts{given}, ErrFormat},
		"without receipt": {[]Receipts{{Format: StatementFormat, Stream: gift.Event.Stream}}, ErrShort},
		"that is none":    {[]Receipts{{}}, ErrFormat},
		"of another":      {[]Receipts{{Format: StatementFormat, Stream: "donation-x", Receipts: []Receipt{gift}}}, ErrMismatch},
		"within a gift":   {[]Receipts{{Format: StatementFormat, Stream: gift.Event.Stream, Receipts: []Receipt{gift}, Gifts: []Receipts{given}}}, ErrFormat},
	} {
		bad := file
		bad.Gifts = c.gifts
		if p, err := VerifyFile(encoded(t, bad), key); !errors.Is(err, c.want) {
			t.Errorf("a gift %s: %+v, %v", what, p, err)
		}
	}
	// A statement that was made before a fact need not tell of it.
	earlier := v.File
	earlier.Statement = json.RawMessage(strings.Replace(strings.Replace(said, void, "", 1), `"ledgerSize":10`, `"ledgerSize":8`, 1))
	if p, err := VerifyFile(encoded(t, earlier), key); err != nil || p.Steps != 3 {
		t.Errorf("made before the void: %+v, %v", p, err)
	}
}

// A file of nothing takes the memory of a file.
func TestFilesOfNothing(t *testing.T) {
	v, key := stories(t)
	const size = 3 << 20
	fill := func(value string) string { return "[" + strings.Repeat(value+",", size/(len(value)+1)) + value + "]" }
	for what, content := range map[string]string{ // the last is passed over, which makes garbage of it
		"receipts": `{"format":"` + StatementFormat + `","receipts":` + fill("{}") + `}`,
		"entries":  strings.Replace(string(encoded(t, v.File)), `"entries":[`, `"entries":`+fill("{}")+`,"e":[`, 1),
		"steps":    strings.Replace(string(encoded(t, v.File)), `"life":[`, `"life":`+fill("{}")+`,"l":[`, 1),
		"others":   strings.Replace(string(encoded(t, v.File)), `"entries":[`, `"others":`+fill("1")+`,"entries":[`, 1) + "x",
	} {
		before, after := runtime.MemStats{}, runtime.MemStats{}
		runtime.ReadMemStats(&before)
		_, err := VerifyFile([]byte(content), key)
		runtime.ReadMemStats(&after)
		most := uint64(6 * size)
		if what == "others" {
			most = 48 * size
		}
		if took := after.TotalAlloc - before.TotalAlloc; err == nil || took > most {
			t.Errorf("%s: %d KiB, %v", what, took>>10, err)
		}
	}
	list, err := ParseReceipts([]byte(fill("{}")))
	if err != nil || len(list) != 1 {
		t.Errorf("%d receipts, %v", len(list), err)
	}
	if list, err = ParseReceipts(encoded(t, v.File.Receipts)); err != nil || len(list) != 5 || !bytes.Equal(list[4].Event.Data, v.File.Receipts[4].Event.Data) {
		t.Errorf("%d receipts, %v", len(list), err)
	}
	if _, err = ParseReceipts([]byte(`{"receipts":1}`)); err == nil {
		t.Error("an object is a list")
	}
}
