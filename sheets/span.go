package sheets

// ParseSpan reads a date with a span of times after it, such as
// 2026年3月5日 9:00-11:00.
func ParseSpan(s string, o DateOptions) (from, to Moment, code Code) {
	d, rest, code := leadingDate(dateText(s), o)
	switch {
	case code != "":
		return Moment{}, Moment{}, code
	case rest == "":
		return Moment{}, Moment{}, CodeTimeMissing
	}
	a, b, code := ParseClockRange(rest)
	return Moment{d, a}, Moment{d, b}, code
}

// Span is start and end of what the row records: from Start and End, or from a
// span of times in TimeRange or after the date. Ok is false when the row has
// no times of day. An end before its start is given as it stands, for the
// caller to refuse; an end without a date is on the day of the start.
func (r Row) Span() (from, to Moment, ok bool, err error) { return r.SpanOn(Date{}) }

// SpanOn is Span for a row that is on a day that is known where the row does
// not say it.
func (r Row) SpanOn(day Date) (from, to Moment, ok bool, err error) {
	if r.Has(DateField) {
		if day, err = r.Date(DateField); err != nil {
			return Moment{}, Moment{}, false, err
		}
	}
	switch {
	case r.Has(TimeRange):
		return r.rangeOn(day)
	case r.Has(Start) && r.Has(End):
		if from, err = r.momentOn(Start, day); err != nil {
			return Moment{}, Moment{}, false, err
		}
		to, err = r.momentOn(End, from.Date)
		return from, to, err == nil, err
	}
	from, to, code := ParseSpan(r.Cell(DateField).Text, r.t.dateOptions())
	if code != "" { // the date alone
		return Moment{}, Moment{}, false, nil
	}
	return from, to, true, nil
}

// rangeOn reads TimeRange: times alone on the day given, or with their date.
func (r Row) rangeOn(day Date) (from, to Moment, ok bool, err error) {
	text := r.Cell(TimeRange).Text
	a, b, code := ParseClockRange(text)
	if code != "" {
		if from, to, c := ParseSpan(text, r.t.dateOptions()); c == "" {
			return from, to, true, nil
		}
		return Moment{}, Moment{}, false, r.refuse(TimeRange, code)
	}
	if day == (Date{}) {
		return Moment{}, Moment{}, false, r.undated(r.refuse(DateField, CodeValueMissing))
	}
	return Moment{day, a}, Moment{day, b}, true, nil
}

// momentOn reads a date with a time, or a time alone on the day given.
func (r Row) momentOn(f Field, day Date) (Moment, error) {
	c := r.Cell(f)
	if clock, code := ParseClock(c.Text); code == "" {
		if day == (Date{}) {
			return Moment{}, r.undated(r.refuse(f, CodeDateForm))
		}
		return Moment{day, clock}, nil
	}
	return r.Moment(f)
}

// undated is why a time of day alone says nothing: the row has no date, or the
// sheet has no column of dates, and then the whole of it is refused.
func (r Row) undated(row *Error) error {
	if r.t.Has(DateField) {
		return row
	}
	return r.t.withoutColumn(r.Number, DateField.String())
}
