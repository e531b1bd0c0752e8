package imports

import (
	"context"
	"strconv"
	"strings"

	"zhishu/domain"
	"zhishu/sheets"
)

// A register that was handed in carries, in each row, the number under which
// the ledger knows the fact. Such a row that comes back brings nothing: it is
// refused and named, and never recorded again, whatever was changed in it. A
// number this ledger does not know is another ledger's, and its row is read like
// any other.

// known reports whether the ledger has the fact with a number.
type known func(ref string) (bool, error)

// known asks a view that is made when the first number is met.
func (r *run) known(ctx context.Context) known {
	var view View
	return func(ref string) (bool, error) {
		if view == nil {
			var err error
			if view, err = r.books.Now(ctx); err != nil {
				return false, err
			}
		}
		return knows(view, ref), nil
	}
}

// knows reads PERSON/ENTRY, or the number of a donation.
func knows(view View, ref string) bool {
	subject, entry, isEntry := strings.Cut(ref, "/")
	id, err := domain.ParseUUID(subject)
	if err != nil {
		return false
	}
	if !isEntry {
		return view.HasDonation(domain.DonationID{UUID: id})
	}
	no, err := strconv.ParseUint(entry, 10, 32)
	return err == nil && view.HasEntry(domain.PersonID{UUID: id}, domain.EntryNo(no))
}

// ours refuses a row that this ledger gave out itself.
func (r *reader) ours(row sheets.Row) error {
	if r.known == nil || !row.Has(sheets.LedgerRef) {
		return nil
	}
	stands, err := r.known(row.Text(sheets.LedgerRef))
	switch {
	case err != nil:
		return err
	case stands:
		return &rowRefusal{RowOfLedger, sheets.LedgerRef}
	}
	return nil
}
