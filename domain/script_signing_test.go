package domain_test

import (
	"strings"

	"zhishu/domain"
)

// hex64 writes a key or a root as one hexadecimal digit: 签名 账本 换钥 a.
func hex64(digit string) string {
	if len(digit) == 1 {
		return strings.Repeat(digit, 64)
	}
	return literal(digit)
}

func (l *ledger) signingVerbs() map[string]func() domain.Command {
	w := l.args
	ledger := domain.SigningID{UUID: id("signing", w.at(1))}
	return map[string]func() domain.Command{
		"开始": func() domain.Command {
			return &domain.BeginSigning{Signing: ledger, Origin: literal(w.at(3)), Key: hex64(w.at(4))}
		},
		"换钥": func() domain.Command { return &domain.AddLogKey{Signing: ledger, Key: hex64(w.at(3))} },
		"停用": func() domain.Command {
			return &domain.RetireLogKey{Signing: ledger, Number: int64(entryNo(w.at(3)))}
		},
		"声明丢失": func() domain.Command {
			return &domain.DeclareLoss{
				Signing: ledger, LastOrigin: literal(w.at(3)), LastSize: int64(entryNo(w.at(4))), Kept: int64(entryNo(w.at(5))),
				LastRoot: hex64(w.option("根", "c")),
			}
		},
	}
}
