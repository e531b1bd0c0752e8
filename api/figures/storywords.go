package figures

import (
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

const beijing = domain.Instant(8 * 3600 * 1000)

// clock is an instant as people at UTC+08:00 write it: 2026-03-05 20:14.
func clock(t domain.Instant) string {
	text := (t + beijing).String()
	if len(text) < len("2026-03-05T20:14") {
		return text
	}
	return text[:10] + " " + text[11:16]
}

func actorZh(e *projections.LifeEvent) string {
	switch {
	case e.Own:
		return "本人（账号 " + accountName(e) + "）"
	case e.OnBehalf:
		return strings.TrimSpace(roles[e.Role].zh+" "+accountName(e)) + " 代本人"
	}
	return strings.TrimSpace(roles[e.Role].zh+" "+accountName(e)) + " "
}

func actorEn(e *projections.LifeEvent) string {
	switch {
	case e.Own:
		return "the person (account " + accountName(e) + ")"
	case e.OnBehalf:
		return strings.TrimSpace(roles[e.Role].en+" "+accountName(e)) + ", at the person's word,"
	}
	return strings.TrimSpace(roles[e.Role].en + " " + accountName(e))
}

func accountName(e *projections.LifeEvent) string {
	if e.Handle != "" {
		return e.Handle
	}
	return id(e.By.UUID)
}

// deedWords is a whole value as a phrase.
func deedWords(d *domain.Deed) (zh, en string) {
	zh = whenWords(&d.Span) + " " + kinds[d.Kind].zh + "“" + d.Title + "”，" + hoursZh(d.Span.Minutes, " ")
	en = kinds[d.Kind].en + " “" + d.Title + "” on " + whenWords(&d.Span) + ", " + hoursEn(d.Span.Minutes)
	if d.Kind == domain.Service {
		zh, en = zh+"，"+hoursKinds[d.Hours].zh, en+", "+hoursKinds[d.Hours].en
	}
	if m := d.Scheduled.Minutes; m > 0 {
		zh, en = zh+"，活动排定 "+hoursZh(m, " "), en+", of an activity scheduled for "+hoursEn(m)
	}
	for _, x := range []struct{ value, zh, en string }{
		{d.Category, "类别", "category"}, {d.Place, "地点", "place"}, {string(d.Layer), "层次", "layer"},
	} {
		if x.value != "" {
			zh, en = zh+"，"+x.zh+" "+x.value, en+", "+x.en+" "+x.value
		}
	}
	return zh, en
}

// whenWords is a civil day, with clock times where they are known.
func whenWords(s *domain.Span) string {
	if !s.Clocked() {
		return s.Day.String()
	}
	from, to := clock(s.Start), clock(s.End)
	if from[:10] == to[:10] {
		to = to[11:]
	}
	return from + "–" + to
}

func lengthOrNone(m domain.Minutes) (zh, en string) {
	if m == 0 {
		return "—", "—"
	}
	return hoursZh(m, " "), hoursEn(m)
}

// changes says what a correction changes, from what to what.
func changes(from, to *domain.Deed) (zh, en string) {
	var listZh, listEn []string
	note := func(zh, en, was, becomes string) {
		if was == becomes {
			return
		}
		if was == "" {
			was = "—"
		}
		if becomes == "" {
			becomes = "—"
		}
		listZh = append(listZh, zh+"由 "+was+" 改为 "+becomes)
		listEn = append(listEn, en+" from "+was+" to "+becomes)
	}
	note("时间", "time", whenWords(&from.Span), whenWords(&to.Span))
	if from.Span.Minutes != to.Span.Minutes {
		listZh = append(listZh, "时长由 "+hoursZh(from.Span.Minutes, " ")+" 改为 "+hoursZh(to.Span.Minutes, " "))
		listEn = append(listEn, "length from "+hoursEn(from.Span.Minutes)+" to "+hoursEn(to.Span.Minutes))
	}
	if was, is := from.Scheduled.Minutes, to.Scheduled.Minutes; was != is {
		wasZh, wasEn := lengthOrNone(was)
		isZh, isEn := lengthOrNone(is)
		listZh = append(listZh, "活动排定的时长由 "+wasZh+" 改为 "+isZh)
		listEn = append(listEn, "the scheduled length of the activity from "+wasEn+" to "+isEn)
	}
	quoted := func(s string) string {
		if s == "" {
			return ""
		}
		return "“" + s + "”"
	}
	note("名称", "title", quoted(from.Title), quoted(to.Title))
	note("类别", "category", quoted(from.Category), quoted(to.Category))
	note("地点", "place", quoted(from.Place), quoted(to.Place))
	note("层次", "layer", quoted(string(from.Layer)), quoted(string(to.Layer)))
	if from.Hours != to.Hours {
		listZh = append(listZh, "时数由"+hoursKinds[from.Hours].zh+"改为"+hoursKinds[to.Hours].zh)
		listEn = append(listEn, "hours from "+hoursKinds[from.Hours].en+" to "+hoursKinds[to.Hours].en)
	}
	note("活动", "activity", id(from.Activity.UUID), id(to.Activity.UUID))
	note("负责人", "person in charge", id(from.PersonInCharge.UUID), id(to.PersonInCharge.UUID))
	if len(listZh) == 0 {
		return "时刻精确到毫秒的改动", "the clock times within a minute"
	}
	return strings.Join(listZh, "；"), strings.Join(listEn, "; ")
}
