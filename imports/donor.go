package imports

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"zhishu/domain"
)

// unitWords mark the name of an organisation wherever they stand in it.
var unitWords = []string{
	"公司", "集团", "协会", "学会", "商会", "联合会", "促进会", "研究会", "理事会", "委员会", "居委会", "村委会", "管委会", "业委会", "基金",
	"学校", "大学", "学院", "中学", "小学", "幼儿园", "医院", "卫生院", "药房", "诊所", "研究院", "研究所", "事务所", "设计院",
	"银行", "信用社", "合作社", "工会", "党委", "党总支", "党支部", "支部", "团委", "政府", "街道办", "办事处", "派出所", "管理局", "管理处",
	"中心", "车站", "工厂", "商店", "超市", "酒店", "宾馆", "饭店", "餐厅", "工作室", "俱乐部", "志愿服务队", "志愿者协会", "服务队",
	"部队", "大队", "支队", "教会", "教堂", "清真寺", "图书馆", "博物馆", "出版社", "报社", "电视台", "经营部", "门市部", "项目部", "分行", "支行",
	"班全体", "全体员工", "全体职工", "全体师生", "全体党员", "同学会", "校友会", "后援会", "粉丝团",
}

// unitEnds mark it at the end, behind at least two more characters.
var unitEnds = []string{"厂", "店", "社", "局", "所", "院", "站", "寺", "庙", "庵", "观", "行", "馆", "会", "队", "团", "室", "处", "园", "村", "班"}

// personEnds are forms of address.
var personEnds = []string{"先生", "女士", "小姐", "同志", "老师", "医生", "夫妇", "同学", "小朋友", "一家", "全家"}

// donorKind guesses from a name, which may be masked, whether a person or an
// organisation gave. The words of organisations decide first. What is left is
// a person when it is as short as a name: two to four Han characters, of which
// some may be masked, or a form of address at the end. A longer masked name
// says neither (田******** may be a shop), and a gift passed on for others
// (转来) has several donors: both are unknown.
func donorKind(name string) domain.DonorKind {
	if strings.Contains(name, "转来") || strings.Contains(name, "转交") {
		return domain.UnknownDonor
	}
	for _, w := range unitWords {
		if strings.Contains(name, w) {
			return domain.Unit
		}
	}
	length := utf8.RuneCountInString(name)
	for _, w := range personEnds {
		if strings.HasSuffix(name, w) && length <= 8 {
			return domain.Individual
		}
	}
	if length >= 4 {
		for _, w := range unitEnds {
			if strings.HasSuffix(name, w) {
				return domain.Unit
			}
		}
	}
	if length >= 2 && length <= 4 && hanOrMask(name) {
		return domain.Individual
	}
	if strings.Contains(name, "·") && length <= 16 && hanOrMask(name) {
		return domain.Individual
	}
	return domain.UnknownDonor
}

// hanOrMask reports a name that begins with a Han character and goes on with
// such, masks and middle dots.
func hanOrMask(name string) bool {
	for i, r := range name {
		mask := r == '*' || r == '＊' || r == '×' || r == 'x' || r == 'X' || r == '某' || r == '○' || r == '·'
		if !unicode.Is(unicode.Han, r) && (i == 0 || !mask) {
			return false
		}
	}
	return true
}
