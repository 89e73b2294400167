"""What one can study: majors with their levels and intakes, and the programmes that are made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from contracts.types import EducationLevel, Level
from tests.performance.large_school.lots import Lot, lot
from tests.performance.large_school.size import INTAKES, Size, id_at

COURSES_OF_MAJOR: Final = 12
COURSES_OF_ALL: Final = 6
COURSES_OF_PROGRAMME: Final = COURSES_OF_MAJOR + COURSES_OF_ALL
OPEN: Final = "开放教育"

_BACHELOR: Final = (
    "法学", "行政管理", "会计学", "工商管理", "汉语言文学", "学前教育", "计算机科学与技术", "金融学", "土木工程",
    "小学教育", "英语", "护理学", "机械设计制造及其自动化", "社会工作", "水利水电工程", "物流管理", "公共事业管理",
    "人力资源管理", "市场营销", "工程管理", "药学", "软件工程", "电子商务", "广告学", "汉语国际教育", "教育学",
    "财务管理", "园艺", "数学与应用数学", "心理学",
)  # fmt: skip
_JUNIOR: Final = (
    "法律事务", "行政管理(专科)", "大数据与会计", "工商企业管理", "建设工程管理", "计算机网络技术", "学前教育(专科)",
    "电子商务(专科)", "现代物流管理", "机电一体化技术", "药学(专科)", "护理", "汽车检测与维修技术", "建筑工程技术",
    "小学教育(专科)", "金融服务与管理", "数控技术", "旅游管理", "市场营销(专科)", "人力资源管理(专科)", "园林技术",
    "畜牧兽医", "现代农业技术", "农村经济综合管理", "水利水电工程管理", "酒店管理与数字化运营",
)  # fmt: skip
_WHOLE: Final = ("会计学(高起本)", "法学(高起本)", "计算机科学与技术(高起本)", "工商管理(高起本)")
_ENDED: Final = {"广告学": 6, "教育学": 9, "汽车检测与维修技术": 8, "酒店管理与数字化运营": 5, "畜牧兽医": 12}
"""Major → its last intake."""
_BEGUN: Final = {"大数据与会计": 9, "现代农业技术": 13, "心理学": 15}

# Student type, source, schooling length (none: the major's), share of a major's students; of the first so many majors.
_KINDS: Final[tuple[tuple[str, str, str | None, float, int], ...]] = (
    (OPEN, OPEN, None, 1.0, 60),
    (OPEN, "合作单位", None, 0.09, 30),
    ("助力计划", OPEN, None, 0.03, 14),
    ("一村一名大学生", OPEN, None, 0.02, 8),
    (OPEN, "退役军人", "3", 0.006, 5),
    ("残疾人教育", OPEN, None, 0.0008, 2),
    ("课程注册", "港澳台", None, 0.0001, 1),
)


@dataclass(frozen=True, slots=True)
class Major:
    """A major, in the intakes from `first` to `last`; `weight` says how many choose it."""

    number: int
    name: str
    code: str
    level: Level
    schooling_length: str
    first: int
    last: int
    weight: float

    @property
    def education_level(self) -> EducationLevel:
        """What its courses are paid by."""
        return EducationLevel.JUNIOR_COLLEGE if self.level is Level.JUNIOR_COLLEGE else EducationLevel.UNDERGRADUATE


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme version for the intakes from `first` to `last`."""

    number: int
    id: UUID
    major: Major
    version_number: int
    student_type: str
    student_source: str
    schooling_length: str
    first: int
    last: int
    open_ended: bool
    weight: float


def majors() -> list[Major]:
    """All of them; some exist in old intakes only, some are new."""
    named = [
        *((name, Level.TOP_UP_BACHELOR, "2.5") for name in _BACHELOR),
        *((name, Level.JUNIOR_COLLEGE, "2.5") for name in _JUNIOR),
        *((name, Level.BACHELOR, "5") for name in _WHOLE),
    ]
    rank = {Level.TOP_UP_BACHELOR: 0, Level.JUNIOR_COLLEGE: len(_BACHELOR), Level.BACHELOR: len(named) - len(_WHOLE)}
    favour = {Level.TOP_UP_BACHELOR: 1.0, Level.JUNIOR_COLLEGE: 0.75, Level.BACHELOR: 0.04}
    return [
        Major(
            number=number,
            name=name,
            code=f"{51 if level is Level.JUNIOR_COLLEGE else 8 if level is Level.BACHELOR else 2:02d}{number:04d}",
            level=level,
            schooling_length=years,
            first=_BEGUN.get(name, 1),
            last=_ENDED.get(name, INTAKES),
            weight=favour[level] / (number - rank[level]) ** 0.8,
        )
        for number, (name, level, years) in enumerate(named, start=1)
    ]


def programmes(size: Size) -> list[Programme]:
    """A version for the first half of the intakes and one for what came after, of each major and kind of student."""
    intakes = size.intakes
    found: list[Programme] = []
    for type_, source, years, share, of_first in _KINDS:
        for major in majors()[:of_first]:
            half = INTAKES // 2
            spans = [(max(1, major.first), min(half, major.last)), (max(half + 1, major.first), major.last)]
            versions = [(first, last) for first, last in spans if first <= last]
            for version, (first, last) in enumerate(versions, start=1):
                number = len(found) + 1
                found.append(
                    Programme(
                        number=number,
                        id=id_at(intakes[first - 1].entered_at, 0x10, number),
                        major=major,
                        version_number=version,
                        student_type=type_,
                        student_source=source,
                        schooling_length=years or major.schooling_length,
                        first=first,
                        last=last,
                        open_ended=last == INTAKES,
                        weight=major.weight * share,
                    )
                )
    return found


def programme_lots(size: Size) -> Iterator[Lot]:
    """Which programme a student of each intake studies by: its number."""
    known = programmes(size)
    for intake in range(1, INTAKES + 1):
        weights = {str(each.number): each.weight for each in known if each.first <= intake <= each.last}
        yield lot("programme", weights, intake)
