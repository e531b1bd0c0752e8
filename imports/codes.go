package imports

import (
	"zhishu/commands"
	"zhishu/domain"
	"zhishu/sheets"
)

// Codes of this package: first those that stop an import before anything is
// written, then those that refuse one row.
const (
	KindUnsupported     domain.Code = "import-kind-unsupported"
	ConsentBasisMissing domain.Code = "consent-basis-missing"
	DispositionUnclear  domain.Code = "disposition-unclear"
	OutOfScope          domain.Code = "account-out-of-scope"
	ImportElsewhere     domain.Code = "import-elsewhere"
	ImportOtherwise     domain.Code = "import-running-otherwise"
	ReissueUnknown      domain.Code = "reissue-unknown"
	ReissueElsewhere    domain.Code = "reissue-elsewhere"
	ReissueUnfinished   domain.Code = "reissue-unfinished"
	ReissueSuperseded   domain.Code = "reissue-superseded"
	TotalTooLarge       domain.Code = "total-too-large"
	ReissueSuspected    domain.Code = "reissue-suspected"
	ReissueMerges       domain.Code = "reissue-merges"

	GroupRow         domain.Code = "group-row"
	NotApproved      domain.Code = "not-approved"
	NotAttended      domain.Code = "not-attended"
	CommunityDiffers domain.Code = "community-differs"
	PersonUnnamed    domain.Code = "person-unidentified"
	PersonConflict   domain.Code = "person-conflict"
	PersonUnknown    domain.Code = "person-unknown"
	ColumnMissing    domain.Code = "column-missing"
	ActivityMissing  domain.Code = "activity-missing"
	RowOfLedger      domain.Code = "row-of-ledger"
	RowWithdrawn     domain.Code = "row-withdrawn"
	GuardianUnknown  domain.Code = "guardian-unknown"
	ContactDiffers   domain.Code = "contact-differs"
)

