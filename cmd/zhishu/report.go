package main

import (
	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type reportCmd struct {
	Stars         starsReport         `cmd:"" zh:"星级榜：志愿者按认定时长排列，写明距下一星还差多少" help:"Members by recognised service." example:"zhishu report stars --division 430702001007"`
	Standings     standingsReport     `cmd:"" zh:"学习之星：个人、家庭、楼院、单位在一段时间的学习排名" help:"Individuals, households, buildings or organisations by study in a period." example:"zhishu report standings --division 430702001007 --period 2026\nzhishu report standings --kind building --division 430702001007"`
	Teams         teamsReport         `cmd:"" zh:"志愿服务队：各队的成员、时长与活动日" help:"Members, service and days of each team." example:"zhishu report teams --division 430702001007 --period 2026"`
	Training      trainingReport      `cmd:"" zh:"培训率：上过课程的成员与登记成员之比" help:"Members with a course to registered members." example:"zhishu report training --division 430702001007 --period 2026"`
	Sessions      sessionsReport      `cmd:"" zh:"分层学习场次：每月各层次的场次，与目标对照" help:"Sessions a month and layer, beside the target." example:"zhishu report sessions --division 430702001007 --period 2026"`
	Scorecard     scorecardReport     `cmd:"" zh:"学习型社区标准：各项的目标、达到与还差" help:"Every item with target, value and what is missing." example:"zhishu report scorecard --community 430702001007 --period 2026"`
	Participation participationReport `cmd:"" zh:"参学率：参学人数率与参学人次比，连同分子、分母和口径" help:"Both rates, with numerator, denominator and basis." example:"zhishu report participation --division 430702001007 --period 2026"`
	Donations     donationsReport     `cmd:"" zh:"捐赠合计：有效捐赠，按月份、捐赠人、导入分列" help:"Gifts that stand, by month, donor and import." example:"zhishu report donations --division 430702001007 --period 2026"`
	Donation      donationReport      `cmd:"" zh:"一笔捐赠的全部更正经过" help:"One donation with every value it has had." example:"zhishu report donation 捐赠编号"`
	Gifts         giftsReport         `cmd:"" zh:"捐赠公示：可以公布的捐赠；姓名只由服务按捐赠人的意愿显示" help:"The gifts as they may be published; a name only as a server discloses it." example:"zhishu report gifts --division 430702001007 --period 2026"`
	GiftUses      giftUsesReport      `cmd:"" zh:"捐赠去向：收到、拨付、交付、退还、剩余" help:"Received, allocated, delivered, returned and left." example:"zhishu report gift-uses --division 430702001007"`
	Donor         donorReport         `cmd:"" zh:"捐赠人：一位捐赠人的全部捐赠、票据和去向" help:"A donor's gifts, receipts and what became of them." example:"zhishu report donor --donation 捐赠编号"`
	Register      registerReport      `cmd:"" zh:"台账：社区按月或按年上报的表，每个合计都可溯源" help:"The table a committee hands in for a month or a year, with how every total came about." example:"zhishu report register service --community 430702001007 --period 2026 --xlsx 台账.xlsx"`
	Corrections   correctionsReport   `cmd:"" zh:"更正：更正过的捐赠，连同历次内容" help:"Donations that were corrected, with every value they have had." example:"zhishu report corrections --division 430702001007"`
	Timetable     timetableReport     `cmd:"" zh:"课表：某一区划的活动，按开始时间排列" help:"Activities of a division, in the order in which they begin." example:"zhishu report timetable --division 430702001007 --period 2026"`
	Activity      activityReport      `cmd:"" zh:"一次活动的历次安排" help:"One activity with every plan it has had." example:"zhishu report activity 活动编号"`
	Activities    activitiesReport    `cmd:"" zh:"活动合计：按种类、月份和系列" help:"Activities by kind, month and series." example:"zhishu report activities --division 430702001007 --period 2026"`
	Roster        rosterReport        `cmd:"" zh:"名册：谁报名、候补、到场，谁没有签退" help:"Who signed up, waits, was there, and did not check out." example:"zhishu report roster 活动编号"`
	Flags         flagsReport         `cmd:"" zh:"核查标记：有待核实的记录，和核查结论" help:"What about recorded facts somebody should look at, and what was found." example:"zhishu report flags --division 430702001007 --status open"`
	Waiting       waitingReport       `cmd:"" zh:"待办：等待答复或批准的事项，最早的在前，写明谁可以办、怎样办" help:"What waits for an answer, the oldest first, with who may answer it and how." example:"zhishu report waiting --division 430702001007"`
	Proposals     proposalsReport     `cmd:"" zh:"提出的规则：提出过的规则版本及其结果" help:"Policy versions that were proposed, and what became of them." example:"zhishu report proposals"`
	Remaining     remainingReport     `cmd:"" zh:"待迁：社区分设后仍留在原社区的居民和户、楼院、单位、队伍" help:"Who and what still belongs to communities that were split." example:"zhishu report remaining --division 4307"`
	ComingOfAge   comingOfAgeReport   `cmd:"" name:"coming-of-age" zh:"满十四周岁：由监护人代为同意、今后应由本人同意的居民，按日期" help:"For whom a guardian consented, by the day from which they consent for themselves." example:"zhishu report coming-of-age --division 430702001007"`
	Imports       importsReport       `cmd:"" zh:"导入记录：历次导入的表、行数与合计" help:"Sheets, their rows and control totals." example:"zhishu report imports"`
	Person        personReport        `cmd:"" zh:"查编号：按社区或平台发放的编号查志愿者编号" help:"The volunteer number behind a number that a community or a platform gave." example:"zhishu report person --issuer 430702001007 --number R-0001"`
	Statement     statementReport     `cmd:"" zh:"个人清单：一位居民的每条记录，写明计入或不计入的原因，以及本人的捐赠" help:"Every entry of a person, and why it counts or not, and what the person gave." example:"zhishu report statement --person 430702001007/R-0001"`
	WhatIf        whatIfReport        `cmd:"" name:"what-if" zh:"假如：数字按另一规则计算，与现行的并列；不作记录" help:"A figure under another rule, beside the one in force. Nothing is recorded."`
}

// view is what every report is asked with.
type view struct {
	Data string   `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录（默认 ${default}）；不影响正在运行的服务" help:"The ledger's directory (${default}); a running server is not disturbed."`
	AsOf asOfFlag `placeholder:"SIZE|DATE" zh:"账本当时的样子：账本位置（120000）或某日终了（2026-03-31）" help:"The ledger as it was at a ledger size or at the end of a day."`
	JSON bool     `xor:"form" zh:"输出 JSON，与接口的答复相同" help:"Print JSON, as the API answers."`
	CSV  bool     `name:"csv" xor:"form" zh:"输出 CSV（UTF-8 带 BOM），可用表格软件打开" help:"Print CSV (UTF-8 with BOM) for a spreadsheet."`
	XLSX string   `name:"xlsx" xor:"form" placeholder:"FILE" zh:"写成 Excel 工作簿" help:"Write a workbook."`
	backend
}

// report opens the ledger for reading, makes a figure and prints it.
func report[T any](p *program, v view, make func(*projections.View, reader) (T, error), tabulate func(T) table) error {
	log, err := v.at(v.Data).openReader(p.ctx)
	if err != nil {
		return err
	}
	defer log.Close()
	view, err := readView(p.ctx, log, v.at(v.Data), v.AsOf.AsOf)
	if err != nil {
		return cured(err)
	}
	if err := view.Knows(p.of); err != nil {
		return cured(err)
	}
	figure, err := make(view, log)
	if err != nil {
		return cured(err)
	}
	return p.put(v, figure, tabulate(figure))
}

type starsReport struct {
	place
	rows
	view
}

func (c *starsReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.StarBoard, error) {
		var board projections.StarBoard
		err := c.pages(func(page projections.Page) (string, int, error) {
			part, err := v.Stars(c.division(), page)
			part.Rows = append(board.Rows, part.Rows...)
			board = part
			return part.Next, len(board.Rows), err
		})
		return figures.Stars(board), err
	}, starTable)
}

