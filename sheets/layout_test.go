package sheets

import (
	"slices"
	"strings"
	"testing"
)

// layouts are sheets in the forms staff use, what is found in them, and the
// codes of their rows.
var layouts = []struct {
	name, text string
	kind       Kind
	header     int
	fields     string // of the columns, in order
	unknown    string
	rows       int
	codes      []Code
}{
	{"export", "序号,姓名,活动日期,活动名称,志愿时长(小时)\n1,甲,2031-3-5,清扫,1.5\n", Service, 1, "sequence name date activity hours", "", 1, nil},
	{"datetimes", "志愿者编号,姓名,联系电话,服务开始时间,服务结束时间,服务时长(小时),记录来源,复核状态,复核意见\nV1,甲,138,2031-03-05 09:00,2031-03-05 10:30,1.5,组织补录,已通过,\n",
		Service, 1, "person-number name phone start end hours record-source status evaluation", "", 1, nil},
	{"taiwan", "姓名,身分證字號,服務日期起,服務日期訖,服務項目,服務內容,服務時數-小時,服務時數-分鐘,備註,交通費\n甲,A1,2031/1/2,,導覽,x,1,30,,\n",
		Service, 1, "name id-number date date-end activity content hours minutes remark", "交通費", 1, nil},
	{"instructions above", "荣誉时数导入模板\n说明：编号必须为文本格式\n*志愿者编号,*服务日期, 服务时长【分钟】\n001,20310305,90\n", Service, 3, "person-number date minutes", "", 1, nil},
	{"form lines above", "姓名：,甲,日期：,2031-01-01\n序号,姓名,服务日期,服务时长\n1,乙,2031-3-5,2小时\n", Service, 2, "sequence name date duration", "", 1, nil},
	{"wide and odd heading", "序　号,姓\u00a0名,服务日期\u200b,服务时长（小时）：\n1,乙,2031-3-5,2\n", Service, 1, "sequence name date hours", "", 1, nil},
	{"attendance", "序号,姓名,学习日期,签到,QQ\n1,乙,2031-3-5,√,1\n", Study, 1, "sequence name date attended", "QQ", 1, nil},
	{"two header rows", "序号,日期,捐赠人,捐款统计,\n,,,捐赠金额,备注\n1,2031-3-5,甲,5,\n", Donations, 0, "", "", 0, []Code{CodeFieldMissing}},
	{"goods", "捐赠单位,品名(入库物资),规格(型号),计量单位,数量总计,接收日期\n甲厂,口罩,N95,箱,20,43860\n", Donations, 1, "donor item specification unit quantity date", "", 1, nil},
	{"semicolons", "捐赠日期;捐赠人;金额\n2031-3-5;甲,乙;5\n", Donations, 1, "date donor amount", "", 1, nil},
	{"tabs", "捐赠日期\t捐赠人\t金额\n2031-3-5\t甲,乙\t5\n", Donations, 1, "date donor amount", "", 1, nil},
	{"sep line", "sep=;\n捐赠日期;捐赠人;金额\n2031-3-5;甲;5\n", Donations, 1, "date donor amount", "", 1, nil},
	{"communities", "code,name,street_code,street,county_code,county,city\n990102001001,甲社区,990102001,乙街道,990102,丙区,丁市\n", Communities, 1,
		"community-code community-name street-code street county-code county city", "", 1, nil},
	{"people", "序号,姓名,性别,出生日期,证件号码,联系电话,楼院,加入时间\n1,甲,女,1990-01-01,1,2,3号楼,2031-01-01\n", People, 1, "sequence name sex birth-date id-number phone building joined", "", 1, nil},
	{"activities", "活动名称,活动日期,活动时间,活动地点,招募人数\n读书会,2031-3-5,9:00-11:00,活动室,20\n", Activities, 1, "activity date time-range place capacity", "", 1, nil},
	{"unit in heading of time", "姓名,日期,服务时间(小时)\n甲,2031-3-5,2\n", Service, 1, "name date hours", "", 1, nil},
	{"repeated header and blank rows", "日期,捐赠人,金额\n2031-3-5,甲,5\n\n , ,\n日期,捐赠人,金额\n2031-3-6,乙,6\n", Donations, 1, "date donor amount", "", 2, nil},
	{"two tables", "姓名,学号,志愿时长(小时)\n甲,1,2\n\n姓名,学号,活动名称,日期,时长(小时)\n甲,1,清扫,2031-3-5,2\n", Service, 0, "", "", 0, []Code{CodeSecondTable}},
	{"second table below a full one", "日期,捐赠人,金额\n2031-3-5,甲,5\n\n捐赠单位,品名,数量\n甲厂,口罩,20\n", Donations, 1, "date donor amount", "", 1, []Code{CodeSecondTable}},
	{"footers", "日期,捐赠人,金额\n2031-3-5,甲,5\n合计,,5\n制表人：乙,审核：丙,\n备注：以上均已到账\n", Donations, 1, "date donor amount", "", 1, nil},
	{"footer with a date", "日期,捐赠人,金额\n2031-3-5,甲,5\n填表日期：,2031-3-6,\n", Donations, 1, "date donor amount", "", 1, nil},
	{"note between rows", "日期,捐赠人,金额\n2031-3-5,甲,5\n备注：以下为单位\n2031-3-5,乙,6\n", Donations, 1, "date donor amount", "", 2, []Code{CodeNoteInTable}},
	{"footer with figures", "日期,捐赠人,金额\n2031-3-5,甲,5\n备注,转来,100\n", Donations, 1, "date donor amount", "", 1, []Code{CodeNoteInTable}},
	{"too many cells", "日期,捐赠人,金额\n2031-3-5,甲,乙,5\n2031-3-5,甲,5,\n", Donations, 1, "date donor amount", "", 1, []Code{CodeCellWithoutHeading}},
	{"quotes", "日期,捐赠人,金额\n2031-3-5,\"甲\n\"\"乙\"\"\",5\n2031-3-5,\"甲\"乙,5\n2031-3-5,甲\"乙,5\n2031-3-5,\"丙\"\t,5\n", Donations, 1, "date donor amount", "", 2, []Code{CodeCSVQuote, CodeCSVQuote}},
	{"total is a data row", "日期,捐赠人,备注,金额\n2031-3-5,合计,,5\n2031-3-5,甲,合计,5\n", Donations, 1, "date donor remark amount", "", 0, []Code{CodeTotalAmbiguous}},
	{"bad total", "日期,捐赠人,金额\n2031-3-5,甲,5\n合计,,五元\n", Donations, 1, "date donor amount", "", 1, []Code{CodeTotalInvalid}},
	{"control and lost characters", "日期,捐赠人,金额\n2031-3-5,甲\x01,5\n2031-3-5,\uFFFD,5\n2031-3-5,乙,5\n", Donations, 1, "date donor amount", "", 1, []Code{CodeCellControl, CodeCellUndecodable}},
	{"reject columns", "日期,捐赠人,金额,原因,办法\n2031-3-5,甲,5,x,y\n", Donations, 1, "date donor amount", "", 1, nil},
}

