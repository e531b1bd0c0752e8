package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// helpColumns is the longest line of a help, and helpLeft where the texts of
// commands, arguments and flags begin.
const (
	helpColumns = 100
	helpLeft    = 26
)

// page is a help as it is written: Chinese first, the same in English below.
type page struct {
	bytes.Buffer
	columns int
}

// helpPrinter writes the help of a verb, or of the operation that do was given.
// Each command, argument and flag has its Chinese in the tag zh, beside its
// English in help; commands have what to type in example.
func helpPrinter(_ kong.HelpOptions, ctx *kong.Context) error {
	h := &page{columns: helpColumns}
	if f, ok := ctx.Stdout.(*os.File); ok {
		if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > helpLeft+20 {
			h.columns = min(columns, helpColumns)
		}
	}
	node := ctx.Selected()
	switch {
	case node == nil:
		h.node(ctx.Model.Node, ctx.Model.HelpFlag)
	case node.Name == "do":
		doc, err := theDocument()
		if err != nil {
			return err
		}
		if op, ok := doc.operation(strings.TrimSpace(operationOf(ctx))); ok {
			h.teach(doc, op)
			break
		}
		fallthrough
	default:
		h.node(node, ctx.Model.HelpFlag)
	}
	_, err := h.WriteTo(ctx.Stdout)
	return err
}

// examplesOf are what to type, a line each.
func examplesOf(n *kong.Node) []string {
	return strings.FieldsFunc(n.Tag.Get("example"), func(r rune) bool { return r == '\n' })
}

func (h *page) node(n *kong.Node, helpFlag *kong.Flag) {
	h.text("用法 usage: " + otherNames.ReplaceAllString(n.FullPath(), "") + usageOf(n))
	h.text("")
	h.text(cmp.Or(n.Tag.Get("zh"), about))
	h.text(n.Help)
	if len(n.Aliases) > 0 {
		h.text("又写作 also: zhishu " + strings.Join(n.Aliases, ", zhishu "))
	}
	h.examples(examplesOf(n))
	if len(n.Children) > 0 {
		h.head("命令 commands")
		for _, c := range n.Children {
			h.entry(c.Name, c.Tag.Get("zh"), c.Help)
		}
		h.text("")
		h.text("某一命令的说明 more about a command: " + n.FullPath() + " COMMAND --help")
	}
	if len(n.Positional) > 0 {
		h.head("参数 arguments")
		for _, a := range n.Positional {
			h.entry(a.Summary(), said(a), a.Help)
		}
	}
	h.flags(n, helpFlag)
}

// about says in Chinese what the program is.
const about = "志书：志愿服务、学习考勤与捐赠的不可篡改账本。先试演示账本：zhishu demo；自己的账本：zhishu init --data 目录"

// usageOf is what follows the name of a command.
func usageOf(n *kong.Node) (text string) {
	if len(n.Children) > 0 {
		return " COMMAND …"
	}
	for _, a := range n.Positional {
		text += " " + a.Summary()
	}
	for _, f := range n.Flags {
		if f.Required {
			text += " " + f.Summary()
		}
	}
	return text + " [选项 flags]"
}

// elsewhere is the group of flags that few need: they come last.
const elsewhere = "elsewhere"

func (h *page) flags(n *kong.Node, helpFlag *kong.Flag) {
	if len(n.Children) > 0 {
		return
	}
	var last []*kong.Flag
	h.head("选项 flags")
	for _, f := range n.Flags {
		switch {
		case f.Hidden || f == helpFlag:
		case f.Group != nil && f.Group.Key == elsewhere:
			last = append(last, f)
		default:
			h.flag(f)
		}
	}
	if len(last) > 0 {
		h.head("流水、密钥另存别处时的选项 flags of a log and secrets that are kept elsewhere")
		for _, f := range last {
			h.flag(f)
		}
	}
}

func (h *page) flag(f *kong.Flag) { h.entry(f.String(), said(f.Value), f.Help+environment(f.Envs)) }

// said is the Chinese of an argument or flag; of a closed list it says what each
// word means.
func said(v *kong.Value) string {
	var choices []string
	for _, code := range v.EnumSlice() {
		if code != "" {
			choices = append(choices, code+" "+choice(code))
		}
	}
	return strings.NewReplacer("${default}", v.Default, "${enum}", strings.Join(choices, "、")).Replace(v.Tag.Get("zh"))
}

func environment(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " ($" + strings.Join(names, ", $") + ")"
}

func (h *page) head(title string) { fmt.Fprintf(h, "\n%s\n", title) }

// examples are broken between flags, as a shell takes them.
func (h *page) examples(all []string) {
	if len(all) == 0 {
		return
	}
	h.head("例 example")
	for _, x := range all {
		for {
			cut := strings.LastIndex(x, " --")
			for cut > 0 && columnsOfText(x[:cut]) > h.columns-4 {
				cut = strings.LastIndex(x[:cut], " --")
			}
			if columnsOfText(x) <= h.columns-2 || cut <= 0 {
				break
			}
			fmt.Fprintf(h, "  %s \\\n", x[:cut])
			x = "  " + x[cut+1:]
		}
		fmt.Fprintf(h, "  %s\n", x)
	}
}

// text writes a paragraph.
func (h *page) text(s string) {
	for _, line := range wrap(s, h.columns) {
		fmt.Fprintln(h, line)
	}
}

// entry writes a name and beside it what it is, in both languages.
func (h *page) entry(name, zh, en string) {
	left := "  " + name
	if columnsOfText(left) > helpLeft-2 {
		fmt.Fprintln(h, left)
		left = ""
	}
	for _, text := range []string{zh, en} {
		if text == "" {
			continue
		}
		for _, line := range wrap(text, h.columns-helpLeft) {
			fmt.Fprintf(h, "%s%s%s\n", left, strings.Repeat(" ", helpLeft-columnsOfText(left)), line)
			left = ""
		}
	}
	if left != "" {
		fmt.Fprintln(h, left)
	}
}
