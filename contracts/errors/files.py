"""Refusals about files: what is uploaded, and tables that people fill in."""

from contracts.errors import ErrorKind, ErrorText

_K = ErrorKind

TEXTS = {
    "too_many_files": ErrorText(
        _K.INVALID,
        "文件超过 {limit} 个的上限，请合并后上传。",
        "There are more than {limit} files. Merge some of them.",
    ),
    "file_too_large": ErrorText(
        _K.TOO_LARGE,
        "文件超过 {limit} 字节的上限，请压缩或拆分后上传。",
        "The file exceeds {limit} bytes. Make it smaller or split it.",
    ),
    "file_empty": ErrorText(_K.INVALID, "文件是空的，请重新选择文件。", "The file is empty. Choose another file."),
    "file_type_not_allowed": ErrorText(
        _K.UNSUPPORTED,
        "文件内容不是允许的类型，请上传 {allowed}。",
        "The content of the file is of another type. Upload {allowed}.",
    ),
    "file_damaged": ErrorText(
        _K.INVALID,
        "文件已损坏或不完整，请重新生成后上传。",
        "The file is damaged or incomplete. Make it again and upload it.",
    ),
    "image_too_large": ErrorText(
        _K.TOO_LARGE,
        "图片超过 {limit} 像素的上限，请缩小尺寸后上传。",
        "The image has more than {limit} pixels. Make it smaller.",
    ),
    "upload_quota_used": ErrorText(
        _K.TOO_MANY,
        "您今天上传的文件已达 {limit} MB 或 {files} 个的上限，请明天再上传，或先压缩文件。",
        "You have uploaded {limit} MB or {files} files today, which is the most. Go on tomorrow, or make files smaller.",
    ),
    "point_upload_quota_used": ErrorText(
        _K.TOO_MANY,
        "您的机构今天上传的文件已达 {limit} MB 的上限，请明天再上传，或联系管理员。",
        "Your organisation has uploaded {limit} MB today, which is the most. Go on tomorrow, or ask an administrator.",
    ),
    "too_many_transfers": ErrorText(
        _K.TOO_MANY,
        "您同时上传或下载的文件不能超过 {limit} 个，请等待其完成。",
        "You may send or receive {limit} files at a time. Wait until one is done.",
    ),
    "file_required": ErrorText(_K.INVALID, "请选择要上传的文件。", "Choose a file to upload."),
    "file_missing": ErrorText(
        _K.NOT_FOUND,
        "文件已不存在，或不是您上传的，请重新上传。",
        "The file is no longer there, or somebody else uploaded it. Upload it again.",
    ),
    "workbook_unreadable": ErrorText(
        _K.INVALID,
        "无法读取该文件，请使用下载的模板并另存为 .xlsx。",
        "The workbook can't be read. Use the template and save it as .xlsx.",
    ),
    "workbook_encrypted": ErrorText(
        _K.INVALID,
        "工作簿设有密码，请取消密码保护后重新上传。",
        "The workbook has a password. Remove it and upload the workbook again.",
    ),
    "workbook_has_macros": ErrorText(
        _K.INVALID,
        "工作簿含有宏，请另存为不含宏的 .xlsx 后重新上传。",
        "The workbook has macros. Save it as .xlsx without macros.",
    ),
    "workbook_too_large": ErrorText(
        _K.TOO_LARGE,
        "工作簿展开后超过 {limit} 字节，请删除多余的内容和格式，或拆分后导入。",
        "Unpacked, the workbook exceeds {limit} bytes. Remove unneeded content and formats, or split it.",
    ),
    "workbook_too_large_to_read": ErrorText(
        _K.TOO_LARGE,
        "读取该工作簿所需的内存或时间超过限制，请删除多余的内容和格式，或拆分后导入。",
        "Reading the workbook takes more memory or time than allowed. Remove unneeded content and formats, or split it.",
    ),
    "workbook_quotes_unclear": ErrorText(
        _K.INVALID,
        "文件中的引号不成对，无法分清各行各列，请用 Excel 或 WPS 打开并检查后另存为 .xlsx 再上传。",
        "Quotation marks in the file don't match, so rows can't be told apart. Open and check it in Excel or WPS, save "
        "it as .xlsx and upload that.",
    ),
    "workbook_is_binary": ErrorText(
        _K.INVALID,
        "这是二进制工作簿（.xlsb），请另存为 .xlsx 后重新上传。",
        "This is a binary workbook (.xlsb). Save it as .xlsx and upload it again.",
    ),
    "workbook_is_web_page": ErrorText(
        _K.INVALID,
        "这是网页文件。如果其中是表格，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。",
        "This is a web page. If it holds a table, open it in Excel or WPS, save it as .xlsx and upload that.",
    ),
    "workbook_is_xml": ErrorText(
        _K.INVALID,
        "这是 XML 表格（Excel 2003），请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。",
        "This is an XML spreadsheet of Excel 2003. Open it in Excel or WPS, save it as .xlsx and upload that.",
    ),
    "workbook_empty": ErrorText(
        _K.INVALID,
        "工作簿第一张表中没有数据行，请填写后上传。",
        "The first sheet has no rows. Fill it in and upload it.",
    ),
    "workbook_columns_doubled": ErrorText(
        _K.INVALID,
        "工作簿中有重复的列：{columns}。请每列只保留一个。",
        "The workbook has columns twice: {columns}. Keep one of each.",
    ),
    "workbook_columns_hidden": ErrorText(
        _K.INVALID,
        "工作簿中隐藏的列里有内容：{columns}。请取消隐藏并核对后重新上传，不需要的列请删除。",
        "Hidden columns of the workbook hold something: {columns}. Show and check them, or delete them, and upload it "
        "again.",
    ),
    "workbook_two_lists": ErrorText(
        _K.INVALID,
        "工作簿中有多张可见的工作表含有名单，无法确定导入哪一张，请只保留一张，或将其余隐藏后重新上传。",
        "Several visible sheets of the workbook hold a list. Keep the one that is meant, or hide the others, and upload "
        "it again.",
    ),
    "cell_number_too_long": ErrorText(
        _K.INVALID,
        "数字过长，Excel 已丢失末尾数位，请将单元格设为文本格式后重新填写。",
        "Excel has lost the end of this long number. Make the cell text and fill it in again.",
    ),
    "cell_shown_otherwise": ErrorText(
        _K.INVALID,
        "单元格的数字格式 {format} 使显示与实际数字不同，请将单元格设为文本格式后重新填写。",
        "The cell's number format {format} shows other digits than it holds. Make the cell text and fill it in again.",
    ),
    "cell_is_error": ErrorText(
        _K.INVALID,
        "单元格是错误值 {error}，请改正公式，或填写实际内容。",
        "The cell holds the error {error}. Put the formula right, or fill in what is meant.",
    ),
    "cell_not_calculated": ErrorText(
        _K.INVALID,
        "单元格的公式没有保存计算结果，请用 Excel 或 WPS 打开并保存，或填写实际内容。",
        "The cell's formula was saved without its value. Open and save it in Excel or WPS, or fill in what is meant.",
    ),
    "cell_zero_calculated": ErrorText(
        _K.INVALID,
        "公式的结果是 0，可能引用了空单元格，请填写实际内容或清空单元格。",
        "The formula gives 0, which may be an empty cell that it looks at. Fill in what is meant, or empty the cell.",
    ),
    "cell_merged": ErrorText(
        _K.INVALID,
        "单元格与相邻单元格合并，请取消合并并逐行填写。",
        "The cell is merged with its neighbours. Unmerge them and fill in every row.",
    ),
    "row_hidden": ErrorText(
        _K.INVALID,
        "该行被隐藏或被筛选掉，未导入；需要导入请取消隐藏，不需要请删除。",
        "This row is hidden or filtered away and was not taken. Show it if it is meant, or delete it.",
    ),
    "workbook_columns_missing": ErrorText(
        _K.INVALID,
        "工作簿缺少列：{columns}。请使用最新模板。",
        "The workbook lacks the columns: {columns}. Use the current template.",
    ),
    "workbook_too_many_rows": ErrorText(
        _K.TOO_LARGE,
        "工作簿超过 {limit} 行，请拆分后分批导入。",
        "The workbook has more than {limit} rows. Split it and import the parts.",
    ),
    "twice_in_workbook": ErrorText(
        _K.INVALID,
        "与第 {row} 行重复，请删除其中一行。",
        "The same as row {row}. Remove one of them.",
    ),
}
