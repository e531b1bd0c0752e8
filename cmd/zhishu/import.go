package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"zhishu/domain"
	"zhishu/imports"
)

type importCmd struct {
	Kind  string   `arg:"" enum:"communities,people,activities,roster,service,study,donations" zh:"表的种类：communities 社区、people 花名册、activities 活动安排、roster 签到表、service 志愿服务、study 学习考勤、donations 捐赠" help:"communities, people, activities, roster, service, study or donations."`
	Files []string `arg:"" name:"file" zh:"表格文件：CSV（UTF-8、GB18030）或 XLSX；有几个时按公布先后排列" help:"Sheets as CSV (UTF-8, GB18030) or XLSX, in the order they were issued."`

	Data         string   `default:"${data}" env:"ZHISHU_DATA" placeholder:"DIR" zh:"账本目录，须写明；服务正在运行时经由服务办理" help:"The ledger's directory, to be named; its running server is used."`
	Community    string   `placeholder:"CODE" zh:"录入社区的 12 位代码；花名册、活动、服务、学习必填；捐赠要列入社区台账的也要填" help:"12-digit code of the community that records the rows; needed for people, activities, service and study, and for donations that are to stand in the community's register."`
	Unregistered bool     `zh:"社区代码没有登记也照样录入" help:"Record the rows although no community is registered under that code."`
	Issuer       string   `zh:"表中编号的发号单位（默认录入社区）" help:"Who gave out the numbers in the sheet (default: the community)."`
	Activity     string   `zh:"表中没有活动名称列时，在此写明" help:"Activity name for a sheet that has no such column."`
	Attended     string   `placeholder:"ACTIVITY" zh:"签到表所属活动的编号" help:"Id of the activity a roster was signed for."`
	Sheet        string   `zh:"读哪个工作表，有几个都像时写明" help:"Worksheet to read, when several would do."`
	Columns      []string `placeholder:"HEADING=FIELD" zh:"说明某列的含义：'B列=date'、'工时=hours'，不要的列写 'X=ignore'" help:"Say what a column means: 'B列=date', '工时=hours', 'X=ignore'."`
	Encoding     string   `zh:"CSV 的编码，自动辨认有误时写明：utf-8、gb18030" help:"Encoding of a CSV when the guess is wrong: utf-8, gb18030."`
	ROC          bool     `name:"roc" zh:"表中年份是民国纪年" help:"Years are of the ROC calendar."`
	Recorder     string   `default:"clerk" zh:"录入账号（默认 ${default}）" help:"Account that enters the rows (${default})."`
	Confirmer    string   `zh:"复核账号（另一账号）；不写则已录入而暂不计入" help:"Second account that confirms them; without one nothing counts yet."`
	ConsentBasis string   `enum:"paper,online," default:"" zh:"新登记的人以何方式同意：paper 纸质、online 线上，须有人见过。用 --enrol 时必填；花名册没有知情同意列时也必填" help:"How people enrolled now gave consent, as somebody has seen: paper or online. Needed with --enrol, and for people unless their sheet has a column 知情同意."`
	Enrol        bool     `zh:"表中没有登记过的人一并登记，须有其同意" help:"Enrol people nobody knows yet; the sheet carries their consent."`
	Update       bool     `zh:"花名册：姓名、电话与登记的不同时，按本表更新" help:"Of a list of people: record the names and phones that differ from the recorded ones."`
	ReissueOf    string   `placeholder:"IMPORT" zh:"本表是那次导入（写编号）的重新公布" help:"This sheet is a new issue of that earlier import."`
	Separate     bool     `zh:"本表与先前的表相似，确是另一张表" help:"This sheet resembles an earlier one and is another."`
	DryRun       bool     `zh:"预览：只显示结果，不写入" help:"Show what would happen and write nothing."`
	Reject       string   `placeholder:"DIR" zh:"被退回的行写到哪个目录，版式照旧，另附原因和办法（默认与原表同一目录）" help:"Where refused rows go, in the same layout with 原因 and 办法 (default: beside the file)."`
	JSON         bool     `zh:"输出 JSON，每个文件一份" help:"Print JSON, one document per file."`
	backend
}

func (c *importCmd) Run(p *program) error {
	if err := p.mayWrite(c.at(c.Data)); err != nil {
		return err
	}
	l, address, err := openWaiting(p.ctx, c.at(c.Data))
	if err != nil {
		return err
	}
	if l == nil {
		return c.throughServer(p, address)
	}
	err = c.each(p, func(name string, content []byte, reject *bytes.Buffer) (imports.Result, error) {
		job, err := c.job(l)
		if err != nil {
			return imports.Result{}, err
		}
		job.Name, job.File, job.Size = filepath.Base(name), bytes.NewReader(content), int64(len(content))
		job.Progress, job.Reject = p.progress(filepath.Base(name)), reject
		return l.importer.Run(p.ctx, job)
	})
	return errors.Join(err, l.close())
}

