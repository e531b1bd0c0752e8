package wire

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"zhishu/domain"
)

const soundClaim = `{"deed":{"span":{"start":"2026-03-05T01:00:00Z","end":"2026-03-05T03:00:00.500Z","minutes":120},` +
	`"title":"植树","community":"330602001001","organisation":"9b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9","hours":"credit"},` +
	`"evidence":[{"hash":"eK9721Ym6woEZ3Kz7dpwXA","kind":"photo"}],` +
	`"row":{"import":"6fa459ea-ee8a-4ca4-894e-db77e160355e","number":17,"print":"00ab12cd34ef5678"},"sealed":{"remark":"AQID"}}`

func TestDecodeRefuses(t *testing.T) {
	ref, _ := domain.ParseStream(vectorStreams[domain.PersonCategory])
	if _, err := Decode(ref, domain.ServiceClaimed, 1, []byte(soundClaim)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"minutes as a fraction":         {`"minutes":120`, `"minutes":120.0`},
		"minutes with an exponent":      {`"minutes":120`, `"minutes":12e1`},
		"minutes as text":               {`"minutes":120`, `"minutes":"120"`},
		"minutes null":                  {`"minutes":120`, `"minutes":null`},
		"a leading zero":                {`"minutes":120`, `"minutes":0120`},
		"a plus sign":                   {`"minutes":120`, `"minutes":+120`},
		"a lone minus sign":             {`"minutes":120`, `"minutes":-`},
		"a zero written out":            {`"minutes":120`, `"minutes":0`},
		"minus zero":                    {`"minutes":120`, `"minutes":-0`},
		"64 bits exceeded":              {`"minutes":120`, `"minutes":9223372036854775808`},
		"64 bits exceeded below":        {`"minutes":120`, `"minutes":-9223372036854775809`},
		"64 bits exceeded without sign": {`"minutes":120`, `"minutes":18446744073709551617`},
		"twenty-one digits":             {`"minutes":120`, `"minutes":120000000000000000000`},
		"32 bits exceeded":              {`"number":17`, `"number":4294967296`},
		"a negative row":                {`"number":17`, `"number":-17`},
		"an empty text":                 {`"植树"`, `""`},
		"a control character":           {`植树`, "植\n树"},
		"broken UTF-8":                  {`植树`, "植\xe6\xa0"},
		"broken UTF-8 with an escape":   {`植树`, `\"` + "\xe6\xa0"},
		"a half surrogate":              {`植树`, `\ud800`},
		"an escape of a letter":         {`植树`, `\u0041`},
		"an escape with capitals":       {`植树`, `\u001F`},
		"an escape with a bad digit":    {`植树`, `\u001g`},
		"a short escape":                {`植树`, `\n`},
		"an escape that is none":        {`植树`, `\x41`},
		"an escape cut off":             {`植树`, `\u00`},
		"a date that does not exist":    {`"start":"2026-03-05T01:00:00Z"`, `"day":"2026-02-29"`},
		"no date at all":                {`"start":"2026-03-05T01:00:00Z",`, ``},
		"a day beside a start":          {`"start"`, `"day":"2026-03-05","start"`},
		"an instant with an offset":     {`2026-03-05T01:00:00Z`, `2026-03-05T09:00:00+08:00`},
		"an instant with idle zeros":    {`2026-03-05T01:00:00Z`, `2026-03-05T01:00:00.000Z`},
		"hour 24":                       {`2026-03-05T01:00:00Z`, `2026-03-05T24:00:00Z`},
		"second 60":                     {`2026-03-05T01:00:00Z`, `2026-03-05T01:00:60Z`},
		"zero bytes for a date":         {`2026-03-05T01`, strings.Repeat("\x00", 10) + `T01`},
		"a UUID in capitals":            {`9b2c3d4e`, `9B2C3D4E`},
		"a UUID without hyphen 1":       {`9b2c3d4e-5f60`, `9b2c3d4e05f60`},
		"a UUID without hyphen 2":       {`5f60-4718`, `5f6004718`},
		"a UUID without hyphen 3":       {`4718-8293`, `471808293`},
		"a UUID without hyphen 4":       {`8293-a4b5`, `82930a4b5`},
		"a UUID with braces":            {`9b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9`, `{b2c3d4e-5f60-4718-8293-a4b5c6d7e8f}`},
		"a UUID of zeros":               {`9b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9`, `00000000-0000-0000-0000-000000000000`},
		"a UUID too short":              {`9b2c3d4e-5f60`, `9b2c3d4e-5f6`},
		"a community of a street":       {`330602001001`, `330602001000`},
		"a community of province 10":    {`330602001001`, `100602001001`},
		"a community of 11 digits":      {`330602001001`, `33060200100`},
		"hours of no kind":              {`"credit"`, `"honour"`},
		"a hash with stray bits":        {`dpwXA`, `dpwXB`},
		"a hash in the other alphabet":  {`eK9721Ym6w`, `+K9721Ym6w`},
		"a print in capitals":           {`00ab12cd34ef5678`, `00AB12CD34EF5678`},
		"an empty list":                 {`[{"hash":"eK9721Ym6woEZ3Kz7dpwXA","kind":"photo"}]`, `[]`},
		"a list with a comma too many":  {`"photo"}]`, `"photo"},]`},
		"a list closed by a brace":      {`"photo"}]`, `"photo"}}`},
		"a list that does not open":     {`[{"hash":"eK9721Ym6woEZ3Kz7dpwXA","kind":"photo"}]`, `]`},
		"a semicolon for a comma":       {`,"hours"`, `;"hours"`},
		"a brace for a comma":           {`,"hours"`, `{"hours"`},
		"a comma for a brace":           {`{"start"`, `,"start"`},
		"a comma after a brace":         {`{"start"`, `{,"start"`},
		"an empty row":                  {`{"import":"6fa459ea-ee8a-4ca4-894e-db77e160355e","number":17,"print":"00ab12cd34ef5678"}`, `{}`},
		"ciphertext without padding":    {`"AQID"`, `"AQI"`},
		"ciphertext with a line break":  {`"AQID"`, "\"AQ\nID\""},
		"empty ciphertext":              {`"AQID"`, `""`},
		"nothing sealed":                {`{"remark":"AQID"}`, `{}`},
		"a sealed field of another":     {`"remark":`, `"finding":`},
	} {
		doc := strings.Replace(soundClaim, change[0], change[1], 1)
		if doc == soundClaim {
			t.Fatalf("%s: nothing changed", name)
		}
		for kind, d := range map[string]*Decoder{"zero": {}, "new": NewDecoder()} {
			if e, err := d.Decode(ref, domain.ServiceClaimed, 1, []byte(doc)); !errors.Is(err, ErrMalformed) || e != nil {
				t.Errorf("%s (%s decoder): got %v, %v", name, kind, e, err)
			}
		}
	}
}

