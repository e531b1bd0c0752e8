package domain_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"zhishu/domain"
)

// committed hashes a nonce that is written as one hexadecimal digit.
func committed(digit string) string {
	raw, err := hex.DecodeString(hex64(digit))
	if err != nil {
		return digit
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// recipient is an age public key written as one of its letters: it is made of
// that letter and ends with its checksum.
func recipient(s string) string {
	checksums := map[string]string{"q": "5cu47z", "z": "qs63dhp"}
	if sum := checksums[s]; sum != "" {
		return "age1" + strings.Repeat(s, 58-len(sum)) + sum
	}
	if len(s) == 1 {
		return "age1" + strings.Repeat(s, 58) // letters right, checksum wrong
	}
	return literal(s)
}

// export is a handing out by the name it has in a script.
func export(name string) domain.UUID {
	if name == "" {
		return domain.UUID{}
	}
	return id("export", name)
}

func (l *ledger) inspectionVerbs() map[string]func() domain.Command {
	w := l.args
	i := domain.InspectionID{UUID: id("inspection", w.at(1))}
	return map[string]func() domain.Command{
		"立案": func() domain.Command {
			return &domain.OpenInspection{
				Inspection: i, Scope: division(w.at(3)), Period: period(w.at(4)), Committed: committed(w.at(5)),
				Purpose: w.option("事由", "年度抽查"), Recipient: recipient(w.option("收件", "")),
			}
		},
		"抽样": func() domain.Command {
			return &domain.DrawSample{
				Inspection: i, Nonce: hex64(w.at(3)), Size: w.number("账册"), Root: hex64(w.option("根", "c")),
				Population: w.number("总数"), Count: w.number("人数"),
			}
		},
		"始取证": func() domain.Command {
			return &domain.BeginBundle{Inspection: i, Export: export(w.option("号", "")), Size: w.number("账册"), Division: division(w.option("区划", "全国"))}
		},
		"取证": func() domain.Command {
			return &domain.ExportBundle{
				Inspection: i, Export: export(w.option("号", "")), Size: w.number("账册"), Manifest: hex64(w.option("清单", "d")), Keys: w.number("密钥"),
			}
		},
		"断取证": func() domain.Command {
			return &domain.BreakOffBundle{Inspection: i, Export: export(w.option("号", "")), Cause: domain.BreakCause(w.option("缘由", "receiver"))}
		},
		"结案": func() domain.Command { return &domain.CloseInspection{Inspection: i} },
	}
}

// exportKey: 甲 交付密钥 案 k.
func (l *ledger) exportKey(p domain.PersonID) domain.Command {
	return &domain.ExportPersonalKey{Person: p, Inspection: domain.InspectionID{UUID: id("inspection", l.args.at(2))}, Recipient: recipient(l.args.at(3))}
}
