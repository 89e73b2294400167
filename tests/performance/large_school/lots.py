"""What is drawn by lot for each student: with the skew that such things have, rare values among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from chassis.rules.ethnicities import ethnicity_code
from contracts.registry.states import ConfirmationState
from contracts.types import EnrolmentStatus as Status
from contracts.types import IdKind, PriorEducationCheck
from launcher.made_up import MadeUpStudents
from tests.performance.large_school.size import INTAKES, Size

SIDES: Final = 100_000
"""Of the dice with which lots are drawn."""
GIVEN_NAMES: Final = 1_500
"""Of the generator's two thousand."""

# Per mille of all people, roughly as they are in the country; the rest of them have one of the generator's surnames.
_SURNAMES: Final = {
    "李": 70, "王": 68, "张": 64, "刘": 52, "陈": 50, "杨": 31, "赵": 23, "黄": 22, "周": 21, "吴": 20,
    "徐": 17, "孙": 15, "胡": 13, "朱": 13, "高": 12, "林": 12, "何": 12, "郭": 11, "马": 11, "罗": 9,
    "梁": 8, "宋": 8, "郑": 8, "谢": 7, "韩": 7, "唐": 7, "冯": 6, "于": 6, "董": 6, "萧": 6,
    "程": 6, "曹": 5, "袁": 5, "邓": 5, "许": 5, "傅": 5, "沈": 5, "曾": 5, "彭": 5, "吕": 5,
    "欧阳": 1, "司马": 0.1, "上官": 0.1, "诸葛": 0.05, "尉迟": 0.02,
}  # fmt: skip
_TAIL_SURNAMES: Final = 400

_ETHNICITIES: Final = {
    "汉族": 9_200, "回族": 250, "满族": 180, "苗族": 90, "土家族": 80, "壮族": 70, "蒙古族": 50, "维吾尔族": 30,
    "彝族": 20, "藏族": 15, "朝鲜族": 10, "侗族": 3, "白族": 1.5, "鄂伦春族": 0.2,
}  # fmt: skip
_AREAS: Final = (
    "320102", "320302", "320303", "320505", "320602", "320902", "321002", "340103", "370102", "410102", "321302",
)  # fmt: skip
_ALWAYS: Mapping[str, Mapping[str, float]] = {
    "ethnicity": {ethnicity_code(name) or "01": weight for name, weight in _ETHNICITIES.items()},
    "political_status": {"群众": 60, "共青团员": 25, "中共党员": 14, "民革党员": 0.05, "": 1},
    "id_kind": {
        IdKind.RESIDENT: 9_960, IdKind.HK_MACAO_TAIWAN: 25, IdKind.SOLDIER: 8, IdKind.OFFICER: 5,
        IdKind.PASSPORT: 1.5, IdKind.FOREIGN_PERMANENT_RESIDENT: 0.5,
    },
    "confirmation": {
        ConfirmationState.CONFIRMED: 80, ConfirmationState.UNCONFIRMED: 14, ConfirmationState.APPROVED: 4,
        ConfirmationState.PENDING: 1.5, ConfirmationState.REJECTED: 0.5,
    },
    "prior_check": {
        PriorEducationCheck.VERIFIED: 85, PriorEducationCheck.UNCHECKED: 13, PriorEducationCheck.MISMATCH: 1.8,
        PriorEducationCheck.FALSE: 0.2,
    },
    "prior_level": {"大专": 55, "高中": 25, "中专": 17, "本科": 3},
    "version": {"1": 55, "2": 25, "3": 12, "4": 5, "7": 2, "12": 0.9, "31": 0.1},
    "selections": {  # three, on average
        "0": 100, "1": 160, "2": 217.5, "3": 192.5, "4": 140, "5": 90, "6": 50, "8": 30, "12": 13.75, "18": 6.25,
    },
}  # fmt: skip
"""Lot → value → weight."""


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot, of one intake or (0) of all: what falls from `bounds[n]` on up to the next bound is `texts[n]`."""

    lot: str
    intake: int
    bounds: Sequence[int]
    texts: Sequence[str]


def lot(name: str, weights: Mapping[str, float], intake: int = 0) -> Lot:
    """The lot in which values fall by their weights. The rarest fall, too."""
    factor = SIDES / sum(weights.values())
    reached = [0, *(round(part * factor) for part in accumulate(weights.values()))]
    bounds = reached[:-1]
    for number in range(1, len(bounds)):
        bounds[number] = max(bounds[number], bounds[number - 1] + 1)
    return Lot(name, intake, bounds, [str(value) for value in weights])


def lots(size: Size) -> Iterator[Lot]:
    """All but the one of programmes, which are in the catalogue."""
    for name, weights in _ALWAYS.items():
        yield lot(name, weights)
    yield lot("surname", _surnames(size))
    yield lot("area", dict.fromkeys(_AREAS, 1.0))
    for intake in range(1, INTAKES + 1):
        yield lot("status", _statuses(INTAKES - intake), intake)


def given_names(size: Size) -> list[str]:
    """Given names, the commonest first."""
    people = MadeUpStudents(f"{size.seed} given names")
    names: dict[str, None] = {}
    while len(names) < GIVEN_NAMES:
        names.setdefault(people.name()[1:])
    return list(names)


def _surnames(size: Size) -> dict[str, float]:
    people = MadeUpStudents(f"{size.seed} surnames")
    others = [name for name in (people.name()[0] for _ in range(_TAIL_SURNAMES)) if name not in _SURNAMES]
    rest = (1_000 - sum(_SURNAMES.values())) / len(others)
    weights = dict(_SURNAMES)
    for surname in others:
        weights[surname] = weights.get(surname, 0) + rest
    return weights


def _statuses(terms: int) -> dict[str, float]:
    """Of an intake that began so many terms ago: who takes two years and a half may graduate after five."""
    graduated = 0.0 if terms < 5 else min(85.0, 40.0 + 9 * (terms - 5))
    gone: dict[str, float] = {
        Status.GRADUATED: graduated,
        Status.COMPLETED_WITHOUT_DIPLOMA: 0.4 if terms >= 6 else 0.0,
        Status.EXPIRED: 60.0 - graduated / 2 if terms >= 16 else 0.0,
        Status.LEFT: min(6.0, 0.5 + terms / 2),
        Status.SUSPENDED: 1.2,
        Status.ADMISSION_FORFEITED: 0.3,
        Status.ADMISSION_CANCELLED: 0.05,
        Status.ADMISSION_DEFERRED: 0.1 if terms < 2 else 0.0,
    }
    weights = {status: weight for status, weight in gone.items() if weight}
    return {Status.ACTIVE: max(1.0, 100 - sum(weights.values())), **weights}