func TestDecodeRefusesTypesVersionsAndStreams(t *testing.T) {
	person, _ := domain.ParseStream(vectorStreams[domain.PersonCategory])
	donation, _ := domain.ParseStream(vectorStreams[domain.DonationCategory])
	policy, _ := domain.ParseStream("policy-stars-3306")
	const starsOf = `{"kind":"stars","scope":"3306","version":1,"stars":{"thresholds":[%]}}`
	for _, c := range []struct {
		ref     domain.StreamRef
		typ     string
		version int
		data    string
		want    error
	}{
		{person, "person-erased", 1, `{}`, nil},
		{person, "person-vanished", 1, `{}`, ErrUnknownType},
		{person, "PersonErased", 1, `{}`, ErrUnknownType},
		{person, "", 1, `{}`, ErrUnknownType},
		{person, "person-erased", Version + 1, `{}`, ErrUnknownVersion},
		{person, "person-erased", 0, `{}`, ErrUnknownVersion},
		{person, "person-erased", -1, `{}`, ErrUnknownVersion},
		{donation, "person-erased", 1, `{}`, ErrMalformed},
		{person, "person-erased", 1, `{"sealed":{"name":"AQID"}}`, ErrMalformed},
		{policy, "policy-adopted", 1, `{"kind":"stars","scope":"3306","version":1}`, nil},
		{policy, "policy-adopted", 1, strings.Replace(starsOf, "%", "-1,0,1", 1), nil}, // judging is not for the codec
		{policy, "policy-adopted", 1, strings.Replace(starsOf, "%", "-0", 1), ErrMalformed},
		{policy, "policy-adopted", 1, strings.Replace(starsOf, "%", "1.5", 1), ErrMalformed},
		{donation, "donation-received", 1, `{"gift":{"day":"2026-02-11"}}`, nil},
		{donation, "donation-received", 1, `{"gift":{}}`, ErrMalformed},
		{donation, "donation-received", 1, `{"gift":{"day":"2026-02-11","receipt":{}}}`, ErrMalformed},
		{policy, "policy-adopted", 1, `{"kind":"stars","scope":"3307","version":1}`, ErrMalformed},
		{policy, "policy-adopted", 1, `{"kind":"stars","version":1}`, ErrMalformed},
		{policy, "policy-adopted", 1, `{"kind":"stars","scope":"330600000000","version":1}`, ErrMalformed},
	} {
		for _, skip := range []bool{false, true} {
			d := Decoder{SkipSealed: skip}
			if _, err := d.Decode(c.ref, c.typ, c.version, []byte(c.data)); !errors.Is(err, c.want) {
				t.Errorf("%s version %d in %s: %v, want %v", c.typ, c.version, c.ref.Category, err, c.want)
			}
		}
	}
}

