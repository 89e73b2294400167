"""Text is cleaned by its kind, the same wherever it comes in: what is taken, what is refused and why."""

import importlib
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.errors.fields import TEXTS, field_errors
from contracts.identity.commands import NewPassword, Password
from contracts.text import cleaning
from contracts.text.characters import ALIKE
from contracts.types import (
    Code,
    DocumentNumber,
    Email,
    FileName,
    IntakeCode,
    MajorCode,
    MobileNumber,
    Note,
    NumberBeginning,
    PersonName,
    PhoneNumber,
    SchoolingLength,
    SearchText,
    ShortText,
    StudentNumber,
    Text,
    Username,
)

DOTS = "·•・‧⋅．.∙･"
TAKEN = [
    *[(PersonName, f"阿卜杜拉{dot}买买提", "阿卜杜拉·买买提") for dot in DOTS],
    (PersonName, "阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
    (PersonName, "零\u200b宽名", "零宽名"),
    (PersonName, "方向\u202e名字", "方向名字"),
    (PersonName, "张\u3000三丰", "张三丰"),
    (PersonName, "李 四光", "李四光"),
    (PersonName, "王\xa0五岳", "王五岳"),
    (PersonName, "\ufeff回车名\r\n", "回车名"),
    (PersonName, "制表\t名", "制表名"),
    (PersonName, "\u2f9a\u2f31\u2ed3", "赤巾长"),
    (PersonName, "王　小明 Ａｎｎａ  Ｍ", "王小明 Anna M"),
    (PersonName, "Jose\u0301", "José"),
    *[
        (PersonName, name, name)
        for name in (
            "𠮷田𡈽",
            "㼆龘䶮",
            "森山𥙿",
            "阿布都热合曼·买买提吐尔逊·艾合买提江·库尔班尼亚孜",
            "Ol'ga-Mária O’Neil",
            "昇",
            "李〇",
            "\ufa11田",  # a compatibility ideograph stays what it is
            "\U0002ebf0\U00031350",  # younger than this Python's tables
            "张\ue000",  # in a font of its own
            "John Smith, Jr.",
            "教务员2",
        )
    ],
    (ShortText, "  ２０２６年  Ｃ＋＋程序设计（上）", "2026年 C++程序设计（上）"),
    (ShortText, "计算机\u00ad应用\n基础", "计算机应用 基础"),
    (Text, "徐州市\r\n云龙区", "徐州市 云龙区"),
    (Note, "  第一行\u200b  \r\n\u3000第二行\x07\r第三行\u2028", "第一行\n\u3000第二行\n第三行"),
    (Note, "全角１２３不动，●也不动", "全角１２３不动，●也不动"),
    (FileName, "\u202e名单１.xlsx", "名单１.xlsx"),
    *[
        (MobileNumber, text, "13912345678")
        for text in (
            "１３９１２３４５６７８",
            "139 1234 5678",
            "139\xa01234\xa05678",
            "139-1234-5678",
            "139－1234–5678",
            "+8613912345678",
            "+86 139 1234 5678",
            "86-13912345678",
            "0086 139 1234 5678",
            "\u202d13912345678\u202c",
            "\u206813912345678\u2069",
        )
    ],
    (PhoneNumber, "(025) 8626－5500", "025-8626-5500"),
    (PhoneNumber, "０２５ 86265500", "025-86265500"),
    (StudentNumber, "R３３１９１０００３５", "R3319100035"),
    (StudentNumber, "2632 0309 0610 0001", "2632030906100001"),
    (IntakeCode, "２０２６０９", "202609"),
    (SchoolingLength, "２．５", "2.5"),
    (MajorCode, "０８０９０１", "080901"),
    (Code, "ＫＳ－２０２７０１", "KS-202701"),
    (DocumentNumber, "320102\u200b19900728\u00ad815\u2060x\ufeff", "32010219900728815X"),
    (DocumentNumber, "３２０１０２１９９００４２３９２１Ｘ", "32010219900423921X"),
    (Username, "\ufeffｘｚ．ｌｉ ", "xz.li"),
    (Email, "zhang＠example.com\u200b", "zhang@example.com"),
    (NumberBeginning, "r３3", "r33"),
    (SearchText, " 张\u200b 三 ", "张 三"),
]
REFUSED = [
    *[(PersonName, name, "name_without_letters") for name in ("0", "12345", "１２３", "-", "·", "（）", "2026.9")],
    *[
        (PersonName, name, "name_has_other_signs")
        for name in (
            "#N/A",
            "=cmd|' /C calc'!A0",
            "@SUM(A1)",
            '=HYPERLINK("http://127.0.0.1/","x")',
            "+1",
            "张三😀",
            "…",
            "？？？",
        )
    ],
    *[(kind, "\u200b \u3000\ufeff", "field_too_short") for kind in (PersonName, ShortText, Note, SearchText)],
    (PersonName, "名" * 41, "field_too_long"),
    (Username, "xz li", "field_bad_format"),
    (MobileNumber, "+85291234567", "field_bad_format"),
    (MobileNumber, "139 1234 567", "field_bad_format"),
    (Code, "课程1", "field_bad_format"),
    (Email, "a b@example.com", "field_bad_format"),
]
KINDS: list[Callable[[str], str]] = [
    cleaning.person_name,
    cleaning.part_of_person_name,
    cleaning.title,
    cleaning.number,
    cleaning.document_number,
    cleaning.identifier,
    cleaning.free_text,
    cleaning.free_line,
    cleaning.bare,
    cleaning.mobile,
    cleaning.phone,
]
TYPES: dict[str, Any] = {
    "person name": PersonName,
    "short text": ShortText,
    "text": Text,
    "note": Note,
    "file name": FileName,
    "search": SearchText,
    "mobile": MobileNumber,
    "phone": PhoneNumber,
    "student number": StudentNumber,
    "code": Code,
    "e-mail": Email,
    "username": Username,
    "document": DocumentNumber,
    "beginning": NumberBeginning,
    "intake": IntakeCode,
    "major": MajorCode,
    "length": SchoolingLength,
}

hard_characters = st.sampled_from(
    "张三·• .．\u3000\t\r\n\u200b\u00ad\ufe0f\u2f00\u2ed3\ufa11Å\u0301e\u1100\u1161Ａ１-－(（'’a1🙂"
)
texts = st.text(max_size=30) | st.text(hard_characters, max_size=12)
han_names = st.lists(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=4), min_size=1, max_size=3
)
unseen = st.sampled_from(" \t\r\n\u3000\u00a0\u2800\u180e\u200b\u00ad\u202e\ufeff\u2060\u3164\ufff0\U000e0001\x07")
invisible = st.sampled_from(["", "", "\u200b", "\u00ad", "\u202e", "\ufeff", "\u2060", "\x07"])


