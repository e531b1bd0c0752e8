package domain

// Code names a refusal. Codes are a closed list, never renamed; in the order of
// Refusals the first one that applies is the answer.
type Code string

const (
	AccountUnknown     Code = "account-unknown"
	AccountClosedCode  Code = "account-closed"
	RoleForbids        Code = "role-forbids"
	SubjectUnknown     Code = "subject-unknown"
	SubjectExists      Code = "subject-exists"
	SubjectErased      Code = "subject-erased"
	SubjectMerged      Code = "subject-merged"
	SubjectRestricted  Code = "subject-restricted"
	FieldMissing       Code = "field-missing"
	FieldInvalid       Code = "field-invalid"
	IDNumberInvalid    Code = "id-number-invalid"
	CreditCodeInvalid  Code = "credit-code-invalid"
	CommunityInvalid   Code = "community-invalid"
	EndBeforeStart     Code = "end-before-start"
	MinutesZero        Code = "minutes-zero"
	MinutesExceedSpan  Code = "minutes-exceed-span"
	MinutesExceedDay   Code = "minutes-exceed-day"
	DateInFuture       Code = "date-in-future"
	DayOffPlan         Code = "day-off-plan"
	AmountInvalid      Code = "amount-invalid"
	ConsentMissing     Code = "consent-missing"
	GuardianMissing    Code = "guardian-consent-missing"
	OwnRecord          Code = "own-record"
	SameAccount        Code = "same-account"
	NotConcerned       Code = "not-concerned"
	EntryUnknown       Code = "entry-unknown"
	EntryNotClaimed    Code = "entry-not-claimed"
	EntryNotConfirmed  Code = "entry-not-confirmed"
	ProposalPending    Code = "proposal-pending"
	DisputePending     Code = "dispute-pending"
	NotMerged          Code = "not-merged"
	ProposalUnknown    Code = "proposal-unknown"
	DisputeUnknown     Code = "dispute-unknown"
	ReportUnknown      Code = "report-unknown"
	NothingChanges     Code = "nothing-changes"
	WrongOrganisation  Code = "wrong-organisation"
	Overlap            Code = "overlap"
	DayFull            Code = "day-full"
	ExceedsActivity    Code = "minutes-exceed-activity"
	PeriodNotClosed    Code = "period-not-closed"
	MembershipOverlap  Code = "membership-overlap"
	MembershipUnknown  Code = "membership-unknown"
	GroupClosedCode    Code = "group-closed"
	CommunityReplaced  Code = "community-succeeded"
	DesignationUnknown Code = "designation-unknown"
	CountUnknown       Code = "count-unknown"
	PolicyInvalid      Code = "policy-invalid"
	PolicyVersionOrder Code = "policy-version-order"
	PolicyRetroactive  Code = "policy-retroactive"
	ImportFinishedCode Code = "import-finished"
	LogKeyOverlap      Code = "log-key-overlap"
	LogKeyLast         Code = "log-key-last"
	NothingLost        Code = "nothing-lost"

	InspectorOnly        Code = "inspector-only"
	InspectionClosedCode Code = "inspection-closed"
	SampleDrawnCode      Code = "sample-drawn"
	NonceDiffers         Code = "nonce-differs"

	ActivityCancelledCode Code = "activity-cancelled"
	ActivityClosedCode    Code = "activity-closed"
	ActivityNotBegun      Code = "activity-not-begun"
	ActivityOver          Code = "activity-over"
	ActivityNotClosed     Code = "activity-not-closed"
	ActivityNotAttested   Code = "activity-not-attested"
	AlreadySignedUp       Code = "already-signed-up"
	SignUpUnknown         Code = "sign-up-unknown"
	ProxyCheckIn          Code = "proxy-check-in"
	WindowClosed          Code = "window-closed"
	CodeWrong             Code = "code-wrong"
	AlreadyCheckedIn      Code = "already-checked-in"
	NotCheckedIn          Code = "not-checked-in"
	DateTooEarly          Code = "date-too-early"
	AllocationUnknown     Code = "allocation-unknown"
	EnquiryUnknown        Code = "enquiry-unknown"
	MoreThanReceived      Code = "more-than-received"
	MoreThanAllocated     Code = "more-than-allocated"
	UndercutsUse          Code = "correction-undercuts-use"
)

