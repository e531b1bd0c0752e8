// Package wire turns events into the JSON that is stored, and stored JSON of
// every version ever written into today's events.
//
// # One fact, one spelling
//
// The stored form is canonical: no white space, keys in a fixed order, each at
// most once, integers without fraction or exponent, optional fields that are
// zero left out. The decoder accepts nothing else, so that what decodes encodes
// to the same bytes again, what is counted is exactly what was hashed, and an
// unknown, repeated or misplaced key stops the reader instead of being dropped.
//
//   - Identities are UUIDs in lower case with hyphens. Those the stream's name
//     carries (person, donation, community, account, import, group) are not
//     stored, nor is the kind of a group, which is the stream's category.
//   - Instants are RFC 3339 in UTC, with milliseconds where they are not zero;
//     civil dates are YYYY-MM-DD.
//   - Money is in fen, and its key says so. "minutes", "declaredMinutes",
//     "minMinutes", star thresholds and the clauses of a counting policy are
//     whole minutes; an item's quantity is in thousandths of its unit.
//   - A span is {"day","minutes"}, or {"start","end","minutes"} where the day is
//     the civil day of the start and not stored.
//   - Community codes are strings of 12 digits, divisions of 2, 4, 6, 9 or 12;
//     the whole country is left out.
//   - A row's prints are 16 hexadecimal digits; hashes of 16 bytes are 22
//     characters of base64url without padding.
//   - Sealed fields stand together, last, under "sealed": the names of
//     domain.Private's Secrets with the ciphertext in base64.
//   - Strings are UTF-8; only the quotation mark, the backslash (both with a
//     backslash) and the characters below U+0020 (as \u00xx) are escaped.
//   - The kind of a claimed entry is in the event's type, and not stored; hours
//     are honour hours unless "hours" says "credit".
//
// A date that is left out means:
//
//	membership, community, group and policy from; adopted      from the beginning of time (MinDay)
//	membership to                                              it lasts (MaxDay)
//	ageOn, consent from, and the day of an evaluation, a
//	training, an award, or the use of a gift                   not given (NoDay)
//
// Every other date must be there.
package wire
