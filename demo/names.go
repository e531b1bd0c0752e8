package demo

import "math/rand/v2"

// Frequent surnames and given-name characters; put together at random they
// name nobody in particular.
var (
	surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文")
	given    = []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅国建春林海燕志文辉云飞鹏雪琴凤宇浩晨欣怡子涵梓轩一诺思远嘉俊博雅婷慧珍素德福寿贵荣庆祥安康宁")
)

func personName(r *rand.Rand) string {
	name := []rune{surnames[r.IntN(len(surnames))], given[r.IntN(len(given))]}
	if r.IntN(100) < 78 {
		name = append(name, given[r.IntN(len(given))])
	}
	return string(name)
}

// mobile is a number of a range that is not given out (190-000x).
func mobile(r *rand.Rand) string {
	b := []byte("19000000000")
	for i := 4; i < len(b); i++ {
		b[i] = byte('0' + r.IntN(10))
	}
	return string(b)
}

// offer is an activity a community repeats.
type offer struct{ title, category string }

var (
	services = []offer{
		{"文明交通劝导", "平安巡防"}, {"小区环境整治", "环境保护"}, {"独居老人探访", "助老"}, {"四点半课堂辅导", "助学"},
		{"图书室整理", "文化服务"}, {"垃圾分类宣传", "环境保护"}, {"夜间治安巡逻", "平安巡防"}, {"义诊协助", "健康服务"},
		{"社区食堂帮厨", "助老"}, {"政策入户宣传", "理论宣讲"}, {"文艺演出协助", "文化服务"}, {"高龄老人代购", "助老"},
		{"楼道清理", "环境保护"}, {"防汛值守", "应急"}, {"暑期少儿托管", "助学"}, {"电信反诈宣传", "平安巡防"},
	}
	studies = []offer{
		{"周四学习日", "集中学习"}, {"党员集中学习", "集中学习"}, {"智能手机使用", "课程"}, {"书法班", "课程"},
		{"太极拳班", "课程"}, {"家庭教育讲座", "讲座"}, {"健康知识讲座", "讲座"}, {"经典共读", "读书会"},
		{"法律知识讲座", "讲座"}, {"合唱班", "课程"}, {"反诈知识线上课", "线上"}, {"急救培训", "课程"},
	}
	layers = []string{"居民", "老年", "在职", "青少年", "党员"}
)
