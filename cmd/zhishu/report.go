package main

import (
	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
)

type reportCmd struct {
	Stars         starsReport         `cmd:"" help:"星级榜: members by recognised service."`
	Standings     standingsReport     `cmd:"" help:"学习之星: individuals, households, buildings or organisations by study in a period."`
	Teams         teamsReport         `cmd:"" help:"志愿服务队: members, service and days of each team."`
	Training      trainingReport      `cmd:"" help:"培训率: members with a course to registered members."`
	Sessions      sessionsReport      `cmd:"" help:"分层学习场次: sessions a month and layer, beside the target."`
	Scorecard     scorecardReport     `cmd:"" help:"学习型社区标准: every item with target, value and what is missing."`
	Participation participationReport `cmd:"" help:"参学率: both rates, with numerator, denominator and basis."`
	Donations     donationsReport     `cmd:"" help:"捐赠合计: gifts that stand, by month, donor and import."`
	Donation      donationReport      `cmd:"" help:"One donation with every value it has had."`
	Gifts         giftsReport         `cmd:"" help:"捐赠公示: the gifts as they may be published; a name only as a server discloses it."`
	GiftUses      giftUsesReport      `cmd:"" help:"捐赠去向: received, allocated, delivered, returned and left."`
	Donor         donorReport         `cmd:"" help:"捐赠人: a donor's gifts, receipts and what became of them."`
	Register      registerReport      `cmd:"" help:"台账: the table a committee hands in for a month or a year, with how every total came about."`
	Corrections   correctionsReport   `cmd:"" help:"更正: donations that were corrected, with every value they have had."`
	Timetable     timetableReport     `cmd:"" help:"课表: activities of a division, in the order in which they begin."`
	Activity      activityReport      `cmd:"" help:"One activity with every plan it has had."`
	Activities    activitiesReport    `cmd:"" help:"活动合计: activities by kind, month and series."`
	Roster        rosterReport        `cmd:"" help:"名册: who signed up, waits, was there, and did not check out."`
	Flags         flagsReport         `cmd:"" help:"核查标记: what about recorded facts somebody should look at, and what was found."`
	Waiting       waitingReport       `cmd:"" help:"待办: what waits for an answer, the oldest first, with who may answer it and how."`
	Proposals     proposalsReport     `cmd:"" help:"提出的规则: policy versions that were proposed, and what became of them."`
	Remaining     remainingReport     `cmd:"" help:"待迁: who and what still belongs to communities that were split."`
	ComingOfAge   comingOfAgeReport   `cmd:"" name:"coming-of-age" help:"满十四周岁: for whom a guardian consented, by the day from which they consent for themselves."`
	Imports       importsReport       `cmd:"" help:"导入记录: sheets, their rows and control totals."`
	Person        personReport        `cmd:"" help:"查编号: the volunteer number behind a number that a community or a platform gave."`
	Statement     statementReport     `cmd:"" help:"个人清单: every entry of a person, and why it counts or not."`
	WhatIf        whatIfReport        `cmd:"" name:"what-if" help:"假如: a figure under another rule, beside the one in force. Nothing is recorded."`
}

// view is what every report is asked with.
type view struct {
	Data string   `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" help:"The ledger's directory (${default}); a running server is not disturbed."`
	AsOf asOfFlag `placeholder:"SIZE|DATE" help:"The ledger as it was at a ledger size or at the end of a day."`
	JSON bool     `xor:"form" help:"Print JSON, as the API answers."`
	CSV  bool     `name:"csv" xor:"form" help:"Print CSV (UTF-8 with BOM) for a spreadsheet."`
	XLSX string   `name:"xlsx" xor:"form" placeholder:"FILE" help:"Write a workbook."`
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
	Kind string `default:"individual" enum:"individual,household,building,organisation" help:"Who is ranked: individual, household, building or organisation."`
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
	Donation string `arg:"" help:"The donation's id."`
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
	Kind   string `enum:"day-minutes,mixed-day,shared-time,burst,own-circle,outside-change,late,account-closed,activity-changed,repeat,look-alike,reversal,closed-changed,retroactive-policy," default:"" placeholder:"KIND" help:"One kind of flag: ${enum}"`
	Status string `enum:"open,reviewed," default:"" help:"open or reviewed; both without it."`
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
	Story bool `help:"Tell the whole story of every entry in plain sentences; reasons stay sealed (zhishu do get-story opens them)."`
	view
}

func (c *statementReport) Run(p *program) error {
	id, err := c.id(p, c.at(c.Data))
	if err != nil {
		return err
	}
	return report(p, c.view, func(v *projections.View, log reader) (figures.Statement, error) {
		s, err := v.Statement(p.ctx, log, id)
		return figures.StatementOf(s), err
	}, func(s figures.Statement) table {
		if c.Story {
			return storyTable(s)
		}
		return statementTable(s)
	})
}
