package commands

import "zhishu/domain"

// Refusals of the write side, beside those of the domain.
const (
	IdempotencyKeyMissing domain.Code = "idempotency-key-missing"
	IdempotencyKeyReused  domain.Code = "idempotency-key-reused"
	IDNumberTaken         domain.Code = "id-number-taken"
	NumberTaken           domain.Code = "number-taken"
	ClockBehind           domain.Code = "clock-behind"
	ClockAhead            domain.Code = "clock-ahead"
	KeyMissing            domain.Code = "key-missing"
	TooManyCodes          domain.Code = "too-many-codes"
	CommunityUnregistered domain.Code = "community-unregistered"
)

// Refusals explains them, in order of precedence.
var Refusals = []domain.RefusalInfo{
	{Code: IdempotencyKeyMissing, Chinese: "缺少幂等键", English: "the request has no idempotency key",
		Cure: "为每次操作附一个唯一的键", CureEn: "send a key that is unique to this action"},
	{Code: ClockBehind, Chinese: "本机时钟比账本慢十分钟以上", English: "this machine's clock is more than ten minutes behind the ledger",
		Cure: "校准时钟后重试", CureEn: "set the clock and try again"},
	{Code: ClockAhead, Chinese: "本机时钟比账本快一年以上", English: "this machine's clock is more than a year ahead of the ledger",
		Cure: "校准时钟；账本确实停用超过一年时用 --accept-clock", CureEn: "set the clock; after a year of rest, say --accept-clock"},
	{Code: KeyMissing, Chinese: "该对象的密钥已丢失", English: "the subject's key was lost, though nobody erased it",
		Cure: "从备份恢复密钥库，切勿生成新密钥", CureEn: "restore the vault from its backup; a new key would hide the loss"},
	{Code: TooManyCodes, Chinese: "签到码错误次数过多", English: "too many wrong check-in codes",
		Cure: "等下一分钟，照现场屏幕重新输入", CureEn: "wait for the next minute and read the code from the screen"},
	{Code: IdempotencyKeyReused, Chinese: "同一个幂等键已用于另一项内容", English: "the same key was used for another request",
		Cure: "换一个新的键", CureEn: "use a new key"},
	{Code: CommunityUnregistered, Chinese: "没有登记这个社区", English: "no community is registered under this code",
		Cure:   "核对代码；先登记社区（zhishu import communities，或 zhishu do register-community）；确要记在未登记的代码下，写明 unregistered（命令行 --unregistered）",
		CureEn: "check the code; register the community first (zhishu import communities, or zhishu do register-community); if the code is meant all the same, say unregistered (--unregistered)"},
	{Code: IDNumberTaken, Chinese: "该身份证号已登记在另一人名下", English: "another person carries this ID number",
		Cure: "查找已有登记，勿重复建档", CureEn: "find the existing person instead of enrolling again"},
	{Code: NumberTaken, Chinese: "该编号已登记在另一人名下", English: "another person carries this number",
		Cure: "核对编号及发放单位", CureEn: "check the number and its issuer"},
}

func refuse(code domain.Code, field string) *domain.Refusal { return domain.Refuse(code, field) }
