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
	Demo     demoCmd     `cmd:"" help:"Build a demo ledger of real communities and invented people, and serve it."`
	Init     initCmd     `cmd:"" help:"Make an empty ledger in a new directory."`
	Serve    serveCmd    `cmd:"" help:"Serve a ledger over HTTP on this machine."`
	Keys     keysCmd     `cmd:"" help:"Show, rotate and retire the keys that checkpoints are signed with."`
	Account  accountCmd  `cmd:"" help:"Open, link, close accounts: who enters facts and who confirms them."`
	Import   importCmd   `cmd:"" help:"Take sheets (CSV, XLSX) into the ledger."`
	Template templateCmd `cmd:"" help:"Write a sheet to fill in, with every column explained."`
	Policy   policyCmd   `cmd:"" help:"Look at the rules that ship with the program."`
	Report   reportCmd   `cmd:"" help:"Print stars, standings, participation, donations or a statement."`
	Diff     diffCmd     `cmd:"" help:"What changed in a statement, board or rate between two points in history or two rules."`
	Do       doCmd       `cmd:"" aliases:"get" help:"Call any operation of the API by its id; without one, list them. 不带参数则列出全部操作。"`
	Inspect  inspectCmd  `cmd:"" help:"Open an inspection, draw its sample, close it."`
	Bundle   bundleCmd   `cmd:"" help:"Write what an inspector takes away: facts, tree, figures, sample."`
	Replay   replayCmd   `cmd:"" help:"Fold every read model from the first event and compare it with the live state."`
	Verify   verifyCmd   `cmd:"" help:"Check a ledger or receipts: exit 0 sound, 1 tampered, 2 incomplete, 3 wrongly asked."`
	Receipt  receiptCmd  `cmd:"" help:"A receipt to keep: proof that a fact is in the ledger."`
	Witness  witnessCmd  `cmd:"" help:"Cosign the checkpoints of logs, each only when it continues the last."`
	Copy     copyCmd     `cmd:"" help:"Move a ledger's log between a directory and EventStoreDB."`
	Backup   backupCmd   `cmd:"" help:"Copy a ledger, also while it is served."`
	Restore  restoreCmd  `cmd:"" help:"Make a ledger from a backup in a new directory."`
	Bench    benchCmd    `cmd:"" help:"Measure this machine against the limits of its own disk and processor."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
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
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var g grammar
	exit := -1
	parser, err := kong.New(&g,
		kong.Name("zhishu"),
		kong.Description("志书：志愿服务、学习考勤与捐赠的不可篡改账本。\n\nStart with `zhishu demo`, or `zhishu init --data DIR` for a ledger of your own."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.Help(helpPrinter),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Vars{"data": demoData},
	)
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