// Refusal is a command's answer when it may not become a fact. Nothing was
// recorded. It never carries a personal value.
type Refusal struct {
	Code  Code
	Field string // which part of the command, in the API's words; may be empty
}

// Refuse makes a refusal.
func Refuse(code Code, field string) *Refusal { return &Refusal{code, field} }

func (r *Refusal) Error() string {
	text := string(r.Code)
	if info, ok := InfoOf(r.Code); ok {
		text += ": " + info.English
	}
	if r.Field != "" {
		text += " (" + r.Field + ")"
	}
	return text
}

// RefusalInfo explains a code in both languages and says what to do.
type RefusalInfo struct {
	Code             Code
	Chinese, English string
	Cure, CureEn     string
}

// InfoOf is the explanation of a code.
func InfoOf(code Code) (RefusalInfo, bool) {
	for _, r := range Refusals {
		if r.Code == code {
			return r, true
		}
	}
	return RefusalInfo{}, false
}

// Refusals is every code of the domain in order of precedence.
var Refusals = []RefusalInfo{
	{AccountUnknown, "没有这个账号", "there is no such account", "先用 zhishu account open 开设账号", "open it first with zhishu account open"},
	{AccountClosedCode, "账号已停用", "the account is closed", "换一个在用的账号", "use an account that is open"},
	{RoleForbids, "这个账号的角色不能办理此事", "the role of the account may not do this", "请由负责办理的工作人员账号办理；居民账号只办本人的事，督查账号不改任何记录", "let an account of the staff in charge do it; residents act for themselves, inspectors change nothing"},
	{SubjectUnknown, "没有这个对象", "there is no such subject", "核对编号，或先登记", "check the id, or register it first"},
	{SubjectExists, "已经登记过", "it is already registered", "直接使用已有的登记", "use the existing registration"},
	{SubjectErased, "该人已注销", "the person was erased", "注销后不能再记录", "nothing can be recorded after erasure"},
	{SubjectMerged, "该人已并入另一编号", "the person was merged into another", "新的内容用合并后的编号；旧编号下已有的记录仍按旧编号异议、更正和办理", "use the number it was merged into; what stands under the old one is disputed, corrected and decided there"},
	{SubjectRestricted, "该人已要求限制处理", "processing of this person is restricted", "先由本人解除限制", "the person must lift the restriction first"},
	{FieldMissing, "缺少必填内容", "a required field is missing", "补上该项", "fill it in"},
	{FieldInvalid, "内容不合规格", "a field is not valid", "按说明改写该项", "write it as the documentation says"},
	{IDNumberInvalid, "身份证号校验不符", "the ID number fails its check digit", "对照证件重新录入", "read it again from the card"},
	{CreditCodeInvalid, "统一社会信用代码校验不符", "the unified social credit code fails its check digit", "对照证书重新录入", "read it again from the certificate"},
	{CommunityInvalid, "不是有效的12位社区代码", "not a valid 12-digit community code", "使用12位统计区划代码", "use the 12-digit statistical code"},
	{EndBeforeStart, "结束早于开始", "it ends before it starts", "核对起止时间", "check both times"},
	{MinutesZero, "时长不足一分钟", "less than a whole minute", "填写至少一分钟", "give at least one minute"},
	{MinutesExceedSpan, "时长超过起止时间", "more minutes than the clock times allow", "核对时长与起止时间", "check minutes against the times"},
	{MinutesExceedDay, "时长超过24小时", "more than 24 hours without clock times", "按天分开填写", "split it by day"},
	{DateInFuture, "时间在将来", "it lies in the future", "等活动结束后再记录", "record it after it has happened"},
	{DayOffPlan, "不是这场活动的日期", "it is not on a day of the activity", "核对日期和活动；跨过零点的活动有两天；提前或延后的，写起止时间，前后各半天以内", "check the day and the activity; one across midnight has two days; who came before or stayed on is entered with clock times, within half a day of it"},
	{AmountInvalid, "金额无效", "not a valid amount", "金额须大于零，最多两位小数", "above zero, at most two decimals"},
	{ConsentMissing, "没有本人同意记录", "the person has not consented to being recorded", "先登记同意", "record the consent first"},
	{GuardianMissing, "未满十四周岁，须监护人同意", "under 14: a guardian must consent", "登记监护人，由监护人同意", "enrol a guardian and record that person's consent"},
	{OwnRecord, "不能确认自己的记录", "nobody decides on their own record", "请另一位工作人员办理", "another member of staff must do it"},
	{SameAccount, "录入与确认须为两个账号", "a second account must decide", "请另一位工作人员办理", "another member of staff must do it"},
	{NotConcerned, "只有本人或记录单位的工作人员可以提出", "only the person, or staff of the recording organisation, may raise it", "由本人提出，或请记录单位代办", "let the person raise it, or ask the recording organisation"},
	{EntryUnknown, "没有这条记录", "there is no such entry", "核对记录序号", "check the entry number"},
	{EntryNotClaimed, "记录已经处理过", "the entry was already decided", "查看记录现状", "look at its present state"},
	{EntryNotConfirmed, "记录不在已确认状态", "the entry is not confirmed", "只有已确认的记录可以提出异议、更正或作废；没有记上的，请申报漏记", "only confirmed entries are disputed, corrected or voided; report a missing one as missing"},
	{ProposalPending, "已有一项待处理的申请", "a proposal is already waiting", "先处理前一项申请", "decide on that one first"},
	{DisputePending, "有一项异议尚未处理", "a dispute has not been answered", "先答复该项异议", "answer it first"},
	{NotMerged, "该编号没有并入所说的编号", "the number is not merged into that one", "查看此人的编号，填现在并入的那一个", "look the person up, and name the number it is merged into now"},
	{ProposalUnknown, "没有这项待处理的申请", "there is no such proposal waiting", "核对申请序号", "check the proposal number"},
	{DisputeUnknown, "没有这项待答复的异议", "there is no such dispute to be answered", "核对异议序号", "check the dispute number"},
	{ReportUnknown, "没有这项待答复的漏记申报", "there is no such report to be answered", "核对申报序号", "check the report number"},
	{NothingChanges, "更正前后相同", "the correction changes nothing", "写明要改的内容", "state what is to change"},
	{WrongOrganisation, "只有原记录单位可以办理", "only the recording organisation may do this", "向原记录单位提出", "ask the recording organisation"},
	{Overlap, "与本人另一条记录时间重叠", "it overlaps another entry of the same person", "核对两条记录的起止时间", "check the times of both"},
	{DayFull, "当天累计超过24小时", "more than 24 hours in one civil day", "核对当天各条记录", "check that day's entries"},
	{ExceedsActivity, "时长超过活动安排的时长，加上布置和收拾的一小时", "more minutes than the activity was to last, and an hour to set up and tidy up", "核对时长；确实更久的，写起止时间", "check the minutes; who was there longer is entered with clock times"},
	{PeriodNotClosed, "该期间没有关账", "the period is not closed", "核对期间", "check the period"},
	{MembershipOverlap, "该时期已有同类归属", "such a membership already covers that time", "先结束原来的归属", "end the earlier one first"},
	{MembershipUnknown, "没有这项归属", "there is no such membership", "核对归属", "check the membership"},
	{GroupClosedCode, "该户、楼院、单位或队伍在这一天不存在", "the household, building, organisation or team does not exist on that day", "核对起止日期", "check its first and last day"},
	{CommunityReplaced, "该社区已由后继社区接替", "the community was succeeded by another", "改用后继社区的代码", "use the code of its successor"},
	{DesignationUnknown, "没有这项学习型命名", "there is no such learning designation", "核对对象", "check the subject"},
	{CountUnknown, "没有这项登记数", "there is no such count", "核对登记序号", "check its number"},
	{PolicyInvalid, "规则内容无效", "the policy is not valid", "按说明改写规则", "write it as the documentation says"},
	{PolicyVersionOrder, "版本号须依次递增", "versions rise by one", "使用下一个版本号", "use the next version number"},
	{PolicyRetroactive, "规则不能早于通过之日生效", "a policy cannot start before it is adopted", "把生效日改为今天或以后；确需追溯的，先提出，再由另一人批准", "let it start today or later, or propose it and have another person approve it"},
	{ImportFinishedCode, "该表已经导入完毕", "this sheet was already imported", "无需再次导入", "there is nothing left to do"},
	{LogKeyOverlap, "前一把签名密钥尚未停用", "an earlier signing key is still in force beside this one", "先停用前一把：zhishu keys retire", "retire it first with zhishu keys retire"},
	{LogKeyLast, "这是唯一在用的签名密钥", "it is the only signing key in force", "先启用新的密钥：zhishu keys rotate", "add a new one first with zhishu keys rotate"},
	{NothingLost, "没有事件丢失", "no event was lost", "无需声明，照常使用", "there is nothing to declare; go on as before"},
	{InspectorOnly, "只有办理此案的督查账号可以做", "only the inspector of the case may do this", "用立案的督查账号办理", "use the account that opened the case"},
	{InspectionClosedCode, "该督查案已结案", "the inspection is closed", "另立新案", "open another case"},
	{SampleDrawnCode, "样本已经抽定", "the sample was already drawn", "同一案只抽一次；要再抽请另立新案", "a case draws once; open another one to draw again"},
	{NonceDiffers, "随机数与立案时的承诺不符", "the nonce is not the one committed to", "给出立案时生成的随机数", "give the nonce made when the case was opened"},
	{ActivityCancelledCode, "活动已取消", "the activity is cancelled", "查看活动公告", "see its notice"},
	{ActivityClosedCode, "活动已结束登记", "the activity is closed", "另行补登并附证据", "enter it afterwards with evidence"},
	{ActivityNotBegun, "活动还没有开始", "the activity has not begun", "等活动开始再办", "wait until it begins"},
	{ActivityOver, "活动时间已过", "the activity is over", "另行补登并附证据", "enter it afterwards with evidence"},
	{ActivityNotClosed, "活动还没有结束登记", "the activity is not closed yet", "先由经办人结束活动", "whoever runs it closes it first"},
	{ActivityNotAttested, "活动还没有第二人签字", "no second person has attested the activity", "先请另一位工作人员签字", "another member of staff attests it first"},
	{AlreadySignedUp, "已经报名", "the person has signed up already", "无需重复报名", "there is nothing left to do"},
	{SignUpUnknown, "没有这项报名", "there is no such sign-up", "核对报名名单", "look at the roster"},
	{ProxyCheckIn, "不能代他人签到签退", "nobody checks in or out for another", "请本人办理", "the person must do it"},
	{WindowClosed, "签到未开放或已截止", "the check-in window is not open", "请经办人开放签到，或另行补登", "ask for it to be opened, or enter it afterwards"},
	{CodeWrong, "签到码不对或已过时", "the code is wrong or no longer shown", "输入现场屏幕上正在显示的签到码", "give the code that is shown at the place now"},
	{AlreadyCheckedIn, "已经有这次活动的签到或出席", "there is a check-in or attendance of this activity already", "无需重复签到", "there is nothing left to do"},
	{NotCheckedIn, "没有签到，不能签退", "there is no check-in to check out of", "先签到，或另行补登", "check in first, or enter it afterwards"},
	{DateTooEarly, "早于前一步的日期", "it lies before the step it builds on", "核对收到、拨付和交付的日期", "check the days of receipt, allocation and delivery"},
	{AllocationUnknown, "没有这项拨付", "there is no such allocation", "核对拨付序号", "check the allocation number"},
	{EnquiryUnknown, "没有这项待答复的查询", "there is no such enquiry waiting", "核对查询序号", "check the enquiry number"},
	{MoreThanReceived, "超过该笔捐赠尚未使用的部分", "more than is left of the gift", "核对捐赠的余额和各项物品的余量", "check what is left of the money and of each item"},
	{MoreThanAllocated, "超过该项拨付尚余的部分", "more than is left of the allocation", "核对该项拨付的余额", "check what is left of the allocation"},
	{UndercutsUse, "更正后少于已拨付或已退还的部分", "the corrected value is less than what was allocated or returned", "先收回相应的拨付，再更正", "reverse those allocations first, then correct"},
}

// codeOf is a refusal's code.
func codeOf(err error) Code {
	if r, ok := err.(*Refusal); ok {
		return r.Code
	}
	return FieldInvalid
}
