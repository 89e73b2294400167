"""Ethnic groups and their codes, GB/T 3304."""

from __future__ import annotations

from typing import Final

from contracts.text.cleaning import title

_NAMES: Final = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
]

ETHNICITIES: Final[dict[str, str]] = {
    **{f"{number:02d}": name for number, name in enumerate(_NAMES, start=1)},
    "97": "其他",
    "98": "外国血统中国籍",
}
"""Code → name without 族."""

_CODES: Final = {name: code for code, name in ETHNICITIES.items()}


def ethnicity_code(text: str) -> str | None:
    """The code of a group given by name (汉, 汉族) or code (01, 1); None for an unknown one."""
    words = title(text)
    if words.isascii() and words.isdigit():
        code = words.zfill(2)
        return code if code in ETHNICITIES else None
    return _CODES.get(words) or _CODES.get(words.removesuffix("族"))