func TestLayouts(t *testing.T) {
	for _, c := range layouts {
		t.Run(c.name, func(t *testing.T) {
			table, err := tryText(c.text, c.kind, Options{})
			if err != nil {
				if len(c.codes) != 1 || asError(err).Code != c.codes[0] || c.header != 0 {
					t.Fatal(err)
				}
				return
			}
			var fields, unknown []string
			for _, col := range table.Columns {
				fields = append(fields, col.Field.String())
			}
			for _, col := range table.Unknown {
				unknown = append(unknown, col.Heading)
			}
			if strings.Join(fields, " ") != c.fields || strings.Join(unknown, " ") != c.unknown || table.HeaderRow != c.header {
				t.Errorf("header %d, fields %q, unknown %q", table.HeaderRow, fields, unknown)
			}
			rows, found := codes(t, table)
			if len(rows) != c.rows || !slices.Equal(found, c.codes) {
				t.Errorf("%d rows, codes %v; want %d, %v", len(rows), found, c.rows, c.codes)
			}
		})
	}
}

func TestEveryRowIsAccountedFor(t *testing.T) {
	for _, c := range layouts {
		table, err := tryText(c.text, c.kind, Options{})
		if err != nil || slices.Contains(c.codes, CodeSecondTable) {
			continue
		}
		_, _ = codes(t, table)
		s := table.Summary()
		all := strings.Count(strings.ReplaceAll(c.text, "甲\n\"\"乙", ""), "\n") - table.HeaderRow
		if strings.HasPrefix(c.text, "sep=") {
			all--
		}
		if got := s.Rows + s.Refused + s.Blank + s.Repeated + s.TotalRows + len(s.Footers); got != all {
			t.Errorf("%s: %d rows of %d are accounted for: %+v", c.name, got, all, s)
		}
	}
}

