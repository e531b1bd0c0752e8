package registers

import (
	"io"
	"strconv"
	"strings"

	"zhishu/sheets"
)

// TraceSheet is the name of the tracing sheet.
const TraceSheet = "溯源"

// XLSX writes the register with its tracing sheet behind it.
func (r *Register) XLSX(w io.Writer) error {
	sheet, err := sheets.NewWriter(w, sheets.XLSX, "台账")
	if err != nil {
		return err
	}
	if err = r.table(sheet); err == nil {
		err = sheet.Sheet(TraceSheet)
	}
	if err == nil {
		err = r.trace(sheet)
	}
	if closed := sheet.Close(); err == nil {
		err = closed
	}
	return err
}

// CSV writes the register alone, so that it reads as a sheet like any other;
// TraceCSV writes what it is made of.
func (r *Register) CSV(w io.Writer) error      { return plain(w, r.table) }
func (r *Register) TraceCSV(w io.Writer) error { return plain(w, r.trace) }

func plain(w io.Writer, fill func(*sheets.Writer) error) error {
	sheet, err := sheets.NewWriter(w, sheets.CSV, "")
	if err != nil {
		return err
	}
	if err := fill(sheet); err != nil {
		return err
	}
	return sheet.Close()
}

// table writes title, unit, headings, rows, total and what the sheet rests on.
func (r *Register) table(w *sheets.Writer) error {
	f := filler{w: w}
	f.text(r.Title)
	f.text(r.Unit)
	for i, b := range r.Blocks {
		if i > 0 {
			f.text()
			f.text(b.Caption)
		}
		f.text(b.Heads...)
		for _, row := range b.Rows {
			f.row(row)
		}
		if b.Total != nil {
			f.row(b.Total)
		}
	}
	f.text("说明：账本位置 " + r.size() + "，截至 " + r.Day.String() + "；由来见“" + TraceSheet + "”")
	return f.err
}

// trace writes what the register rests on and how every total came about.
func (r *Register) trace(w *sheets.Writer) error {
	f := filler{w: w}
	f.text(r.Title + TraceSheet)
	f.row([]Cell{Words("社区代码"), Words(r.Community.String())})
	f.row([]Cell{Words("期间"), Words(r.Period.String())})
	f.row([]Cell{Words("账本位置 ledger size"), Whole(int64(r.Size))})
	f.row([]Cell{Words("截至"), On(r.Day)})
	f.row([]Cell{Words("规则版本 policies"), Words(r.policies())})
	f.row([]Cell{Words("尚在导入 provisional"), Words(r.provisional())})
	f.row([]Cell{Words("账本编号"), Words("志愿服务、学习：志愿者编号/记录序号；捐赠：捐赠编号。凭此可在账本中查到该事实的全部经过")})
	f.text()
	f.text("项目", "数值", "单位", "事实数", "分子", "分母", "由来", "how it came about")
	for _, l := range r.Trace {
		var of [2]Cell
		if l.Of != nil {
			of = [2]Cell{Whole(l.Of.Numerator), Whole(l.Of.Denominator)}
		}
		f.row([]Cell{Words(l.Item), l.Value, Words(l.Unit), Whole(l.Facts), of[0], of[1], Words(l.How), Words(l.HowEn)})
	}
	return f.err
}

func (r *Register) size() string { return strconv.FormatUint(uint64(r.Size), 10) }

func (r *Register) policies() string {
	var refs []string
	for _, p := range r.Policies {
		refs = append(refs, p.ID.String()+"/"+strconv.Itoa(p.Version))
	}
	return strings.Join(refs, " ")
}

func (r *Register) provisional() string {
	var ids []string
	for _, id := range r.Provisional {
		ids = append(ids, id.String())
	}
	return strings.Join(ids, " ")
}

// filler writes rows until one fails.
type filler struct {
	w   *sheets.Writer
	err error
}

func (f *filler) text(texts ...string) {
	if f.err == nil {
		f.err = f.w.Text(texts...)
	}
}

func (f *filler) row(cells []Cell) {
	values := make([]sheets.Value, len(cells))
	for i, c := range cells {
		values[i] = c.Value()
	}
	if f.err == nil {
		f.err = f.w.Row(values...)
	}
}
