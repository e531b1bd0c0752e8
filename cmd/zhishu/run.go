package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"

	"github.com/alecthomas/kong"

	"zhishu/domain"
)

const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// program is what every verb needs beside its own flags.
type program struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer

	named bool            // which ledger is meant
	of    domain.Division // of the figure that is asked for; report looks whether there is one
}

// grammar is every flag, environment variable and help text in one place.
type grammar struct {
	Demo     demoCmd     `cmd:"" zh:"建立演示账本（真实社区名称，虚构居民）并启动服务" help:"Build a demo ledger of real communities and invented people, and serve it." example:"zhishu demo"`
	Init     initCmd     `cmd:"" zh:"新建一个空账本" help:"Make an empty ledger in a new directory." example:"zhishu init --data 我的账本"`
	Serve    serveCmd    `cmd:"" zh:"启动服务，供本机浏览器和程序使用" help:"Serve a ledger over HTTP on this machine." example:"zhishu serve --data zhishu-data/demo"`
	Keys     keysCmd     `cmd:"" zh:"签名密钥：查看、换钥、停用" help:"Show, rotate and retire the keys that checkpoints are signed with."`
	Account  accountCmd  `cmd:"" zh:"账号：开设、说明归谁、停用；录入与复核须是不同账号" help:"Open, link, close accounts: who enters facts and who confirms them."`
	Template templateCmd `cmd:"" zh:"生成空白表格，每一列都附说明" help:"Write a sheet to fill in, with every column explained." example:"zhishu template people --example --out 花名册.xlsx"`
	Import   importCmd   `cmd:"" zh:"导入表格（CSV、XLSX）：社区、花名册、活动、签到表、服务、学习、捐赠" help:"Take sheets (CSV, XLSX) into the ledger." example:"zhishu import people 花名册.xlsx --community 430702001007 --consent-basis paper --data zhishu-data/demo"`
	Policy   policyCmd   `cmd:"" zh:"随程序提供的规则范例" help:"Look at the rules that ship with the program."`
	Report   reportCmd   `cmd:"" zh:"报表：星级榜、学习之星、参学率、台账、捐赠、个人清单、待办 …" help:"Print stars, standings, participation, donations or a statement."`
	Diff     diffCmd     `cmd:"" zh:"差异：同一数字在两个时点或两种规则下的变动" help:"What changed in a statement, board or rate between two points in history or two rules."`
	Do       doCmd       `cmd:"" aliases:"get" zh:"按代号调用任何一项操作；不写代号则列出全部" help:"Call any operation of the API by its id; without one, list them." example:"zhishu do\nzhishu do claim-entry --help\nzhishu get list-communities division=4307"`
	Inspect  inspectCmd  `cmd:"" zh:"督查：立案、抽样、结案" help:"Open an inspection, draw its sample, close it."`
	Bundle   bundleCmd   `cmd:"" zh:"导出取证包，交督查人员带走：事实、哈希树、数字、样本" help:"Write what an inspector takes away: facts, tree, figures, sample." example:"zhishu bundle --case 案号 --out 取证包.zip --data zhishu-data/demo"`
	Replay   replayCmd   `cmd:"" zh:"重放：从第一个事件重新计算全部数字，与现有结果比对" help:"Fold every read model from the first event and compare it with the live state." example:"zhishu replay"`
	Receipt  receiptCmd  `cmd:"" zh:"开具回执：证明一条事实在账本中" help:"A receipt to keep: proof that a fact is in the ledger." example:"zhishu receipt 430702001007/R-0001 --out 回执.json"`
	Verify   verifyCmd   `cmd:"" zh:"核验账本、取证包或回执；退出码 0 完好，1 被改动，2 不完整，3 用法有误，4 程序出错" help:"Check a ledger or receipts: exit 0 sound, 1 tampered, 2 incomplete, 3 wrongly asked, 4 the program failed."`
	Witness  witnessCmd  `cmd:"" zh:"见证：为账本的检查点联署，只有与上次衔接的才签" help:"Cosign the checkpoints of logs, each only when it continues the last." example:"zhishu witness --dir 见证 --name witness.example.org/w1 --log 公钥"`
	Copy     copyCmd     `cmd:"" zh:"把账本流水在目录与 EventStoreDB 之间迁移" help:"Move a ledger's log between a directory and EventStoreDB." example:"zhishu copy --from zhishu-data/demo --to 流水副本"`
	Backup   backupCmd   `cmd:"" zh:"备份账本，服务运行时也可以" help:"Copy a ledger, also while it is served." example:"zhishu backup --data zhishu-data/demo --to 备份"`
	Restore  restoreCmd  `cmd:"" zh:"用备份在新目录恢复账本" help:"Make a ledger from a backup in a new directory." example:"zhishu restore --from 备份 --data 恢复的账本 --master-key zhishu-data/demo/vault/master.key"`
	Bench    benchCmd    `cmd:"" zh:"测速：对照本机硬盘与处理器的极限" help:"Measure this machine against the limits of its own disk and processor." example:"zhishu bench --events 100000 --large 0 --rows 10000 --dir 临时目录"`
	Version  versionCmd  `cmd:"" zh:"显示版本" help:"Print the version." example:"zhishu version"`
}

