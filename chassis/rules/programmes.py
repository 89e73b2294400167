"""Which programme a student studies by: the five elements, the intake and the teaching point name exactly one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from contracts.types import Level


@dataclass(frozen=True, slots=True)
class Elements:
    """五要素."""

    level: Level
    student_type: str
    student_source: str
    major_code: str
    schooling_length: str


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme version: for intakes `from_intake`..`until_intake` (open without) at the points that offer it."""

    id: UUID
    elements: Elements
    major_name: str
    published: bool
    from_intake: str
    until_intake: str | None
    teaching_point_ids: frozenset[UUID]

    def fits(self, intake: str, teaching_point_id: UUID) -> bool:
        """Whether students of this intake and point study by it."""
        begun = self.from_intake <= intake
        lasts = self.until_intake is None or intake <= self.until_intake
        offered = self.published and teaching_point_id in self.teaching_point_ids
        return begun and lasts and offered


def find_programme(
    programmes: Iterable[Programme], elements: Elements, intake: str, teaching_point_id: UUID
) -> Programme | None:
    """The one programme that fits, or None where there is none or more than one."""
    found = [p for p in programmes if p.elements == elements and p.fits(intake, teaching_point_id)]
    return found[0] if len(found) == 1 else None
