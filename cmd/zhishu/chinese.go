package main

import "strings"

// vocabulary is the Chinese of a closed list of codes, as docs/glossary.md has
// it. A table of a report is Chinese throughout; the codes stand in its JSON.
type vocabulary map[string]string

// of is the Chinese of a code; a code that has none is shown as it is.
func (v vocabulary) of(code string) string {
	if zh, ok := v[code]; ok {
		return zh
	}
	return code
}

// list is the Chinese of several codes.
func (v vocabulary) list(codes []string) string {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = v.of(c)
	}
	return strings.Join(texts, "、")
}

var (
	flagWords = vocabulary{
		"day-minutes": "一天时长过多", "mixed-day": "记法不一", "shared-time": "几个编号同时", "burst": "集中录入", "own-circle": "利害关系人",
		"outside-change": "他组织变更", "late": "补录", "account-closed": "停用账号录入", "activity-changed": "活动有变", "repeat": "重复",
		"look-alike": "疑似相同", "reversal": "降星", "closed-changed": "关账后更改", "retroactive-policy": "追溯的规则",
	}
	flagStates   = vocabulary{"open": "待核查", "reviewed": "已核查"}
	findingWords = vocabulary{"explained": "属实", "corrects": "须更正"}
	entryWords   = vocabulary{"service": "志愿服务", "study": "学习"}
	hoursWords   = vocabulary{"credit": "信用时数", "honour": "荣誉时数"}
	importWords  = vocabulary{
		"service": "志愿服务", "study": "学习考勤", "donations": "捐赠", "people": "居民", "communities": "社区", "activities": "活动", "roster": "签到表",
	}
	donorWords  = vocabulary{"individual": "个人", "unit": "单位", "unknown": "不明"}
	memberWords = vocabulary{
		"person": "居民", "individual": "个人", "household": "户", "building": "楼院", "organisation": "单位", "team": "志愿服务队",
	}
	starWords   = vocabulary{"household": "家庭", "building": "楼院", "organisation": "单位"} // of 学习之星
	changeWords = vocabulary{"came": "新增", "went": "去除", "changed": "改变"}
	tagWords    = vocabulary{
		"persons": "居民", "activities": "活动", "attendance": "出席", "stars": "星级", "communities": "社区", "accounts": "账号", "flags": "核查标记", "groups": "户、楼院、单位、队伍",
		"imports": "导入", "policies": "规则", "donations": "捐赠", "evidence": "存证", "ledger": "账本", "registers": "台账", "backup": "备份", "entries": "记录",
		"inspections": "督查", "server": "服务器", "standings": "排名与参学率", "donors": "捐赠人", "waiting": "待办",
	}
	typeWords    = vocabulary{"string": "文字", "integer": "整数", "number": "数", "boolean": "true 或 false", "object": "对象"}
	consentWords = vocabulary{"record": "记录", "publish": "公开"}
)

// periodWords is a period as a title has it.
func periodWords(period string) string {
	if period == "all" {
		return "全部日期"
	}
	return period
}

// layerWords is the layer of a session; most have one.
func layerWords(layer string) string {
	if layer == "" {
		return "不分层"
	}
	return layer
}

// titled joins what a title says, leaving out what is not said.
func titled(parts ...string) string {
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// choice is the Chinese of a code that a request may hold. Where a field gives
// a code another meaning, its note says so.
func choice(code string) string {
	for _, v := range []vocabulary{choiceWords, flagWords, flagStates} {
		if zh, ok := v[code]; ok {
			return zh
		}
	}
	return code
}

var choiceWords = vocabulary{
	"true": "是", "false": "否", "male": "男", "female": "女", "paper": "纸质", "online": "线上", "xlsx": "工作簿", "csv": "只有表头",
	"community": "社区", "household": "户", "building": "楼院（楼组）", "organisation": "单位", "team": "志愿服务队",
	"service": "志愿服务", "study": "学习", "talk": "宣讲", "course": "课程", "donation-drive": "募捐", "donations": "捐赠", "teams": "志愿服务队",
	"record": "被记录", "publish": "公开姓名", "name": "实名", "alias": "化名", "anonymous": "匿名",
	"cash": "现金", "goods": "物资", "in-kind": "支持", "voucher": "凭据", "fair": "公允", "unvalued": "未计价",
	"venue": "开放场地", "resources": "提供资源", "people": "派出人员",
	"counting": "计时规则", "stars": "星级方案", "standing": "个人排名方案", "households": "家庭排名方案", "buildings": "楼院排名方案",
	"organisations": "单位排名方案", "participation": "参学率", "scorecard": "学习型社区标准", "closing": "关账规则", "integrity": "核查规则", "calendar": "工作日历",
	"claim": "待确认的申报", "correction": "更正", "void": "作废", "dispute": "异议", "remedy": "异议成立后的更正", "report": "漏记申报", "merge": "并号",
	"unmerge": "撤销并号", "gift-correction": "捐赠更正", "giver": "认赠", "enquiry": "捐赠查询", "attestation": "待签字的活动", "reopening": "重开申请", "policy": "提出的规则",
	"waiting": "待批", "decided": "已有结果", "group-service": "团体服务", "group-study": "团体学习", "library-books": "藏书", "notice-board": "宣传栏",
	"posters": "海报", "activity-room": "活动室", "exercise-point": "健身点", "committee-meeting": "工作会议",
}
