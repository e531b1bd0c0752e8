package domain

// Scorecard is the standard of a learning community (学习型社区标准) as data:
// which items are asked for, and how much of each.
type Scorecard struct{ Items []ScorecardItem }

// ScorecardItem asks for a target, in the unit of the item's rule.
type ScorecardItem struct {
	Item       ScoreItem
	Target     int64
	Categories []string // the forms of study or service the item is about, where its rule has any; talks and courses are so by their kind, too
}

// ScoreItem names a measurable item. The list is closed.
type ScoreItem string

const (
	ScoreSessions      ScoreItem = "sessions"               // 分层集中学习
	ScoreParticipation ScoreItem = "participation"          // 参学人次比
	ScoreTraining      ScoreItem = "training"               // 培训率
	ScoreCourses       ScoreItem = "courses"                // 常设课程
	ScoreTalks         ScoreItem = "talks"                  // 宣讲
	ScoreTeams         ScoreItem = "team-activity"          // 志愿服务队活动
	ScoreDonations     ScoreItem = "donations"              // 经常性捐赠
	ScoreOrganisations ScoreItem = "learning-organisations" // 学习型单位占比
	ScoreHouseholds    ScoreItem = "household-campaigns"    // 家庭活动参与率
	ScoreBuildings     ScoreItem = "building-campaigns"     // 楼院活动参与率
	ScoreLibrary       ScoreItem = "library-books"          // 图书室藏书
	ScoreNotices       ScoreItem = "notice-board"           // 公告栏更新
	ScorePosters       ScoreItem = "posters"                // 宣传海报
	ScoreRoom          ScoreItem = "activity-room"          // 活动室
	ScoreInstructors   ScoreItem = "exercise-point"         // 健身点指导员
	ScoreMeetings      ScoreItem = "committee-meeting"      // 领导小组会议
)

// Every says how often a target is to be met.
type Every string

const (
	InAll        Every = "period"  // once over the whole period
	EveryWeek    Every = "week"    // Monday to Sunday
	EveryMonth   Every = "month"   // each calendar month
	EveryQuarter Every = "quarter" // each calendar quarter
	InPercent    Every = "percent" // a ratio over the whole period
)

// ScoreRule says how an item is measured.
type ScoreRule struct {
	Every      Every
	Categories bool      // the item is about forms of study or service
	Counts     CountKind // the item is made of counts that staff enter
}

// ScoreRules is the closed list.
var ScoreRules = map[ScoreItem]ScoreRule{
	ScoreSessions: {Every: EveryMonth}, ScoreParticipation: {Every: InPercent}, ScoreTraining: {Every: InPercent},
	ScoreCourses: {Every: InAll, Categories: true}, ScoreTalks: {Every: EveryMonth, Categories: true},
	ScoreTeams: {Every: EveryMonth}, ScoreDonations: {Every: EveryQuarter}, ScoreOrganisations: {Every: InPercent},
	ScoreHouseholds: {Every: InPercent, Categories: true}, ScoreBuildings: {Every: InPercent, Categories: true},
	ScoreLibrary: {Every: InAll, Counts: LibraryBooks}, ScoreNotices: {Every: EveryWeek, Counts: NoticeBoard},
	ScorePosters: {Every: EveryMonth, Counts: Posters}, ScoreRoom: {Every: InAll, Counts: ActivityRoom},
	ScoreInstructors: {Every: InAll, Counts: ExercisePoint}, ScoreMeetings: {Every: EveryMonth, Counts: CommitteeMeeting},
}

// DefaultScorecard is the standard a ledger begins with.
func DefaultScorecard() *Scorecard {
	return &Scorecard{Items: []ScorecardItem{
		{Item: ScoreSessions, Target: 2},
		{Item: ScoreParticipation, Target: 80},
		{Item: ScoreTraining, Target: 80},
		{Item: ScoreCourses, Target: 5, Categories: []string{"课程"}},
		{Item: ScoreTalks, Target: 1, Categories: []string{"宣讲", "讲座"}},
		{Item: ScoreTeams, Target: 1},
		{Item: ScoreDonations, Target: 1},
		{Item: ScoreOrganisations, Target: 15},
		{Item: ScoreHouseholds, Target: 80, Categories: []string{"家庭活动"}},
		{Item: ScoreBuildings, Target: 80, Categories: []string{"楼院活动"}},
		{Item: ScoreLibrary, Target: 2000},
		{Item: ScoreNotices, Target: 1},
		{Item: ScorePosters, Target: 3},
		{Item: ScoreRoom, Target: 50},
		{Item: ScoreInstructors, Target: 2},
		{Item: ScoreMeetings, Target: 1},
	}}
}

const maxTarget = 1_000_000

func (s *Scorecard) check() error {
	if s == nil || len(s.Items) == 0 {
		return Refuse(PolicyInvalid, "items")
	}
	seen := map[ScoreItem]bool{}
	for _, it := range s.Items {
		rule, known := ScoreRules[it.Item]
		switch {
		case !known || seen[it.Item]:
			return Refuse(PolicyInvalid, "items")
		case it.Target < 1 || it.Target > maxTarget:
			return Refuse(PolicyInvalid, "target")
		case rule.Categories != (len(it.Categories) > 0), !validCategories(it.Categories):
			return Refuse(PolicyInvalid, "categories")
		}
		seen[it.Item] = true
	}
	return nil
}

func validCategories(list []string) bool {
	for _, c := range list {
		if blank(c) || !words(c) {
			return false
		}
	}
	return len(list) <= maxList
}
