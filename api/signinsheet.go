package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zhishu/api/figures"
	"zhishu/domain"
	"zhishu/projections"
	"zhishu/sheets"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

const (
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	htmlType = "text/html; charset=utf-8"

	// formPolicy lets the page have its own style sheet, and nothing else.
	formPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

	sheetLines    = 30 // of a sheet that says no more
	maxSheetLines = 500
)

// signInSheets registers the paper that people sign.
func signInSheets(r *routes) {
	least, most := 1.0, float64(maxSheetLines)
	params := []*huma.Param{
		{Name: headerAccount, In: "header", Description: "Handle of the account that asks; absent: an empty sheet", Schema: &huma.Schema{Type: huma.TypeString}},
		{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString, Format: "uuid"}},
		{Name: "lines", In: "query", Description: "At least this many lines; absent: 30", Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: &least, Maximum: &most}},
	}
	for _, form := range []struct {
		id, path, summary, mediaType, disposition string
		write                                     func(*sheets.Form, io.Writer) error
	}{
		{"get-sign-in-sheet", "sign-in-sheet", "The sign-in sheet as a workbook to print on A4 (签到表)", xlsxType, "attachment", (*sheets.Form).XLSX},
		{"get-sign-in-page", "sign-in-page", "The sign-in sheet as a page to print on A4 (签到表)", htmlType, "inline", (*sheets.Form).HTML},
	} {
		r.raw(operation{
			id: form.id, method: http.MethodGet, path: "/v1/activities/{id}/" + form.path, tag: "activities", permission: "figure.read", summary: form.summary,
			doc: "Facts, numbered lines and room to sign. For accounts of the staff and of inspectors whose scope holds the activity's community it carries the " +
				"volunteer numbers of who has a place; for everybody else its lines are empty. There are no names. " +
				"What is signed on it is entered afterwards, with the sheet as evidence.",
			produces: form.mediaType, codes: append([]string{string(domain.SubjectUnknown), CodeValidation, CodeViewHalted}, askerCodes...), params: params,
		}, func(ctx context.Context, c *fiber.Ctx) error {
			b, err := r.server.signInSheet(ctx, c, form.write)
			if err != nil {
				return err
			}
			c.Set(fiber.HeaderContentType, form.mediaType)
			if form.mediaType == htmlType {
				c.Set(fiber.HeaderContentSecurityPolicy, formPolicy)
			}
			c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`%s; filename="sign-in-%s%s"`, form.disposition, c.Params("id"), extensions[form.mediaType]))
			return c.Send(b)
		})
	}
}

var extensions = map[string]string{xlsxType: ".xlsx", htmlType: ".html"}

func (s *Server) signInSheet(ctx context.Context, c *fiber.Ctx, write func(*sheets.Form, io.Writer) error) ([]byte, error) {
	id, err := domain.ParseUUID(c.Params("id"))
	if err != nil || id.String() != c.Params("id") {
		return nil, domain.Refuse(domain.SubjectUnknown, "activity")
	}
	lines := sheetLines
	if text := c.Query("lines"); text != "" {
		if lines, err = strconv.Atoi(text); err != nil || lines < 1 || lines > maxSheetLines {
			return nil, NewProblem(CodeValidation, "").WithErrors(FieldError{Location: "query.lines", Message: "a number from 1 to 500"})
		}
	}
	view, err := s.viewAt("", Cursor{})
	if err != nil {
		return nil, err
	}
	asker, err := s.asker(ctx, c.Get(headerAccount))
	if err != nil {
		return nil, err
	}
	form, err := signInForm(view, domain.ActivityID{UUID: id}, lines, asker.within)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := write(form, &b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// signInForm is the sheet of an activity: a line for everybody who has a place, as
// far as whoever asks may see that, and empty ones.
func signInForm(v *projections.View, id domain.ActivityID, lines int, within figures.Within) (*sheets.Form, error) {
	roster, err := v.Roster(id, projections.Page{Limit: projections.MaxLimit})
	if err != nil {
		return nil, err
	}
	p := &roster.Plan
	form := &sheets.Form{
		Title: p.Title + " 签到表",
		Facts: []sheets.FormFact{
			{Name: "活动编号", Value: id.String()}, {Name: "记录社区", Value: p.Community.String()},
			{Name: "时间", Value: beijing(p.Start) + " 至 " + beijing(p.End)}, {Name: "地点", Value: p.Place},
			{Name: "类别", Value: strings.Join(strings.Fields(p.Category+" "+string(p.Layer)), " ")}, {Name: "系列", Value: p.Series},
			{Name: "负责人", Value: ""}, {Name: "经办人", Value: ""}, {Name: "到场人数", Value: ""}, {Name: "第　　页，共　　页", Value: "　"},
		},
		Notes: []string{
			"填写说明：一、每人一行，本人签名，不得代签。二、到场时填签到时间并签名，离开时填签退时间并签名；没有签退的，只凭签到不计时。",
			"三、写错请划线另行填写，不要涂改。四、表格由社区保存；录入后本表是凭据，时数记为荣誉时数，由另一位工作人员确认。",
		},
		Columns: []sheets.FormColumn{
			{Heading: "序号", Width: 5}, {Heading: "姓名", Width: 12}, {Heading: "志愿者编号", Width: 23}, {Heading: "签到时间", Width: 10},
			{Heading: "签到签名", Width: 15}, {Heading: "签退时间", Width: 10}, {Heading: "签退签名", Width: 15},
		},
		Footer: []string{"经办人签字：　　　　　　　　　　　　日期：　　　年　　月　　日", "复核人签字（社区盖章）：　　　　　　日期：　　　年　　月　　日"},
	}
	if !within(p.Community.Division()) {
		form.Notes = append(form.Notes, "四、本表为空白表：已报名的人只列给管辖范围内的工作人员。")
		roster.Rows = nil
	}
	for _, row := range roster.Rows {
		if row.SignedUp && !row.Waiting {
			form.Filled = append(form.Filled, []string{"", row.Person.String()})
		}
	}
	form.Lines = min(max(lines, len(form.Filled)), maxSheetLines)
	return form, nil
}

// beijing writes an instant as the wall clock shows it.
func beijing(t domain.Instant) string {
	return time.UnixMilli(int64(t)).In(time.FixedZone("UTC+8", 8*3600)).Format("2006-01-02 15:04")
}
