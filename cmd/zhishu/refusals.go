package main

import (
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/imports"
)

// infoOf explains a refusal code of any room.
func infoOf(code domain.Code) (domain.RefusalInfo, bool) {
	for _, table := range [][]domain.RefusalInfo{domain.Refusals, commands.Refusals, imports.Refusals} {
		for _, r := range table {
			if r.Code == code {
				return r, true
			}
		}
	}
	return domain.RefusalInfo{}, false
}
