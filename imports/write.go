package imports

import (
	"context"
	"encoding/binary"
	"errors"

	"zhishu/commands"
	"zhishu/domain"
	"zhishu/vault"
)

const correctionReason = "重新发布的名单与原记录不同 / the re-issued sheet says otherwise"

// write carries the plan out, or on a dry run tells what it would come to, and
// sums up. When it is stopped the import stays open.
func (r *run) write(ctx context.Context) error {
	err := r.writeRows(ctx)
	r.count()
	switch {
	case r.job.DryRun:
		r.res.Status = DryRun
	case err != nil:
		r.res.Status = Running
	default:
		err = r.finish(ctx)
	}
	if !r.pool.position.IsZero() {
		r.res.Position = r.pool.position.String()
	}
	if err != nil {
		return err
	}
	return r.reject(ctx)
}

func (r *run) writeRows(ctx context.Context) error {
	total := len(r.sheet.lines)
	report := func(done int) { r.job.Progress(done, total) }
	one := func(int) int { return 1 }
	switch r.job.Kind {
	case domain.ImportDonations:
		if err := r.donorKeys(ctx); err != nil {
			return err
		}
		return r.pool.each(ctx, total, one, report, r.writeGift)
	case domain.ImportCommunities:
		return r.pool.each(ctx, total, one, report, r.writePlace)
	case domain.ImportActivities:
		return r.pool.each(ctx, total, one, report, r.writePlan)
	}
	return r.writePersons(ctx, report)
}

// writePersons writes the rows person by person. A child comes after the
// guardian, who may stand in the same sheet.
func (r *run) writePersons(ctx context.Context, report func(int)) error {
	people := r.sheet.people.list
	rows := func(i int) int { return len(people[i].lines) }
	switch {
	case r.job.DryRun:
	case r.deeds():
		return r.writeReserved(ctx, rows, report)
	default:
		if err := r.reserve(ctx, func(int) {}); err != nil {
			return err
		}
	}
	if r.job.Kind != domain.ImportPeople {
		return r.pool.each(ctx, len(people), rows, report, r.writePerson)
	}
	if err := r.registerGroups(ctx); err != nil {
		return err
	}
	order, wards := r.guardiansFirst()
	rows = func(i int) int { return len(people[order[i]].lines) }
	write := func(from int) func(context.Context, int, *written) error {
		return func(ctx context.Context, i int, w *written) error { return r.writePerson(ctx, order[from+i], w) }
	}
	if err := r.pool.each(ctx, wards, rows, report, write(0)); err != nil {
		return err
	}
	return r.pool.each(ctx, len(order)-wards, func(i int) int { return rows(wards + i) }, report, write(wards))
}

// do carries requests out; a dry run only has them judged, beside what the rows
// before them would have recorded.
func (r *run) do(ctx context.Context, reqs []commands.Request, would ...commands.Would) ([]commands.Outcome, error) {
	if r.job.DryRun {
		return r.handler.JudgeAfter(ctx, would, reqs)
	}
	return r.handler.DoAll(ctx, reqs)
}

// request is a single command, see asked.add.
func (r *run) request(by domain.AccountID, l *line, op string, c domain.Command) commands.Request {
	return commands.Request{Caller: r.caller(by), Key: string(r.appendKey(make([]byte, 0, 80), l, op)), Command: c,
		Digest: appendDigest(make([]byte, 0, 16), l)}
}

func (r *run) rowOf(l *line) domain.Row {
	return domain.Row{Import: r.id, Number: l.number, Print: l.print, Alike: l.alike}
}

// written reports an outcome that recorded something just now.
func isNew(o commands.Outcome) bool { return o.Err == nil && o.Events > 0 && !o.Repeated }

func refusalOf(o commands.Outcome) *domain.Refusal {
	r, _ := errors.AsType[*domain.Refusal](o.Err)
	return r
}

func (r *run) donation(row uint32) domain.DonationID {
	return domain.DonationID{UUID: r.handler.DerivedID("donation", r.id.UUID[:], rowBytes(row))}
}

func (r *run) donor(row uint32) domain.DonorID {
	return domain.DonorID{UUID: r.handler.DerivedID("donor", r.id.UUID[:], rowBytes(row))}
}

func rowBytes(row uint32) []byte { return binary.BigEndian.AppendUint32(nil, row) }

// donorKeys makes the keys of the donors before the first event needs one.
func (r *run) donorKeys(ctx context.Context) error {
	if r.job.DryRun {
		return nil
	}
	var part []vault.Subject
	for i := range r.sheet.lines {
		if r.sheet.lines[i].fate == fateAdd {
			part = append(part, vault.Subject(r.donor(r.sheet.lines[i].number).UUID))
		}
		if len(part) == claimsAtOnce || i == len(r.sheet.lines)-1 {
			if err := r.ensureKeys(ctx, part); err != nil {
				return err
			}
			part = part[:0]
		}
	}
	return nil
}