func TestDecodeMetaRefuses(t *testing.T) {
	for doc, want := range map[string]error{
		`{"v":1}`:                         nil,
		`{"v":2}`:                         ErrUnknownVersion,
		`{"v":2,"recordedAt":17,"new":1}`: ErrUnknownVersion,
		`{"v":0}`:                         ErrUnknownVersion,
		`{"v":1.0}`:                       ErrMalformed,
		`{"v":"1"}`:                       ErrMalformed,
		`{}`:                              ErrMalformed,
		`{"role":"recorder","v":1}`:       ErrMalformed,
		`{"v":1,"v":1}`:                   ErrMalformed,
		`{"v":1,"scope":"330602000000"}`:  ErrMalformed,
		`{"v":1,"scope":"33060"}`:         ErrMalformed,
		`{"v":1,"keyHash":"AAAAAAAAAAAAAAAAAAAAAA"}`: ErrMalformed,
		`{"v":1,"correlationId":"x"}`:                ErrMalformed,
		`null`:                                       ErrMalformed,
		``:                                           ErrMalformed,
	} {
		if m, _, err := DecodeMeta([]byte(doc)); !errors.Is(err, want) || err != nil && m != (domain.Meta{}) {
			t.Errorf("%s: %v, want %v", doc, err, want)
		}
		if _, _, _, err := NewDecoder().DecodeMetaHead([]byte(doc)); !errors.Is(err, want) {
			t.Errorf("head of %s: %v, want %v", doc, err, want)
		}
	}
}

// member is where a member of an object stands in a document.
type member struct{ start, end int }

func membersOf(doc []byte) (all []member) {
	type level struct {
		object bool
		start  int
	}
	var open []level
	finish := func(at int) {
		if l := open[len(open)-1]; l.object && at > l.start {
			all = append(all, member{l.start, at})
		}
	}
	for i := 0; i < len(doc); i++ {
		switch doc[i] {
		case '{', '[':
			open = append(open, level{doc[i] == '{', i + 1})
		case ',':
			finish(i)
			open[len(open)-1].start = i + 1
		case '}', ']':
			finish(i)
			open = open[:len(open)-1]
		case '"':
			for i++; doc[i] != '"'; i++ {
				if doc[i] == '\\' {
					i++
				}
			}
		}
	}
	return all
}

func insert(doc []byte, at int, text string) []byte {
	return []byte(string(doc[:at]) + text + string(doc[at:]))
}

// Whatever is done to any vector's structure is refused, and an unknown key is
// named.
func TestDecodeRefusesDamagedVectors(t *testing.T) {
	refused := func(t *testing.T, typ string, ref domain.StreamRef, doc []byte, naming string) {
		t.Helper()
		var err error
		if typ == "metadata" {
			_, _, err = DecodeMeta(doc)
		} else {
			_, err = Decode(ref, typ, 1, doc)
		}
		if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), naming) {
			t.Errorf("%s\nerror %v, should name %q", doc, err, naming)
		}
	}
	types := []string{"metadata"}
	for typ := range codecs {
		types = append(types, typ)
	}
	for _, typ := range types {
		for _, v := range vectorsOf(t, typ) {
			var ref domain.StreamRef
			if typ != "metadata" {
				ref = vectorStream(t, typ, v.data)
			}
			for n := range v.data {
				refused(t, typ, ref, v.data[:n], "")
			}
			for _, tail := range []string{" ", "\n", "x", "{}", ",", "}", "\x00"} {
				refused(t, typ, ref, insert(v.data, len(v.data), tail), "")
			}
			refused(t, typ, ref, insert(v.data, len(v.data)-1, `,"unknownKey":1`), "")
			members := membersOf(v.data)
			for i, m := range members {
				refused(t, typ, ref, insert(v.data, m.start, `"unknownKey":1,`), `"unknownKey"`)
				refused(t, typ, ref, insert(v.data, m.start, string(v.data[m.start:m.end])+","), "")
				refused(t, typ, ref, insert(v.data, m.start, " "), "")
				refused(t, typ, ref, insert(v.data, m.end, " "), "")
				if i+1 < len(members) && members[i+1].start == m.end+1 {
					next := members[i+1]
					swapped := string(v.data[:m.start]) + string(v.data[next.start:next.end]) + "," + string(v.data[m.start:m.end]) + string(v.data[next.end:])
					if !json.Valid([]byte(swapped)) {
						t.Fatalf("the test made no JSON: %s", swapped)
					}
					refused(t, typ, ref, []byte(swapped), "")
				}
			}
		}
	}
}

func TestErrorsNameKeysAndNoValues(t *testing.T) {
	ref, _ := domain.ParseStream(vectorStreams[domain.PersonCategory])
	_, err := Decode(ref, domain.ServiceClaimed, 1, []byte(strings.Replace(soundClaim, `植树`, "张三13800000000\n", 1)))
	if err == nil || !strings.Contains(err.Error(), `"title"`) || strings.Contains(err.Error(), "138") || strings.Contains(err.Error(), "张") {
		t.Errorf("got %v", err)
	}
}
