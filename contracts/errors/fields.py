"""What can be wrong with a field, and how pydantic's findings become these codes."""

from collections.abc import Iterator

from pydantic import ValidationError

from contracts.errors import ErrorKind, ErrorText, FieldError, ServiceError
from contracts.field_problem import FieldProblemError

_INVALID = ErrorKind.INVALID


def _text(zh: str, en: str) -> ErrorText:
    return ErrorText(_INVALID, zh, en)


TEXTS = {
    "field_required": _text("必填。", "This field is required."),
    "field_unknown": _text("没有这个字段，请删除或检查拼写。", "There is no such field. Remove it or check its name."),
    "field_wrong_type": _text("类型不对，应为 {expected}。", "Wrong type: {expected} is expected."),
    "field_bad_format": _text("格式不对，请按示例填写。", "Wrong format. See the example."),
    "field_not_a_choice": _text("只能是以下值之一：{expected}。", "Must be one of: {expected}."),
    "field_too_short": _text("至少 {min_length} 个字符。", "Needs at least {min_length} characters."),
    "field_too_long": _text("至多 {max_length} 个字符。", "May have at most {max_length} characters."),
    "list_too_short": _text("至少 {min_length} 项。", "Needs at least {min_length} items."),
    "list_too_long": _text(
        "至多 {max_length} 项，请分批提交。",
        "May have at most {max_length} items. Send the rest in another request.",
    ),
    "list_has_doubles": _text("有重复项，请去掉重复。", "Has the same item twice. Remove the repetition."),
    "number_too_small": _text("不能小于 {limit}。", "May not be less than {limit}."),
    "number_too_large": _text("不能大于 {limit}。", "May not be more than {limit}."),
    "number_too_precise": _text("至多 {decimal_places} 位小数。", "May have at most {decimal_places} decimal places."),
    "name_without_letters": _text(
        "姓名须有文字，不能只有数字或符号，请填写证件上的姓名。",
        "A name needs letters, not digits or signs alone. Enter the name on the identity document.",
    ),
    "name_has_other_signs": _text(
        "姓名含有姓名中没有的符号（如公式或 Excel 的错误值），请填写证件上的姓名。",
        "Has signs that no name has, as a formula or an error of Excel. Enter the name on the identity document.",
    ),
    "instant_without_offset": _text(
        "时间须带时区，例如 2026-09-01T08:00:00+08:00。",
        "A time needs its offset, as in 2026-09-01T08:00:00+08:00.",
    ),
    "instant_past": _text("不能早于现在。", "May not be before now."),
    "window_reversed": _text("结束时间须晚于开始时间。", "The end must be after the beginning."),
    "page_beside_after": _text(
        "页码（page）与继续的位置（after）只能选用一个，请去掉其中一个。",
        "A page's number (page) and the row to go on from (after) are two beginnings. Leave one of them out.",
    ),
    "passwords_differ": _text(
        "两次输入的新密码不一致，请重新输入。", "The two new passwords differ. Enter them again."
    ),
    "percents_not_100": _text("形考与终考比例之和须为 100。", "Coursework and final must make 100 together."),
    "exam_kind_with_final_only": _text(
        "有终考时须填写考试方式，无终考时不得填写。",
        "Give the exam kind when there is a final, and only then.",
    ),
    "pre_audit_not_below_total": _text(
        "预审学分须低于毕业总学分。", "The pre-audit credits must be below the credits in all."
    ),
    "picture_unusable": _text(
        "请上传一张完整的 PNG 图片（不能是动图），至多 {kilobytes} KB，宽和高至多 {pixels} 像素。",
        "Needs to be one whole PNG picture that does not move, of at most {kilobytes} KB and {pixels} pixels in width"
        " and in height.",
    ),
    "secret_for_another_address": _text(
        "平台地址已更改，请重新填写客户端密钥。", "The address has changed. Enter the client secret for it anew."
    ),
    "field_invalid": _text("内容不对，请检查后修改。", "Not valid. Check and correct it."),
}

# pydantic's error type → our code and the params of ours that its context holds under its own names.
_CODES: dict[str, tuple[str, dict[str, str]]] = {
    "missing": ("field_required", {}),
    "extra_forbidden": ("field_unknown", {}),
    "enum": ("field_not_a_choice", {"expected": "expected"}),
    "literal_error": ("field_not_a_choice", {"expected": "expected"}),
    "union_tag_invalid": ("field_not_a_choice", {"expected": "expected_tags"}),
    "string_too_short": ("field_too_short", {"min_length": "min_length"}),
    "string_too_long": ("field_too_long", {"max_length": "max_length"}),
    "too_short": ("list_too_short", {"min_length": "min_length"}),
    "too_long": ("list_too_long", {"max_length": "max_length"}),
    "greater_than": ("number_too_small", {"limit": "gt"}),
    "greater_than_equal": ("number_too_small", {"limit": "ge"}),
    "less_than": ("number_too_large", {"limit": "lt"}),
    "less_than_equal": ("number_too_large", {"limit": "le"}),
    "decimal_max_places": ("number_too_precise", {"decimal_places": "decimal_places"}),
    "timezone_aware": ("instant_without_offset", {}),
}
_TYPES = {
    "string": "string",
    "int": "integer",
    "decimal": "string",
    "float": "number",
    "bool": "boolean",
    "date": "date",
    "datetime": "date-time",
    "uuid": "uuid",
    "tuple": "array",
    "list": "array",
    "dict": "object",
    "model": "object",
}


def field_errors(error: ValidationError) -> Iterator[FieldError]:
    """Each finding as a path and a code. The input is never repeated: it may be personal data."""
    for finding in error.errors(include_url=False, include_input=False):
        path = ".".join(str(step) for step in finding["loc"])
        context = finding.get("ctx") or {}
        raised = context.get("error")
        if isinstance(raised, FieldProblemError):
            yield FieldError(path, raised.code, raised.params)
        elif finding["type"] in _CODES:
            code, names = _CODES[finding["type"]]
            yield FieldError(path, code, {ours: str(context[theirs]) for ours, theirs in names.items()})
        elif finding["type"].endswith("_type") and (kind := finding["type"].removesuffix("_type")) in _TYPES:
            yield FieldError(path, "field_wrong_type", {"expected": _TYPES[kind]})
        elif "pattern" in finding["type"] or "parsing" in finding["type"] or "from_date" in finding["type"]:
            yield FieldError(path, "field_bad_format")
        else:
            yield FieldError(path, "field_invalid")


def invalid(error: ValidationError) -> ServiceError:
    """The refusal of a whole request, with every reason."""
    return ServiceError("validation_failed", field_errors(error))