// job is what the flags say; the file is still missing.
func (c *importCmd) job(l *ledger) (imports.Job, error) {
	job := imports.Job{
		Kind: domain.ImportKind(c.Kind), Issuer: c.Issuer, Activity: c.Activity, Sheet: c.Sheet,
		Encoding: c.Encoding, ROC: c.ROC, Recorder: l.handler.AccountOf(c.Recorder), Source: "cli",
		Enrol: c.Enrol, Unregistered: c.Unregistered, Separate: c.Separate, DryRun: c.DryRun, Update: c.Update, ConsentBasis: domain.Basis(c.ConsentBasis),
	}
	var err error
	if c.Community != "" {
		if job.Community, err = domain.ParseCommunityCode(c.Community); err != nil {
			return job, &usageError{"--community: " + err.Error()}
		}
	}
	if c.Confirmer != "" {
		job.Confirmer = l.handler.AccountOf(c.Confirmer)
	}
	if c.ReissueOf != "" {
		id, err := domain.ParseUUID(c.ReissueOf)
		if err != nil {
			return job, &usageError{"--reissue-of: " + err.Error()}
		}
		job.ReissueOf = domain.ImportID{UUID: id}
	}
	if c.Attended != "" {
		id, err := domain.ParseUUID(c.Attended)
		if err != nil {
			return job, &usageError{"--attended: " + err.Error()}
		}
		job.Attended = domain.ActivityID{UUID: id}
	}
	job.Columns, err = columnsOf(c.Columns)
	return job, err
}

func columnsOf(pairs []string) (map[string]string, error) {
	columns := map[string]string{}
	for _, pair := range pairs {
		heading, field, ok := strings.Cut(pair, "=")
		if !ok || heading == "" || field == "" {
			return nil, &usageError{"--columns: write HEADING=FIELD"}
		}
		columns[heading] = field
	}
	return columns, nil
}

