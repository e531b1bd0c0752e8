package api

import "zhishu/domain"

// WhenBody is when something took place: clock times, or the day and minutes
// where a paper sheet says no more.
type WhenBody struct {
	Start   string `json:"start,omitempty" format:"date-time" doc:"With end; RFC 3339" example:"2026-03-05T01:00:00Z"`
	End     string `json:"end,omitempty" format:"date-time"`
	Day     string `json:"day,omitempty" format:"date" doc:"Where no clock times are known"`
	Minutes int64  `json:"minutes,omitempty" minimum:"0" maximum:"527040" doc:"Absent with clock times: all of them"`
}

func (b *WhenBody) span(r *reader) domain.Span {
	if (b.Start != "" || b.End != "") && b.Day != "" {
		r.refuse(domain.FieldInvalid, "day") // it follows from the clock times
	}
	s := domain.Span{
		Day: r.day(b.Day, "day"), Start: r.instant(b.Start, "start"), End: r.instant(b.End, "end"), Minutes: domain.Minutes(b.Minutes),
	}
	if b.Start != "" && s.Start == 0 || b.End != "" && s.End == 0 {
		r.refuse(domain.FieldInvalid, "start") // 1970-01-01T00:00:00Z would read as not given
	}
	return s
}

// WhatBody is what was done and who records it.
type WhatBody struct {
	Kind           string `json:"kind" enum:"service,study"`
	Title          string `json:"title" minLength:"1" maxLength:"200" doc:"Activity, or what was studied"`
	Category       string `json:"category,omitempty" maxLength:"200" doc:"Service category, or form of study (讲座, 课程 …)"`
	Place          string `json:"place,omitempty" maxLength:"200"`
	Community      string `json:"community" pattern:"^[0-9]{12}$" patternDescription:"12 digits" doc:"That records it"`
	Organisation   string `json:"organisation,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"That records it; absent: the community's committee"`
	Activity       string `json:"activity,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"The named activity or session"`
	Hours          string `json:"hours,omitempty" enum:"credit,honour" doc:"Of service; absent: honour (entered afterwards)"`
	Layer          string `json:"layer,omitempty" maxLength:"200" doc:"Of study"`
	PersonInCharge string `json:"personInCharge,omitempty" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in small letters" doc:"负责人"`
}

// DeedBody is the whole value of an entry.
type DeedBody struct {
	WhatBody
	WhenBody
}

func (b *WhatBody) deed(r *reader, span domain.Span) domain.Deed {
	d := domain.Deed{
		Kind: domain.Study, Span: span, Title: b.Title, Category: b.Category, Place: b.Place,
		Community: r.community(b.Community, "community"), Organisation: domain.OrganisationID{UUID: uuidOf(b.Organisation)},
		Activity: domain.ActivityID{UUID: uuidOf(b.Activity)}, Layer: domain.Layer(b.Layer),
		PersonInCharge: domain.PersonID{UUID: uuidOf(b.PersonInCharge)},
	}
	if b.Kind == domain.Service.String() {
		d.Kind = domain.Service
	}
	if b.Hours == domain.Credit.String() {
		d.Hours = domain.Credit
	}
	return d
}

func (b *DeedBody) deed(r *reader) domain.Deed { return b.WhatBody.deed(r, b.span(r)) }
