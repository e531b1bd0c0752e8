package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"time"

	"zhishu/domain"
)

// A second decoder of the stored form, on encoding/json and reflection. It
// shares with the codec only what doc.go says: a member is named after its
// field, and the exceptions are listed here.

// leftOut is what a date means that is not there; dates not listed must be.
var leftOut = map[string]domain.Day{
	"PersonEnrolled.AgeOn":     domain.NoDay,
	"Membership.From":          domain.MinDay,
	"Membership.To":            domain.MaxDay,
	"Consent.From":             domain.NoDay,
	"ConsentWithdrawn.From":    domain.NoDay,
	"EntryEvaluated.Day":       domain.NoDay,
	"TrainingRecorded.Day":     domain.NoDay,
	"OutsideAwardRecorded.Day": domain.NoDay,
	"DonationAllocated.Day":    domain.NoDay,
	"DonationDelivered.Day":    domain.NoDay,
	"DonationReturned.Day":     domain.NoDay,
	"CommunityRegistered.From": domain.MinDay,
	"GroupRegistered.From":     domain.MinDay,
	"PolicyVersion.From":       domain.MinDay,
	"PolicyVersion.Adopted":    domain.MinDay,
	"StarScheme.Since":         0,
	"StarScheme.CutOff":        0,
}

// identity is the field that the stream's name carries, by category.
var identity = map[string]string{
	domain.PersonCategory: "Person", domain.DonationCategory: "Donation", domain.CommunityCategory: "Code",
	domain.AccountCategory: "Account", domain.ActivityCategory: "Activity", domain.ImportCategory: "Import", domain.SigningCategory: "Signing", domain.InspectionCategory: "Inspection", domain.PolicyCategory: "",
	domain.HouseholdCategory: "Group", domain.BuildingCategory: "Group", domain.OrganisationCategory: "Group", domain.TeamCategory: "Group",
}

// flat are the fields whose members stand in the object around them.
var flat = map[string]bool{
	"MembershipStarted.Membership": true, "ConsentGiven.Consent": true, "PolicyAdopted.Policy": true, "PolicyVersion.ID": true,
	"PolicyProposed.Policy": true, "PolicyApproved.ID": true, "PolicyRefused.ID": true,
}

// named are the members with a name of their own.
var named = map[string]string{
	"Gift.Amount": "fen", "DonationAllocated.Amount": "fen", "DonationDelivered.Amount": "fen", "DonationReturned.Amount": "fen",
	"DonationUseReversed.Amount": "fen",
	"Item.Value":                 "fen", "ImportStarted.DeclaredMins": "declaredMinutes",
	"Meta.Correlation": "$correlationId", "Meta.Causation": "$causationId",
}

func keyOf(structure, field string) string {
	if key, ok := named[structure+"."+field]; ok {
		return key
	}
	if rest, ok := strings.CutPrefix(field, "ID"); ok {
		return "id" + rest
	}
	return strings.ToLower(field[:1]) + field[1:]
}

type object map[string]any

// failer is what *testing.T and *rapid.T have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

type independent struct {
	typ    string
	ref    domain.StreamRef
	sealed object
}

// decodeIndependently panics on values it cannot read: its inputs are sound.
func decodeIndependently(t failer, ref domain.StreamRef, typ string, data []byte) domain.Event {
	t.Helper()
	doc := parseObject(t, data)
	d := independent{typ: typ, ref: ref}
	if sealed, ok := doc["sealed"]; ok {
		d.sealed = object(sealed.(map[string]any))
		delete(doc, "sealed")
	}
	e := emptyEvent(typ)
	v := reflect.ValueOf(e).Elem()
	if name := identity[ref.Category]; name != "" {
		switch f := v.FieldByName(name); f.Kind() {
		case reflect.Struct:
			f.Field(0).Set(reflect.ValueOf(ref.ID))
		default:
			f.SetUint(uint64(ref.Community))
		}
	}
	d.structure(v, doc, identity[ref.Category], "")
	if len(doc) > 0 || len(d.sealed) > 0 {
		t.Fatalf("%s: nobody asked for %v %v", typ, doc, d.sealed)
	}
	return e
}

func parseObject(t failer, data []byte) object {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		t.Fatalf("encoding/json: %v in %s", err, data)
	}
	return doc
}

