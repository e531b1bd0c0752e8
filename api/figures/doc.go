// Package figures gives every figure of the read side its JSON form: English
// field names, and sentences in Chinese and English that say how the figure
// came about. The functions are pure; the HTTP side and the reports of the
// command line answer with the same values.
//
// Minutes and fen are integers with a text beside them for people. A date that
// is not known is absent. A figure that may not be published is absent too,
// with the reason in its place: never a zero that reads like a count.
package figures

// CodeVersion is part of every validator: it rises when the same facts come to
// be shown in another way.
const CodeVersion = 1
