package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"zhishu/api"
	"zhishu/domain"
)

// problemError is a problem (RFC 9457) that a server answered with.
type problemError struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Hint   string `json:"hint"`
	Errors []struct {
		Row      int    `json:"row"`
		Code     string `json:"code"`
		Location string `json:"location"`
		Message  string `json:"message"`
	} `json:"errors"`
}

func (e *problemError) Error() string {
	switch {
	case strings.HasPrefix(e.Detail, e.Title): // it says the sentence again, and where
		return e.Code + ": " + e.Detail
	case e.Detail != "":
		return e.Code + ": " + e.Title + " " + e.Detail
	}
	return e.Code + ": " + e.Title
}

// tell ends with the problem's code, its sentence, once, and its cure, in both
// languages where the code is one of the ledger's.
func (e *problemError) tell(w io.Writer, err error) {
	for _, f := range e.Errors {
		if f.Row == 0 && f.Message == e.Title {
			continue // the sentence below, which names the place
		}
		where := f.Location
		if f.Row > 0 {
			where = fmt.Sprintf("row %d %s", f.Row, where)
		}
		if where != "" {
			fmt.Fprintf(w, "  %s: %s\n", where, f.Message)
		}
	}
	if info, ok := infoOf(domain.Code(e.Code)); ok {
		fmt.Fprintf(w, "zhishu: %v\n提示 hint: %s / %s\n", err, info.Cure, info.CureEn)
		return
	}
	if zh, ok := problemWords[e.Code]; ok {
		fmt.Fprintf(w, "zhishu: %s %v\n", zh, err)
	} else {
		fmt.Fprintf(w, "zhishu: %v\n", err)
	}
	if e.Hint != "" {
		fmt.Fprintf(w, "提示 hint: %s\n", e.Hint)
	}
}

// problemOf reads the problem a server answered with.
func problemOf(resp *http.Response) error {
	problem := &problemError{}
	if err := json.NewDecoder(resp.Body).Decode(problem); err != nil {
		return fmt.Errorf("the server answered %s", resp.Status)
	}
	return problem
}

// ofVerb sends a clerk whose request does not fit its description to what the
// program itself says of the operation; the document is for programs.
func ofVerb(err error, operation string) error {
	var problem *problemError
	if errors.As(err, &problem) {
		switch problem.Code {
		case api.CodeValidation, api.CodeBodyRequired, api.CodeBodyNotAllowed, api.CodeJSONInvalid, api.CodeMediaType:
			problem.Hint = "各项的写法 how each field is written: zhishu do " + operation + " --help"
		}
	}
	return err
}

// problemWords are the Chinese of the problems of the transport; those of the
// ledger have theirs where they are told.
var problemWords = vocabulary{
	api.CodeValidation: "请求与说明不符", api.CodeBodyRequired: "缺少内容", api.CodeBodyNotAllowed: "这一操作不收内容", api.CodeJSONInvalid: "内容不是有效的 JSON",
	api.CodeMediaType: "不是这一操作收的文件", api.CodeNotFound: "没有这个地址", api.CodeKeyReused: "这个键已用于另一请求", api.CodeKeyInvalid: "键写法不对",
	api.CodeAccountInvalid: "账号写法不对", api.CodeCursorInvalid: "游标不属于这张列表", api.CodeAsOfInvalid: "时点写作账本位置（120000）或日期（2026-03-31）",
	api.CodeBeyondLedger: "账本还没有这么长", api.CodePeriodInvalid: "期间无法识别", api.CodePeriodTooLong: "期间超过 20 年；请每次查 20 年以内，或用 all", api.CodeDivisionInvalid: "区划代码为 2、4、6、9 或 12 位数字",
	api.CodeNoSuchRule: "没有这样的规则版本或范例", api.CodeRuleOfOtherKind: "此项数字不依这一类规则", api.CodeDiffBackwards: "起点晚于终点", api.CodeNoPolicy: "当天该地没有这一类有效的规则",
	api.CodeSumOutOfRange: "金额合计超出范围", api.CodeBodyTooLarge: "内容过大",
	api.CodeAccountMissing: "没有写明账号", api.CodeAsOfFuture: "这一天还没有到", api.CodeTooManyLookups: "查了太多没有登记的编号", api.CodeFileNameInvalid: "文件名写法不对",
	api.CodeOutcomeUnknown: "不知道是否已记录；用同一个键再办一次，不会记两次", api.CodeStoreUnavailable: "账本暂时不能读写", api.CodeStoreFull: "硬盘已满，没有记录",
	api.CodeStoreDamaged: "存储的内容与写入的不同，已停止写入", api.CodeViewHalted: "读取停在一条不能理解的事件；已记录的事实都在", api.CodeImportStopped: "导入中途停止，数字是暂时的",
	api.CodeNoCheckpoint: "还没有签名的检查点", api.CodeEvidenceDamaged: "哈希树的存盘损坏", api.CodePositionInvalid: "位置不是服务器给出的",
	api.CodePositionTimeout: "读模型还没有读到这一位置；事实已经记录", api.CodeEventIDInvalid: "事件编号不是账本位置", api.CodeConditionTooLarge: "If-None-Match 列的标签太多",
	api.CodeBadRequest: "请求不是有效的 HTTP", api.CodeQueryInvalid: "查询参数写法不对", api.CodeHeaderRepeated: "请求头重复", api.CodeMethodNotAllowed: "这个地址不能这样用",
	api.CodeRequestTimeout: "请求没有按时到达", api.CodeHeaderTooLarge: "请求头过大", api.CodeTargetTooLong: "地址过长", api.CodeContentEncoding: "不收压缩过的内容",
	api.CodeHostRefused: "服务不用这个主机名", api.CodeOriginRefused: "别的网站不能在这里更改", api.CodeTooManyStreams: "打开的事件流太多", api.CodeBusy: "服务器繁忙",
	api.CodeNotReady: "服务器还没有就绪", api.CodeShuttingDown: "服务器正在停止", api.CodeTimeout: "办理超时", api.CodeInternal: "服务器出错",
	api.CodeTargetInvalid: "地址写法不对", api.CodeNoSuchCommunity: "没有这个社区：代码没有登记，也没有任何记录",
}

// problemZh is what a code means, and problemEn the same in English.
func problemZh(code string) string {
	if info, ok := infoOf(domain.Code(code)); ok {
		return info.Chinese
	}
	return problemWords[code]
}

func problemEn(code string) string {
	if info, ok := infoOf(domain.Code(code)); ok {
		return info.English
	}
	for _, kind := range api.Kinds() {
		if kind.Code == code {
			return kind.Title
		}
	}
	return ""
}
