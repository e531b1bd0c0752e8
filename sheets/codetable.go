package sheets

import "sync"

// Codes lists every code this package can give, in order of precedence:
// container first, then layout, then row. The slice is the caller's own.
func Codes() []CodeInfo { return append([]CodeInfo(nil), codeTable...) }

var codeIndex = sync.OnceValue(func() map[Code]CodeInfo {
	index := make(map[Code]CodeInfo, len(codeTable))
	for _, info := range codeTable {
		index[info.Code] = info
	}
	return index
})

var codeTable = []CodeInfo{
	{CodeFileEmpty, ScopeFile, "文件是空的", "the file is empty", "请确认选对了文件", "check that the right file was chosen"},
	{CodeFileTooLarge, ScopeFile, "文件超过大小上限", "the file is larger than the limit", "请按年或月拆分后分别导入", "split it by year or month and import the parts"},
	{CodeFileUnreadable, ScopeFile, "读取文件时出错", "the file could not be read to its end", "请重新复制或下载文件后再试", "copy or download the file again"},
	{CodeXLSLegacy, ScopeFile, "这是旧版 .xls 文件", "this is an .xls file of the old binary format", "请用 Excel 或 WPS 打开，另存为 .xlsx 或 CSV", "open it in Excel or WPS and save it as .xlsx or CSV"},
	{CodeXLSXEncrypted, ScopeFile, "工作簿设有打开密码", "the workbook is protected by a password", "请取消密码后另存", "remove the password and save it again"},
	{CodeHTML, ScopeFile, "这是网页文件，不是表格", "this is a web page, not a spreadsheet", "请用 Excel 或 WPS 打开，另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx"},
	{CodeXMLSpreadsheet, ScopeFile, "这是 XML 格式的表格，暂不支持", "this is a spreadsheet in an XML format that is not supported", "请用 Excel 或 WPS 打开，另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx"},
	{CodeNotASheet, ScopeFile, "这不是表格文件", "this is not a spreadsheet", "请选择 .xlsx 或 CSV 文件", "choose an .xlsx or CSV file"},
	{CodeZipNotXLSX, ScopeFile, "这是压缩包或其他文档，不是 .xlsx", "this is an archive or another document, not .xlsx", "请先解压，或另存为 .xlsx", "unpack it first, or save it as .xlsx"},
	{CodeXLSXBroken, ScopeFile, "工作簿已损坏", "the workbook is damaged", "请用 Excel 或 WPS 打开修复后另存", "let Excel or WPS repair it and save it again"},
	{CodeXLSXTooLarge, ScopeFile, "工作簿解压后超过上限", "the workbook unpacks to more than the limit", "请拆分工作簿，或另存为 CSV", "split the workbook or save it as CSV"},
	{CodeXLSXNoSheets, ScopeFile, "工作簿里没有工作表", "the workbook has no worksheet", "请确认选对了文件", "check that the right file was chosen"},
	{CodeSheetNotFound, ScopeFile, "没有这个名字的工作表", "there is no worksheet of this name", "请从列出的工作表中选一个", "choose one of the worksheets listed"},
	{CodeSheetAmbiguous, ScopeFile, "有多个工作表可以导入", "several worksheets could be imported", "请指明工作表名称", "name the worksheet"},
	{CodeSheetHidden, ScopeFile, "能导入的工作表都是隐藏的", "only hidden worksheets could be imported", "请取消隐藏，或指明工作表名称", "unhide it or name the worksheet"},
	{CodeEncodingUnknown, ScopeFile, "不认识所指定的编码", "the encoding asked for is not known", "可用 utf-8、gb18030、utf-16le、utf-16be", "use utf-8, gb18030, utf-16le or utf-16be"},
	{CodeCSVQuoteOpen, ScopeFile, "引号没有成对，后面的行无法分辨", "a quotation mark is never closed, so the rows after it cannot be told apart", "请补上或删去该行的引号", "close or remove the quotation mark in that row"},
	{CodeRowTooLong, ScopeFile, "有一行过长", "one row is longer than the limit", "请检查换行和引号", "check line ends and quotation marks"},
	{CodeTooManyRows, ScopeFile, "行数超过上限", "there are more rows than the limit", "请拆分后分别导入", "split the sheet and import the parts"},
	{CodeTooManyColumns, ScopeFile, "列数超过上限", "there are more columns than the limit", "请删去表格右侧的多余列", "delete the surplus columns on the right"},
	{CodeInternal, ScopeFile, "读取时发生内部错误", "an internal error while reading", "请另存为 CSV 后再试，并报告此问题", "save it as CSV and try again, and report this"},

	{CodeKindUnknown, ScopeFile, "不认识这种表", "this kind of sheet is not known", "可用 service、study、donations、people、communities、activities", "use service, study, donations, people, communities or activities"},
	{CodeHeaderNotFound, ScopeFile, "没有找到表头行", "no header row was found", "请确认表头在前 50 行之内，或用 --columns 指明各列", "see that the header is within the first 50 rows, or name the columns with --columns"},
	{CodeFieldMissing, ScopeFile, "缺少必需的列", "a required column is missing", "请补上该列，或用 --columns '表头=字段' 指明", "add the column, or name it with --columns 'heading=field'"},
	{CodeColumnAmbiguous, ScopeFile, "有两列对应同一字段", "two columns stand for the same field", "请用 --columns '列=字段' 指明用哪一列", "say with --columns 'column=field' which one to use"},
	{CodeColumnsOption, ScopeFile, "--columns 写法有误", "--columns is not well formed", "写法为 '表头或列号=字段，…'，字段名见列表", "write 'heading or letter=field,…' with the field names listed"},
	{CodeUnitUnknown, ScopeFile, "不认识的计量单位", "the unit is not known", "金额请用元或万元，时长请用小时或分钟", "use 元 or 万元 for money, hours or minutes for time"},
	{CodeUnitConflict, ScopeFile, "表头与单位行的单位不一致", "heading and unit row name different units", "请改为一致", "make them agree"},
	{CodeSecondTable, ScopeFile, "同一表中有第二个表头", "a second header row follows", "请拆成两个文件，或指明表头所在行", "split the file in two, or say which header row to use"},
	{CodeNoRows, ScopeFile, "表头下面没有数据行", "there is no data row below the header", "请确认选对了文件和工作表", "check that the right file and worksheet were chosen"},

	{CodeCSVQuote, ScopeRow, "引号用法有误", "a quotation mark stands where none may be", "内容里有引号时，请把引号写成两个并用引号括起整格", "double the quotation marks in the cell and put the whole cell in quotation marks"},
	{CodeCellUndecodable, ScopeRow, "有无法辨认的字符", "a character could not be decoded", "请另存为 UTF-8 或 .xlsx 后改正该格", "save as UTF-8 or .xlsx and correct the cell"},
	{CodeCellControl, ScopeRow, "含有控制字符", "the cell holds a control character", "请删去不可见字符", "delete the invisible character"},
	{CodeCellError, ScopeRow, "单元格是公式错误", "the cell shows a formula error", "请改正公式或填入数值", "mend the formula or type the value"},
	{CodeCellFormula, ScopeRow, "公式没有计算结果", "the formula has no computed value", "请用 Excel 或 WPS 打开后重新保存", "open it in Excel or WPS and save it again"},
	{CodeCellTooLong, ScopeRow, "单元格过长", "the cell is longer than the limit", "请缩短内容", "shorten the text"},
	{CodeCellWithoutHeading, ScopeRow, "这一行的格数多于表头", "the row has more cells than the header", "内容里有逗号时请用引号括起，或补上表头", "put a cell that holds a comma in quotation marks, or add the heading"},
	{CodeNoteInTable, ScopeRow, "表格中间有说明行", "a note stands between data rows", "请移到表格之后", "move it below the table"},
	{CodeTotalInvalid, ScopeRow, "合计行的数值无法辨认", "the figure of the total row cannot be read", "请改正合计数", "correct the total"},
	{CodeTotalAmbiguous, ScopeRow, "分不清是合计行还是数据行", "it is not clear whether this is a total or a data row", "请删去合计行中的其他内容", "leave only the totals in a total row"},
	{CodeValueMissing, ScopeRow, "必填的内容为空", "a required value is missing", "请补填；合并的单元格请拆分后逐行填写", "fill it in; split merged cells and fill every row"},
	{CodeValueNegative, ScopeRow, "数值为负", "the value is negative", "请填正数；更正请走更正程序", "use a positive value; corrections have their own procedure"},
	{CodeValueTooLarge, ScopeRow, "数值过大", "the value is too large", "请核对数值和单位", "check value and unit"},
	{CodeDigitsLost, ScopeRow, "号码以数字格式保存，已丢失末尾数字", "the number was stored as a numeric value and has lost its last digits", "请把该列设为文本格式后重新填写", "format the column as text and type the number again"},
	{CodeDateForm, ScopeRow, "日期写法无法辨认", "the date cannot be read", "请写成 2026-03-05", "write it as 2026-03-05"},
	{CodeDateImpossible, ScopeRow, "没有这一天", "there is no such day", "请核对日期", "check the date"},
	{CodeDateTwoDigitYear, ScopeRow, "年份只有两位", "the year has two digits only", "请写四位年份", "write the year with four digits"},
	{CodeDateNoYear, ScopeRow, "日期没有年份", "the date has no year", "请写四位年份", "write the year with four digits"},
	{CodeDateNoDay, ScopeRow, "日期没有日", "the date has no day", "请写到日", "write the day too"},
	{CodeDateROC, ScopeRow, "年份是民国纪年", "the year is of the ROC calendar", "请改为公元年份，或在导入时说明是民国纪年", "write the year of the common era, or say at import that it is ROC"},
	{CodeDateOrder, ScopeRow, "年份不在最前，月日先后不明", "the year does not come first, so day and month cannot be told apart", "请写成 2026-03-05", "write it as 2026-03-05"},
	{CodeDateRange, ScopeRow, "一格里有两个日期", "the cell holds two dates", "请分成两行或两列", "use two rows or two columns"},
	{CodeDateOutOfRange, ScopeRow, "年份不在 1900 至 2100 之间", "the year is not between 1900 and 2100", "请核对日期", "check the date"},
	{CodeTimeForm, ScopeRow, "时间写法无法辨认", "the time cannot be read", "请写成 09:30", "write it as 09:30"},
	{CodeTimeImpossible, ScopeRow, "没有这个时刻", "there is no such time of day", "请核对时间", "check the time"},
	{CodeTimeMissing, ScopeRow, "只有日期没有时间", "there is a date without a time of day", "请补上时间", "add the time of day"},
	{CodeDurationForm, ScopeRow, "时长写法无法辨认", "the length of time cannot be read", "请写成 90分钟 或 1小时30分", "write it as 90 minutes or 1h30m"},
	{CodeDurationFraction, ScopeRow, "时长不是整分钟", "the length of time is not a whole number of minutes", "请改写为整分钟", "write whole minutes"},
	{CodeDurationUnit, ScopeRow, "时长没有单位", "the length of time has no unit", "请在表头注明小时或分钟，或用 --columns '表头=hours'", "say hours or minutes in the heading, or use --columns 'heading=hours'"},
	{CodeMoneyForm, ScopeRow, "金额写法无法辨认", "the amount cannot be read", "请写成 1234.56", "write it as 1234.56"},
	{CodeMoneyDecimals, ScopeRow, "金额小数超过分", "the amount has decimals below one fen", "请写到分为止", "write no more than whole fen"},
	{CodeMoneyCurrency, ScopeRow, "不是人民币金额", "the amount is not in yuan", "请折算为人民币，并在备注写明原币", "convert it to yuan and note the original currency"},
	{CodeNumberForm, ScopeRow, "不是数字", "this is not a number", "请只填数字", "type digits only"},
	{CodeNumberFraction, ScopeRow, "不是整数", "this is not a whole number", "请填整数", "type a whole number"},
	{CodeSexForm, ScopeRow, "性别写法无法辨认", "the sex cannot be read", "请填 男 或 女", "write 男/male or 女/female"},
}
