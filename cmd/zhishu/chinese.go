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
	starWords    = vocabulary{"household": "家庭", "building": "楼院", "organisation": "单位"} // of 学习之星
	changeWords  = vocabulary{"came": "新增", "went": "去除", "changed": "改变"}
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