func TestTotals(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       Kind
		want       []Total
	}{
		{"subtotals and total", "日期,捐赠人,金额(万元),人数\n2031-3-5,甲,1,3\n小 计：,,1,3\n2031-3-5,乙,0.5,1\n总　计,,1.5,4\n", Donations, []Total{
			{Row: 3, Label: "小计", Subtotal: true, Field: Amount, Value: 1000000, RowsBefore: 1}, {Row: 3, Label: "小计", Subtotal: true, Field: DonorCount, Value: 3, RowsBefore: 1},
			{Row: 5, Label: "总计", Field: Amount, Value: 1500000, RowsBefore: 2}, {Row: 5, Label: "总计", Field: DonorCount, Value: 4, RowsBefore: 2}}},
		{"below the header, hours", "序号,姓名,日期,服务时长（小时）,服务人数\n总合计,,,10.5,7人\n1,甲,2031-3-5,10.5,7\n", Service, []Total{
			{Row: 2, Label: "总合计", Field: DurationHours, Value: 630}, {Row: 2, Label: "总合计", Field: Headcount, Value: 7}}},
		{"in one cell", "日期,捐赠人,金额\n2031-3-5,甲,5\n合计：5.00元,,\n", Donations, []Total{{Row: 3, Label: "合计", Field: Amount, Value: 500, RowsBefore: 1}}},
		{"with a count beside it", "序号,日期,捐赠人,金额\n1,2031-3-5,甲,5\n,合计（元）,共1笔,5\n", Donations, []Total{{Row: 3, Label: "合计", Field: Amount, Value: 500, RowsBefore: 1}}},
	} {
		table := openText(t, c.text, c.kind, Options{})
		s, err := table.Survey()
		for i := range s.Totals {
			s.Totals[i].Column = Column{}
		}
		if err != nil || !slices.Equal(s.Totals, c.want) {
			t.Errorf("%s: %+v, %v", c.name, s.Totals, err)
		}
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		name, text string
		factor     int64
		code       Code
	}{
		{"none", "日期,捐赠人,金额\n", Yuan, ""},
		{"heading", "日期,捐赠人,捐赠金额(万元)\n", Wan, ""},
		{"heading with slash", "日期,捐赠人,捐赠金额/万元\n", Wan, ""},
		{"row", "甲表,,\n,,（单位：人民币万元）\n日期,捐赠人,金额\n", Wan, ""},
		{"row of an organisation", "单位：甲社区,,\n日期,捐赠人,金额\n", Yuan, ""},
		{"both alike", "单位:元,,\n日期,捐赠人,金额（元）\n", Yuan, ""},
		{"conflict", "单位:万元,,\n日期,捐赠人,金额（元）\n", 0, CodeUnitConflict},
		{"foreign row", "单位：美元,,\n日期,捐赠人,金额\n", 0, CodeUnitUnknown},
		{"foreign heading", "日期,捐赠人,金额(港币)\n", 0, CodeUnitUnknown},
	} {
		table, err := tryText(c.text+"2031-3-5,甲,5\n", Donations, Options{})
		if c.code != "" {
			if err == nil || asError(err).Code != c.code {
				t.Errorf("%s: %v, want %s", c.name, err, c.code)
			}
			continue
		}
		if err != nil || table.MoneyFactor != c.factor {
			t.Errorf("%s: %+v, %v", c.name, table, err)
		}
	}
	hours := openText(t, "单位：小时,,\n姓名,日期,服务时长\n甲,2031-3-5,1.5\n", Service, Options{})
	for row := range hours.Rows() {
		if n, stated, err := row.Minutes(); n != 90 || !stated || err != nil {
			t.Errorf("unit row of hours gave %d, %v, %v", n, stated, err)
		}
	}
}

