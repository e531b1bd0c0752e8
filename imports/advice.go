package imports

import (
	"zhishu/domain"
	"zhishu/sheets"
)

// placed is a refusal in a column.
type placed struct {
	code  domain.Code
	field string
}

// advice is what there is to say of a refusal in one column that is not said of
// its code everywhere, such as the words that the column knows. What is empty
// is said as everywhere.
var advice = map[placed]domain.RefusalInfo{
	{domain.FieldInvalid, sheets.Consent.String()}: {
		Cure:   "本人同意的写 纸质、书面、已签字、线上 或 微信，写 是 的须另加 --consent-basis；未同意的写 否、不同意、无 或留空；还没有定的，问明再写",
		CureEn: "write 纸质 or paper, 线上 or online for who consented, or 是 or yes with --consent-basis, 否, 不同意, 无 or nothing for who did not; ask who has not decided"},
	{domain.FieldInvalid, sheets.PublishConsent.String()}: {
		Cure:   "同意公开姓名的写 是、同意 或 公开，不同意的写 否、不同意、不公开 或留空；还没有定的留空",
		CureEn: "write 是, 同意, 公开 or yes for who may be named, 否, 不同意, 不公开, no or nothing for who may not; leave it empty for who has not decided"},
	{domain.FieldInvalid, sheets.Status.String()}: {
		Cure:   "通过的写 已通过、已确认、已完成、正常 或 有效，未通过的写 未通过、待审核 或 已驳回；与审核无关的列删去或改名",
		CureEn: "write 已通过, 已确认, 已完成, 正常, 有效 or approved for what was approved, 未通过, 待审核 or 已驳回 for what was not; take out or rename a column that says something else"},
	{domain.FieldInvalid, sheets.Category.String()}: {
		Cure:   "写 志愿服务、学习、讲座、宣讲、课程、募捐 之一",
		CureEn: "write one of 志愿服务 service, 学习 study, 讲座 lecture, 宣讲 talk, 课程 course, 募捐 donation drive"},
	{ContactDiffers, "person"}: {
		Chinese: "这个编号或身份证号登记的是另一个姓名或电话，该行未记", English: "the number or ID number is recorded with another name or phone; the row is not recorded",
		Cure:   "编号填错的改正该行；此人改了姓名或电话的，先改登记（居民名单加 --update），再给一次",
		CureEn: "correct the row if the number is wrong; if the person has another name or phone by now, change what is recorded (a list of people with --update) and give the sheet again"},
	{domain.ConsentMissing, sheets.Consent.String()}: {
		Chinese: "该列没有写明本人同意", English: "the column does not say that the person consented",
		Cure:   "本人同意的，在该列写 纸质 或 线上，写 是 的须另加 --consent-basis；不同意的不登记；全表的人都同意了，也可去掉该列，用 --consent-basis 说明依据",
		CureEn: "write 纸质 or 线上 in the column for who consented, or 是 with --consent-basis; who did not is not enrolled; if everybody in the sheet did, leave the column out and give --consent-basis"},
}

// explainAt is explain with what is to be said of that column.
func explainAt(code domain.Code, field string) domain.RefusalInfo {
	info, more := explain(code), advice[placed{code, field}]
	info.Chinese, info.English = first(more.Chinese, info.Chinese), first(more.English, info.English)
	info.Cure, info.CureEn = first(more.Cure, info.Cure), first(more.CureEn, info.CureEn)
	return info
}
