"""Which characters are left out, and which stand for others. Sources: docs/formats.md, section 9.

Each table is a map for `str.translate`: code point → what it becomes, None for nothing.
"""

import unicodedata
from collections.abc import Iterable, Iterator

Table = dict[int, str | None]

_LEFT_OUT = (
    (0x00, 0x08),  # controls but for tab and line ends
    (0x0E, 0x1F),
    (0x7F, 0x84),
    (0x86, 0x9F),
    (0xAD, 0xAD),  # soft hyphen
    (0x034F, 0x034F),  # grapheme joiner
    (0x061C, 0x061C),  # direction marks
    (0x17B4, 0x17B5),  # vowels that are heard and not seen
    (0x180E, 0x180E),  # of no width, and direction marks
    (0x200B, 0x200F),
    (0x202A, 0x202E),  # embedding and overriding of direction
    (0x2060, 0x206F),  # joiners, invisible operators, isolates
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFF0, 0xFFFB),  # annotations, and what will not be seen when it is given a meaning
    (0x115F, 0x1160),  # fillers that look like nothing
    (0x3164, 0x3164),
    (0xFFA0, 0xFFA0),
    (0x1BCA0, 0x1BCA3),  # of shorthand and of music
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE007F),  # tags
)
# Selectors of a glyph: the character before them is what is meant.
_VARIANTS = ((0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_SPACES = (0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x2800)
_WIDE_SPACE = 0x3000
_LINE_ENDS = (0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
_DOTS = "\u2022\u2027\u2219\u22c5\u30fb\uff65"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
_FULL_WIDTH = range(0xFF01, 0xFF5F)
# Of the full-width forms those that are no punctuation of Chinese sentences.
_FULL_WIDTH_WORDS = "＋－．／％＆＃＠＿"

# EquivalentUnifiedIdeograph.txt of Unicode 14, of the CJK Radicals Supplement.
_SUPPLEMENT = """
2E81:5382 2E82:4E5B 2E83:4E5A 2E84:4E59 2E85:4EBB 2E86:5182 2E87:20628 2E88:5200 2E89:5202 2E8A:535C 2E8B:353E
2E8C:5C0F 2E8D:5C0F 2E8E:5140 2E8F:5C23 2E90:5C22 2E91:21BC2 2E92:5DF3 2E93:5E7A 2E94:5F51 2E95:5F50 2E96:5FC4
2E97:5FC3 2E98:624C 2E99:6535 2E9B:65E1 2E9C:65E5 2E9D:6708 2E9E:6B7A 2E9F:6BCD 2EA0:6C11 2EA1:6C35 2EA2:6C3A
2EA3:706C 2EA4:722B 2EA5:722B 2EA6:4E2C 2EA7:725B 2EA8:72AD 2EA9:738B 2EAA:24D14 2EAB:76EE 2EAC:793A 2EAD:793B
2EAE:25AD7 2EAF:7CF9 2EB0:7E9F 2EB1:7F53 2EB2:7F52 2EB3:34C1 2EB4:5197 2EB5:2626B 2EB6:7F8A 2EB7:2634C
2EB8:2634B 2EB9:8002 2EBA:8080 2EBB:807F 2EBC:8089 2EBD:26951 2EBE:8279 2EBF:8279 2EC0:8279 2EC1:864E
2EC2:8864 2EC3:8980 2EC4:897F 2EC5:89C1 2EC6:89D2 2EC7:278B2 2EC8:8BA0 2EC9:8D1D 2ECA:27FB7 2ECB:8F66
2ECC:8FB6 2ECD:8FB6 2ECE:8FB6 2ECF:9091 2ED0:9485 2ED1:9577 2ED2:9578 2ED3:957F 2ED4:95E8 2ED5:28E0F 2ED6:961D
2ED7:96E8 2ED8:9752 2ED9:97E6 2EDA:9875 2EDB:98CE 2EDC:98DE 2EDD:98DF 2EDE:2967F 2EDF:98E0 2EE0:9963
2EE1:29810 2EE2:9A6C 2EE3:9AA8 2EE4:9B3C 2EE5:9C7C 2EE6:9E1F 2EE7:5364 2EE8:9EA6 2EE9:9EC4 2EEA:9EFE 2EEB:6589
2EEC:9F50 2EED:6B6F 2EEE:9F7F 2EEF:7ADC 2EF0:9F99 2EF1:9F9C 2EF2:4E80 2EF3:9F9F
"""


def _spread(ranges: Iterable[tuple[int, int]]) -> Iterator[int]:
    for first, last in ranges:
        yield from range(first, last + 1)


def _narrow(code: int) -> str:
    return chr(code - 0xFEE0)


MIDDLE_DOT = "\u00b7"

INVISIBLE: Table = dict.fromkeys(_spread(_LEFT_OUT))
"""Control characters, and what has no shape of its own."""

VARIANTS: Table = dict.fromkeys(_spread(_VARIANTS))
"""Variation selectors."""

SPACES: Table = dict.fromkeys(_SPACES, " ")
"""Spaces of all widths but the wide one of Chinese texts, and tabs."""

WIDE_SPACE: Table = {_WIDE_SPACE: " "}

LINE_ENDS_AS_SPACES: Table = dict.fromkeys(_LINE_ENDS, " ")
LINE_ENDS: Table = dict.fromkeys(_LINE_ENDS, "\n")

DOTS: Table = {ord(dot): MIDDLE_DOT for dot in _DOTS}
"""What is typed for the dot in names of many parts. The full stop is one between Han characters only."""

HYPHENS: Table = {ord(hyphen): "-" for hyphen in _HYPHENS}

FULL_WIDTH: Table = {code: _narrow(code) for code in _FULL_WIDTH}
"""Full-width forms of ASCII."""

FULL_WIDTH_WORDS: Table = {
    code: _narrow(code) for code in _FULL_WIDTH if _narrow(code).isalnum() or chr(code) in _FULL_WIDTH_WORDS
}
"""The same without the punctuation that Chinese sentences have."""

RADICALS: Table = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    **{int(code, 16): chr(int(meant, 16)) for code, meant in (pair.split(":") for pair in _SUPPLEMENT.split())},
}
"""Radicals, which look like the characters that are meant and come from fonts of documents."""

HAN = (
    "\u3005\u3007\u303b\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
    "\ue000-\uf8ff\U000f0000-\U0010fffd"
)
"""Inside of a regular expression's brackets: Han characters, those to come, and those that a font alone knows."""

COMPATIBILITY = "\uf900-\ufaff\U0002f800-\U0002fa1f"
"""The same: ideographs that every normal form of Unicode would change into others. Names keep them."""

_COMPATIBILITY = map(chr, (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)))

ALIKE = {
    **dict(zip("‘’ʼ（）：，", "'''():,", strict=True)),
    **{one: meant for one in _COMPATIBILITY if (meant := unicodedata.normalize("NFC", one)) != one},
}
"""What is kept as it was typed, and found however it is typed: each stands beside what it is found as."""
