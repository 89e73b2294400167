"""Made-up students for tests, valid in every field."""

from __future__ import annotations

from launcher.made_up import MadeUpStudent, MadeUpStudents, with_check_digit, with_wrong_check_digit

__all__ = ["MadeUpStudent", "MadeUpStudents", "students", "with_check_digit", "with_wrong_check_digit"]


def students(count: int, seed: int | str = 0) -> list[MadeUpStudent]:
    """So many students, the same ones for the same seed."""
    source = MadeUpStudents(seed)
    return [source.make() for _ in range(count)]
