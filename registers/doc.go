// Package registers makes the tables a committee hands in for a month or a year
// (台账): service, study, donations, participation, teams, scorecard. A register is a figure like
// any other: it is made from one view, names ledger size and policy versions,
// and carries with it how every total came about (溯源), so that whoever gets
// the sheet can trace each cell to the facts behind it.
//
// A register of facts has one row a fact, and the row carries the number under
// which the ledger knows it (账本编号). A sheet that comes back with that number
// is known again by the import and doubles nothing.
//
// Names stand in a register only as today's rules allow: of a person who agreed
// to be named in public, of a donor who allows name or alias. Everybody else is
// a number. The package opens no sealed field itself: who makes a register says
// who may be asked for names.
package registers
