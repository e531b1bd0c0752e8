package sheets

// The few facts about the calendar that reading dates needs. They stand here
// so that no clock and no time zone database comes near the parsers.

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year, month int) int {
	switch month {
	case 2:
		if leap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// dayNumber counts days from 1970-01-01 in the Gregorian calendar.
func dayNumber(d Date) int {
	y, m := d.Year, d.Month
	if m <= 2 {
		y--
		m += 12
	}
	era := y / 400
	yearOfEra := y - era*400
	dayOfYear := (153*(m-3)+2)/5 + d.Day - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return era*146_097 + dayOfEra - 719_468
}

// dateOf is the inverse of dayNumber, for days after the year 0.
func dateOf(days int) Date {
	days += 719_468
	era := days / 146_097
	dayOfEra := days - era*146_097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36_524 - dayOfEra/146_096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	m := (5*dayOfYear + 2) / 153
	d := Date{Year: yearOfEra + era*400, Month: m + 3, Day: dayOfYear - (153*m+2)/5 + 1}
	if d.Month > 12 {
		d.Month -= 12
		d.Year++
	}
	return d
}

// Day 25,569 of the usual calendar of spreadsheets is 1970-01-01; the calendar
// of 1904 is 1,462 days behind it.
const (
	serialOf1970 = 25_569
	serial1904   = 1_462
)

func fromSerial(serial int, o DateOptions) Date {
	if o.Date1904 {
		serial += serial1904
	}
	return dateOf(serial - serialOf1970)
}

// Serial is the number by which a spreadsheet keeps the date (calendar of 1900).
func (d Date) Serial() int { return dayNumber(d) + serialOf1970 }