// each imports the files in turn and stops at the first that is refused, so
// that a re-issue is never taken before the sheet it replaces.
func (c *importCmd) each(p *program, run func(name string, content []byte, reject *bytes.Buffer) (imports.Result, error)) error {
	for _, name := range c.Files {
		content, err := os.ReadFile(name)
		if err != nil {
			return withHint(err, "核对表格的路径 check the path of the sheet")
		}
		var reject bytes.Buffer
		result, err := run(name, content, &reject)
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
		if err := c.show(p, name, result, reject.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// numberUnread reports whether one of the columns that were not understood may be the
// persons' number, in a sheet that lists people.
func (c *importCmd) numberUnread(unknown []string) bool {
	switch domain.ImportKind(c.Kind) {
	case domain.ImportPeople, domain.ImportService, domain.ImportStudy, domain.ImportRoster:
		return slices.ContainsFunc(unknown, func(column string) bool { return strings.HasSuffix(column, "编号") })
	}
	return false
}

// show prints what became of a sheet and keeps its refused rows.
func (c *importCmd) show(p *program, name string, r imports.Result, reject []byte) error {
	kept := ""
	if r.Refused > 0 && len(reject) > 0 && !c.DryRun {
		var err error
		if kept, err = keepRejects(name, c.Reject, reject); err != nil {
			return err
		}
	}
	return p.print(c.JSON, r, func() {
		fmt.Fprintf(p.stdout, "%s  %s  %s\n", filepath.Base(name), statusText(r.Status), r.Import)
		fmt.Fprintf(p.stdout, "  行 rows %d = 接受 accepted %d + 拒绝 refused %d；新增 added %d", r.Rows, r.Accepted, r.Refused, r.Added)
		if r.Recognised+r.Corrected > 0 {
			fmt.Fprintf(p.stdout, "，重现 recognised %d，更正 corrections %d（提出 offered %d，已批准 taken %d）", r.Recognised, r.Corrected, r.Offered, r.Taken)
		}
		if r.LookAlikes > 0 {
			fmt.Fprintf(p.stdout, "，疑似相同 look-alikes %d", r.LookAlikes)
		}
		if r.Repeats > 0 {
			fmt.Fprintf(p.stdout, "，与本表上文相同 repeats %d", r.Repeats)
		}
		if r.Enrolled > 0 {
			fmt.Fprintf(p.stdout, "，新登记 enrolled %d", r.Enrolled)
		}
		if r.Updated > 0 {
			fmt.Fprintf(p.stdout, "，更新姓名或电话 updated %d", r.Updated)
		}
		if r.Again > 0 {
			fmt.Fprintf(p.stdout, "，第%d次重给 given again", r.Again)
		}
		fmt.Fprintln(p.stdout)
		if r.Status == imports.Finished && r.Accepted == 0 {
			fmt.Fprintln(p.stdout, "  没有一行被接受；此次导入与拒绝的行数已记录 no row was accepted; that the sheet was given is recorded")
		}
		if c.unconfirmed(r) {
			fmt.Fprintln(p.stdout, "  未经第二账号确认，暂不计入；见 zhishu report waiting not confirmed by a second account: nothing counts yet")
		}
		if len(r.Sheet.Unknown) > 0 {
			fmt.Fprintf(p.stdout, "  看不懂的列，未读取 columns not understood, not read: %s\n", strings.Join(r.Sheet.Unknown, "、"))
			if c.numberUnread(r.Sheet.Unknown) {
				fmt.Fprintln(p.stdout, "  其中若有居民自己的编号，用 --columns '列名=person-number' 指明 if one of them is the person's number, say so with --columns 'HEADING=person-number'")
			}
		}
		c.showPlace(p, r)
		if c.Kind == string(domain.ImportPeople) && r.Accepted > 0 {
			fmt.Fprintf(p.stdout, "  查志愿者编号 volunteer numbers: zhishu report person --issuer %s --number …\n", cmp.Or(c.Issuer, c.Community))
		}
		c.showControl(p, "合计 total (yuan)", r.Money)
		c.showControl(p, "合计 total (minutes)", r.Minutes)
		c.showControl(p, "合计 total (rows)", r.Count)
		for i, e := range r.Errors {
			if i == maxShown {
				fmt.Fprintf(p.stdout, "  … %d\n", len(r.Errors)-i)
				break
			}
			fmt.Fprintf(p.stdout, "  第%d行 row %d %s: %s %s。%s\n", e.Row, e.Row, e.Column, e.Code, e.Chinese, e.Cure)
		}
		if len(r.Vanished) > 0 {
			fmt.Fprintf(p.stdout, "  新表中不再出现 vanished: %d（未作废 not voided）\n", len(r.Vanished))
		}
		if kept != "" {
			fmt.Fprintf(p.stdout, "  被拒行 refused rows: %s\n", kept)
		}
	})
}

// unconfirmed tells that hours or attendances were entered that nobody has confirmed.
func (c *importCmd) unconfirmed(r imports.Result) bool {
	switch domain.ImportKind(c.Kind) {
	case domain.ImportService, domain.ImportStudy, domain.ImportRoster:
		return c.Confirmer == "" && r.Status == imports.Finished && r.Added > 0
	}
	return false
}

// showPlace names the community, by which a clerk sees that the code was meant.
func (c *importCmd) showPlace(p *program, r imports.Result) {
	what := "社区 community"
	if c.Kind == string(domain.ImportDonations) {
		what = "受赠 received by"
	}
	switch {
	case r.CommunityName != "":
		fmt.Fprintf(p.stdout, "  %s %s %s\n", what, r.Community, r.CommunityName)
	case r.Community != "":
		fmt.Fprintf(p.stdout, "  %s %s，没有登记 not registered\n", what, r.Community)
	case c.Kind == string(domain.ImportDonations):
		fmt.Fprintf(p.stdout, "  %s 账本单位，未注明社区，不列入社区台账 the ledger's operator, in no community's register; --community CODE\n", what)
	}
}

const maxShown = 20

func (c *importCmd) showControl(p *program, what string, k *imports.Control) {
	switch {
	case k == nil:
	case k.Declared == "":
		fmt.Fprintf(p.stdout, "  %s %s\n", what, k.Computed)
	case k.Met:
		fmt.Fprintf(p.stdout, "  %s %s ✓ 与表一致 as declared\n", what, k.Computed)
	default:
		fmt.Fprintf(p.stdout, "  %s %s ✗ 表列 declared %s，差 off by %s\n", what, k.Computed, k.Declared, k.Difference)
	}
	if k != nil && k.Pending != "" {
		fmt.Fprintf(p.stdout, "  待第二人批准的更正 corrections that wait: %s\n", k.Pending)
	}
}

func statusText(s imports.Status) string {
	switch s {
	case imports.Finished:
		return "已导入 imported"
	case imports.AlreadyImported:
		return "此前已导入，未新增 already imported, nothing added"
	case imports.DryRun:
		return "试运行 dry run"
	case imports.Stopped:
		return "未开始 stopped before anything was written"
	}
	return "未完成，再次导入同一文件即可继续 unfinished: give the same file again"
}

// keepRejects writes refused rows under a name that is free: an earlier file of
// them may be half corrected.
func keepRejects(name, dir string, reject []byte) (kept string, err error) {
	for n := 1; ; n++ {
		kept = rejectName(name, dir, n)
		err = keep(kept, bytes.NewReader(reject))
		if !errors.Is(err, fs.ErrExist) {
			return kept, err
		}
	}
}

// rejectName is sheet.xlsx -> sheet.rejected.xlsx, then sheet.rejected-2.xlsx.
func rejectName(name, dir string, n int) string {
	ext := filepath.Ext(name)
	if dir == "" {
		dir = filepath.Dir(name)
	}
	base := strings.TrimSuffix(filepath.Base(name), ext) + ".rejected"
	if n > 1 {
		base += "-" + strconv.Itoa(n)
	}
	return filepath.Join(dir, base+ext)
}
