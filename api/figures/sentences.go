package figures

import "zhishu/domain"

// sentence is how the story of an entry tells one type of event. Between braces
// stands what the event says: {deed} the value claimed or reported, {changes}
// what a correction changes, {proposal}, {dispute}, {report}, {entry} numbers,
// {grade} of an evaluation, {case} of an inspection, {number} and {other} of a merge. The story puts in front when and who.
type sentence struct {
	short  words // of the step in the life
	tells  words
	reason words // what stands before the sealed reason; empty: it has none
}

var (
	because = words{"理由", "Reason"}
	finding = words{"结论", "Finding"}
	remark  = words{"备注", "Remark"}
)

// sentences is every sentence there is about an event of an entry, a report, a
// check-in or a person, by stored event type. Those of a dispute's answer stand
// under the type and what was decided, those of a changed name or phone under it
// and which.
var sentences = map[string]sentence{
	domain.ServiceClaimed: {words{"申报服务", "service claimed"},
		words{"申报{deed}", "claimed {deed}"}, remark},
	domain.StudyClaimed: {words{"申报学习", "study claimed"},
		words{"申报{deed}", "claimed {deed}"}, remark},
	"checked-in": {words{"签到", "checked in"},
		words{"签到（第 {revision} 号）", "checked in (no. {revision})"}, words{}},
	"activity-cancelled": {words{"取消活动", "activity cancelled"},
		words{"取消了这次活动，签到不计时", "cancelled the activity: the check-in has no minutes"}, words{}},
	"checked-out": {words{"签退，成为记录", "checked out"},
		words{"签退，成为记录：{deed}", "checked out, which made the entry: {deed}"}, words{}},
	"entry-confirmed": {words{"确认", "confirmed"},
		words{"确认了这条记录，从此计入", "confirmed the entry: from here on it counts"}, words{}},
	"entry-rejected": {words{"不予确认", "rejected"},
		words{"不予确认，不计入", "rejected the claim: it does not count"}, because},
	"entry-disputed": {words{"提出异议", "disputed"},
		words{"提出异议（第 {revision} 号），答复之前照常计入", "disputed the entry (no. {revision}); it keeps counting until decided"}, because},
	"dispute-answered": {words{"答复异议", "dispute answered"},
		words{"答复{dispute}：不成立，记录不变", "answered {dispute}: not upheld, the entry stays as it is"}, finding},
	"dispute-answered upheld": {words{"答复异议：成立", "dispute answered: upheld"},
		words{"答复{dispute}：成立，由两人更正或作废之前照原值计入", "answered {dispute}: upheld; the present value counts until two persons have corrected or voided it"}, finding},
	"entry-correction-proposed": {words{"提出更正", "correction proposed"},
		words{"提出更正（第 {revision} 号申请）{following}：{changes}", "proposed a correction (no. {revision}){following}: {changes}"}, because},
	"entry-correction-approved": {words{"批准更正", "correction approved"},
		words{"批准第 {proposal} 号申请，更正生效", "approved proposal no. {proposal}: the correction takes effect"}, words{}},
	"entry-correction-refused": {words{"不批准更正", "correction refused"},
		words{"不批准第 {proposal} 号申请，记录不变", "refused proposal no. {proposal}: the entry stays as it is"}, because},
	"entry-void-proposed": {words{"提出作废", "voiding proposed"},
		words{"提出作废（第 {revision} 号申请）{following}，批准之前照常计入", "proposed to void the entry (no. {revision}){following}; it counts until that is approved"}, because},
	"entry-void-approved": {words{"批准作废", "voiding approved"},
		words{"批准第 {proposal} 号申请，记录作废，不再计入", "approved proposal no. {proposal}: the entry is void and counts no more"}, words{}},
	"entry-void-refused": {words{"不批准作废", "voiding refused"},
		words{"不批准第 {proposal} 号申请，记录仍有效", "refused proposal no. {proposal}: the entry stands"}, because},
	"entry-evaluated": {words{"评价", "evaluated"},
		words{"作出质量评价：{grade}", "evaluated its quality: {grade}"}, remark},
	"missing-entry-reported": {words{"申报漏记", "reported as missing"},
		words{"申报漏记（第 {revision} 号）：{deed}", "reported as missing (no. {revision}): {deed}"}, remark},
	"missing-entry-accepted": {words{"受理漏记申报", "report accepted"},
		words{"受理第 {report} 号漏记申报，补记为第 {entry} 号记录", "accepted report no. {report}: it became entry no. {entry}"}, words{}},
	"missing-entry-declined": {words{"不受理漏记申报", "report declined"},
		words{"不受理第 {report} 号漏记申报", "declined report no. {report}"}, because},
	"contact-changed": {words{"变更姓名和电话", "name and phone changed"},
		words{"变更了登记的姓名和电话", "changed the recorded name and phone"}, words{}},
	"contact-changed name": {words{"变更姓名", "name changed"},
		words{"变更了登记的姓名", "changed the recorded name"}, words{}},
	"personal-key-exported": {words{"向督查员交出密钥", "key handed to an inspector"},
		words{"把本人信息的密钥交给了督查案件 {case} 的督查员，凭此可打开封存的姓名、电话等", "handed the key to the person's sealed fields, such as name and phone, to the inspector of case {case}"}, words{}},
	"contact-changed phone": {words{"变更电话", "phone changed"},
		words{"变更了登记的电话", "changed the recorded phone"}, words{}},
	"person-merge-proposed": {words{"提出并号", "merge proposed"},
		words{"提出编号 {number} 与 {other} 是同一人（第 {revision} 号申请）", "proposed that the numbers {number} and {other} are one person's (no. {revision})"}, because},
	"person-merge-refused": {words{"不批准并号", "merge refused"},
		words{"不批准第 {proposal} 号申请，编号 {number} 与 {other} 各计各的", "refused proposal no. {proposal}: the numbers {number} and {other} count apart"}, because},
	"person-merged": {words{"批准并号", "merged"},
		words{"编号 {number} 并入 {other}，从此两个编号下的记录都算此人的，同一时间只计一次", "merged the number {number} into {other}: from here on what stands under both counts for the person, and shared time once"}, words{}},
	"person-unmerge-proposed": {words{"提出撤销并号", "undoing of a merge proposed"},
		words{"提出编号 {number} 与 {other} 不是同一人（第 {revision} 号申请），批准之前照常合计", "proposed that the numbers {number} and {other} are not one person's (no. {revision}); they count together until that is approved"}, because},
	"person-unmerge-refused": {words{"不批准撤销并号", "undoing of a merge refused"},
		words{"不批准第 {proposal} 号申请，编号 {number} 仍并在 {other}", "refused proposal no. {proposal}: the number {number} stays merged into {other}"}, because},
	"person-unmerged": {words{"撤销并号", "unmerged"},
		words{"撤销编号 {number} 与 {other} 的合并，从此各计各的", "undid the merge of the number {number} into {other}: from here on each counts by itself"}, words{}},
}

// sentenceOf is the sentence of a type; one nobody has written says the type.
func sentenceOf(kind string) sentence {
	if s, ok := sentences[kind]; ok {
		return s
	}
	w := words{kind, kind}
	return sentence{short: w, tells: w}
}

var roles = map[domain.Role]words{
	domain.RoleOperator: {"运维员", "operator"}, domain.RoleRecorder: {"录入员", "recorder"},
	domain.RoleConfirmer: {"复核员", "confirmer"}, domain.RoleResident: {"居民", "resident"}, domain.RoleInspector: {"督查员", "inspector"},
}

var kinds = map[domain.EntryKind]words{
	domain.Service: {"志愿服务", "volunteer service"}, domain.Study: {"学习", "study"},
}

var hoursKinds = map[domain.HoursKind]words{
	domain.Honour: {"荣誉时数", "honour hours"}, domain.Credit: {"信用时数", "credit hours"},
}

var sealedReason = words{"（内容封存）", " (sealed)"}
