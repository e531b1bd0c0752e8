package api

import (
	"zhishu/api/figures"
	"zhishu/registers"
)

// registerOf makes a register as JSON.
func registerOf(r *registers.Register) figures.Register {
	out := figures.Register{
		Footing: figures.Foot(r.Footing), Kind: string(r.Kind), Title: r.Title, Unit: r.Unit, Community: r.Community.String(),
		Period: r.Period.String(), Blocks: []figures.RegisterBlock{}, Trace: []figures.RegisterLine{},
	}
	for _, b := range r.Blocks {
		block := figures.RegisterBlock{Caption: b.Caption, Heads: b.Heads, Rows: [][]figures.Cell{}, Total: registerCells(b.Total)}
		for _, row := range b.Rows {
			block.Rows = append(block.Rows, registerCells(row))
			for _, c := range row { // names are today's, whatever the point of view
				out.ShownToday(c.Text())
			}
		}
		out.Blocks = append(out.Blocks, block)
	}
	for _, l := range r.Trace {
		line := figures.RegisterLine{Item: l.Item, Value: registerCell(l.Value), Unit: l.Unit, Facts: l.Facts, How: l.How, HowEn: l.HowEn}
		if l.Of != nil {
			line.Numerator, line.Denominator = &l.Of.Numerator, &l.Of.Denominator
		}
		out.Trace = append(out.Trace, line)
	}
	return out
}

func registerCells(row []registers.Cell) []figures.Cell {
	out := make([]figures.Cell, len(row))
	for i, c := range row {
		out[i] = registerCell(c)
	}
	return out
}

func registerCell(c registers.Cell) figures.Cell {
	out := figures.Cell{Text: c.Text()}
	if n, scale, ok := c.Number(); ok {
		out.Value, out.Scale = &n, scale
	}
	return out
}
