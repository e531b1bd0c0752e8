package inspect

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Verdict is what a verification came to.
type Verdict string

const (
	Sound      Verdict = "sound"      // every step passed
	Tampered   Verdict = "tampered"   // something is not what was signed, or does not follow from it
	Incomplete Verdict = "incomplete" // something is missing, was declared lost or cannot be told, and nothing that is there is wrong
)

// Exit is the verdict as an exit code: 0, 1, 2.
func (v Verdict) Exit() int {
	switch v {
	case Sound:
		return 0
	case Incomplete:
		return 2
	}
	return 1
}

// Step is one part of a verification.
type Step struct {
	Name   string `json:"name"`
	Zh     string `json:"zh"`
	En     string `json:"en"`
	Passed bool   `json:"passed"`
	Detail string `json:"detail,omitempty"` // what was found
}

// Report is the result of a verification.
type Report struct {
	Verdict  Verdict `json:"verdict"`
	Case     *Case   `json:"case,omitempty"`
	Origin   string  `json:"origin,omitempty"`
	Size     uint64  `json:"size,omitempty"`
	Root     string  `json:"root,omitempty"`
	FirstBad *uint64 `json:"firstBad,omitempty"` // index of the first fact that is not what was signed for
	Facts    uint64  `json:"facts"`              // read and hashed
	Results  int     `json:"results"`            // figures recomputed and equal
	Losses   []Loss  `json:"losses,omitempty"`   // declared before the cut
	Range    *Range  `json:"range,omitempty"`    // of which division the facts are; absent: of all
	Opened   int     `json:"opened,omitempty"`   // withheld facts that were chosen, opened, and belong elsewhere
	Streams  int     `json:"streams,omitempty"`  // streams of theirs that were opened from their first fact on
	Hidden   uint64  `json:"hidden,omitempty"`   // so many facts held back would have been met with 95 %
	Steps    []Step  `json:"steps"`
	Seconds  float64 `json:"seconds"`
}

// fault is why a step failed.
type fault struct {
	missing bool    // something is absent, rather than wrong
	index   *uint64 // of the first bad fact
	text    string
}

func (f *fault) Error() string { return f.text }

func wrong(format string, args ...any) error { return &fault{text: fmt.Sprintf(format, args...)} }

func wrongAt(index uint64, format string, args ...any) error {
	return &fault{index: &index, text: fmt.Sprintf("fact %d: ", index) + fmt.Sprintf(format, args...)}
}

func missing(format string, args ...any) error {
	return &fault{missing: true, text: fmt.Sprintf(format, args...)}
}

const lossesStep = "losses"

// steps in the order they are taken.
var stepNames = map[string][2]string{
	"archive":    {"打开取证包", "the bundle opens"},
	"manifest":   {"清单的签名与内容", "the manifest is signed by a pinned key"},
	"files":      {"每个文件与清单相符", "every file is the one the manifest lists"},
	"checkpoint": {"检查点的签名与大小", "the checkpoint is signed and has the size of the cut"},
	"facts":      {"逐条核对事实、承诺与树根", "every fact has its leaf, and the leaves have the signed root"},
	"second":     {"用另一套程序再算一次树根", "a second implementation finds the same root"},
	"tiles":      {"树的各层节点", "every tile is that of the tree"},
	"name":       {"账本的名称与事实所记一致", "the log has the name that its own facts give it"},
	lossesStep:   {"没有声明过丢失", "no loss was declared"},
	"known":      {"与早先留存的检查点一致", "the checkpoints kept from before belong to this history"},
	"case":       {"案件与账本所记一致", "the case is the one recorded in the facts"},
	"range":      {"所含确为本区划之事实", "what it holds is of the division, and what was opened is not"},
	"streams":    {"每条流都到账本所签的末条", "every stream reaches the end that the ledger signed for"},
	"challenge":  {"抽查过未含的事实", "withheld facts were opened on a challenge"},
	"results":    {"重新计算每一个数字", "every figure is computed again and equal"},
	"sample":     {"抽样的种子与名单", "the sample follows from its seed"},
	"keys":       {"交付的密钥不越界", "no key of anybody outside the sample, restricted or erased"},
}