// hinted is an error that says what to do next.
type hinted struct {
	err  error
	hint string
}

func (h *hinted) Error() string { return h.err.Error() }
func (h *hinted) Unwrap() error { return h.err }

func withHint(err error, hint string) error {
	if err == nil {
		return nil
	}
	return &hinted{err, hint}
}

// run is the whole program: it parses args, carries the verb out, and answers
// with the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	if len(args) > 0 {
		defer broken(stderr, args[0], &code)
	}
	var g grammar
	exit := -1
	parser, err := newParser(&g, stdout, stderr, func(code int) { exit = code })
	if err != nil {
		fmt.Fprintln(stderr, "zhishu:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	verb, err := parser.Parse(args)
	if exit >= 0 { // --help has printed and asked to leave
		return exit
	}
	if err != nil {
		var wrong *kong.ParseError
		errors.As(err, &wrong) // Parse answers with nothing else
		complainOfUsage(stderr, err, wrong.Context)
		if args[0] == "verify" {
			return exitAsked
		}
		return exitUsage
	}
	p := &program{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, named: dataNamed(verb)}
	if asked, ok := verb.Selected().Target.Interface().(interface{ division() domain.Division }); ok {
		p.of = asked.division()
	}
	if err := verb.Run(p); err != nil {
		var verdict *verdictError
		if errors.As(err, &verdict) {
			return verdict.code
		}
		var u *usageError
		asked := errors.As(err, &u)
		if asked {
			complainOfUsage(stderr, err, verb)
		} else {
			p.complain(err)
		}
		switch {
		case args[0] == "verify":
			return exitAsked
		case asked:
			return exitUsage
		}
		return exitFailed
	}
	return exitOK
}

func newParser(g *grammar, stdout, stderr io.Writer, exit func(code int)) (*kong.Kong, error) {
	return kong.New(g,
		kong.Name("zhishu"),
		kong.Description("A ledger of volunteer service, study attendance and donations that nobody can alter. Start with zhishu demo, or zhishu init --data DIR for a ledger of your own."),
		kong.Writers(stdout, stderr),
		kong.Exit(exit),
		kong.Help(helpPrinter),
		kong.Vars{"data": demoData},
	)
}

// usageError is a fault in how the command was given.
type usageError struct{ text string }

func (u *usageError) Error() string { return u.text }

// wrongNumber is that something was named by what is no number of the ledger's,
// and which report prints those.
func wrongNumber(what, text, list string) error {
	return &usageError{fmt.Sprintf("%s: %q 不是账本的编号：写 36 位编号，%s 可查 / write the number of 36 characters that %s prints", what, text, list, list)}
}

// unread is that a file which was named cannot be read.
func unread(err error) error {
	var missing *fs.PathError
	if errors.As(err, &missing) && errors.Is(err, fs.ErrNotExist) {
		return &usageError{missing.Path + ": 没有这个文件 there is no such file"}
	}
	return &usageError{"文件读不出 the file cannot be read: " + err.Error()}
}

// otherNames stand in brackets behind a verb that has several.
var otherNames = regexp.MustCompile(` \([a-z,]+\)`)

// complainOfUsage sends whoever gave a verb wrongly to the help of that verb.
func complainOfUsage(w io.Writer, err error, verb *kong.Context) {
	help := "zhishu --help"
	if node := verb.Selected(); node != nil {
		help = otherNames.ReplaceAllString(node.FullPath(), "") + operationOf(verb) + " --help"
	}
	fmt.Fprintf(w, "zhishu: 用法有误 usage: %v\n提示 hint: 用法见 see %s\n", err, help)
}

// complain prints an error in both languages where it has a code, and its hint.
func (p *program) complain(err error) {
	var refusal *domain.Refusal
	if errors.As(err, &refusal) {
		if info, ok := infoOf(refusal.Code); ok {
			fmt.Fprintf(p.stderr, "zhishu: %s %s: %s\n", refusal.Code, info.Chinese, err)
			fmt.Fprintf(p.stderr, "提示 hint: %s / %s\n", info.Cure, info.CureEn)
			return
		}
	}
	var problem *problemError
	if errors.As(err, &problem) {
		problem.tell(p.stderr, err)
		return
	}
	var h *hinted
	var missing *fs.PathError
	if errors.As(err, &missing) && errors.Is(err, fs.ErrNotExist) {
		hint := "核对路径与文件名 check the path and the name"
		if errors.As(err, &h) {
			hint = h.hint
		}
		err = withHint(fmt.Errorf("%s: 没有这个文件 there is no such file", missing.Path), hint)
	}
	fmt.Fprintf(p.stderr, "zhishu: %v\n", err)
	if errors.As(err, &h) {
		fmt.Fprintf(p.stderr, "提示 hint: %s\n", h.hint)
	}
}
