// Package sheets reads and writes the spreadsheets that communities keep:
// XLSX and CSV, in the encodings and layouts found in practice.
//
// Reading has three steps. Open looks at the bytes and finds out what the file
// is: container, encoding, delimiter, worksheets. File.Table searches for the
// header row of one kind of sheet (service, study, donations, people,
// communities, activities), maps headings to fields and reads title and unit.
// Table.Rows then streams the rows; Table.Survey does the same without values,
// so that a caller learns of a broken file before anything is recorded.
//
// Nothing is dropped silently. A row is a data row, a total, a footer, a
// repeated header or blank, and each of them is counted; a column is a field,
// an unknown column that is reported, or blank. Whatever cannot be read is an
// *Error with a code from the closed list of Codes, naming sheet, row and
// column and the class of the value, never the value itself.
//
// The package knows no domain: dates are year, month and day, money is int64
// fen, time given is whole minutes.
//
// Worksheets are read by a streaming reader of our own, because three things
// are needed that excelize's row iterator does not give: the type of a cell
// (digits lost in a number typed as an identifier; 1:30 shown as a time), an
// error when the XML breaks off instead of a short sheet, and no copy of
// personal data in temporary files. Excelize writes, and is the oracle of the
// reader's tests.
package sheets
