"""What documents are written in has a picture of every character of a name, and what has none is named beforehand."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from fontTools.ttLib import TTCollection

from chassis.documents import fonts
from chassis.documents.drawing import School, draw
from chassis.documents.fonts import FAMILIES, FILES, file_of, refuse_undrawable, undrawable
from contracts.errors import ServiceError
from contracts.sentences import describe
from tests.chassis.documents.office import LIST, LineData, ListData
from tests.printed import boxes, glyphs, text_of

IN_NAMES = [
    *range(0x4E00, 0x9FEB),
    *range(0x3400, 0x4DB6),  # extension A
    *range(0x20000, 0x2A6D7),  # B
    *range(0x2A700, 0x2B735),  # C
    *range(0x2B740, 0x2B81E),  # D
    *range(0x2B820, 0x2CEA2),  # E
    *range(0x2CEB0, 0x2EBE1),  # F
]


def refusal(*texts: str) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        refuse_undrawable(texts)
    return refused.value


def test_every_character_of_the_standards_is_drawn() -> None:
    assert undrawable(map(chr, IN_NAMES)) == []
    assert undrawable(["·．（）《》“”—…①㎡×÷½℃", "Ünal Müller", "Петрова"]) == []


def test_a_thousand_made_up_names_are_drawn_and_no_character_is_a_box() -> None:
    choose = random.Random(20261127)
    names = ["".join(map(chr, choose.choices(IN_NAMES, k=choose.randint(2, 6)))) for _ in range(1000)]
    lines = tuple(LineData(number=name, amount=1) for name in names)
    pdf = draw(LIST, ListData(payer_name=None, bills=lines), school=School("", ""), at=datetime(2026, 9, 1, tzinfo=UTC))
    assert boxes(pdf) == 0
    said = text_of(pdf)
    assert [name for name in names if name not in said] == []
    assert glyphs(pdf) > sum(map(len, names))


def test_a_box_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.documents.drawing.refuse_undrawable", lambda texts: None)
    pdf = draw(LIST, ListData(payer_name="\U00030000", bills=()), school=School("", ""), at=datetime.now(UTC))
    assert boxes(pdf) == 1


@pytest.mark.parametrize("name", ["誥㛃䶮𠮷𫍽", "买买提·吐尔逊", "葛\U000e0100城", "第一行\n第二行"])
def test_rare_characters_and_variants_are_drawn(name: str) -> None:
    refuse_undrawable([name])


def test_what_no_font_has_is_named_before_anything_is_drawn() -> None:
    error = refusal("王\U00030000", "李\u9feb")
    assert (error.code, error.params) == ("document_unknown_characters", {"characters": "U+9FEB、U+30000"})
    assert "U+9FEB、U+30000" in describe(error.code, error.params, "zh")
    assert refusal("".join(map(chr, range(0x30000, 0x30010)))).params["characters"].count("U+") == 5


def test_characters_of_private_fonts_are_named_and_never_drawn() -> None:
    """Nobody knows what the old system drew there; a font that has something there has something else."""
    error = refusal("王\ue123", "\U00030000")
    assert (error.code, error.params) == ("document_private_characters", {"characters": "U+E123"})
    assert refusal("\U000f0001").code == "document_private_characters"


def test_a_private_character_of_a_font_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Face(dict):  # type: ignore[type-arg]
        def getBestCmap(self) -> dict[int, str]:  # noqa: N802 - fontTools calls it so
            return {ord("王"): "a", 0xE123: "b"}

    [(family, name)] = list(FAMILIES.items())[1:]
    named = type("Name", (), {"getDebugName": lambda self, number: family})()
    monkeypatch.setattr("fontTools.ttLib.TTFont", lambda path, lazy: Face(name=named))
    assert name.endswith(".ttf")
    assert fonts._characters.__wrapped__(family) == {"王"}


def test_what_is_bold_has_the_same_characters() -> None:
    collections = [TTCollection(path, lazy=True).fonts for path in map(file_of, FILES) if path.suffix == ".ttc"]
    regular, bold = (
        next(face for face in faces if face["name"].getDebugName(1) == "Noto Serif CJK SC") for faces in collections
    )
    assert set(regular.getBestCmap()) == set(bold.getBestCmap())


def test_the_fonts_are_those_and_typst_knows_them() -> None:
    assert set(FAMILIES) <= set(fonts.fonts().families())
    used = {(each.family, each.weight) for each in fonts.fonts().fonts() if each.family in FAMILIES}
    assert used >= {("Noto Serif CJK SC", 400), ("Noto Serif CJK SC", 700), ("HanaMinB", 500)}
