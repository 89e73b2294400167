"""What a selection or a resit costs (FIN-1, FIN-2): by the standards in force on the day of selecting."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from chassis.work.reasons import Reason
from contracts.types import EducationLevel, FeeKind

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Standard:
    """A fee in yuan per credit or per exam, in force from `valid_from` to `valid_until`, both included."""

    id: UUID
    education_level: EducationLevel
    kind: FeeKind
    amount: Decimal
    student_type: str | None
    student_source: str | None
    valid_from: date
    valid_until: date | None

    def fits(self, student_type: str, student_source: str, on: date) -> bool:
        """Whether it is in force on this day for such a student."""
        return (
            self.student_type in (None, student_type)
            and self.student_source in (None, student_source)
            and self.valid_from <= on
            and (self.valid_until is None or on <= self.valid_until)
        )

    @property
    def narrowness(self) -> tuple[bool, bool]:
        """Of standards that fit, the narrowest counts; one for a student type is narrower than one for a source."""
        return self.student_type is not None, self.student_source is not None


@dataclass(frozen=True, slots=True)
class Chargeable:
    """What is to be charged: `credits` for the credit fee (None: no credit fee, as for a resit) and perhaps an exam."""

    education_levels: tuple[EducationLevel, ...]
    student_type: str
    student_source: str
    on: date
    credits: Decimal | None
    with_exam: bool

    @property
    def units(self) -> dict[FeeKind, Decimal]:
        """How many times each fee is due."""
        due: dict[FeeKind, Decimal] = {}
        if self.credits is not None:
            due[FeeKind.CREDIT] = self.credits
        if self.with_exam:
            due[FeeKind.EXAM] = Decimal(1)
        return due


@dataclass(frozen=True, slots=True)
class Charge:
    """A bill to be made: `amount` yuan by this standard."""

    kind: FeeKind
    standard_id: UUID
    amount: Decimal


class PriceList:
    """The school's standards. The same question is answered from memory: a batch asks it thousands of times."""

    def __init__(self, standards: Iterable[Standard]) -> None:
        self._standards = tuple(standards)
        self._found: dict[tuple[object, ...], Standard | None] = {}

    def charges(self, due: Chargeable) -> list[Charge] | Reason:
        """Every fee that is due, or that the first one has no standard: a selection is billed whole or not at all."""
        charges = []
        for kind, units in due.units.items():
            standard = self.standard(due, kind)
            if standard is None:
                return Reason("fee_standard_missing", {"kind": kind, "on": due.on.isoformat()})
            charges.append(Charge(kind, standard.id, _rounded(standard.amount * units)))
        return charges

    def standard(self, due: Chargeable, kind: FeeKind) -> Standard | None:
        """The standard to charge by. Usable by both levels means the cheaper of the two, for each kind separately."""
        key = (due.education_levels, due.student_type, due.student_source, due.on, kind)
        if key not in self._found:
            by_level = (self._of_level(level, due, kind) for level in due.education_levels)
            known = [standard for standard in by_level if standard is not None]
            self._found[key] = min(known, key=lambda standard: (standard.amount, standard.id), default=None)
        return self._found[key]

    def _of_level(self, level: EducationLevel, due: Chargeable, kind: FeeKind) -> Standard | None:
        fitting: Sequence[Standard] = [
            standard
            for standard in self._standards
            if standard.education_level == level
            and standard.kind == kind
            and standard.fits(due.student_type, due.student_source, due.on)
        ]
        return max(fitting, key=lambda standard: standard.narrowness, default=None)


def _rounded(amount: Decimal) -> Decimal:
    """To the cent, half up, and never nothing."""
    return max(amount.quantize(CENT, ROUND_HALF_UP), CENT)