func TestColumnsOption(t *testing.T) {
	const text = "编号,甲,乙,金额,金额2\nX,2031-3-5,丙,5,6\n"
	columns, err := ParseColumns("B=date,乙=donor，编号=ignore,金额2=amount")
	if err != nil {
		t.Fatal(err)
	}
	table := openText(t, text, Donations, Options{Columns: columns, HeaderRow: 1})
	for row, err := range table.Rows() {
		fen, _ := row.Fen(Amount)
		if err != nil || fen != 600 || row.Name(Donor) != "丙" || len(table.Ignored) != 1 || len(table.Unknown) != 1 {
			t.Errorf("%v: %d fen, ignored %v, unknown %v", err, fen, table.Ignored, table.Unknown)
		}
	}
	for _, c := range []struct {
		columns string
		code    Code
	}{{"甲=datum", CodeColumnsOption}, {"甲", CodeColumnsOption}, {"=date", CodeColumnsOption}} {
		if _, err := ParseColumns(c.columns); err == nil || asError(err).Code != c.code {
			t.Errorf("%q: %v", c.columns, err)
		}
	}
	for _, c := range []struct {
		columns map[string]string
		code    Code
	}{
		{map[string]string{"B": "date", "C": "donor", "丁": "item"}, CodeColumnsOption},
		{map[string]string{"B": "date", "C": "date", "D": "donor"}, CodeColumnAmbiguous},
		{map[string]string{"B": "date"}, CodeFieldMissing},
	} {
		if _, err := tryText(text, Donations, Options{Columns: c.columns, HeaderRow: 1}); err == nil || asError(err).Code != c.code {
			t.Errorf("%v: %v, want %s", c.columns, err, c.code)
		}
	}
	if _, err := tryText("日期,捐赠人,金额,捐款金额\n2031-3-5,甲,5,6\n", Donations, Options{}); err == nil || asError(err).Code != CodeColumnAmbiguous {
		t.Errorf("two amounts: %v", err)
	}
	if _, err := tryText("捐赠人,金额\n甲,5\n", Donations, Options{Given: []Field{DateField}}); err != nil {
		t.Errorf("a date given by the caller: %v", err)
	}
}

func TestHeaderRowSelectsATable(t *testing.T) {
	const text = "姓名,学号,志愿时长(小时)\n甲,1,2\n\n姓名,学号,活动名称,日期,时长(小时)\n甲,1,清扫,2031-3-5,2\n乙,2,清扫,2031-3-5,2\n"
	second := openText(t, text, Service, Options{HeaderRow: 4})
	if s, err := second.Survey(); err != nil || s.Rows != 2 {
		t.Errorf("second table: %+v, %v", s, err)
	}
	first := openText(t, text, Service, Options{HeaderRow: 1, Given: []Field{DateField}})
	if s, err := first.Survey(); err != nil || s.Rows != 1 || s.Blank != 1 {
		t.Errorf("first table: %+v, %v", s, err)
	}
}