// take runs a step and notes how it ended. It answers false when the step
// failed.
func (r *Report) take(name string, do func() (string, error)) bool {
	detail, err := do()
	s := Step{Name: name, Zh: stepNames[name][0], En: stepNames[name][1], Passed: err == nil, Detail: detail}
	if err != nil {
		s.Detail = err.Error()
		var f *fault
		known := errors.As(err, &f)
		if known && f.missing && r.Verdict != Tampered {
			r.Verdict = Incomplete
		} else {
			r.Verdict = Tampered
		}
		if known && f.index != nil && (r.FirstBad == nil || *f.index < *r.FirstBad) {
			r.FirstBad = f.index
		}
	}
	r.Steps = append(r.Steps, s)
	return err == nil
}

var verdicts = map[Verdict]string{
	Sound: "可信：事实与签名相符，数字全部重新算出", Tampered: "不可信：内容与签名不符，或数字算不出", Incomplete: "不完整：有内容缺失，或有一事无从断定",
}

// Whole tells whether nothing is amiss with what the bundle holds: it is sound,
// or would be if the ledger had not declared a loss.
func (r *Report) Whole() bool {
	return !slices.ContainsFunc(r.Steps, func(s Step) bool { return !s.Passed && s.Name != lossesStep })
}

// passed tells whether a step was taken and passed.
func (r *Report) passed(name string) bool {
	return slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Name == name && s.Passed })
}

// Text is the report for printing, Chinese first.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "核验结果 verdict: %s %s\n", r.Verdict, verdicts[r.Verdict])
	if r.Case != nil {
		fmt.Fprintf(&b, "案件 case: %s 范围 division %q 期间 period %s\n", r.Case.ID, r.Case.Division, r.Case.Period)
	}
	fmt.Fprintf(&b, "账本 log: %s 大小 size %d 树根 root %s\n", r.Origin, r.Size, r.Root)
	if r.FirstBad != nil {
		fmt.Fprintf(&b, "第一条有问题的事实 first bad fact: %d\n", *r.FirstBad)
	}
	for _, l := range r.Losses {
		b.WriteString(l.Text())
	}
	if r.Range != nil {
		fmt.Fprintf(&b, "本包只含区划 %s 的事实 %d 条，其余 %d 条只有承诺；数字只由所含事实算出。\n", r.Range.Division, r.Range.Included, r.Range.Withheld)
		fmt.Fprintf(&b, "It holds the facts of division %s, and of the others commitments alone; its figures are what those facts determine.\n", r.Range.Division)
		if len(r.Range.Differ) > 0 {
			fmt.Fprintf(&b, "出包方称，下列数字与整个账本不同，此包无从核对 by the ledger's own word, which nothing here can check, these figures are not those of the whole: %s\n", strings.Join(r.Range.Differ, ", "))
		}
		switch {
		case !r.passed("range"):
			b.WriteString("是否扣留了本区划的事实，未能查明，缘由见下。 Whether facts of the division were held back is not settled: see below.\n")
		case r.Opened > 0:
			fmt.Fprintf(&b, "抽查了 %d 条承诺，均不属本区划：若扣留了 %d 条以上，有 95%% 的把握已被发现。 %d commitments were opened, none of the division: %d facts held back would have been met with 95 %%.\n",
				r.Opened, r.Hidden, r.Opened, r.Hidden)
			if r.Streams > 0 {
				fmt.Fprintf(&b, "其中 %d 条流自首条起打开。 %d of their streams were opened from the first fact on.\n", r.Streams, r.Streams)
			}
		default:
			b.WriteString("是否扣留了本区划的事实，要靠抽查（zhishu inspect challenge）。 Whether facts of the division were held back only a challenge tells.\n")
		}
	}
	for _, s := range r.Steps {
		mark := "✓"
		if !s.Passed {
			mark = "✗"
		}
		fmt.Fprintf(&b, "  %s %s %s", mark, s.Zh, s.En)
		if s.Detail != "" {
			fmt.Fprintf(&b, ": %s", s.Detail)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "核对事实 facts %d 条，重算数字 figures %d 项，用时 %.1f 秒 seconds\n", r.Facts, r.Results, r.Seconds)
	return b.String()
}