type standingsReport struct {
	Kind string `default:"individual" enum:"individual,household,building,organisation" zh:"排谁：individual 个人、household 家庭、building 楼院、organisation 单位（默认 ${default}）" help:"Who is ranked: individual, household, building or organisation."`
	place
	dated
	rows
	view
}

func (c *standingsReport) Run(p *program) error {
	if c.Kind != "individual" {
		return c.groupStandings(p, domain.SubjectKind(c.Kind))
	}
	return report(p, c.view, func(v *projections.View, _ reader) (figures.StandingBoard, error) {
		var board projections.StandingBoard
		err := c.pages(func(page projections.Page) (string, int, error) {
			part, err := v.Standing(c.division(), c.period(v), page)
			part.Rows = append(board.Rows, part.Rows...)
			board = part
			return part.Next, len(board.Rows), err
		})
		return figures.Standing(board), err
	}, standingTable)
}

type participationReport struct {
	place
	dated
	view
}

func (c *participationReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.Participation, error) {
		rates, err := v.Participation(c.division(), c.period(v))
		return figures.ParticipationOf(rates), err
	}, participationTable)
}

type donationsReport struct {
	place
	everyDay
	view
}

func (c *donationsReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.Donations, error) {
		sums, err := v.Donations(projections.DonationFilter{Division: c.division(), Period: c.period()})
		return figures.DonationsOf(sums), err
	}, donationsTable)
}