func TestSubHeadings(t *testing.T) {
	text := "序号,日期,捐赠人,款项,,备注\n,,,金额,数量,\n1,2031-3-5,甲,5,2,\n"
	table := openText(t, text, Donations, Options{Columns: map[string]string{"D": "amount"}})
	if table.HeaderRow != 2 || table.headings[3] != "款项 金额" || table.headings[4] != "款项 数量" || table.headings[0] != "序号" {
		t.Errorf("header row %d, headings %q", table.HeaderRow, table.headings)
	}
	if s, err := table.Survey(); err != nil || s.Rows != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestSpan(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"range", "姓名,日期,起止时间\n甲,2031-3-5,9:00-10:30\n", "2031-03-05 09:00 2031-03-05 10:30"},
		{"clock times on a date", "姓名,日期,开始时间,结束时间\n甲,2031-3-5,9:00,10点半\n", "2031-03-05 09:00 2031-03-05 10:30"},
		{"moments", "姓名,开始时间,结束时间\n甲,2031-3-5 23:00,2031-3-6 01:00\n", "2031-03-05 23:00 2031-03-06 01:00"},
		{"after the date", "姓名,服务时间,时长(分钟)\n甲,2031年3月5日 9：00—10：30,90\n", "2031-03-05 09:00 2031-03-05 10:30"},
		{"range with its date", "姓名,日期,起止时间\n甲,2031-3-5,2031-3-5 9:00至10:30\n", "2031-03-05 09:00 2031-03-05 10:30"},
		{"end on the day of the start", "姓名,开始时间,结束时间\n甲,2031-3-5 09:00,10:00\n", "2031-03-05 09:00 2031-03-05 10:00"},
	} {
		for row, err := range openText(t, c.text, Service, Options{}).Rows() {
			if err != nil {
				t.Fatal(err)
			}
			from, to, ok, err := row.Span()
			if err != nil || !ok || from.String()+" "+to.String() != c.want {
				t.Errorf("%s: %s %s %v %v", c.name, from, to, ok, err)
			}
		}
	}
}

func TestEqualRowsOfDifferentSheets(t *testing.T) {
	a, _ := codes(t, openText(t, "序号,日期,捐赠人,金额（元）,备注\n1,2031.03.05,甲（公司）\t,\"1,000.00\",\n", Donations, Options{}))
	b, _ := codes(t, openText(t, "金额（万元）,捐赠人,日期\n0.1,甲(公司),47912\n", Donations, Options{}))
	if len(a) != 1 || !slices.Equal(a, b) {
		t.Errorf("%q and %q differ", a, b)
	}
	c, _ := codes(t, openText(t, "序号,日期,捐赠人,金额（元）,备注\n1,2031.03.05,甲（公司）\t,1000.01,\n", Donations, Options{}))
	if slices.Equal(a, c) {
		t.Error("another amount gives the same row")
	}
}

func TestErrorsNeverRepeatTheValue(t *testing.T) {
	const secret = "汪汪汪"
	text := "日期,捐赠人,金额\n" + secret + "," + secret + "," + secret + "\n2031-3-5,\"" + secret + "\"x,1\n"
	for row, err := range openText(t, text, Donations, Options{}).Rows() {
		_, dateErr := row.Date(DateField)
		_, fenErr := row.Fen(Amount)
		for _, e := range []error{err, dateErr, fenErr} {
			if e == nil {
				continue
			}
			reason, cure := Explain(e)
			if strings.Contains(e.Error()+reason+cure, secret) {
				t.Errorf("the value stands in %v", e)
			}
			if asError(e).RefusesFile() || asError(e).Row != row.Number || asError(e).Column == "" {
				t.Errorf("incomplete: %+v", e)
			}
		}
	}
}