@pytest.mark.parametrize(("kind", "text", "meant"), TAKEN)
def test_text_is_taken_as_it_is_meant(kind: Any, text: str, meant: str) -> None:
    assert TypeAdapter(kind).validate_python(text) == meant


@pytest.mark.parametrize(("kind", "text", "code"), REFUSED)
def test_what_is_no_such_text_is_refused_with_its_reason(kind: Any, text: str, code: str) -> None:
    assert _code(kind, text) == code


def test_every_control_and_invisible_character_goes_from_a_name() -> None:
    gone = [*range(0x20), *range(0x7F, 0xA0), 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F)]
    gone += [*range(0x2060, 0x2070), 0xFEFF]
    # The rest of what Unicode calls ignorable where it can't be shown, and a braille pattern of no dots.
    gone += [0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2800, 0x3164, 0xFFA0]
    gone += [*range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFFC), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B)]
    gone += [*range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0)]
    assert [hex(code) for code in gone if cleaning.person_name(f"张{chr(code)}三") != "张三"] == []


@given(text=texts, before=st.text(unseen, max_size=4), behind=st.text(unseen, max_size=4))
def test_a_text_is_bare_when_nothing_unseen_is_around_it(text: str, before: str, behind: str) -> None:
    assert cleaning.bare(f"{before}张{text}三{behind}") == f"张{text}三"
    assert cleaning.bare(before + behind) == ""


def test_radicals_become_the_characters_that_they_look_like() -> None:
    kangxi = [chr(code) for code in range(0x2F00, 0x2FD6)]
    assert [cleaning.title(one) for one in kangxi] == [unicodedata.normalize("NFKC", one) for one in kangxi]
    left = [code for code in range(0x2E80, 0x2EF4) if 0x2E80 <= ord(cleaning.title(chr(code))[:1] or "x") <= 0x2EF3]
    assert left == [0x2E80, 0x2E9A], "these two have no unified ideograph, the second is unassigned"


def test_compatibility_ideographs_are_names_of_their_own() -> None:
    kept = [chr(code) for code in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA1E))]
    assert [one for one in kept if cleaning.person_name(one) != one] == []


@pytest.mark.parametrize("kind", [Password, NewPassword])
def test_passwords_are_taken_to_the_last_character(kind: Any) -> None:
    password = " Ａ１\u200b·•　x passwörd\u0301 "
    assert TypeAdapter(kind).validate_python(password) == password


@pytest.mark.parametrize("clean", KINDS, ids=lambda clean: clean.__name__)
@given(text=texts)
@example(text="A\u030a\u200b")
@example(text="买. 买")
@example(text="\r\u200b\n")
@example(text="e\u200b\u0301")
@example(text="A-\u0300")
def test_what_is_clean_stays_as_it_is(clean: Callable[[str], str], text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES.keys())
@given(text=texts | st.text(st.characters(), max_size=5))
def test_any_text_is_taken_or_refused_with_a_code_of_ours(kind: Any, text: str) -> None:
    code = _code(kind, text)
    assert code is None or code in TEXTS
    if code is None:
        taken = TypeAdapter(kind).validate_python(text)
        assert TypeAdapter(kind).validate_python(taken) == taken


@given(parts=han_names, dot=st.sampled_from(DOTS), data=st.data())
def test_a_name_is_one_however_it_was_typed(parts: list[str], dot: str, data: st.DataObject) -> None:
    meant = "·".join(parts)
    space = st.sampled_from(["", " ", "\u3000", "\xa0"])
    typed = dot.join("".join(f"{character}{data.draw(invisible)}{data.draw(space)}" for character in p) for p in parts)
    assert cleaning.person_name(typed) == meant


@given(name=texts, start=st.integers(0, 30), length=st.integers(1, 10))
def test_a_part_of_a_stored_name_is_in_it_when_it_is_looked_for(name: str, start: int, length: int) -> None:
    stored = cleaning.person_name(name)
    part = stored[start : start + length]
    found = cleaning.part_of_person_name(part).translate(str.maketrans(ALIKE))
    assert found in stored.translate(str.maketrans(ALIKE)) or "." in part


def _code(kind: Any, text: str) -> str | None:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        return next(field_errors(error)).code
    return None


@pytest.mark.parametrize(
    "migration", ["registry.migrations.0008_texts_cleaned", "identity.migrations.0007_texts_cleaned"]
)
def test_names_that_came_from_workbooks_are_stored_without_their_escapes(migration: str) -> None:
    module = importlib.import_module(f"services.{migration}")
    clean = module._of_cell(cleaning.person_name) if hasattr(module, "_of_cell") else module._name
    assert clean("回车名_x000D_") == "回车名"
    assert clean("张　三丰") == "张三丰"
