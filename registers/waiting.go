package registers

import (
	"fmt"
	"strings"

	"zhishu/domain"
	"zhishu/projections"
)

var waitingZh = map[projections.WaitKind]string{
	projections.WaitClaim: "申报待确认", projections.WaitCorrection: "更正待批", projections.WaitVoid: "作废待批", projections.WaitDispute: "异议待答复",
	projections.WaitRemedy: "异议成立待更正", projections.WaitReport: "漏记待受理", projections.WaitMerge: "并号待批", projections.WaitUnmerge: "撤销并号待批", projections.WaitGift: "捐赠更正待批", projections.WaitGiver: "认赠待批",
	projections.WaitEnquiry: "捐赠查询待答复", projections.WaitAttestation: "活动待签字", projections.WaitReopening: "重开待批", projections.WaitPolicy: "规则待批",
}

// open traces what waits for an answer in the community: it may still change the
// figures. It also names the calendars that working days go by.
func (s Source) open(r *Register) ([]Line, error) {
	w, err := s.View.Waiting(r.Community.Division(), projections.WaitFilter{}, projections.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	var kinds []string
	for _, k := range projections.WaitKinds {
		if n := w.Kinds[k]; n > 0 {
			kinds = append(kinds, fmt.Sprintf("%s %d", waitingZh[k], n))
		}
	}
	how := "该账本位置上没有等待答复或批准的事项"
	if len(kinds) > 0 {
		how = "该账本位置上等待答复或批准的事项：" + strings.Join(kinds, "，") + "；答复后数字可能变动"
	}
	calendar, by := Words("无"), "没有通过的工作日历，工作日按周一至周五"
	if p := s.View.Rules().InForceFor(domain.CalendarKind, r.Community.Division(), s.View.Day()); p != nil {
		calendar, by = Words(fmt.Sprintf("%s/%d", p.ID, p.Version)), "补录标记与待办的工作日按《"+p.Title+"》计"
	}
	return []Line{
		{"待办", Whole(w.Total), "件", w.Total, nil, how, "what waits for an answer at this ledger size, of any period: it may still change figures"},
		{"工作日历", calendar, "", 0, nil, by, "the calendar in force, by which late entries and waiting times are counted; without one, Monday to Friday"},
	}, nil
}