type donationReport struct {
	Donation string `arg:"" zh:"捐赠编号，见 zhishu report gifts" help:"The donation's id."`
	view
}

func (c *donationReport) Run(p *program) error {
	id, err := domain.ParseUUID(c.Donation)
	if err != nil {
		return wrongNumber("DONATION", c.Donation, "zhishu report gifts")
	}
	return report(p, c.view, func(v *projections.View, _ reader) (figures.DonationTrail, error) {
		trail, err := v.Donation(domain.DonationID{UUID: id})
		return figures.Trail(trail), err
	}, trailTable)
}

type correctionsReport struct {
	place
	rows
	view
}

func (c *correctionsReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.Corrections, error) {
		trails, err := v.Corrections(projections.DonationFilter{Division: c.division(), Period: domain.AllTime}, c.Limit)
		return figures.CorrectionsOf(trails, projections.Footing{Size: v.Size(), Day: v.Day()}), err
	}, correctionsTable)
}

type flagsReport struct {
	place
	rows
	Kind   string `enum:"day-minutes,mixed-day,shared-time,burst,own-circle,outside-change,late,account-closed,activity-changed,repeat,look-alike,reversal,closed-changed,retroactive-policy," default:"" placeholder:"KIND" zh:"只看一种标记：${enum}" help:"One kind of flag only, of those above."`
	Status string `enum:"open,reviewed," default:"" zh:"open 待核查，reviewed 已核查；不写即全部" help:"open or reviewed; both without it."`
	view
}

func (c *flagsReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.Flags, error) {
		var board projections.FlagBoard
		err := c.pages(func(page projections.Page) (string, int, error) {
			part, err := v.Flags(c.division(), projections.FlagFilter{Kind: projections.FlagKind(c.Kind), Status: c.Status}, page)
			part.Rows = append(board.Rows, part.Rows...)
			board = part
			return part.Next, len(board.Rows), err
		})
		return figures.FlagsOf(board), err
	}, flagTable)
}

type importsReport struct{ view }

func (c *importsReport) Run(p *program) error {
	return report(p, c.view, func(v *projections.View, _ reader) (figures.Imports, error) {
		return figures.ImportsOf(v.Imports(), projections.Footing{Size: v.Size(), Day: v.Day()}, figures.Everywhere), nil
	}, importsTable)
}

type statementReport struct {
	personFlag
	Story bool `zh:"用整句讲明每条记录和捐赠的经过；理由仍封存（zhishu do get-story 可打开）" help:"Tell the whole story of every entry and gift in plain sentences; reasons stay sealed (zhishu do get-story opens them)."`
	view
}

func (c *statementReport) Run(p *program) error {
	id, err := c.id(p, c.at(c.Data))
	if err != nil {
		return err
	}
	return report(p, c.view, func(v *projections.View, log reader) (figures.Statement, error) {
		s, err := v.Statement(p.ctx, log, id)
		if err != nil {
			return figures.Statement{}, err
		}
		gifts, err := v.GiftsOf(p.ctx, log, id)
		out := figures.StatementOf(s)
		out.Giving = figures.GivingOf(id, gifts, figures.EveryGift, nil) // whoever reads the directory holds every gift in it
		return out, err
	}, func(s figures.Statement) table {
		if c.Story {
			return storyTable(s)
		}
		return statementTable(s)
	})
}