// ensureKeys makes keys of all who may have one. Somebody may have been erased
// since an interruption: that concerns one row and is refused there.
func (r *run) ensureKeys(ctx context.Context, part []vault.Subject) error {
	err := r.vault.EnsureKeys(ctx, part)
	for i := 0; errors.Is(err, vault.ErrErased) && len(part) > 1 && i < len(part); i++ {
		if one := r.vault.EnsureKeys(ctx, part[i:i+1]); one != nil && !errors.Is(one, vault.ErrErased) {
			return one
		}
	}
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	return err
}

// writeGift records one gift, or offers the correction of an earlier one and,
// with a confirmer, takes it in the same append.
func (r *run) writeGift(ctx context.Context, i int, w *written) error {
	l, g := &r.sheet.lines[i], &r.sheet.gifts[i]
	switch l.fate {
	case fateAdd:
		out, err := r.do(ctx, []commands.Request{r.request(r.job.Recorder, l, "receive", &domain.ReceiveDonation{
			Donation: r.donation(l.number), Donor: r.donor(l.number), Gift: g.value, DonorName: g.donor, Remark: g.remark, Row: r.rowOf(l),
		})})
		if err != nil {
			return err
		}
		w.reached(out[0].Position)
		if refusal := refusalOf(out[0]); refusal != nil {
			w.refused(int32(i), refusal)
		} else if isNew(out[0]) {
			w.added++
		}
	case fateCorrect:
		return r.correctGift(ctx, int32(i), w)
	}
	return nil
}

func (r *run) correctGift(ctx context.Context, i int32, w *written) error {
	l, g, c := &r.sheet.lines[i], &r.sheet.gifts[i], r.changes[i]
	value := g.value
	if c.gift != nil {
		value = corrected(*c.gift, g.value)
	}
	reqs := []commands.Request{r.request(r.job.Recorder, l, "correct", &domain.ProposeDonationCorrection{
		Donation: c.ref.Donation, Gift: value, DonorName: g.donor, Remark: g.remark,
		Reason: correctionReason, Note: c.note, Row: r.rowOf(l),
	})}
	if !r.job.Confirmer.IsZero() {
		reqs = append(reqs, r.request(r.job.Confirmer, l, "approve", &domain.DecideDonationCorrection{
			Donation: c.ref.Donation, Row: r.rowOf(l), Approve: true,
		}))
	}
	out, err := r.do(ctx, reqs)
	if err != nil {
		return err
	}
	if r.noteCorrection(i, out, w) {
		return nil
	}
	state, err := r.handler.State(ctx, c.ref.Donation.Stream())
	if d, ok := state.(*domain.Donation); ok {
		w.waiting = append(w.waiting, waiting{i, int64(d.Gift.Amount)})
	}
	return err
}

// noteCorrection counts an offered and, where there was a confirmer, a taken
// correction. Settled is false when it waits, or may wait, for somebody.
func (r *run) noteCorrection(i int32, out []commands.Outcome, w *written) (settled bool) {
	for _, o := range out {
		w.reached(o.Position)
	}
	if refusal := refusalOf(out[0]); refusal != nil {
		w.refused(i, refusal)
		return true
	}
	if isNew(out[0]) {
		w.offered++
	}
	if len(out) < 2 {
		return false
	}
	if refusal := refusalOf(out[1]); refusal != nil {
		w.verdicts = append(w.verdicts, verdict{line: i, code: refusal.Code, field: refusal.Field, stays: true})
		return false
	}
	if isNew(out[1]) {
		w.taken++
	}
	return true
}

// corrected is the earlier value with everything that the sheet states.
func corrected(old, now domain.Gift) domain.Gift {
	kept := old
	kept.Day, kept.Kind, kept.Amount, kept.Items, kept.DonorKind = now.Day, now.Kind, now.Amount, now.Items, now.DonorKind
	if now.Purpose != "" {
		kept.Purpose = now.Purpose
	}
	if now.Receipt.State != domain.ReceiptNotGiven {
		kept.Receipt = now.Receipt
	}
	return kept
}

func (r *run) writePlace(ctx context.Context, i int, w *written) error {
	l := &r.sheet.lines[i]
	out, err := r.do(ctx, []commands.Request{r.request(r.job.Recorder, l, "register", r.sheet.places[i].command())})
	if err != nil {
		return err
	}
	w.reached(out[0].Position)
	if refusal := refusalOf(out[0]); refusal != nil {
		w.refused(int32(i), refusal)
	} else if isNew(out[0]) {
		w.added++
	}
	return nil
}
