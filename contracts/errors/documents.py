"""Refusals about documents that are printed."""

from contracts.documents import DocumentStatus
from contracts.errors import ErrorKind, ErrorText

_K = ErrorKind

TEXTS = {
    "document_private_characters": ErrorText(
        _K.REFUSED,
        "内容含有旧系统的自造字（{characters}），无法打印，请先改为规范汉字再办理。",
        "There are characters of an old system's own font ({characters}), which can't be printed. Correct them first.",
    ),
    "document_unknown_characters": ErrorText(
        _K.REFUSED,
        "内容含有打印字库中没有的字符（{characters}），无法打印，请核对后改正，或联系管理员补充字库。",
        "There are characters that no font for printing has ({characters}). Check them, or ask the administrator for a "
        "font that has them.",
    ),
    "document_not_valid": ErrorText(
        _K.CONFLICT,
        "该文件的状态为“{status}”，只有有效的文件可以作废或换发。",
        "The document is “{status}”. Only a valid one can be withdrawn or replaced.",
        {"status": DocumentStatus},
    ),
    "documents_none": ErrorText(
        _K.REFUSED,
        "没有符合筛选条件的记录，请调整条件后重试。",
        "No row fits the filters. Change them and try again.",
    ),
    "documents_too_many": ErrorText(
        _K.REFUSED,
        "符合筛选条件的记录超过 {limit} 条，请缩小范围，分批办理。",
        "More than {limit} rows fit the filters. Narrow them and do it in parts.",
    ),
    "document_not_found": ErrorText(
        _K.NOT_FOUND,
        "没有与该编号和核验码相符的文件，请核对后重试；仍不相符的，请向学校核实。",
        "No document has this number and code. Check both and try again; if they are right, ask the school.",
    ),
}
