package imports

import (
	"context"
	"errors"

	"zhishu/sheets"
)

// reject writes the refused rows in the sheet's own layout, with reason and
// cure, so that they can be mended and given again. The sheet is read a second
// time for it, because the cells of refused rows are kept nowhere.
func (r *run) reject(ctx context.Context) error {
	refused := r.sheet.bad.rows
	if r.job.Reject == nil || len(refused) == 0 {
		return nil
	}
	out, err := sheets.NewRejectWriter(r.job.Reject, r.sheet.table)
	if err != nil {
		return err
	}
	for row, err := range r.sheet.table.Rows() {
		var bad *sheets.Error
		if errors.As(err, &bad) && bad.RefusesFile() {
			return errors.Join(&FileRefused{bad}, out.Close())
		}
		why, ok := refused[row.Number]
		if !ok {
			continue
		}
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), out.Close())
		}
		info := explainAt(why.code, why.field)
		if err := out.Add(row, string(why.code)+"："+info.Chinese+" / "+info.English, info.Cure+" / "+info.CureEn); err != nil {
			return errors.Join(err, out.Close())
		}
	}
	return out.Close()
}
