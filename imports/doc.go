// Package imports turns a spreadsheet into facts of the ledger.
//
// A sheet is read whole and checked before anything is written: a file that
// cannot be read to its end adds nothing. Then every row becomes a fact, comes
// again from an earlier issue of the same sheet, corrects what an earlier
// issue said, or is refused with a code, a place and a cure; accepted and
// refused rows are together always the rows of the sheet, and the sum of the
// accepted ones is held against the sheet's own total (合计).
//
// # Identity
//
// The same content is the same import, whatever file, encoding or format it
// comes in and whoever gives it: the import's id follows from a keyed hash
// over the kind and the cells of all data rows. So the second time adds
// nothing, an import that stopped half way is finished by giving the sheet
// again, and two servers given one sheet at one moment add it once. A fact's
// identity is the import and the ordinal of the data row (refused rows counted,
// titles and blank lines not): equal rows inside one sheet are different facts.
// Messages and the reject file show rows as the spreadsheet numbers them.
//
// Rows that only look like rows of another sheet (same day, name and amount)
// are recorded and counted as look-alikes. When more than half of an earlier
// sheet comes again in another content, the import stops and asks which it is:
// a new issue (Job.ReissueOf) or a sheet of its own (Job.Separate).
//
// # Persons
//
// A row names its person by a number and its issuer, by ID number, or by name
// and phone. A name alone is nobody. Who is unknown is refused, or enrolled
// when the job says so and on what basis the consent rests; the number is
// reserved in the vault before the first event, so that nobody is enrolled
// twice.
package imports
