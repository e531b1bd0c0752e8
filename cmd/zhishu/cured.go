package main

import (
	"errors"
	"fmt"

	"zhishu/projections"
)

// cures say in Chinese what a figure could not be made of, and what helps.
var cures = []struct {
	err      error
	zh, cure string
}{
	{projections.ErrUnknownCommunity, "没有这个社区：代码没有登记，也没有任何记录", "核对代码 check the code: zhishu get list-communities"},
	{projections.ErrUnknownPerson, "当时的账本里没有这位居民", unknownCure},
	{projections.ErrUnknownDonation, "当时的账本里没有这笔捐赠", unknownCure},
	{projections.ErrUnknownDonor, "当时的账本里没有这位捐赠人", unknownCure},
	{projections.ErrUnknownActivity, "当时的账本里没有这次活动", unknownCure},
	{projections.ErrUnknownImport, "当时的账本里没有这次导入", unknownCure},
	{projections.ErrUnknownGroup, "当时的账本里没有这个户、楼院、单位或队伍", unknownCure},
	{projections.ErrBeyondLedger, "账本还没有这么长", "zhishu get get-ledger 说明现在有多长 tells how far it has come; --as-of 也可写日期 may be a date"},
	{projections.ErrNotCome, "这一天还没有到", "写今天或以前的日期，或不写即现在 a day up to today, or none for now"},
	{projections.ErrBackwards, "起点晚于终点", "--from 写较早的时点 the earlier point, --to 较晚的 the later one; 不写 --to 即现在 absent: now"},
	{projections.ErrNoPolicy, "当天该地没有这一类有效的规则", "zhishu get list-policies 列出已通过的规则 lists what was adopted; 换一个较晚的时点 or look at a later point"},
	{projections.ErrSum, "金额合计超出范围", "缩短期间或缩小区划 ask for a shorter period or a smaller division"},
	{projections.ErrNotUnderstood, "读取停在一条不能理解的事件", "换用不旧于写入者的程序 use a program not older than the one that wrote it; zhishu verify ledger 核验账本 checks the ledger"},
}

const unknownCure = "核对编号，以及 --as-of 的时点 check the number, and the point in history"

// cured puts the Chinese sentence before an error of the read side, and what to
// do about it behind.
func cured(err error) error {
	for _, c := range cures {
		if errors.Is(err, c.err) {
			return withHint(fmt.Errorf("%s %w", c.zh, err), c.cure)
		}
	}
	return err
}