// Refusals explains every code of this package in order of precedence, and
// after them those of the sheets.
var Refusals = append([]domain.RefusalInfo{
	{Code: KindUnsupported, Chinese: "不能导入这种表", English: "this kind of sheet cannot be imported",
		Cure: "可用 people、service、study、donations、communities、activities、roster", CureEn: "use people, service, study, donations, communities, activities or roster"},
	{Code: ConsentBasisMissing, Chinese: "建档须说明同意的依据", English: "enrolling needs the basis of the persons' consent",
		Cure: "加上 --consent-basis paper 或 online，或在名单的知情同意一列逐人写明纸质、线上", CureEn: "add --consent-basis paper or online, or say 纸质 or 线上 for each person in the column 知情同意 of a list of people"},
	{Code: DispositionUnclear, Chinese: "不能既是重新发布又是另一张表", English: "a sheet cannot both re-issue an earlier one and be separate from it",
		Cure: "--reissue-of 与 --separate 只用一个", CureEn: "give --reissue-of or --separate, not both"},
	{Code: OutOfScope, Chinese: "账号管辖范围不含该社区", English: "the community is outside the account's scope",
		Cure: "换用管辖该社区的账号", CureEn: "use an account whose scope holds it"},
	{Code: ImportElsewhere, Chinese: "同样内容已导入另一社区或单位", English: "the same content was imported for another community or organisation",
		Cure: "核对社区代码；同一张表只能归一处", CureEn: "check the community code; one sheet belongs to one place"},
	{Code: ImportOtherwise, Chinese: "该表已按另一方式开始导入", English: "the import of this sheet was started in another way",
		Cure: "按开始时的方式（--reissue-of 或 --separate）再给一次", CureEn: "give it again the way it was started (--reissue-of or --separate)"},
	{Code: TotalTooLarge, Chinese: "合计超过十万亿元，或时长合计超过一百亿分钟", English: "the sheet comes to more than ten trillion yuan, or ten thousand million minutes",
		Cure: "核对金额、时长的单位和合计行", CureEn: "check the unit of amounts and times, and the total row"},
	{Code: ReissueUnknown, Chinese: "没有这次同类导入", English: "there is no earlier import of this kind with that id",
		Cure: "用 zhishu report imports 查编号", CureEn: "look up the id with zhishu report imports"},
	{Code: ReissueElsewhere, Chinese: "原表属于另一社区或单位", English: "the earlier sheet belongs to another community or organisation",
		Cure: "核对社区代码和导入编号", CureEn: "check community code and import id"},
	{Code: ReissueUnfinished, Chinese: "原表还没有导入完毕", English: "the earlier sheet's import is not finished",
		Cure: "先把原表再给一次，使其完成", CureEn: "give the earlier sheet again first, so that it is finished"},
	{Code: ReissueSuperseded, Chinese: "原表之后已有更新的一版", English: "a later issue of that sheet was imported already",
		Cure: "改用最新一版的编号", CureEn: "name the latest issue instead"},
	{Code: ReissueSuspected, Chinese: "先前一张表一半以上的行在此相同或相似", English: "more than half of an earlier sheet's rows come again, equal or alike",
		Cure: "若是重新发布，用 --reissue-of 编号；若是另一张表，用 --separate", CureEn: "use --reissue-of ID if it is a new issue, --separate if it is another sheet"},
	{Code: ReissueMerges, Chinese: "新增的行里有另一张表一半以上的行", English: "among the new rows come more than half of another earlier sheet's",
		Cure: "把名单按原来的表拆开，各作重新发布导入；确属新增的行另作一张表用 --separate", CureEn: "split the list and give each part as a new issue of its own sheet; give rows that are new as a sheet of their own with --separate"},

	{Code: GroupRow, Chinese: "只有人数没有姓名", English: "the row counts people without naming one",
		Cure: "逐人填写，或作为集体数登记", CureEn: "give a row to each person, or record it as a counted fact"},
	{Code: NotApproved, Chinese: "原表注明未通过或待审核", English: "the sheet itself says it was not approved",
		Cure: "通过后再导入", CureEn: "import it when it is approved"},
	{Code: NotAttended, Chinese: "原表注明没有到场", English: "the sheet itself says the person was not there",
		Cure: "无需记录；若有误请改正签到列", CureEn: "nothing to record; correct the attendance column if it is wrong"},
	{Code: CommunityDiffers, Chinese: "该行属于另一社区", English: "the row belongs to another community",
		Cure: "按社区拆分后分别导入", CureEn: "split the sheet by community"},
	{Code: PersonUnnamed, Chinese: "只凭姓名无法确认是谁", English: "a name alone does not say who it is",
		Cure:   "补上编号、身份证号或电话；表里有编号而那一列没有读懂的，用 --columns '列名=person-number' 指明",
		CureEn: "add a number, an ID number or a phone; if the sheet has a number in a column that was not understood, say so with --columns 'HEADING=person-number'"},
	{Code: PersonConflict, Chinese: "编号、身份证号或姓名指向不同的人", English: "number, ID number or name point to different persons",
		Cure: "核对该行的编号和姓名", CureEn: "check number and name of the row"},
	{Code: PersonUnknown, Chinese: "没有此人的登记", English: "nobody is enrolled under this number",
		Cure: "先登记，或用 --enrol 一并建档", CureEn: "enrol the person first, or use --enrol"},
	{Code: ActivityMissing, Chinese: "没有活动名称；服务内容是自由文字，只封存，不作名称", English: "no activity name; what was done is free text, which is sealed and never a title",
		Cure: "补上活动名称列，或用 --activity 给出", CureEn: "add an activity column, or give --activity"},
	{Code: RowWithdrawn, Chinese: "该行先前已记录，后被驳回或作废", English: "the row was recorded before, and was rejected or voided since",
		Cure: "若驳回或作废有误，为此人单独补记一条", CureEn: "if that was a mistake, record it for the person anew by hand"},
	{Code: GuardianUnknown, Chinese: "监护人没有登记", English: "the guardian is not enrolled",
		Cure: "先登记监护人，或把监护人列入同一张表，并写明编号、身份证号或姓名和电话", CureEn: "enrol the guardian first or in the same sheet, named by number, ID number, or name and phone"},
	{Code: ContactDiffers, Chinese: "表上的姓名或电话与登记的不同，登记的未改", English: "the list gives another name or phone than is recorded, which stays",
		Cure: "表上的若对，加 --update 再给一次；若编号填错，改正该行", CureEn: "if the list is right, give it again with --update; if the number is wrong, correct the row"},
	{Code: RowOfLedger, Chinese: "该行出自本账本的台账，事实已在账本中", English: "the row comes from a register of this ledger: the fact stands there already",
		Cure: "无需再导入；要改的内容用更正，新增的行不填账本编号", CureEn: "nothing to import; change a fact with a correction, and leave the ledger number of new rows empty"},
}, sheetRefusals()...)

// sheetRefusals are the codes of reading, as refusals of an import.
func sheetRefusals() []domain.RefusalInfo {
	var all []domain.RefusalInfo
	for _, c := range sheets.Codes() {
		all = append(all, domain.RefusalInfo{Code: fromSheet(c.Code),
			Chinese: c.MeaningZH, English: c.MeaningEN, Cure: c.CureZH, CureEn: c.CureEN})
	}
	return all
}

// fromSheet keeps apart the one name that both rooms use: for the ledger a
// field of a command is missing, for a sheet a column.
func fromSheet(c sheets.Code) domain.Code {
	if c == sheets.CodeFieldMissing {
		return ColumnMissing
	}
	return domain.Code(c)
}

// explain finds a code in the tables of the domain, the write side and this
// package.
func explain(code domain.Code) domain.RefusalInfo {
	if info, ok := domain.InfoOf(code); ok {
		return info
	}
	for _, table := range [][]domain.RefusalInfo{Refusals, commands.Refusals} {
		for _, info := range table {
			if info.Code == code {
				return info
			}
		}
	}
	return domain.RefusalInfo{Code: code}
}