// structure fills a struct, taking what it uses out of the object.
func (d *independent) structure(v reflect.Value, o object, skip, path string) {
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if name == skip {
			continue
		}
		full := v.Type().Name() + "." + name
		key := keyOf(v.Type().Name(), name)
		switch f := v.Field(i); {
		case flat[full]:
			d.structure(f, o, "", "")
		case f.Type() == reflect.TypeFor[domain.Secret]():
			if text, ok := d.sealed[path+key]; ok {
				cipher := must(base64.StdEncoding.DecodeString(text.(string)))
				f.Set(reflect.ValueOf(domain.Secret{Cipher: cipher}))
				delete(d.sealed, path+key)
			}
		case full == "Deed.Kind" && strings.HasSuffix(d.typ, "-claimed"):
			kinds := map[string]domain.EntryKind{domain.ServiceClaimed: domain.Service, domain.StudyClaimed: domain.Study}
			f.Set(reflect.ValueOf(kinds[d.typ]))
		default:
			value, given := o[key]
			delete(o, key)
			absent, optional := leftOut[full]
			switch {
			case given:
				d.value(f, value, key)
			case f.Type() == reflect.TypeFor[domain.Day]() && optional:
				f.SetInt(int64(absent))
			case f.Type() == reflect.TypeFor[domain.Day]():
				panic("no " + full)
			}
		}
	}
}

func (d *independent) value(v reflect.Value, value any, key string) {
	text, _ := value.(string)
	switch v.Interface().(type) {
	case domain.UUID:
		v.Set(reflect.ValueOf(must(domain.ParseUUID(text))))
		return
	case [16]byte:
		v.Set(reflect.ValueOf([16]byte(must(base64.RawURLEncoding.DecodeString(text)))))
		return
	case domain.Day:
		day := must(time.Parse(time.DateOnly, text))
		v.SetInt(day.Unix() / 86400)
		if day.Unix()%86400 != 0 {
			panic(text)
		}
		return
	case domain.Instant:
		v.SetInt(must(time.Parse(time.RFC3339Nano, text)).UnixMilli())
		return
	case domain.CommunityCode:
		v.SetUint(uint64(must(domain.ParseCommunityCode(text))))
		return
	case domain.Division:
		v.Set(reflect.ValueOf(must(domain.ParseDivision(text))))
		return
	case domain.EntryKind:
		v.SetUint(uint64(map[string]domain.EntryKind{"service": domain.Service, "study": domain.Study}[text]))
		return
	case domain.HoursKind:
		v.SetUint(uint64(map[string]domain.HoursKind{"credit": domain.Credit}[text]))
		return
	case domain.Span:
		d.span(v.Addr().Interface().(*domain.Span), value.(map[string]any))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(value.(bool))
	case reflect.Int, reflect.Int64:
		v.SetInt(must(value.(json.Number).Int64()))
	case reflect.Uint32:
		v.SetUint(uint64(must(value.(json.Number).Int64())))
	case reflect.Uint64:
		v.SetUint(new(big.Int).SetBytes(must(hex.DecodeString(text))).Uint64())
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(v.Elem(), value, key)
	case reflect.Slice:
		for i, x := range value.([]any) {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			d.value(v.Index(i), x, fmt.Sprintf("%s.%d", key, i))
		}
	case reflect.Struct:
		if v.NumField() == 1 && v.Type().Field(0).Name == "UUID" {
			d.value(v.Field(0), value, key)
			return
		}
		d.nested(v, value, key)
	default:
		panic(v.Type())
	}
}

func (d *independent) nested(v reflect.Value, value any, key string) {
	o := object(value.(map[string]any))
	if v.Type() == reflect.TypeFor[domain.ExternalNumber]() {
		// The number is sealed under "external.0", not "external.0.number".
		n := v.Addr().Interface().(*domain.ExternalNumber)
		n.Issuer, _ = o["issuer"].(string)
		delete(o, "issuer")
		if text, ok := d.sealed[key]; ok {
			n.Number.Cipher = must(base64.StdEncoding.DecodeString(text.(string)))
			delete(d.sealed, key)
		}
	} else {
		d.structure(v, o, "", key+".")
	}
	if len(o) > 0 {
		panic(fmt.Sprintf("nobody asked for %v in %s", o, key))
	}
}

func (d *independent) span(s *domain.Span, o object) {
	if start, ok := o["start"]; ok {
		s.Start = domain.Instant(must(time.Parse(time.RFC3339Nano, start.(string))).UnixMilli())
		y, m, day := time.UnixMilli(int64(s.Start)).In(time.FixedZone("", 8*3600)).Date()
		s.Day = domain.Day(time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
		delete(o, "start")
	} else {
		d.value(reflect.ValueOf(&s.Day).Elem(), o["day"], "day")
		delete(o, "day")
	}
	if end, ok := o["end"]; ok {
		d.value(reflect.ValueOf(&s.End).Elem(), end, "end")
		delete(o, "end")
	}
	if minutes, ok := o["minutes"]; ok {
		d.value(reflect.ValueOf(&s.Minutes).Elem(), minutes, "minutes")
		delete(o, "minutes")
	}
	if len(o) > 0 {
		panic(fmt.Sprintf("nobody asked for %v in the span", o))
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
